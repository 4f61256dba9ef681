import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto'

/** What a site asks an authenticator for. `challenge` in base64url. */
export interface Asked {
  readonly challenge: string
  readonly rpId: string
  readonly origin: string
}

/** A credential as it travels. */
export interface CredentialJson {
  readonly id: string
  readonly rawId: string
  readonly type: 'public-key'
  readonly response: Readonly<Record<string, string>>
}

/** A passkey on a device. */
export interface DevicePasskey {
  readonly id: string
  /** What a server takes for a new passkey. */
  register(asked: Asked): CredentialJson
  /** What a server takes for a sign-in. */
  answer(asked: Asked): CredentialJson
}

const sha256 = (data: Buffer | string): Buffer => createHash('sha256').update(data).digest()

const clientData = (type: string, { challenge, origin }: Asked): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }))

/** The site, who was there (flags of WebAuthn §6.1), and how often it has signed. */
function authenticatorData(rpId: string, flags: number, count: number): Buffer {
  const counter = Buffer.alloc(4)
  counter.writeUInt32BE(count)
  return Buffer.concat([sha256(rpId), Buffer.of(flags), counter])
}

/** Makes a passkey of a key of its own (ES256), for the person with this handle. */
export function createPasskey(userHandle: string): DevicePasskey {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' })
  const rawId = randomBytes(32)
  const id = rawId.toString('base64url')
  const head = Buffer.from('a5010203262001215820', 'hex')
  const coordinates = [
    Buffer.from(x, 'base64url'),
    Buffer.from('225820', 'hex'),
    Buffer.from(y, 'base64url'),
  ]
  const cose = Buffer.concat([head, ...coordinates])
  let count = 0
  const credential = (response: Readonly<Record<string, Buffer>>): CredentialJson => {
    const texts = Object.entries(response).map(([name, data]) => [name, data.toString('base64url')])
    return { id, rawId: id, type: 'public-key', response: Object.fromEntries(texts) }
  }
  return {
    id,
    register(asked) {
      const length = Buffer.of(0, rawId.length)
      const attested = Buffer.concat([Buffer.alloc(16), length, rawId, cose])
      const data = Buffer.concat([authenticatorData(asked.rpId, 69, ++count), attested])
      const attestation = Buffer.concat([
        Buffer.from('a363666d74646e6f6e656761747453746d74a068617574684461746158', 'hex'),
        Buffer.of(data.length),
        data,
      ])
      return credential({
        clientDataJSON: clientData('webauthn.create', asked),
        attestationObject: attestation,
      })
    },
    answer(asked) {
      const said = clientData('webauthn.get', asked)
      const data = authenticatorData(asked.rpId, 5, ++count)
      const signature = sign('sha256', Buffer.concat([data, sha256(said)]), privateKey)
      return credential({
        clientDataJSON: said,
        authenticatorData: data,
        signature,
        userHandle: Buffer.from(userHandle),
      })
    },
  }
}

/** Options of `createDevice`. */
export interface DeviceOptions {
  /** The origin of the page. */
  readonly origin: string
  /** What the person does instead of agreeing. */
  readonly refuse?: (() => Error) | undefined
}

type Creation = PublicKeyCredentialCreationOptionsJSON
type Request = PublicKeyCredentialRequestOptionsJSON

/** A device with passkeys, as an authenticator; and what it was asked. */
export function createDevice({ origin, refuse }: DeviceOptions) {
  const keys: DevicePasskey[] = []
  const asked: (Creation | Request)[] = []
  return {
    asked,
    async create(json: Creation): Promise<CredentialJson> {
      asked.push(json)
      if (refuse) throw refuse()
      const { challenge, rp, user } = json
      const key = createPasskey(Buffer.from(user.id, 'base64url').toString())
      keys.push(key)
      return key.register({ challenge, rpId: rp.id ?? '', origin })
    },
    async get(json: Request): Promise<CredentialJson | null> {
      asked.push(json)
      if (refuse) throw refuse()
      const { challenge, rpId = '' } = json
      return keys.at(-1)?.answer({ challenge, rpId, origin }) ?? null
    },
  }
}
