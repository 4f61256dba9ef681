import { base64url, utf8, uuid } from '../server/encoding.js'
import { totp } from '../server/totp.js'
import type { ServerContext } from './context.js'
import { refuse } from './errors.js'
import type { AccountFactor, FactorChallenge, MfaOptions } from './mfa-types.js'
import type { Account } from './types.js'
import { CREDENTIAL_PARAMETERS, type WebAuthnRequest } from './webauthn-types.js'

/** How long a challenge may be answered, in ms: GoTrue's default. */
const CHALLENGE_LIFE = 300_000

/** When a challenge ends, in whole seconds since the epoch. */
export const endOf = ({ at }: FactorChallenge): number => Math.floor((at + CHALLENGE_LIFE) / 1000)

/** Notes that a factor was asked something. */
export function addChallenge(
  { challenges, random, now }: ServerContext,
  factor: AccountFactor,
  { code = null, webauthn = null }: Partial<Pick<FactorChallenge, 'code' | 'webauthn'>> = {},
): FactorChallenge {
  const id = uuid(random)
  const at = now()
  const challenge = { id, factorId: factor.id, at, code, webauthn, used: false, expired: false }
  challenges.set(id, challenge)
  factor.lastChallengedAt = at
  return challenge
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/**
 * Finds a challenge that may still be answered.
 *
 * @throws GoTrueRefusal `bad_json`, `mfa_factor_not_found`, `mfa_challenge_expired`;
 *   `mfa_ip_address_mismatch` also for one that was answered already
 */
export function findChallenge(
  { challenges, now }: ServerContext,
  factor: AccountFactor,
  id: string | undefined,
): FactorChallenge {
  if (id !== undefined && !UUID.test(id)) {
    refuse(400, 'bad_json', 'Could not parse request body as JSON: uuid: incorrect UUID length')
  }
  const challenge = challenges.get(id ?? '')
  if (challenge?.factorId !== factor.id) {
    const message = 'MFA factor with the provided challenge ID not found'
    return refuse(422, 'mfa_factor_not_found', message)
  }
  if (challenge.used) {
    const message = 'Challenge and verify IP addresses mismatch.'
    return refuse(422, 'mfa_ip_address_mismatch', message)
  }
  if (challenge.expired || now() > challenge.at + CHALLENGE_LIFE) {
    challenges.delete(challenge.id)
    const message = `MFA challenge ${challenge.id} has expired, verify against another challenge or create a new challenge.`
    return refuse(422, 'mfa_challenge_expired', message)
  }
  return challenge
}

/** What a browser is asked for, as it goes over the wire. */
export interface WebAuthnChallenge {
  readonly type: 'create' | 'request'
  readonly credential_options: { readonly publicKey: Readonly<Record<string, unknown>> }
}

type Site = NonNullable<MfaOptions['webauthn']>

/** Asks for a new credential where the factor has none, else for one of the person's. */
export function webauthnChallenge(
  { random }: ServerContext,
  { account, factor, site }: { account: Account; factor: AccountFactor; site: Site },
): { readonly request: WebAuthnRequest; readonly wire: WebAuthnChallenge } {
  const { rpId, rpName, origins } = site
  const bytes = Uint8Array.from({ length: 32 }, () => Math.floor(random() * 256))
  const challenge = base64url(bytes)
  const type = factor.status === 'verified' ? 'request' : 'create'
  const known = account.factors.flatMap(({ credential }) => credential ?? [])
  const request = { type, challenge, rpId, origins } as const
  const timeout = 300_000
  if (type === 'request') {
    const allowCredentials = known.map(({ id, transports }) => ({
      type: 'public-key',
      id,
      transports,
    }))
    const publicKey = { challenge, timeout, rpId, allowCredentials }
    return { request, wire: { type, credential_options: { publicKey } } }
  }
  const name = account.email ?? account.phone ?? ''
  const publicKey = {
    rp: { name: rpName, id: rpId },
    user: { name, displayName: name, id: base64url(utf8(account.id)) },
    challenge,
    pubKeyCredParams: CREDENTIAL_PARAMETERS,
    timeout,
    ...(known.length > 0 && {
      excludeCredentials: known.map(({ id }) => ({
        type: 'public-key',
        id,
        transports: ['usb', 'nfc'],
      })),
    }),
    authenticatorSelection: {},
  }
  return { request, wire: { type, credential_options: { publicKey } } }
}

/** Go writes bytes in base64 with padding. */
const goText = (text: string): string => btoa(text)

const fromBase64url = (text: string): string => {
  const base64 = text.replaceAll('-', '+').replaceAll('_', '/')
  return base64.padEnd(Math.ceil(base64.length / 4) * 4, '=')
}

/** A challenge as user objects tell of it, with the address of whoever asked. */
export function tellChallenge(
  account: Account,
  { id, factorId, at }: FactorChallenge,
  { type, challenge, rpId }: WebAuthnRequest,
): Record<string, unknown> {
  const known = account.factors.flatMap(({ credential }) => credential ?? [])
  return {
    challenge_id: id,
    factor_id: factorId,
    created_at: new Date(at).toISOString(),
    ip_address: '127.0.0.1',
    web_authn_session_data: {
      challenge,
      rpId,
      user_id: goText(account.id),
      ...(type === 'request' && { allowed_credentials: known.map((one) => fromBase64url(one.id)) }),
      expires: '0001-01-01T00:00:00Z',
      userVerification: '',
      ...(type === 'create' && { credParams: CREDENTIAL_PARAMETERS }),
    },
  }
}

/** What a test turns of second factors. */
export const mfaControls = ({ accounts, challenges, now }: ServerContext) => ({
  async totpCode(factor: string): Promise<string> {
    const factors = [...accounts.all.values()].flatMap((account) => account.factors)
    return totp(factors.find(({ id }) => id === factor)?.secret ?? factor, now())
  },
  expireChallenge(challengeId: string): void {
    const challenge = challenges.get(challengeId)
    if (challenge) challenge.expired = true
  },
})
