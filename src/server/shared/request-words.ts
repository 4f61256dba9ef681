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
