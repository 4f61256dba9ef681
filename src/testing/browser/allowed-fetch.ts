import { asking } from './cors.js'
import type { FetchLike } from './fetch.js'

const SAFE_METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST'])
const SAFE_HEADERS: ReadonlySet<string> = new Set(['accept', 'accept-language', 'content-language'])
const SAFE_TYPE = /^(application\/x-www-form-urlencoded|multipart\/form-data|text\/plain)(;|$)/i

/** The names of a request's headers that take another origin's leave (Fetch §2.2.2, safelisted names). */
const askedFor = ({ headers }: Request): readonly string[] =>
  [...headers].flatMap(([name, value]) =>
    SAFE_HEADERS.has(name) || (name === 'content-type' && SAFE_TYPE.test(value)) ? [] : name,
  )

/** The entries of a list of what is allowed. */
const listed = (headers: Headers, name: string): readonly string[] =>
  (headers.get(`access-control-allow-${name}`) ?? '').split(',').map((entry) => entry.trim())

/** Whether a list has a name, or is for all: then not for tokens, nor where cookies go along. */
const has = (list: readonly string[], name: string, withCredentials: boolean): boolean =>
  list.includes(name) || (list.includes('*') && !withCredentials && name !== 'authorization')

/** What a page is told of an answer that it may not see, or of a request that it may not send. */
function refuse(): never {
  throw new TypeError('Failed to fetch')
}

/** Refuses an answer that is not for pages of this origin (Fetch §4.10, CORS check). */
function checkOrigin({ headers }: Response, origin: string, withCredentials: boolean): void {
  const allowed = headers.get('access-control-allow-origin')
  if (allowed === '*' && !withCredentials) return
  if (allowed !== origin) refuse()
  if (withCredentials && headers.get('access-control-allow-credentials') !== 'true') refuse()
}

/** Sends what a page at `href` may send to whomever it asks, and gives it what it may see. */
export async function allowedFetch(
  send: FetchLike,
  href: string | null,
  [input, init]: Parameters<FetchLike>,
): Promise<Response> {
  if (href === null) return send(input, init)
  const target = input instanceof Request ? input.clone() : new URL(input, href)
  const request = new Request(target, init)
  const { url, method } = request
  const { crossOrigin, withCredentials } = asking(url, href, request.credentials)
  if (!crossOrigin) return send(input, init)
  const { origin } = new URL(href)
  const names = askedFor(request)
  if (names.length > 0 || !SAFE_METHODS.has(method)) {
    const answer = await send(url, {
      method: 'OPTIONS',
      headers: {
        origin,
        'access-control-request-method': method,
        ...(names.length > 0 && { 'access-control-request-headers': names.join(',') }),
      },
    })
    checkOrigin(answer, origin, withCredentials)
    const methods = [...SAFE_METHODS, ...listed(answer.headers, 'methods')]
    const allowed = listed(answer.headers, 'headers').map((name) => name.toLowerCase())
    if (!answer.ok || !has(methods, method, withCredentials)) refuse()
    if (!names.every((name) => has(allowed, name, withCredentials))) refuse()
  }
  const answer = await send(input, init)
  checkOrigin(answer, origin, withCredentials)
  return answer
}
