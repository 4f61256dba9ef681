import { base64url, fromBase64url, sha256, utf8 } from '../server/encoding.js'
import { parseObject } from '../server/json.js'
import { readCbor } from './cbor.js'

/** What a site wants of a credential. */
export interface Wanted {
  readonly type: 'webauthn.create' | 'webauthn.get'
  readonly challenge: string
  readonly rpId: string
  readonly origins: readonly string[]
}

/** A key as it came from an authenticator. */
export interface CredentialKey {
  readonly jwk: JsonWebKey
  readonly algorithm: 'ES256' | 'RS256'
}

type Fields = Readonly<Record<string, unknown>>
type Bytes = Uint8Array<ArrayBuffer>

const fail = (what: string): never => {
  throw new Error(`The credential is not sound: ${what}.`)
}

/** Bytes of a field of a credential. @throws Error */
export function bytesOf(fields: Fields, name: string): Bytes {
  const value = fields[name]
  return (typeof value === 'string' && fromBase64url(value)) || fail(name)
}

const same = (a: Uint8Array, b: Uint8Array): boolean => base64url(a) === base64url(b)

/** Checks what the browser says of the ceremony (WebAuthn §7.1, §7.2), and gives it as bytes. */
function clientData(response: Fields, { type, challenge, origins }: Wanted): Bytes {
  const bytes = bytesOf(response, 'clientDataJSON')
  const said = parseObject(new TextDecoder().decode(bytes)) ?? fail('its client data')
  if (said.type !== type) fail('its type')
  if (said.challenge !== challenge) fail('its challenge')
  if (!origins.includes(String(said.origin))) fail('its origin')
  return bytes
}

/** Whether the person was there: a flag of the authenticator's data (WebAuthn §6.1). */
const PRESENT = 1
/** Whether a new credential follows. */
const ATTESTED = 64

async function checkAuthenticator(data: Bytes, { rpId }: Wanted): Promise<number> {
  if (data.length < 37) fail('its authenticator data')
  if (!same(data.subarray(0, 32), await sha256(utf8(rpId)))) fail('its site')
  const flags = data[32] ?? 0
  if (!(flags & PRESENT)) fail('nobody was there')
  return flags
}

/** A COSE key (RFC 9053 §7.1, RFC 8230 §4) as a JWK. */
function toKey(cose: unknown): CredentialKey {
  if (!(cose instanceof Map)) return fail('its key')
  const text = (label: number): string => {
    const value: unknown = cose.get(label)
    return value instanceof Uint8Array ? base64url(value) : fail('its key')
  }
  const algorithm: unknown = cose.get(3)
  if (algorithm === -7) {
    return { algorithm: 'ES256', jwk: { kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) } }
  }
  if (algorithm === -257) {
    return { algorithm: 'RS256', jwk: { kty: 'RSA', n: text(-1), e: text(-2) } }
  }
  return fail('its algorithm')
}

/**
 * The id and key of a new credential. The statement of its maker must be `none`, as it was asked for.
 * @throws Error for one that is not what was wanted
 */
export async function checkRegistration(
  response: Fields,
  wanted: Wanted,
): Promise<{ readonly credentialId: string; readonly key: CredentialKey }> {
  clientData(response, wanted)
  const attestation = readCbor(bytesOf(response, 'attestationObject'))
  if (!(attestation instanceof Map) || attestation.get('fmt') !== 'none') fail('its attestation')
  const data: unknown = attestation instanceof Map ? attestation.get('authData') : null
  if (!(data instanceof Uint8Array)) return fail('its attestation')
  const authenticator = new Uint8Array(data)
  const flags = await checkAuthenticator(authenticator, wanted)
  if (!(flags & ATTESTED)) fail('there is no new key')
  const length = (authenticator[53] ?? 0) * 256 + (authenticator[54] ?? 0)
  const credentialId = base64url(authenticator.subarray(55, 55 + length))
  return { credentialId, key: toKey(readCbor(authenticator.subarray(55 + length))) }
}

/** One number of a signature as 32 bytes. */
function fixed(number: Uint8Array): readonly number[] {
  const digits = [...number.subarray(number.findIndex((byte) => byte !== 0))]
  if (digits.length > 32) fail('its signature')
  return [...new Array<number>(32 - digits.length).fill(0), ...digits]
}

/** An ECDSA signature as WebCrypto takes it, out of DER (RFC 3279 §2.2.3). */
function fromDer(der: Bytes): Bytes {
  const first = der[3] ?? 0
  const second = der[5 + first] ?? 0
  if (der[0] !== 0x30 || der[2] !== 2 || der[4 + first] !== 2) fail('its signature')
  const r = der.subarray(4, 4 + first)
  const s = der.subarray(6 + first, 6 + first + second)
  return Uint8Array.from([...fixed(r), ...fixed(s)])
}

const SCHEMES = {
  ES256: { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
  RS256: { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' },
}

/** Checks that the holder of a key answered. @throws Error for an answer that is not what was wanted */
export async function checkAssertion(
  response: Fields,
  { jwk, algorithm }: CredentialKey,
  wanted: Wanted,
): Promise<void> {
  const said = clientData(response, wanted)
  const data = bytesOf(response, 'authenticatorData')
  await checkAuthenticator(data, wanted)
  const scheme = SCHEMES[algorithm]
  const key = await crypto.subtle.importKey('jwk', jwk, scheme, false, ['verify'])
  const given = bytesOf(response, 'signature')
  const signature = algorithm === 'ES256' ? fromDer(given) : given
  const text = Uint8Array.from([...data, ...(await sha256(said))])
  if (!(await crypto.subtle.verify(scheme, key, signature, text))) fail('its signature')
}
