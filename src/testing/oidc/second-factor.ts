import { json } from '../server/json.js'
import {
  type Call,
  type FactorStep,
  OidcRefusal,
  type Route,
  type ServerContext,
  tokenAnswer,
} from './context.js'
import { type Refusal, refusal } from './manners/manners.js'

/** How long a step may take, in ms, as Auth0 documents it. */
const LIFETIME = 600_000
const GRANT = 'http://auth0.com/oauth/grant-type/mfa-'

const wrong = (description: string): Refusal => refusal(403, 'invalid_grant', description)

/** What a refresh is refused with whose session has to prove a second factor; its token is spent. */
export function askForFactor(
  { factorSteps, newToken, now }: ServerContext,
  step: Omit<FactorStep, 'expiresAt' | 'oobCode'>,
): OidcRefusal {
  const name = newToken()
  factorSteps.set(name, { ...step, expiresAt: now() + LIFETIME, oobCode: null })
  return new OidcRefusal({
    ...refusal(403, 'mfa_required', 'Multifactor authentication required'),
    fields: { mfa_token: name, mfa_requirements: { challenge: [{ type: 'otp' }] } },
  })
}

/** The step of that name. @throws OidcRefusal for none, or one whose time is up. */
function stepOf({ factorSteps, now }: ServerContext, name: unknown): FactorStep {
  const step = factorSteps.get(`${name}`)
  if (!step) throw new OidcRefusal(wrong('Malformed mfa_token'))
  if (now() < step.expiresAt) return step
  throw new OidcRefusal(refusal(401, 'expired_token', 'mfa_token is expired'))
}

/** Why what was shown is no proof; `null` for one that is. */
type Judge = (context: ServerContext, form: Call['form'], step: FactorStep) => Refusal | null

const byApp: Judge = ({ factorCodes }, form) =>
  form?.get('otp') === factorCodes.otp ? null : wrong('Invalid otp_code.')

const byMessage: Judge = ({ factorCodes }, form, { oobCode }) => {
  if (oobCode === null || form?.get('oob_code') !== oobCode) return wrong('Invalid oob_code.')
  const code = form.get('binding_code')
  if (code === undefined) return refusal(400, 'authorization_pending', 'Nobody has agreed yet')
  return code === factorCodes.bindingCode ? null : wrong('Invalid binding_code.')
}

const byRecoveryCode: Judge = (context, form) => {
  const { factorCodes, newToken } = context
  if (form?.get('recovery_code') !== factorCodes.recoveryCode)
    return wrong('Invalid recovery code.')
  context.factorCodes = { ...factorCodes, recoveryCode: newToken() }
  return null
}

const JUDGES: Readonly<Record<string, Judge>> = {
  [`${GRANT}otp`]: byApp,
  [`${GRANT}oob`]: byMessage,
  [`${GRANT}recovery-code`]: byRecoveryCode,
}

/** What a request proves besides: the thumbprint of its key. */
interface Proving {
  readonly form: ReadonlyMap<string, string>
  readonly client: { readonly id: string }
  readonly jkt: string | null
}

async function prove(
  context: ServerContext,
  { form, client, jkt }: Proving,
): Promise<Readonly<Record<string, unknown>>> {
  const { factorSteps, sessions } = context
  const name = form.get('mfa_token') ?? ''
  const step = stepOf(context, name)
  const { session, token, held, scope } = step
  const { recoveryCode } = context.factorCodes
  const fits = session.clientId === client.id && (session.jkt === null || session.jkt === jkt)
  if (session.over || !fits) throw new OidcRefusal(wrong('Malformed mfa_token'))
  const fault = JUDGES[form.get('grant_type') ?? '']?.(context, form, step)
  if (fault) throw new OidcRefusal(fault)
  factorSteps.delete(name)
  session.factorDue = false
  const next = sessions.next(token, held)
  const answer = await tokenAnswer(context, session, {
    scope,
    refreshToken: next,
    first: false,
    jkt,
  })
  const used = recoveryCode !== context.factorCodes.recoveryCode
  return { ...answer, ...(used && { recovery_code: context.factorCodes.recoveryCode }) }
}

/** The grants by which a second factor is proved, by their names. */
export const FACTOR_GRANTS: Readonly<Record<string, typeof prove>> = Object.fromEntries(
  Object.keys(JUDGES).map((name) => [name, prove]),
)

const SMS = 'sms|dev_1'

/** `GET /mfa/authenticators` */
export const authenticators: Route = async (context, { request }) => {
  stepOf(context, request.headers.get('authorization')?.replace(/^Bearer /, ''))
  return json(200, [
    { id: 'recovery-code|dev_1', authenticator_type: 'recovery-code', active: true },
    { id: 'totp|dev_1', authenticator_type: 'otp', active: true },
    { id: SMS, authenticator_type: 'oob', active: true, oob_channel: 'sms', name: 'XXXXXX0100' },
  ])
}

/** `POST /mfa/challenge` */
export const challenge: Route = async (context, { fields }) => {
  const step = stepOf(context, fields.mfa_token)
  if (fields.challenge_type !== 'oob' || fields.authenticator_id !== SMS) {
    return json(403, { error: 'unsupported_challenge_type' })
  }
  step.oobCode = context.newToken()
  return json(200, { challenge_type: 'oob', oob_code: step.oobCode, binding_method: 'prompt' })
}
