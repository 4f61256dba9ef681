import { base64url, fromBase64url, utf8 } from './encoding.js'
import { cheapHashes } from './hashes.js'

/** Signs and checks JWTs with a key of the server's own. */
export interface Signer {
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
  /** The claims of a token that this server signed, expired or not; else `null`. */
  verify(token: string): Promise<Readonly<Record<string, unknown>> | null>
  jwks(): Promise<{ readonly keys: readonly JsonWebKey[] }>
  /** A new key signs from now on; the old ones still verify. */
  rotate(): void
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256' }
const SIGNATURE = { name: 'ECDSA', hash: 'SHA-256' }

const encode = (value: unknown): string => base64url(utf8(JSON.stringify(value)))

function decode(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = fromBase64url(part)
  try {
    const value: unknown = bytes && JSON.parse(new TextDecoder().decode(bytes))
    return typeof value === 'object' && value !== null ? { ...value } : null
  } catch {
    return null
  }
}

/** Makes a signer. Keys are generated on first use. */
export function createSigner(kind: 'es256' | 'digest'): Signer {
  const keys: Promise<CryptoKeyPair>[] = []
  const key = (index: number): Promise<CryptoKeyPair> => {
    const found = keys[index]
    if (found) return found
    const made = crypto.subtle.generateKey(ALGORITHM, false, ['sign', 'verify'])
    keys[index] = made
    return made
  }
  let current = 0

  async function signature(text: string, index: number): Promise<Uint8Array> {
    if (kind === 'digest') return cheapHashes.hash(utf8(`scripted ${text}`))
    const { privateKey } = await key(index)
    return new Uint8Array(await crypto.subtle.sign(SIGNATURE, privateKey, utf8(text)))
  }

  return {
    async sign(claims) {
      const header = {
        alg: kind === 'es256' ? 'ES256' : 'digest',
        typ: 'JWT',
        kid: `key-${current}`,
      }
      const text = `${encode(header)}.${encode(claims)}`
      return `${text}.${base64url(await signature(text, current))}`
    },
    async verify(token) {
      const [head = '', body = '', mark = ''] = token.split('.')
      const index = Number(String(decode(head)?.kid).replace('key-', ''))
      const bytes = fromBase64url(mark)
      if (!bytes || !(index >= 0 && index <= current)) return null
      const text = `${head}.${body}`
      if (kind === 'digest') {
        return mark === base64url(await signature(text, index)) ? decode(body) : null
      }
      const { publicKey } = await key(index)
      const valid = await crypto.subtle.verify(SIGNATURE, publicKey, bytes, utf8(text))
      return valid ? decode(body) : null
    },
    async jwks() {
      if (kind === 'digest') return { keys: [] }
      const indexes = Array.from({ length: current + 1 }, (_, index) => index)
      return {
        keys: await Promise.all(
          indexes.map(async (index) => ({
            ...(await crypto.subtle.exportKey('jwk', (await key(index)).publicKey)),
            kid: `key-${index}`,
            alg: 'ES256',
            use: 'sig',
          })),
        ),
      }
    },
    rotate: () => {
      current++
    },
  }
}
