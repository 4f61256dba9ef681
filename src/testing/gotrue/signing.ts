import { base64url, fromBase64url, utf8 } from './encoding.js'
import { cheapHashes } from './hashes.js'

/** Signs and checks JWTs with a key of the server's own. */
export interface Signer {
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
  /** The claims of a token that this server signed, expired or not; else `null`. */
  verify(token: string): Promise<Readonly<Record<string, unknown>> | null>
  jwks(): Promise<{ readonly keys: readonly JsonWebKey[] }>
  /** A new key signs from now on; the old ones still verify, unless they are to be withdrawn. */
  rotate(options?: { readonly withdraw?: boolean | undefined }): void
}

/** How a server signs. `digest` is no cryptography at all. */
export type Signing = 'es256' | 'rs256' | 'digest'

const ALGORITHMS = {
  es256: { name: 'ECDSA', namedCurve: 'P-256' },
  rs256: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: 'SHA-256',
  },
}

const HEADERS = { es256: 'ES256', rs256: 'RS256', digest: 'digest' }

const encode = (value: unknown): string => base64url(utf8(JSON.stringify(value)))

/** The object that a text holds, or `null`. */
export function parseObject(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? { ...value }
      : null
  } catch {
    return null
  }
}

function decode(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = fromBase64url(part)
  return bytes && parseObject(new TextDecoder().decode(bytes))
}

/** Makes a signer. Keys are generated on first use, once. */
export function createSigner(kind: Signing): Signer {
  const algorithm = ALGORITHMS[kind === 'digest' ? 'es256' : kind]
  const scheme = { name: algorithm.name, hash: 'SHA-256' }
  const keys: Promise<CryptoKeyPair>[] = []
  const key = (index: number): Promise<CryptoKeyPair> => {
    const found = keys[index]
    if (found) return found
    const made = crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
    keys[index] = made
    return made
  }
  let first = 0
  let current = 0

  async function signature(text: string, index: number): Promise<Uint8Array> {
    if (kind === 'digest') return cheapHashes.hash(utf8(`scripted ${text}`))
    const { privateKey } = await key(index)
    return new Uint8Array(await crypto.subtle.sign(scheme, privateKey, utf8(text)))
  }

  const publicKey = async (index: number): Promise<JsonWebKey & { readonly kid: string }> => ({
    ...(await crypto.subtle.exportKey('jwk', (await key(index)).publicKey)),
    kid: `key-${index}`,
    alg: HEADERS[kind],
    use: 'sig',
  })

  return {
    async sign(claims) {
      const header = { alg: HEADERS[kind], typ: 'JWT', kid: `key-${current}` }
      const text = `${encode(header)}.${encode(claims)}`
      return `${text}.${base64url(await signature(text, current))}`
    },
    async verify(token) {
      const [head = '', body = '', mark = ''] = token.split('.')
      const index = Number(String(decode(head)?.kid).replace('key-', ''))
      const bytes = fromBase64url(mark)
      if (!bytes || !(index >= first && index <= current)) return null
      const text = `${head}.${body}`
      if (kind === 'digest') {
        return mark === base64url(await signature(text, index)) ? decode(body) : null
      }
      const pair = await key(index)
      const valid = await crypto.subtle.verify(scheme, pair.publicKey, bytes, utf8(text))
      return valid ? decode(body) : null
    },
    async jwks() {
      if (kind === 'digest') return { keys: [] }
      const indexes = Array.from({ length: current + 1 - first }, (_, index) => first + index)
      return { keys: await Promise.all(indexes.map(publicKey)) }
    },
    rotate({ withdraw = false } = {}) {
      current++
      if (withdraw) first = current
    },
  }
}
