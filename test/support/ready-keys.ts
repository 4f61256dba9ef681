// To find the primes of an RSA key takes a sixth of a second, and each scripted server wants one or
// two: they were most of the time of the unit tests. So the processes of a run share a few: the
// first that needs the n-th key of its file makes it, the others import it. The keys are real; only
// after `KEYS` of them does a test file see the first again.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { inject } from 'vitest'

/** How many there are. Servers that are to differ are made one after the other, never this far apart. */
const KEYS = 24
const RSA = 'RSASSA-PKCS1-v1_5'

const { subtle } = crypto
const subtleCrypto: SubtleCrypto = Object.getPrototypeOf(subtle)
const generate = subtleCrypto.generateKey
const folder = inject('readyKeys')
let taken = 0

interface SavedPair {
  readonly privateKey: JsonWebKey
  readonly publicKey: JsonWebKey
}

function read(file: string): SavedPair | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

async function make(file: string, algorithm: RsaHashedKeyGenParams): Promise<SavedPair> {
  const pair = await generate.call(subtle, algorithm, true, ['sign', 'verify'])
  if (!('privateKey' in pair)) throw new Error('Not a pair of keys.')
  const saved = {
    privateKey: await subtle.exportKey('jwk', pair.privateKey),
    publicKey: await subtle.exportKey('jwk', pair.publicKey),
  }
  // Under another name first, so that nobody reads a half.
  const half = `${file}.${process.pid}`
  writeFileSync(half, JSON.stringify(saved))
  renameSync(half, file)
  return saved
}

async function nextPair(algorithm: RsaHashedKeyGenParams, extractable: boolean) {
  const { modulusLength, publicExponent, hash } = algorithm
  const kind = [modulusLength, ...publicExponent, JSON.stringify(hash).replaceAll(/\W/g, '')]
  const file = join(folder, `${kind.join('-')}-${taken++ % KEYS}.json`)
  const { privateKey, publicKey } = read(file) ?? (await make(file, algorithm))
  return {
    privateKey: await subtle.importKey(
      'jwk',
      { ...privateKey, ext: extractable },
      algorithm,
      extractable,
      ['sign'],
    ),
    publicKey: await subtle.importKey('jwk', publicKey, algorithm, true, ['verify']),
  }
}

function isRsa(algorithm: unknown): algorithm is RsaHashedKeyGenParams {
  return Object(algorithm).name === RSA && 'modulusLength' in Object(algorithm)
}

function generateReady(
  this: SubtleCrypto,
  algorithm: unknown,
  extractable: boolean,
  usages: readonly KeyUsage[],
): unknown {
  const isPair = [...usages].sort().join() === 'sign,verify'
  if (isRsa(algorithm) && isPair) return nextPair(algorithm, extractable)
  return Reflect.apply(generate, this, [algorithm, extractable, usages])
}

// Where test files share a process, each comes by here.
if (generate.name !== generateReady.name) {
  Object.defineProperty(subtleCrypto, 'generateKey', {
    configurable: true,
    writable: true,
    value: generateReady,
  })
}
