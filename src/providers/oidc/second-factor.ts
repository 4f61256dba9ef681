import { AuthError, isAuthError } from '../../core/errors.js'
import { guardAll } from '../../core/guarded.js'
import type { CallOptions } from '../../core/provider.js'
import type { Grant, Session } from '../../core/session.js'
import type { HttpRequest } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { isFine } from '../shared/passing.js'
import { invalid, trimSlashes } from '../shared/url.js'
import { areaOf, type OidcClient } from './area.js'
import { checked } from './authorize.js'
import { toError } from './errors.js'
import { SPENT, type SpentRefresh } from './spent.js'
import type { OidcUser } from './types.js'

/** A factor that the person has enrolled. */
export interface EnrolledFactor {
  readonly id: string
  /** `otp` for an app that shows codes, `oob` for what is sent to the person, `recovery-code`. */
  readonly type: string
  /** By what it is sent, such as `sms`, `voice`, `email` or `auth0` (an app that asks on the device). */
  readonly channel: string | undefined
  /** Such as the end of a phone number. */
  readonly name: string | undefined
}

/** What was sent to the person. */
export interface SentChallenge {
  readonly oobCode: string
  /** Whether the person gets a code to type, the `bindingCode`; else they agree on their device. */
  readonly hasBindingCode: boolean
}

/** By what somebody proves a second factor. */
export type FactorProof =
  | { readonly otp: string }
  | { readonly oobCode: string; readonly bindingCode?: string | undefined }
  | { readonly recoveryCode: string }

/** What a proof brought. */
export interface ProvedFactor {
  readonly session: Session<OidcUser>
  /** The next recovery code, for the person to keep: the one that was used is worth nothing any more. */
  readonly recoveryCode: string | undefined
}

/** What ends the step that a refresh was refused by. All methods throw AuthError and nothing else. */
export interface SecondFactor {
  /** The factors that can be proved, such as to let the person choose. */
  factors(call?: CallOptions): Promise<readonly EnrolledFactor[]>
  /** Sends a code, or a question, to a factor of the type `oob`. The others need none. */
  challenge(chosen: { readonly factorId: string }, call?: CallOptions): Promise<SentChallenge>
  /**
   * Trades the proof for the session's next tokens: `TOKEN_REFRESHED`, in all tabs. Where the step came
   * of `getAccessToken({ audience })`, it brings that token, and the session keeps its own.
   * @throws AuthError `invalid_credentials` for a wrong code, after which another may be tried;
   *   `rejected` with the `serverCode` `authorization_pending` as long as nobody has agreed on the device,
   *   and with another one where the step has run out of its time: sign in again; `superseded` when the
   *   session is another one by now, or has its next tokens already.
   */
  verify(proof: FactorProof, call?: CallOptions): Promise<ProvedFactor>
}

/** What Auth0 calls the grants by which a second factor is proved. */
const GRANT = 'http://auth0.com/oauth/grant-type/mfa-'

type Form = Readonly<Record<string, string | undefined>>

/** A proof, as it is sent. */
function formOf(proof: FactorProof): Form {
  const { otp, oobCode, bindingCode, recoveryCode } = { ...asObject(checked(proof)) }
  if (text(otp)) return { grant_type: `${GRANT}otp`, otp: text(otp) }
  if (text(oobCode)) {
    return {
      grant_type: `${GRANT}oob`,
      oob_code: text(oobCode),
      binding_code: text(bindingCode),
    }
  }
  if (text(recoveryCode)) {
    return { grant_type: `${GRANT}recovery-code`, recovery_code: text(recoveryCode) }
  }
  return invalid('Pass `otp`, `oobCode` or `recoveryCode`.')
}

/** What an error of a refresh says of its step. */
function stepIn(error: unknown): SpentRefresh & { readonly mfaToken: string } {
  const details = isAuthError(error, 'step_required') ? error.details : undefined
  const spent = details && SPENT.get(details)
  const mfaToken = text(details?.pendingAuthenticationToken)
  if (spent && mfaToken) return { ...spent, mfaToken }
  return invalid(
    'Pass the error `mfa_required` of a call in this page. Other tabs, and a page that was loaded since, cannot go on with it: sign in again.',
  )
}

function toFactors(list: unknown): readonly EnrolledFactor[] {
  if (!Array.isArray(list)) {
    throw new AuthError('bad_response', 'The answer is no list of factors.')
  }
  return list.flatMap((item: unknown) => {
    const { id, authenticator_type, active, oob_channel, oob_channels, name } = {
      ...asObject(item),
    }
    const [first] = Array.isArray(oob_channels) ? oob_channels : []
    const [known, type] = [text(id), text(authenticator_type)]
    if (!known || !type || active === false) return []
    return [{ id: known, type, channel: text(oob_channel) ?? text(first), name: text(name) }]
  })
}

/** The grant without the next recovery code, which no storage is to hold; and that code. */
function withoutCode(grant: Grant<OidcUser> | null) {
  const { recovery_code, ...extras } = { ...grant?.extras }
  return { grant: grant && { ...grant, extras }, recoveryCode: text(recovery_code) }
}

/**
 * Finishes the second factor that Auth0 asks for in a refresh (`mfa_required`). That refresh has spent the
 * session's refresh token, so that none is sent until the proof has brought the next one. `error`: what
 * the refresh, or `getAccessToken({ audience })`, was rejected with in this page. The application needs
 * Auth0's grant type MFA.
 * @example
 * ```ts
 * import { AuthClient, isAuthError } from 'holdfast'
 * import { auth0 } from 'holdfast/providers/oidc/presets'
 * import { secondFactor } from 'holdfast/providers/oidc/second-factor'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const auth = new AuthClient({ provider: auth0({ ...own, domain: 'tenant.eu.auth0.com' }) })
 * await auth.refreshSession().catch(async (error) => {
 *   if (!isAuthError(error, 'step_required')) throw error
 *   await secondFactor(auth, error).verify({ otp: await askForTheCode() })
 * })
 * ```
 * @throws AuthError `invalid_argument` for any other error, and for anything but a client of `oidc()`.
 */
export function secondFactor(auth: OidcClient, error: unknown): SecondFactor {
  const { host, tokens } = areaOf('secondFactor', auth)
  const { mfaToken, refreshToken, target } = stepIn(error)
  const { issuer, clientId } = tokens.options

  /** Asks below the issuer, by the step's own token: no session has a part in it, nor its key. */
  async function ask(
    path: string,
    request: Omit<HttpRequest, 'path' | 'query'>,
    call?: CallOptions,
  ): Promise<unknown> {
    const url = `${trimSlashes(issuer)}/mfa/${path}`
    const answer = await host.request((its) => tokens.server.send(url, request, its), call)
    if (!isFine(answer)) throw toError(answer, 'sign-in')
    return answer.body
  }

  return guardAll({
    async factors(call?: CallOptions) {
      return toFactors(await ask('authenticators', { method: 'GET', token: mfaToken }, call))
    },
    async challenge(chosen: { readonly factorId: string }, call?: CallOptions) {
      const factorId = text(checked(chosen).factorId) ?? invalid('Pass the `factorId`.')
      const wish = { client_id: clientId, mfa_token: mfaToken, authenticator_id: factorId }
      const body = asObject(
        await ask('challenge', { json: { ...wish, challenge_type: 'oob' } }, call),
      )
      const oobCode = text(body?.oob_code)
      if (!oobCode) throw new AuthError('bad_response', 'The answer holds no challenge.')
      return { oobCode, hasBindingCode: body?.binding_method === 'prompt' }
    },
    async verify(proof: FactorProof, call?: CallOptions) {
      const form = { ...formOf(proof), ...target, mfa_token: mfaToken }
      let recoveryCode: string | undefined
      const session = await host.exchange(
        {
          withoutToken: true,
          target,
          async send(current, its) {
            // Whoever has signed in meanwhile must not be given what this person proves.
            if (current.refreshToken !== refreshToken) {
              throw new AuthError(
                'superseded',
                'The session is another one than that of this step.',
              )
            }
            const answer = withoutCode(await tokens.trade(form, { ...its, session: current }))
            recoveryCode = answer.recoveryCode
            return answer.grant
          },
        },
        call,
      )
      return { session, recoveryCode }
    },
  })
}
