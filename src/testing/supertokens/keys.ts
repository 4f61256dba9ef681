import { base64 } from '../server/base64.js'
import { utf8 } from '../server/encoding.js'

/** The signing keys of one core: dynamic ones, which are replaced, and a static one. */
export interface Keys {
  /** The key that signs now. */
  current(staticKey: boolean): Key
  /** The keys that may verify a token. @param kid `null` for tokens that name none */
  candidates(kid: string | null): readonly Key[]
  /** What the core publishes. */
  jwks(): Promise<{ readonly keys: readonly PublishedKey[] }>
  /** A new dynamic key signs from now on. */
  rotate(options?: { readonly withdraw?: boolean | undefined }): void
  /** All keys are others from now on, the static one too. */
  replaceAll(): void
}

/** A public key, with nothing in it but what cores publish. */
export interface PublishedKey {
  readonly kty: string
  readonly kid: string
  readonly n: string
  readonly e: string
  readonly alg: string
  readonly use: string
}

/** One key. It is generated on first use. */
export interface Key {
  readonly kid: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** When the next dynamic key takes over, in ms since the epoch. */
  readonly expiry: number
  sign(text: string): Promise<Uint8Array>
  verify(text: string, signature: Uint8Array<ArrayBuffer>): Promise<boolean>
  /** The public half as a core's handshake has it: DER in base64. */
  der(): Promise<string>
  jwk(): Promise<PublishedKey>
}

const ALGORITHM = {
  name: 'RSASSA-PKCS1-v1_5',
  modulusLength: 2048,
  publicExponent: Uint8Array.of(1, 0, 1),
  hash: 'SHA-256',
}

/** When a key was made, and when the next one takes over, in ms since the epoch. */
type KeyLife = Pick<Key, 'createdAt' | 'expiry'>

function createKey(kid: string, life: KeyLife): Key {
  let made: Promise<CryptoKeyPair> | undefined
  const pair = (): Promise<CryptoKeyPair> => {
    made ??= crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify'])
    return made
  }
  return {
    kid,
    ...life,
    async sign(text) {
      const { privateKey } = await pair()
      return new Uint8Array(await crypto.subtle.sign(ALGORITHM.name, privateKey, utf8(text)))
    },
    async verify(text, signature) {
      const { publicKey } = await pair()
      return crypto.subtle.verify(ALGORITHM.name, publicKey, signature, utf8(text))
    },
    async der() {
      const { publicKey } = await pair()
      return base64(new Uint8Array(await crypto.subtle.exportKey('spki', publicKey)))
    },
    async jwk() {
      const { publicKey } = await pair()
      const { n = '', e = '' } = await crypto.subtle.exportKey('jwk', publicKey)
      return { kty: 'RSA', kid, n, e, alg: 'RS256', use: 'sig' }
    },
  }
}

/** What keys work on. Times in ms. */
export interface KeyDeps {
  now(): number
  newId(): string
  /** How long a dynamic key signs. */
  readonly interval: number
}

/** Makes the keys of one core. */
export function createKeys({ now, newId, interval }: KeyDeps): Keys {
  const dynamicKey = (at: number): Key =>
    createKey(`d-${at}`, { createdAt: at, expiry: at + interval })
  const fixedKey = (): Key =>
    createKey(`s-${newId()}`, { createdAt: now(), expiry: Number.POSITIVE_INFINITY })
  let fixed = fixedKey()
  let newestAt = now()
  let dynamic: readonly [Key, ...Key[]] = [dynamicKey(newestAt)]

  const rotate: Keys['rotate'] = ({ withdraw = false } = {}) => {
    // Two keys of one moment still need two names.
    newestAt = Math.max(now(), newestAt + 1)
    dynamic = [dynamicKey(newestAt), ...(withdraw ? [] : dynamic)]
  }
  const living = (): readonly [Key, ...Key[]] => {
    if (now() >= dynamic[0].expiry) rotate()
    return dynamic
  }

  return {
    current: (staticKey) => (staticKey ? fixed : living()[0]),
    candidates: (kid) =>
      kid === null ? living() : [...living(), fixed].filter((key) => key.kid === kid),
    jwks: async () => ({ keys: await Promise.all([...living(), fixed].map((key) => key.jwk())) }),
    rotate,
    replaceAll() {
      fixed = fixedKey()
      rotate({ withdraw: true })
    },
  }
}
