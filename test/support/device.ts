import {
  createHash,
  generateKeyPairSync,
  type KeyObject,
  randomBytes,
  sign,
  type webcrypto,
} from 'node:crypto'

/** What a site asks for, and where the page is that asks. `challenge` in base64url. */
export interface Question {
  readonly challenge: string
  readonly rpId: string
  readonly origin: string
  /** What a page says that it did, where that is not true. */
  readonly type?: string
  /** Whether nobody touches the device. */
  readonly absent?: boolean
}

/** A credential as it travels: what `PublicKeyCredential.toJSON()` gives. */
export interface CredentialJson {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly authenticatorAttachment: 'platform'
  readonly clientExtensionResults: object
  readonly response: Readonly<Record<string, unknown>>
}

/** One credential on a device, be it a passkey or a security key. */
export interface DeviceCredential {
  readonly id: string
  /** What a server takes for a new credential. */
  create(question: Question): CredentialJson
  /** What a server takes for a proof. */
  get(question: Question): CredentialJson
}

/** Options of `createCredential`. */
export interface CredentialOptions {
  /** Whom a passkey is of, as the server names them. @default nobody: a security key */
  readonly userHandle?: string
  /** @default 'ES256' */
  readonly algorithm?: 'ES256' | 'RS256'
  /** How its maker vouches for it. @default 'none' */
  readonly format?: string
}

/** The flag that says that somebody was there. */
const PRESENT = 1

const AAGUID = Buffer.from('01020304050607080102030405060708', 'hex')

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest()

/** How an item of CBOR begins (RFC 8949 §3). */
function head(major: number, size: number): Buffer {
  if (size < 24) return Buffer.of((major << 5) + size)
  return size < 256
    ? Buffer.of((major << 5) + 24, size)
    : Buffer.of((major << 5) + 25, size >> 8, size & 255)
}
const number = (value: number): Buffer => (value < 0 ? head(1, -1 - value) : head(0, value))
const bytes = (value: Buffer): Buffer => Buffer.concat([head(2, value.length), value])
const text = (value: string): Buffer => Buffer.concat([head(3, value.length), Buffer.from(value)])
const map = (entries: readonly (readonly [Buffer, Buffer])[]): Buffer =>
  Buffer.concat([head(5, entries.length), ...entries.flat()])

/** A public key in COSE (RFC 9053 §7.1.1, RFC 8230 §4). */
function coseKey({ kty, x = '', y = '', n = '', e = '' }: webcrypto.JsonWebKey): Buffer {
  const part = (value: string): Buffer => bytes(Buffer.from(value, 'base64url'))
  const fields: readonly (readonly [number, Buffer])[] =
    kty === 'RSA'
      ? [
          [1, number(3)],
          [3, number(-257)],
          [-1, part(n)],
          [-2, part(e)],
        ]
      : [
          [1, number(2)],
          [3, number(-7)],
          [-1, number(1)],
          [-2, part(x)],
          [-3, part(y)],
        ]
  return map(fields.map(([label, value]) => [number(label), value]))
}

const clientData = (did: string, { challenge, origin, type = did }: Question): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

/** The site, who was there (flags of WebAuthn §6.1), and how often it was used. */
function authenticatorData({ rpId, absent }: Question, flags: number, count: number): Buffer {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(count)
  return Buffer.concat([sha256(rpId), Buffer.of(absent ? flags & ~PRESENT : flags), counter])
}

const createKeys = (algorithm: 'ES256' | 'RS256') =>
  algorithm === 'ES256'
    ? generateKeyPairSync('ec', { namedCurve: 'P-256' })
    : generateKeyPairSync('rsa', { modulusLength: 2048 })

/** What is told of a new key besides. */
const described = (publicKey: KeyObject, algorithm: 'ES256' | 'RS256') => ({
  publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64url'),
  publicKeyAlgorithm: algorithm === 'ES256' ? -7 : -257,
  transports: ['internal'],
})

/** Makes a credential with a key of its own. There is always somebody there. */
export function createCredential(options: CredentialOptions = {}): DeviceCredential {
  const { userHandle, algorithm = 'ES256', format = 'none' } = options
  const { privateKey, publicKey } = createKeys(algorithm)
  const rawId = randomBytes(32)
  const id = rawId.toString('base64url')
  let uses = 0
  const answer = (response: Readonly<Record<string, unknown>>): CredentialJson => ({
    authenticatorAttachment: 'platform',
    clientExtensionResults: {},
    id,
    rawId: id,
    type: 'public-key',
    response: Object.fromEntries(
      Object.entries(response).map(([name, value]) => [
        name,
        Buffer.isBuffer(value) ? value.toString('base64url') : value,
      ]),
    ),
  })

  return {
    id,
    create(question) {
      const length = Buffer.of(0, rawId.length)
      const key = coseKey(publicKey.export({ format: 'jwk' }))
      const site = authenticatorData(question, 0x45, ++uses)
      const data = Buffer.concat([site, AAGUID, length, rawId, key])
      const attestationObject = map([
        [text('fmt'), text(format)],
        [text('attStmt'), map([])],
        [text('authData'), bytes(data)],
      ])
      return answer({
        attestationObject,
        authenticatorData: data,
        clientDataJSON: clientData('webauthn.create', question),
        ...described(publicKey, algorithm),
      })
    },
    get(question) {
      const said = clientData('webauthn.get', question)
      const data = authenticatorData(question, 0x05, ++uses)
      return answer({
        clientDataJSON: said,
        authenticatorData: data,
        signature: sign('sha256', Buffer.concat([data, sha256(said)]), privateKey),
        ...(userHandle !== undefined && { userHandle: Buffer.from(userHandle) }),
      })
    },
  }
}

/** Options of `createDevice`. */
export interface DeviceOptions {
  /** The origin of the page; a function where that changes. */
  readonly origin: string | (() => string)
  /** What the person does instead of agreeing. */
  readonly refuse?: (() => Error) | undefined
}

type Creation = PublicKeyCredentialCreationOptionsJSON
type Request = PublicKeyCredentialRequestOptionsJSON

/** A device that keeps credentials, as an authenticator; and what it was asked. */
export function createDevice({ origin, refuse }: DeviceOptions) {
  const keys: DeviceCredential[] = []
  const asked: (Creation | Request)[] = []
  const page = (): string => (typeof origin === 'string' ? origin : origin())
  return {
    asked,
    async create(json: Creation): Promise<CredentialJson> {
      asked.push(json)
      if (refuse) throw refuse()
      const { challenge, rp, user } = json
      const userHandle = Buffer.from(user.id, 'base64url').toString()
      const key = createCredential({ userHandle })
      keys.push(key)
      return key.create({ challenge, rpId: rp.id ?? '', origin: page() })
    },
    async get(json: Request): Promise<CredentialJson | null> {
      asked.push(json)
      if (refuse) throw refuse()
      const { challenge, rpId = '' } = json
      return keys.at(-1)?.get({ challenge, rpId, origin: page() }) ?? null
    },
  }
}
