import { forbidStorage, varyByCookie } from '../server/requests/caching.js'

/**
 * By what the routers of Next ask for a page in the background, ahead of a click or after it (16.4, seen). Proxies see
 * the last two only: Next takes the others away from what they get.
 */
const ROUTERS = [
  'RSC',
  'Next-Router-Prefetch',
  'Next-Router-Segment-Prefetch',
  'Next-Url',
  'X-Middleware-Prefetch',
]

type ReadHeaders = Pick<Headers, 'get'>

const isOfRouter = (headers: ReadHeaders): boolean =>
  ROUTERS.some((name) => headers.get(name) !== null)

/** Whether a browser goes to a page, rather than a script asking for something. */
export function isNavigation({ headers, method }: Pick<Request, 'headers' | 'method'>): boolean {
  const mode = headers.get('Sec-Fetch-Mode')
  if (mode !== null) return mode === 'navigate'
  return method === 'GET' && (headers.get('Accept') ?? '').includes('text/html')
}

/**
 * The answer to a router of Next that asks in the background for what is no page, or for one that it may not have: it
 * logs no error, and navigates there when somebody clicks. Nothing for whoever else asks. The answer is empty, and not a
 * 204: of that the router of an app with `cacheComponents` makes a `Response` with a body, which throws (16.4, seen).
 */
export function answerRouter(headers: ReadHeaders): Response | null {
  if (!isOfRouter(headers)) return null
  const response = new Response(null)
  forbidStorage(response.headers)
  varyByCookie(response.headers)
  return response
}
