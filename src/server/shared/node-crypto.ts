/** Bytes as Node has them. */
interface NodeBytes extends Uint8Array<ArrayBuffer> {
  toString(encoding?: 'hex'): string
}

/** Of what it can encode as well nothing is used: workerd writes base64url of its own. */
interface NodeCipher {
  update(data: Uint8Array): NodeBytes
  final(): NodeBytes
}

interface NodeHmac {
  update(data: string | Uint8Array): NodeHmac
  digest(): NodeBytes
}

interface NodeHash {
  update(data: Uint8Array): NodeHash
  digest(): NodeBytes
}

/**
 * What is used here of `node:crypto`. It does at once what the web's crypto takes to another thread
 * and back, step by step: the same work, for a tenth of the time.
 */
export interface NodeCrypto {
  readonly KeyObject: { from(key: CryptoKey): object }
  pbkdf2Sync(
    password: string,
    salt: string,
    iterations: number,
    bytes: number,
    digest: string,
  ): NodeBytes
  createHash(hash: string): NodeHash
  createHmac(hash: string, key: Uint8Array): NodeHmac
  createCipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array): NodeCipher
  createDecipheriv(algorithm: string, key: Uint8Array, iv: Uint8Array): NodeCipher
  randomBytes(size: number): NodeBytes
  timingSafeEqual(one: Uint8Array, other: Uint8Array): boolean
  verify(hash: string, data: Uint8Array, key: object, signature: Uint8Array): boolean
}

const FUNCTIONS = [
  'KeyObject',
  'pbkdf2Sync',
  'createHash',
  'createHmac',
  'createCipheriv',
  'createDecipheriv',
  'randomBytes',
  'timingSafeEqual',
  'verify',
]

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const isNodeCrypto = (value: unknown): value is NodeCrypto =>
  isObject(value) && FUNCTIONS.every((name) => typeof Reflect.get(value, name) === 'function')

/**
 * Node's crypto where the runtime has it (Node 20.16 and later, and others that are like it), or
 * `null`. It is asked for and never imported, so that bundles for the web's runtimes do not look for
 * it. A runtime may have the names and not what they stand for: whoever uses it tries it first.
 */
export function findNodeCrypto(): NodeCrypto | null {
  const host: unknown = Reflect.get(globalThis, 'process')
  const get: unknown = isObject(host) ? Reflect.get(host, 'getBuiltinModule') : null
  if (typeof get !== 'function') return null
  try {
    const found: unknown = Reflect.apply(get, host, ['node:crypto'])
    return isNodeCrypto(found) ? found : null
  } catch {
    // Some runtimes throw for modules that they lack.
    return null
  }
}
