import { base64url, fromBase64url, sha256, utf8 } from '../server/encoding.js'
import type { Jwk } from '../server/jwk.js'
import { type Cbor, readCbor } from './cbor.js'
import type { StoredCredential, WebAuthnCredential, WebAuthnRequest } from './webauthn-types.js'

/** An answer that is no answer. One that is false is a plain `Error`. */
export class Unreadable extends Error {}

/** Bytes of an answer. */
export type Bytes = Uint8Array<ArrayBuffer>

type Fields = Readonly<Record<string, unknown>>

/** What an authenticator signed (WebAuthn §6.1). */
export interface AuthenticatorData {
  readonly bytes: Bytes
  readonly rpIdHash: Bytes
  readonly flags: number
  readonly signCount: number
  readonly attested: {
    readonly aaguid: Bytes
    readonly id: Bytes
    readonly key: Bytes
  } | null
}

/** What a browser answered, as far as it holds together. */
export interface WebAuthnProof<Credential extends StoredCredential> {
  readonly credential: Credential
  readonly data: AuthenticatorData
  /** What the page said that it was asked for. */
  readonly client: Fields
}

/** A new credential; `format` is how its maker vouches for it, which nobody checks here. */
export interface Creation extends WebAuthnProof<WebAuthnCredential> {
  readonly format: unknown
}

/** What there is of an answer; nothing for what is none. */
export const partsOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {}

/** Bytes of a field in base64url. @throws Unreadable */
export function bytesOf(fields: Fields, name: string): Bytes {
  const value = fields[name]
  const bytes = typeof value === 'string' ? fromBase64url(value) : null
  if (!bytes || bytes.length === 0) throw new Unreadable(`${name} is no base64url.`)
  return bytes
}

/** The id of the credential, which the browser says twice. */
function idOf(fields: Fields): string {
  const id = base64url(bytesOf(fields, 'rawId'))
  if (fields.id !== id) throw new Unreadable('id is not that of rawId.')
  return id
}

function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`WebAuthn: ${what}`)
}

const ATTESTED = 0x40

function readAuthenticatorData(bytes: Bytes): AuthenticatorData {
  if (bytes.length < 37) throw new Unreadable('The authenticator data end early.')
  const view = new DataView(bytes.buffer, bytes.byteOffset)
  const flags = view.getUint8(32)
  const head = { bytes, rpIdHash: bytes.slice(0, 32), flags, signCount: view.getUint32(33) }
  if (!(flags & ATTESTED)) return { ...head, attested: null }
  if (bytes.length < 55) throw new Unreadable('The attested data end early.')
  const end = 55 + view.getUint16(53)
  const rest = bytes.slice(end)
  const key = rest.slice(0, readCbor(rest).length)
  return { ...head, attested: { aaguid: bytes.slice(37, 53), id: bytes.slice(55, end), key } }
}

/** The public key of a credential (RFC 9053 §7.1, RFC 8230 §4), as a JWK with its `alg`. */
function readKey(bytes: Bytes): Jwk {
  const key = readCbor(bytes).value
  const at = (label: number): Cbor | undefined => (key instanceof Map ? key.get(label) : undefined)
  const text = (label: number): string => {
    const value = at(label)
    if (value instanceof Uint8Array) return base64url(value)
    throw new Error('WebAuthn: no key')
  }
  if (at(3) === -7 && at(-1) === 1) {
    return { alg: 'ES256', kty: 'EC', crv: 'P-256', x: text(-2), y: text(-3) }
  }
  expectThat(at(3) === -257, 'this server knows keys of ES256 and RS256 only')
  return { alg: 'RS256', kty: 'RSA', n: text(-1), e: text(-2) }
}

/** What the page said that it was asked for (WebAuthn §5.8.1), checked against the challenge. */
function checkClient(bytes: Bytes, { type, challenge, origins }: WebAuthnRequest): Fields {
  let client: Fields
  try {
    client = partsOf(JSON.parse(new TextDecoder().decode(bytes)))
  } catch {
    throw new Unreadable('clientDataJSON is no JSON.')
  }
  const wanted = type === 'create' ? 'webauthn.create' : 'webauthn.get'
  expectThat(client.type === wanted, 'it answers another kind of question')
  expectThat(client.challenge === challenge, 'it answers another challenge')
  expectThat(origins.includes(String(client.origin)), 'it was asked on another site')
  const { type: kind, origin, challenge: answered } = client
  return { type: kind, origin, challenge: answered }
}

async function checkPresence(data: AuthenticatorData, rpId: string): Promise<void> {
  const site = base64url(await sha256(utf8(rpId)))
  expectThat(base64url(data.rpIdHash) === site, 'it is for another site')
  expectThat((data.flags & 1) === 1, 'nobody was there')
}

const uuidOf = (bytes: Uint8Array): string => {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function readAttestation(bytes: Bytes): { readonly format: unknown; readonly data: Bytes } {
  let object: Cbor
  try {
    object = readCbor(bytes).value
  } catch {
    throw new Unreadable('attestationObject is no CBOR.')
  }
  const at = (name: string): Cbor | undefined =>
    object instanceof Map ? object.get(name) : undefined
  const data = at('authData')
  if (!(data instanceof Uint8Array)) throw new Unreadable('There is no authData.')
  return { format: at('fmt'), data: data.slice() }
}

/**
 * Checks the answer of `navigator.credentials.create()` (WebAuthn §7.1).
 * @throws Unreadable, or Error for what is not true.
 */
export async function checkCreation(answer: unknown, request: WebAuthnRequest): Promise<Creation> {
  const fields = partsOf(answer)
  const response = partsOf(fields.response)
  const id = idOf(fields)
  const { format, data: bytes } = readAttestation(bytesOf(response, 'attestationObject'))
  const client = checkClient(bytesOf(response, 'clientDataJSON'), request)
  const data = readAuthenticatorData(bytes)
  await checkPresence(data, request.rpId)
  if (!data.attested) throw new Error('WebAuthn: it made no credential')
  expectThat(base64url(data.attested.id) === id, 'it names another credential')
  const transports = Array.isArray(response.transports) ? response.transports.map(String) : []
  const key = readKey(data.attested.key)
  const aaguid = uuidOf(data.attested.aaguid)
  return { credential: { id, key, aaguid, transports }, data, client, format }
}

/** One number of a signature as 32 bytes. */
function fixed(number: Uint8Array): readonly number[] {
  const digits = [...number.subarray(number.findIndex((byte) => byte !== 0))]
  expectThat(digits.length <= 32, 'the signature is none')
  return [...new Array<number>(32 - digits.length).fill(0), ...digits]
}

/** A signature as WebCrypto takes it: authenticators write two integers in DER (RFC 3279 §2.2.3). */
function fromDer(der: Bytes): Bytes {
  const first = der[3] ?? 0
  const second = der[5 + first] ?? 0
  const isDer = der[0] === 0x30 && der[2] === 2 && der[4 + first] === 2
  expectThat(isDer, 'the signature is none')
  const r = der.subarray(4, 4 + first)
  const s = der.subarray(6 + first, 6 + first + second)
  return Uint8Array.from([...fixed(r), ...fixed(s)])
}

const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }
const RS256 = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }

/**
 * Checks the answer of `navigator.credentials.get()` (WebAuthn §7.2), by one of the known credentials.
 * @throws Unreadable, or Error for what is not true.
 */
export async function checkAssertion<Credential extends StoredCredential>(
  answer: unknown,
  request: WebAuthnRequest,
  credentials: readonly Credential[],
): Promise<WebAuthnProof<Credential>> {
  const fields = partsOf(answer)
  const response = partsOf(fields.response)
  const id = idOf(fields)
  const json = bytesOf(response, 'clientDataJSON')
  const data = readAuthenticatorData(bytesOf(response, 'authenticatorData'))
  const given = bytesOf(response, 'signature')
  const client = checkClient(json, request)
  await checkPresence(data, request.rpId)
  const credential = credentials.find((one) => one.id === id)
  if (!credential) throw new Error('WebAuthn: nobody has enrolled this credential')
  const scheme = credential.key.alg === 'RS256' ? RS256 : ES256
  const key = await crypto.subtle.importKey('jwk', credential.key, scheme, false, ['verify'])
  const signed = Uint8Array.from([...data.bytes, ...(await sha256(json))])
  const signature = scheme === ES256 ? fromDer(given) : given
  const genuine = await crypto.subtle.verify(scheme, key, signature, signed)
  expectThat(genuine, 'the signature is not of this credential')
  return { credential, data, client }
}
