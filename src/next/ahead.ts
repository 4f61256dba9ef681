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

type Asked = Pick<Request, 'headers' | 'method'>

const isOfRouter = (headers: Headers): boolean => ROUTERS.some((name) => headers.get(name) !== null)

/** Whether a browser goes to a page, rather than a script asking for something. */
export function isNavigation({ headers, method }: Asked): boolean {
  const mode = headers.get('Sec-Fetch-Mode')
  if (mode !== null) return mode === 'navigate'
  return method === 'GET' && (headers.get('Accept') ?? '').includes('text/html')
}

/**
 * The answer to a router of Next that asks in the background for what is no page, or for one that it may not have: it
 * logs no error, and navigates there when somebody clicks. Nothing for whoever else asks. The answer is empty, and not a
 * 204: of that the router of an app with `cacheComponents` makes a `Response` with a body, which throws (16.4, seen).
 */
export function answerRouter({ headers, method }: Asked): Response | null {
  // A Server Action comes from a router too, in an app whose pages intercept others (16.4, seen).
  if (!isOfRouter(headers) || !['GET', 'HEAD'].includes(method)) return null
  const response = new Response(null)
  forbidStorage(response.headers)
  varyByCookie(response.headers)
  return response
}

/** Whether a router of Next calls a Server Action. The form of a page without scripts navigates instead. */
export const isAction = ({ headers, method }: Asked): boolean =>
  method === 'POST' && headers.get('Next-Action') !== null

/** What a router is told of a Server Action that does not run. */
export interface ActionRefusal {
  /** For people, where they are not sent to another page. */
  readonly message: string
  /** The status of the answer that sends them there. 303, as Next has it, if left out. */
  readonly status?: number
}

/**
 * Says to a router that calls a Server Action what this answer says to a browser that goes to a page. Other answers
 * than these two end in the app's page of errors, with words that say nothing (16.4, seen).
 */
export function forAction(answer: Response, { message, status = 303 }: ActionRefusal): Response {
  const headers = new Headers(answer.headers)
  const location = headers.get('Location')
  if (location !== null) {
    headers.delete('Location')
    // What follows the first semicolon is how to go there.
    headers.set('X-Action-Redirect', `${location.replaceAll(';', '%3B')};push`)
    return new Response(null, { status, headers })
  }
  // To the byte: a router shows the text of no other type, not even of this one with its charset.
  headers.set('Content-Type', 'text/plain')
  return new Response(message, { status: answer.status, headers })
}
