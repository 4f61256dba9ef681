/** What SecureStore takes under one key, in bytes of UTF-8: Expo warns above it, and some keychains refuse more. */
export const LIMIT = 2_048

const sizeOf = (char: string): number => {
  const code = char.codePointAt(0) ?? 0
  return code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4
}

/** A text in pieces of at most `limit` bytes of UTF-8 each; no character is cut in two. */
export function cut(text: string, limit: number): readonly string[] {
  const pieces: string[] = []
  let piece = ''
  let size = 0
  for (const char of text) {
    const more = sizeOf(char)
    if (size + more > limit) {
      pieces.push(piece)
      piece = ''
      size = 0
    }
    piece += char
    size += more
  }
  return [...pieces, piece]
}

/** Which of the two places the pieces of a text lie in: the next text goes to the other one. */
export type Place = 'a' | 'b'

/** What lies under the key itself: the whole text, or where its pieces are. */
export type Head =
  | { readonly kind: 'nothing' }
  | { readonly kind: 'text'; readonly text: string }
  | {
      readonly kind: 'pieces'
      readonly place: Place
      readonly count: number
      /** Of the whole text, in units of UTF-16. */
      readonly length: number
    }
  | { readonly kind: 'damage' }

const PIECES = /^\+([ab])\.(\d{1,4})\.(\d{1,9})$/

/** Reads what lies under a key. */
export function readHead(kept: string | null | undefined): Head {
  if (!kept) return { kind: 'nothing' }
  if (kept.startsWith('=')) return { kind: 'text', text: kept.slice(1) }
  const [, place, count, length] = PIECES.exec(kept) ?? []
  if (!place) return { kind: 'damage' }
  return {
    kind: 'pieces',
    place: place === 'a' ? 'a' : 'b',
    count: Number(count),
    length: Number(length),
  }
}

/** What lies under a key whose text is whole. */
export const headOf = (text: string): string => `=${text}`
/** What lies under a key whose text is in pieces, of `length` units of UTF-16 altogether. */
export const headOfPieces = (place: Place, count: number, length: number): string =>
  `+${place}.${count}.${length}`

/** A key by the letters that SecureStore takes (`A-Z a-z 0-9 . - _`), one at least; two keys never become one. */
export const safeKey = (key: string): string =>
  key.replace(/[^A-Za-z0-9.-]/g, (char) => `_${char.charCodeAt(0).toString(16)}_`) || '_'

/** Where a piece lies. No key begins so: what follows a `_` in one is a digit of sixteen. */
export const pieceKey = (key: string, place: Place, index: number): string =>
  `_.${place}.${index}.${safeKey(key)}`
