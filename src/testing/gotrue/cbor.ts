/** A value out of CBOR, and where the next one begins. */
type Read = readonly [value: unknown, next: number]

/** The number that an item begins with (RFC 8949 §3): a value, or how much follows. */
function readHead(
  bytes: Uint8Array,
  at: number,
): readonly [major: number, size: number, next: number] {
  const first = bytes[at] ?? 0
  const short = first & 31
  if (short < 24) return [first >> 5, short, at + 1]
  const width = 2 ** (short - 24)
  if (width > 4 || at + width >= bytes.length) throw new Error('This CBOR ends too early.')
  const size = bytes.subarray(at + 1, at + 1 + width).reduce((sum, byte) => sum * 256 + byte, 0)
  return [first >> 5, size, at + 1 + width]
}

function readMany(bytes: Uint8Array, count: number, from: number): readonly [unknown[], number] {
  const items: unknown[] = []
  let at = from
  while (items.length < count) {
    const [item, next] = readItem(bytes, at)
    items.push(item)
    at = next
  }
  return [items, at]
}

function readItem(bytes: Uint8Array, from: number): Read {
  if (from >= bytes.length) throw new Error('This CBOR ends too early.')
  const [major, size, at] = readHead(bytes, from)
  if (major === 0) return [size, at]
  if (major === 1) return [-1 - size, at]
  if (major === 2) return [bytes.slice(at, at + size), at + size]
  if (major === 3) return [new TextDecoder().decode(bytes.subarray(at, at + size)), at + size]
  if (major === 4) return readMany(bytes, size, at)
  if (major !== 5) throw new Error('Authenticators write no such CBOR.')
  const [items, next] = readMany(bytes, size * 2, at)
  const entries = items.flatMap((key, index) =>
    index % 2 ? [] : [[key, items[index + 1]] as const],
  )
  return [new Map(entries), next]
}

/**
 * Reads CBOR (RFC 8949) as authenticators write it: numbers, bytes, texts, lists, and maps as `Map`.
 * @throws Error for anything else
 */
export const readCbor = (bytes: Uint8Array): unknown => readItem(bytes, 0)[0]
