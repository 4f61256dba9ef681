import { AuthError } from '../../core/errors.js'
import { base64url, fromBase64url, utf8 } from './encoding.js'
import { cheapHashes, realHashes } from './hashes.js'
import { parseObject } from './json.js'
import type { Jwk } from './jwk.js'

/** Signs and checks JWTs with a key of the server's own. */
export interface Signer {
  sign(claims: Readonly<Record<string, unknown>>): Promise<string>
  /** The claims of a token that this server signed, expired or not; else `null`. */
  verify(token: string): Promise<Readonly<Record<string, unknown>> | null>
  jwks(): Promise<{ readonly keys: readonly Jwk[] }>
  /**
   * A new key signs from now on; the old ones still verify, unless they are to be withdrawn. Of the
   * secrets of `hs256` there is only ever one.
   */
  rotate(options?: { readonly withdraw?: boolean | undefined }): void
}

/**
 * How a server signs. With `hs256`, `rs256` and `digest` the same claims give the same token; `es256`
 * gives another one each time. `digest` is no cryptography at all.
 */
export type Signing = 'hs256' | 'es256' | 'rs256' | 'digest'

const ALGORITHMS = {
  es256: { name: 'ECDSA', namedCurve: 'P-256' },
  rs256: {
    name: 'RSASSA-PKCS1-v1_5',
    modulusLength: 2048,
    publicExponent: Uint8Array.of(1, 0, 1),
    hash: 'SHA-256',
  },
}

const encode = (value: unknown): string => base64url(utf8(JSON.stringify(value)))

function decode(part: string): Readonly<Record<string, unknown>> | null {
  const bytes = fromBase64url(part)
  return bytes && parseObject(new TextDecoder().decode(bytes))
}

/** What makes the marks of tokens, key by key. */
interface Marker {
  /** The token's header. Which key signed stands in it only where there is a set of keys. */
  header(index: number): Readonly<Record<string, string>>
  mark(text: string, index: number): Promise<Uint8Array>
  check(text: string, mark: Uint8Array<ArrayBuffer>, index: number): Promise<boolean>
  /** What others may know of a key. */
  published(index: number): Promise<readonly Jwk[]>
}

/** Marks that are made anew to be checked. Nothing of the keys is published. */
function sharedSecrets(kind: 'hs256' | 'digest', secret: string): Marker {
  // The first secret is the one that others were told; a new one makes another.
  const secretOf = (index: number): string => (index === 0 ? secret : `${secret}-${index}`)
  const mark = (text: string, index: number): Promise<Uint8Array> =>
    kind === 'digest'
      ? cheapHashes.hash(utf8(`${secretOf(index)} ${text}`))
      : realHashes.mac(secretOf(index), utf8(text))
  return {
    header: () => ({ alg: kind === 'digest' ? 'digest' : 'HS256', typ: 'JWT' }),
    mark,
    check: async (text, given, index) => base64url(given) === base64url(await mark(text, index)),
    published: async () => [],
  }
}

/** Signatures by key pairs, which are generated on first use, once. */
function keyPairs(kind: 'es256' | 'rs256'): Marker {
  const algorithm = ALGORITHMS[kind]
  const scheme = { name: algorithm.name, hash: 'SHA-256' }
  const alg = kind.toUpperCase()
  const keys: Promise<CryptoKeyPair>[] = []
  const key = (index: number): Promise<CryptoKeyPair> => {
    const found = keys[index]
    if (found) return found
    const made = crypto.subtle.generateKey(algorithm, false, ['sign', 'verify'])
    keys[index] = made
    return made
  }
  return {
    header: (index) => ({ alg, kid: `key-${index}`, typ: 'JWT' }),
    async mark(text, index) {
      const { privateKey } = await key(index)
      return new Uint8Array(await crypto.subtle.sign(scheme, privateKey, utf8(text)))
    },
    check: async (text, mark, index) =>
      crypto.subtle.verify(scheme, (await key(index)).publicKey, mark, utf8(text)),
    async published(index) {
      const { publicKey } = await key(index)
      const { ext: _, ...jwk } = await crypto.subtle.exportKey('jwk', publicKey)
      return [{ ...jwk, kid: `key-${index}`, alg, use: 'sig', key_ops: ['verify'] }]
    },
  }
}

/**
 * Makes a signer. `secret` is for the kinds that share one.
 * @throws AuthError `invalid_argument` for a kind that there is not.
 */
export function createSigner(kind: Signing, secret = 'scripted'): Signer {
  const shared = kind === 'hs256' || kind === 'digest'
  if (!shared && !Object.hasOwn(ALGORITHMS, kind)) {
    const message = '`signing` is one of hs256, es256, rs256 and digest.'
    throw new AuthError('invalid_argument', message)
  }
  const marker = shared ? sharedSecrets(kind, secret) : keyPairs(kind)
  let first = 0
  let current = 0
  const trusted = (): readonly number[] =>
    Array.from({ length: current + 1 - first }, (_, index) => first + index)

  return {
    async sign(claims) {
      const text = `${encode(marker.header(current))}.${encode(claims)}`
      return `${text}.${base64url(await marker.mark(text, current))}`
    },
    async verify(token) {
      const [head = '', body = '', given = '', ...rest] = token.split('.')
      const mark = fromBase64url(given)
      if (!mark || rest.length > 0) return null
      const kid = decode(head)?.kid
      for (const index of trusted()) {
        if (!shared && kid !== `key-${index}`) continue
        if (await marker.check(`${head}.${body}`, mark, index)) return decode(body)
      }
      return null
    },
    jwks: async () => ({ keys: (await Promise.all(trusted().map(marker.published))).flat() }),
    rotate({ withdraw = false } = {}) {
      current++
      if (withdraw || kind === 'hs256') first = current
    },
  }
}
