/** What a text of bytes in CBOR holds (RFC 8949): the kinds that WebAuthn uses. */
export type Cbor =
  | number
  | string
  | boolean
  | null
  | Uint8Array<ArrayBuffer>
  | readonly Cbor[]
  | ReadonlyMap<Cbor, Cbor>

/** A value, and how many bytes it took. */
export interface Read {
  readonly value: Cbor
  readonly length: number
}

interface Cursor {
  readonly bytes: Uint8Array<ArrayBuffer>
  at: number
}

function take(cursor: Cursor, length: number): Uint8Array<ArrayBuffer> {
  const part = cursor.bytes.slice(cursor.at, cursor.at + length)
  if (part.length < length) throw new RangeError('The bytes end early.')
  cursor.at += length
  return part
}

/** The number in the head of an item. */
function argument(cursor: Cursor, info: number): number {
  if (info < 24) return info
  if (info > 26) throw new RangeError('This length is not for WebAuthn.')
  return take(cursor, 2 ** (info - 24)).reduce((sum, byte) => sum * 256 + byte, 0)
}

const SIMPLE: Readonly<Record<number, boolean | null>> = { 20: false, 21: true, 22: null }

function item(cursor: Cursor): Cbor {
  const [head = 0] = take(cursor, 1)
  const major = head >> 5
  if (major === 7) {
    const value = SIMPLE[head & 31]
    if (value === undefined) throw new RangeError('This value is not for WebAuthn.')
    return value
  }
  const size = argument(cursor, head & 31)
  switch (major) {
    case 0:
      return size
    case 1:
      return -1 - size
    case 2:
      return take(cursor, size)
    case 3:
      return new TextDecoder().decode(take(cursor, size))
    case 4:
      return repeat(size, () => item(cursor))
    case 5:
      return new Map(repeat(size, () => [item(cursor), item(cursor)] as const))
    default:
      throw new RangeError('Tags are not for WebAuthn.')
  }
}

/** As often as the head says; what the bytes do not hold ends it. */
function repeat<T>(times: number, make: () => T): T[] {
  const made: T[] = []
  for (let count = 0; count < times; count++) made.push(make())
  return made
}

/** Reads the first value. @throws RangeError for what is none. */
export function readCbor(bytes: Uint8Array<ArrayBuffer>): Read {
  const cursor = { bytes, at: 0 }
  return { value: item(cursor), length: cursor.at }
}
