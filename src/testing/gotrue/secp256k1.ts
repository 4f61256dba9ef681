import { utf8 } from './encoding.js'
import { keccak256 } from './keccak.js'

/** The field (SEC 2 §2.4.1). */
const P = 2n ** 256n - 2n ** 32n - 977n
/** How many points the generator makes. */
export const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n

/** A point of the curve y² = x³ + 7; `null` is the one at infinity. */
export type Point = { readonly x: bigint; readonly y: bigint } | null

/** The point that all others are made of. */
export const GENERATOR: Point = {
  x: 0x79be667ef9dcbbac55a06295ce870b07029bfcdb2dce28d959f2815b16f81798n,
  y: 0x483ada7726a3c4655da4fbfc0e1108a8fd17b448a68554199c47d08ffb10d4b8n,
}

const mod = (value: bigint, by: bigint = P): bigint => ((value % by) + by) % by

/** What a number has to be multiplied by to make 1 (the extended algorithm of Euclid). */
export function inverse(value: bigint, by: bigint = P): bigint {
  let [a, b, x, y] = [mod(value, by), by, 1n, 0n]
  while (a > 1n) {
    const quotient = b / a
    ;[a, b, x, y] = [b - quotient * a, a, y - quotient * x, x]
  }
  return mod(x, by)
}

function add(p: Point, q: Point): Point {
  if (!p || !q) return p ?? q
  if (p.x === q.x && mod(p.y + q.y) === 0n) return null
  const slope =
    p.x === q.x ? mod(3n * p.x * p.x * inverse(2n * p.y)) : mod((q.y - p.y) * inverse(q.x - p.x))
  const x = mod(slope * slope - p.x - q.x)
  return { x, y: mod(slope * (p.x - x) - p.y) }
}

/** A point so many times. Takes its time: this is no code for keys that matter. */
export function multiply(point: Point, times: bigint): Point {
  let [sum, double]: [Point, Point] = [null, point]
  for (let left = times; left > 0n; left >>= 1n) {
    if (left & 1n) sum = add(sum, double)
    double = add(double, double)
  }
  return sum
}

function power(base: bigint, exponent: bigint): bigint {
  let [result, square] = [1n, mod(base)]
  for (let left = exponent; left > 0n; left >>= 1n) {
    if (left & 1n) result = mod(result * square)
    square = mod(square * square)
  }
  return result
}

/** The number that 32 bytes are. */
export const toNumber = (bytes: Uint8Array): bigint =>
  bytes.reduce((number, byte) => number * 256n + BigInt(byte), 0n)

/** What a wallet signs for a text (EIP-191). */
export function digestOf(text: string): bigint {
  const bytes = utf8(text)
  const head = utf8(`\x19Ethereum Signed Message:\n${bytes.length}`)
  return toNumber(keccak256(Uint8Array.from([...head, ...bytes])))
}

/** The address of a public key, in small letters. */
export function addressOf({ x, y }: NonNullable<Point>): string {
  const hex = [x, y].map((part) => part.toString(16).padStart(64, '0')).join('')
  const key = Uint8Array.from(hex.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16))
  const digest = [...keccak256(key).subarray(12)]
  return `0x${digest.map((byte) => byte.toString(16).padStart(2, '0')).join('')}`
}

/**
 * Who signed a text, by a signature of 65 bytes in hexadecimal digits; `null` for what is none
 * (SEC 1 §4.1.6).
 */
export function signerOf(text: string, signature: string): string | null {
  const [, first, second, last] =
    /^0x([\da-f]{64})([\da-f]{64})(1b|1c|00|01)$/i.exec(signature) ?? []
  if (!first || !second || !last) return null
  const [r, s] = [BigInt(`0x${first}`), BigInt(`0x${second}`)]
  if (r === 0n || r >= ORDER || s === 0n || s >= ORDER) return null
  const square = mod(r ** 3n + 7n)
  const root = power(square, (P + 1n) / 4n)
  if (mod(root * root) !== square) return null
  const parity = /^(1c|01)$/i.test(last) ? 1n : 0n
  const y = (root & 1n) === parity ? root : P - root
  const unsign = inverse(r, ORDER)
  const key = add(
    multiply({ x: r, y }, mod(s * unsign, ORDER)),
    multiply(GENERATOR, mod(-digestOf(text) * unsign, ORDER)),
  )
  return key && addressOf(key)
}
