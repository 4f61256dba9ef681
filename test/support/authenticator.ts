import { createHash, webcrypto } from 'node:crypto'

const { subtle } = webcrypto

const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  Buffer.from(bytes instanceof Uint8Array ? bytes : new Uint8Array(bytes)).toString('base64url')
const sha256 = (bytes: Uint8Array | string): Buffer => createHash('sha256').update(bytes).digest()

const AAGUID = Buffer.from('01020304050607080102030405060708', 'hex')

/** What a relying party asks for, and where the page is that asks. */
export interface Question {
  readonly challenge: string
  readonly rpId: string
  readonly origin: string
}

const head = (major: number, size: number): Buffer =>
  size < 24 ? Buffer.of((major << 5) + size) : Buffer.of((major << 5) + 24, size)
const bytes = (value: Uint8Array): Buffer => Buffer.concat([head(2, value.length), value])
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)])

/** A public key of P-256 in COSE (RFC 9053 §7.1.1). */
const coseKey = ({ x = '', y = '' }: webcrypto.JsonWebKey): Buffer =>
  Buffer.concat([
    Buffer.from('a5010203262001', 'hex'),
    Buffer.of(0x21),
    bytes(Buffer.from(x, 'base64url')),
    Buffer.of(0x22),
    bytes(Buffer.from(y, 'base64url')),
  ])

/** A signature as two integers in DER. */
function der(raw: Uint8Array): Buffer {
  const integer = (part: Uint8Array): Buffer => {
    const digits = Buffer.from(part.slice(part.findIndex((byte) => byte !== 0)))
    const positive = (digits[0] ?? 0) > 127 ? Buffer.concat([Buffer.of(0), digits]) : digits
    return Buffer.concat([Buffer.of(2, positive.length), positive])
  }
  const both = Buffer.concat([integer(raw.slice(0, 32)), integer(raw.slice(32))])
  return Buffer.concat([Buffer.of(0x30, both.length), both])
}

const clientData = (type: string, { challenge, origin }: Question): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

/** Makes an authenticator that a platform would have built in: one key, always somebody there. */
export async function createAuthenticator() {
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256' }
  const { privateKey, publicKey } = await subtle.generateKey(algorithm, true, ['sign', 'verify'])
  const id = webcrypto.getRandomValues(new Uint8Array(32))
  let uses = 0

  /** What is signed: whose site it is, that somebody was there, and how often it was used. */
  function authenticatorData(rpId: string, flags: number): Buffer {
    const count = Buffer.alloc(4)
    count.writeUInt32BE(++uses)
    return Buffer.concat([sha256(rpId), Buffer.of(flags), count])
  }
  const answer = (response: object) => ({
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    id: base64url(id),
    rawId: base64url(id),
    response,
    type: 'public-key',
  })

  return {
    id: base64url(id),
    /** As `PublicKeyCredential.toJSON()` of a new credential. */
    async create(question: Question) {
      const key = coseKey(await subtle.exportKey('jwk', publicKey))
      const length = Buffer.of(0, id.length)
      const data = Buffer.concat([
        authenticatorData(question.rpId, 0x45),
        ...[AAGUID, length, id, key],
      ])
      const attestation = Buffer.concat([
        Buffer.of(0xa3),
        ...[text('fmt'), text('none'), text('attStmt'), Buffer.of(0xa0)],
        ...[text('authData'), bytes(data)],
      ])
      return answer({
        attestationObject: base64url(attestation),
        authenticatorData: base64url(data),
        clientDataJSON: base64url(clientData('webauthn.create', question)),
        publicKey: base64url(await subtle.exportKey('spki', publicKey)),
        publicKeyAlgorithm: -7,
        transports: ['internal'],
      })
    },
    /** As `PublicKeyCredential.toJSON()` of a proof. */
    async get(question: Question) {
      const data = authenticatorData(question.rpId, 0x05)
      const client = clientData('webauthn.get', question)
      const signed = Buffer.concat([data, sha256(client)])
      const scheme = { name: 'ECDSA', hash: 'SHA-256' }
      const signature = new Uint8Array(await subtle.sign(scheme, privateKey, signed))
      return answer({
        authenticatorData: base64url(data),
        clientDataJSON: base64url(client),
        signature: base64url(der(signature)),
      })
    },
  }
}
