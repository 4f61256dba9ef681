import { AuthError as HoldfastError } from '../../core/errors.js'
import { AREA } from '../../providers/gotrue/area.js'
import { checkTexts, needId } from '../../providers/gotrue/arguments.js'
import { mfa, recoveryCodes } from '../../providers/gotrue/mfa.js'
import { bad, count, fieldsOf, need } from '../../providers/gotrue/mfa-answers.js'
import { createRequests } from '../../providers/gotrue/mfa-requests.js'
import { asObject, text, texts } from '../../providers/shared/json.js'
import { readClaims } from '../../providers/shared/jwt.js'
import { getUser } from './account.js'
import { AuthInvalidCredentialsError } from './errors.js'
import { type Face, run } from './face.js'
import type {
  AMREntry,
  AuthenticatorAssuranceLevel,
  EnrolledPhone,
  EnrolledTotp,
  Factors,
  MFAChallenge,
  MFAChallengeParams,
  MFAEnrollPhoneParams,
  MFAEnrollTOTPParams,
  MFAVerifyParams,
  MfaMethods,
  MfaRecoveryCodesMethods,
  RecoveryCodes,
} from './mfa-types.js'
import { challengeKey, enrollKey, verifyKey } from './mfa-webauthn.js'
import { toSession, toUser } from './translate.js'
import type { Factor, FactorType, Session } from './types.js'
import type {
  EnrolledWebauthn,
  MFAChallengeWebauthnParams,
  MFAEnrollWebauthnParams,
  MFAVerifyWebauthnParams,
  WebauthnChallenge,
} from './webauthn-types.js'

// Loaded when somebody has to do with second factors.

async function enrollTotp(
  { client }: Face,
  { friendlyName, issuer }: MFAEnrollTOTPParams,
): Promise<EnrolledTotp> {
  const made = await mfa(client).enroll({ type: 'totp', friendlyName, issuer })
  const { qrCode, secret, uri } = made.totp
  const totp = { qr_code: qrCode, secret, uri }
  return { id: made.id, type: 'totp', friendly_name: made.friendlyName ?? '', totp }
}

async function enrollPhone(
  { client }: Face,
  { friendlyName, phone }: MFAEnrollPhoneParams,
): Promise<EnrolledPhone> {
  const made = await mfa(client).enroll({ type: 'phone', friendlyName, phone })
  return { id: made.id, type: 'phone', friendly_name: made.friendlyName ?? '', phone: made.phone }
}

function enrollAny(
  face: Face,
  params: MFAEnrollTOTPParams | MFAEnrollPhoneParams | MFAEnrollWebauthnParams,
): Promise<EnrolledTotp | EnrolledPhone | EnrolledWebauthn> {
  if (params?.factorType === 'totp') return enrollTotp(face, params)
  if (params?.factorType === 'phone') return enrollPhone(face, params)
  if (params?.factorType === 'webauthn') return enrollKey(face, params)
  throw new AuthInvalidCredentialsError('`factorType` is `totp`, `phone` or `webauthn`.')
}

/** With the type of the factor, which only the server knows. */
async function challengeCode(
  { client }: Face,
  { factorId, channel }: MFAChallengeParams,
): Promise<MFAChallenge> {
  const { host, send } = client.actions[AREA]
  const request = {
    path: `/factors/${needId('factorId', factorId)}/challenge`,
    json: { ...(channel && { channel }) },
  }
  const body = await host.withSession(({ accessToken: token }, context) =>
    send({ ...request, token }, context),
  )
  // Servers for which phones were no factors yet tell no type.
  const { id, type = 'totp', expires_at } = asObject(body) ?? {}
  const known = type === 'totp' || type === 'phone'
  if (known && text(id) && typeof expires_at === 'number') return { id: `${id}`, type, expires_at }
  throw new HoldfastError('bad_response', 'The answer is no challenge to a code.')
}

const isVerified = <Type extends FactorType>(
  factor: Factor,
  type: Type,
): factor is Factor<Type, 'verified'> => factor.status === 'verified' && factor.factor_type === type

async function listFactors({ client }: Face): Promise<Factors> {
  const all: Factor[] = [...(toUser(await client.actions.getUser()).factors ?? [])]
  const verified = <Type extends FactorType>(type: Type): Factor<Type, 'verified'>[] =>
    all.filter((factor): factor is Factor<Type, 'verified'> => isVerified(factor, type))
  return {
    all,
    totp: verified('totp'),
    phone: verified('phone'),
    webauthn: verified('webauthn'),
    recovery_code: verified('recovery_code'),
  }
}

function methodsOf(amr: unknown): AMREntry[] | string[] {
  const entries: readonly unknown[] = Array.isArray(amr) ? amr : []
  const names = entries.filter((entry) => typeof entry === 'string')
  if (names.length > 0) return names
  return entries.flatMap((entry) => {
    const { method, timestamp } = asObject(entry) ?? {}
    const known = typeof method === 'string' && typeof timestamp === 'number'
    return known ? [{ method, timestamp }] : []
  })
}

async function assuranceLevel(face: Face, jwt?: string): Promise<AuthenticatorAssuranceLevel> {
  const session = jwt ? null : await face.client.getSession()
  const token = jwt || session?.accessToken
  if (!token) return { currentLevel: null, nextLevel: null, currentAuthenticationMethods: [] }
  const user = jwt ? (await getUser(face, jwt)).user : session?.user && toUser(session.user)
  const { aal, amr } = readClaims(token) ?? {}
  const currentLevel = text(aal) ?? null
  const factors = Array.isArray(user?.factors) ? user.factors : []
  const nextLevel = factors.some(({ status }) => status === 'verified') ? 'aal2' : currentLevel
  return { currentLevel, nextLevel, currentAuthenticationMethods: methodsOf(amr) }
}

/** Second factors. */
export function mfaApi(face: Face): MfaMethods {
  const { client } = face
  function enroll(params: MFAEnrollTOTPParams): ReturnType<typeof made<EnrolledTotp>>
  function enroll(params: MFAEnrollPhoneParams): ReturnType<typeof made<EnrolledPhone>>
  function enroll(params: MFAEnrollWebauthnParams): ReturnType<typeof made<EnrolledWebauthn>>
  function enroll(params: MFAEnrollTOTPParams | MFAEnrollPhoneParams | MFAEnrollWebauthnParams) {
    return made(async () => enrollAny(face, params))
  }
  const made = <Made>(work: () => Promise<Made>) => run(face, work, null)
  function challenge(params: MFAChallengeWebauthnParams): ReturnType<typeof made<WebauthnChallenge>>
  function challenge(params: MFAChallengeParams): ReturnType<typeof made<MFAChallenge>>
  function challenge(params: MFAChallengeParams | MFAChallengeWebauthnParams) {
    const given = { ...params }
    return made<MFAChallenge | WebauthnChallenge>(async () =>
      'webauthn' in given ? challengeKey(face, given) : challengeCode(face, given),
    )
  }
  const verify = async (params: MFAVerifyParams | MFAVerifyWebauthnParams): Promise<Session> => {
    const given = { ...params }
    return 'webauthn' in given ? verifyKey(face, given) : toSession(await mfa(client).verify(given))
  }
  return {
    enroll,
    challenge,
    verify: (params) => made(() => verify(params)),
    challengeAndVerify: (params) =>
      run(face, async () => toSession(await mfa(client).challengeAndVerify({ ...params })), null),
    unenroll: (params) =>
      run(
        face,
        async () => {
          await mfa(client).unenroll({ ...params })
          return { id: params.factorId }
        },
        null,
      ),
    listFactors: () => run(face, () => listFactors(face), null),
    getAuthenticatorAssuranceLevel: (jwt) => run(face, () => assuranceLevel(face, jwt), null),
  }
}

/** A new set, under the name that the server gives it. */
function codesOf(body: unknown): RecoveryCodes {
  const { id, friendly_name, total, codes } = fieldsOf(body)
  const name = text(friendly_name)
  return {
    id: need(id),
    type: 'recovery_code',
    ...(name && { friendly_name: name }),
    total: count(total),
    codes: [...(texts(codes) ?? bad())],
  }
}

const CODES = '/factors/recovery-codes'

/** Recovery codes. */
export const recoveryCodesApi = (face: Face): MfaRecoveryCodesMethods => {
  const codes = recoveryCodes(face.client)
  // The area tells less of a new set than auth-js does.
  const { ask } = createRequests('recoveryCodes', face.client)
  return {
    getStatus: () =>
      run(face, async () => ({ ...(await codes.status()), type: 'recovery_code' as const }), null),
    generate: (params) =>
      run(
        face,
        async () => {
          const { friendlyName: friendly_name } = { ...params }
          checkTexts({ friendly_name })
          return codesOf(await ask(CODES, { json: { friendly_name } }))
        },
        null,
      ),
    regenerate: () =>
      run(face, async () => codesOf(await ask(`${CODES}/regenerate`, { json: {} })), null),
    verify: (params) => run(face, async () => toSession(await codes.verify({ ...params })), null),
    unenroll: () =>
      run(
        face,
        async () => {
          const { id } = await codes.status()
          face.check()
          await codes.remove()
          return { id }
        },
        null,
      ),
  }
}
