import { base64url, fromBase64url, sha256, utf8 } from './encoding.js'
import { type Cbor, readCbor } from './mfa-cbor.js'
import type { WebAuthnCredential, WebAuthnRequest } from './mfa-types.js'

/** What a browser answered, as far as it holds together. */
export interface WebAuthnProof {
  readonly credential: WebAuthnCredential
  /** As user objects tell it of the last challenge. */
  readonly told: Readonly<Record<string, unknown>>
}

/** An answer that is no answer: 400 in GoTrue's words. One that is false is a plain `Error`: 500. */
export class Unreadable extends Error {}

type Bytes = Uint8Array<ArrayBuffer>
type Fields = Readonly<Record<string, unknown>>

const objectOf = (value: unknown): Fields =>
  typeof value === 'object' && value !== null ? { ...value } : {}

function textOf(fields: Fields, name: string): string {
  const value = fields[name]
  if (typeof value !== 'string') throw new Unreadable(`${name} is missing.`)
  return value
}

function bytesOf(fields: Fields, name: string): Bytes {
  const bytes = fromBase64url(textOf(fields, name))
  if (!bytes || bytes.length === 0) throw new Unreadable(`${name} is no base64url.`)
  return bytes
}

const same = (left: Uint8Array, right: Uint8Array): boolean => base64url(left) === base64url(right)

function expectThat(holds: boolean, what: string): void {
  if (!holds) throw new Error(`WebAuthn: ${what}`)
}

/** Go writes bytes in base64 with padding. */
const goBytes = (bytes: Uint8Array): string =>
  btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(''))

/** What the authenticator signed (WebAuthn §6.1). */
interface AuthenticatorData {
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

const ES256 = -7

/** The public key of a credential (RFC 9053 §7.1): of the algorithms on offer, ES256 alone. */
function readKey(bytes: Bytes): JsonWebKey {
  const key = readCbor(bytes).value
  const at = (label: number): Cbor | undefined => (key instanceof Map ? key.get(label) : undefined)
  const [x, y] = [at(-2), at(-3)]
  expectThat(at(3) === ES256 && at(-1) === 1, 'this server knows keys of ES256 only')
  if (!(x instanceof Uint8Array) || !(y instanceof Uint8Array)) throw new Error('WebAuthn: no key')
  return { kty: 'EC', crv: 'P-256', x: base64url(x), y: base64url(y) }
}

/** What the page said that it was asked for (WebAuthn §5.8.1), checked against the challenge. */
function checkClient(bytes: Bytes, { type, challenge, origins }: WebAuthnRequest): Fields {
  let client: Fields
  try {
    client = objectOf(JSON.parse(new TextDecoder().decode(bytes)))
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
  expectThat(same(data.rpIdHash, await sha256(utf8(rpId))), 'it is for another site')
  expectThat((data.flags & 1) === 1, 'nobody was there')
}

const tellData = ({ rpIdHash, flags, attested, signCount }: AuthenticatorData): Fields => ({
  rpid: goBytes(rpIdHash),
  flags,
  att_data: {
    aaguid: attested && goBytes(attested.aaguid),
    public_key: attested && goBytes(attested.key),
    credential_id: attested && goBytes(attested.id),
  },
  ext_data: null,
  sign_count: signCount,
})

/** The answer as GoTrue keeps it, in the words of its library. */
function tell(answer: Fields, raw: Bytes, response: Fields): Fields {
  const { id, type, rawId, response: sent, authenticatorAttachment } = answer
  const attachment = authenticatorAttachment ? { authenticatorAttachment } : {}
  return {
    ID: id,
    Raw: { id, type, rawId, response: sent, ...attachment },
    Type: type,
    rawId: goBytes(raw),
    Response: response,
    ...attachment,
  }
}

const uuidOf = (bytes: Uint8Array): string => {
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-')
}

function readAttestation(bytes: Bytes): { readonly fmt: unknown; readonly data: Bytes } {
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
  return { fmt: at('fmt'), data: data.slice() }
}

/**
 * Checks the answer of `navigator.credentials.create()`. Who made the authenticator is not asked.
 * @throws Unreadable, or Error for what is not true.
 */
export async function checkCreation(
  answer: unknown,
  request: WebAuthnRequest,
): Promise<WebAuthnProof> {
  const fields = objectOf(answer)
  const response = objectOf(fields.response)
  const raw = bytesOf(fields, 'rawId')
  const { fmt, data: bytes } = readAttestation(bytesOf(response, 'attestationObject'))
  const client = checkClient(bytesOf(response, 'clientDataJSON'), request)
  const data = readAuthenticatorData(bytes)
  await checkPresence(data, request.rpId)
  if (!data.attested) throw new Error('WebAuthn: it made no credential')
  expectThat(same(data.attested.id, raw), 'it names another credential')
  const transports = Array.isArray(response.transports) ? response.transports.map(String) : []
  const told = tell(fields, raw, {
    Transports: transports,
    AttestationObject: { fmt, AuthData: tellData(data), authData: goBytes(bytes) },
    CollectedClientData: client,
  })
  const key = readKey(data.attested.key)
  const aaguid = uuidOf(data.attested.aaguid)
  return { credential: { id: base64url(raw), key, aaguid, transports }, told }
}

/** A signature as WebCrypto takes it: authenticators write two integers in DER (RFC 3279 §2.2.3). */
function rawSignature(der: Bytes): Bytes {
  const raw = new Uint8Array(64)
  let at = 2
  for (const start of [0, 32]) {
    const length = der[at + 1] ?? 0
    const digits = der.slice(at + 2, at + 2 + length).slice(-32)
    raw.set(digits, start + 32 - digits.length)
    at += 2 + length
  }
  return raw
}

/** Checks the answer of `navigator.credentials.get()`. @throws Unreadable, or Error for what is not true. */
export async function checkAssertion(
  answer: unknown,
  request: WebAuthnRequest,
  credentials: readonly WebAuthnCredential[],
): Promise<WebAuthnProof> {
  const fields = objectOf(answer)
  const response = objectOf(fields.response)
  const raw = bytesOf(fields, 'rawId')
  const json = bytesOf(response, 'clientDataJSON')
  const data = readAuthenticatorData(bytesOf(response, 'authenticatorData'))
  const signature = bytesOf(response, 'signature')
  const client = checkClient(json, request)
  await checkPresence(data, request.rpId)
  const credential = credentials.find(({ id }) => id === base64url(raw))
  if (!credential) throw new Error('WebAuthn: nobody has enrolled this credential')
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const key = await crypto.subtle.importKey('jwk', credential.key, algorithm, false, ['verify'])
  const signed = Uint8Array.from([...data.bytes, ...(await sha256(json))])
  const scheme = { name: 'ECDSA', hash: 'SHA-256' }
  const genuine = await crypto.subtle.verify(scheme, key, rawSignature(signature), signed)
  expectThat(genuine, 'the signature is not of this credential')
  const told = tell(fields, raw, {
    Signature: goBytes(signature),
    UserHandle: null,
    AuthenticatorData: tellData(data),
    CollectedClientData: client,
  })
  return { credential, told }
}
