/** A text as the wire has it: in quotes, as the draft says (RFC 9651 §3.3.3), or bare, as Chromium 156 sends it. */
export function readWord(header: string | null): string | null {
  if (header === null) return null
  const [, quoted] = /^"([^"\\]*)"(?:;.*)?$/s.exec(header) ?? []
  const word = quoted ?? header
  // Two headers of one name come as a list (RFC 9110 §5.2): whose word would count?
  return /^[!#-+\--:<-[\]-~]+$/.test(word) ? word : null
}

/** A text in quotes. What we write holds neither quotes nor backslashes. */
export const quoted = (word: string): string => `"${word}"`

/** As much as a server takes of headers. */
const LONGEST = 16_384
/** How the names of sessions are marked that were skipped. */
const MARK = 'session_identifier="'

/**
 * The sessions that a browser says it could not renew, of `Secure-Session-Skipped`. What else it says of them counts
 * for nothing: who knows the name of a session has it from the browser.
 */
export const skippedIn = (header: string | null): readonly string[] =>
  (header ?? '')
    .slice(0, LONGEST)
    .split(MARK)
    .slice(1)
    .flatMap((rest) => rest.split('"', 1))

const isObject = (value: unknown): value is object => typeof value === 'object' && value !== null

const property = (value: unknown, name: string): unknown =>
  isObject(value) ? Reflect.get(value, name) : undefined

/** A header of whatever came with a call: a `Request`, one of Node, or what has `headers` like either. */
export function headerIn(request: unknown, name: string): string | null {
  const headers = property(request, 'headers')
  const get = property(headers, 'get')
  const found: unknown =
    typeof get === 'function'
      ? Reflect.apply(get, headers, [name])
      : property(headers, name.toLowerCase())
  if (Array.isArray(found)) return found.join(', ')
  return typeof found === 'string' ? found : null
}

/**
 * The path of whatever came with a call, without its query; `null` where it has none, and for one that parsing would
 * change, such as `/admin/../x`: what reads it further on may read it otherwise.
 */
export function pathIn(request: unknown): string | null {
  const url = property(request, 'originalUrl') ?? property(request, 'url')
  if (typeof url !== 'string') return null
  // Servers may be asked by whole addresses (RFC 9112 §3.2.2).
  const [page = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)
  const address = `http://localhost${page}`
  return URL.canParse(address) && new URL(address).pathname === page ? page : null
}
