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
 * What stands for itself in a path, whoever reads it; what no address holds otherwise is percent-encoded. Any other
 * letter written so is taken by some for what it stands for, before or after they part the path.
 */
const AS_IT_IS = /^(?:[\w!$&'()*+,:;=@~.[\]|/-]|%20|%[89a-f][\da-f])+$/i
/** What servers skip, or trim, or take for another page: empty names, blanks around them, and data of pages of Next. */
const OTHERWISE = /\/\/|[/.]%20|%20(?:[/.]|$)|^\/_next\/|\.rsc(?:\/|$)|\.segments\//i

/** Whether a path holds what is no UTF-8: who decodes it leniently reads something else. */
function isText(path: string): boolean {
  try {
    decodeURIComponent(path)
    return true
  } catch {
    return false
  }
}

/**
 * The path of whatever came with a call, without its query; `null` where it has none, and for one that what reads it
 * further on may read otherwise: `/admin/../x`, `//admin`, `/%61dmin`, `/_next/data/build/admin.json`.
 */
export function pathIn(request: unknown): string | null {
  const url = property(request, 'originalUrl') ?? property(request, 'url')
  if (typeof url !== 'string') return null
  // Servers may be asked by whole addresses (RFC 9112 §3.2.2).
  const [page = ''] = url.replace(/^https?:\/\/[^/?#]*/i, '').split(/[?#]/, 1)
  if (!AS_IT_IS.test(page) || OTHERWISE.test(page) || !isText(page)) return null
  const address = `http://localhost${page}`
  return URL.canParse(address) && new URL(address).pathname === page ? page : null
}
