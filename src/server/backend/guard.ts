import { listIn } from '../requests/answer-headers.js'
import type { Problem } from './answers.js'

/** The header that no other site's page can send without being asked first (Fetch §2.2.2). */
export const GUARD_HEADER = 'X-Holdfast'

/** Whose pages may call: the backend's own, and those of the origins listed. */
export interface Callers {
  /** The origin that the request came to. */
  readonly own: string
  readonly allowed: readonly string[]
}

/** Whether a page of ours sent a request; what is no browser does not say. */
export function isOurs(headers: Headers, { own, allowed }: Callers): boolean {
  const origin = headers.get('Origin')
  if (origin !== null && allowed.includes(origin)) return true
  // The browser's own word, which is right behind a proxy that changes the address too.
  const site = headers.get('Sec-Fetch-Site')
  if (site !== null) return site === 'same-origin'
  return origin === null || origin === own
}

/** Why a request that acts for a session is refused; `null` for one that a page of ours sent. */
export function refuseStranger({ headers }: Request, callers: Callers): Problem | null {
  if (headers.get(GUARD_HEADER) !== '1') {
    const message = `The request lacks the header \`${GUARD_HEADER}: 1\`.`
    return { status: 403, code: 'forbidden', message }
  }
  if (isOurs(headers, callers)) return null
  const message = 'Pages of this origin may not call. See `allowedOrigins`.'
  return { status: 403, code: 'forbidden', message }
}

/** Whether a browser asks for a page that nobody may ever look at. */
export const isPrefetch = (headers: Pick<Headers, 'get'>): boolean =>
  ['Sec-Purpose', 'Purpose', 'X-Moz', 'X-Purpose'].some((name) =>
    /prefetch|preview/i.test(headers.get(name) ?? ''),
  ) || headers.get('Next-Router-Prefetch') !== null

/** The last two labels of a host's name, or all of it. */
const endOf = ({ hostname }: URL): string => hostname.split('.').slice(-2).join('.')

/** Whether two origins may be of one site. Only browsers know that `a.co.uk` and `b.co.uk` are not. */
function maybeOneSite(one: string, other: string): boolean {
  const [a, b] = [new URL(one), new URL(other)]
  return a.protocol === b.protocol && endOf(a) === endOf(b)
}

/**
 * Whether a page of ours sent the browser here. What does not say so is anybody's link. Other sites can leave the
 * `Referer` out, and cannot write it, but they can redirect, which keeps it:
 *
 *     our page ── link ──→ evil.example ── 302 ──→ the sign-in
 *                                                  Referer: our page, Sec-Fetch-Site: cross-site
 *
 * So where a browser says how far it was on its way, no less will do than it says on the way from that page.
 */
export function isOwnNavigation({ headers }: Request, { own, allowed }: Callers): boolean {
  const site = headers.get('Sec-Fetch-Site')
  if (site === 'same-origin') return true
  const referrer = headers.get('Referer') ?? ''
  const origin = URL.canParse(referrer) ? new URL(referrer).origin : null
  if (origin === null) return false
  if (site === null) return origin === own || allowed.includes(origin)
  if (origin === own || !allowed.includes(origin)) return false
  return site === 'same-site' || (site === 'cross-site' && !maybeOneSite(origin, own))
}

/** Why a request is refused that is to be a navigation of the browser; `null` for a navigation. */
export function refuseBackground({ headers }: Request): Problem | null {
  if (isPrefetch(headers)) {
    const message = 'A sign-in does not begin, and is not finished, before somebody goes there.'
    return { status: 503, code: 'unavailable', message }
  }
  const mode = headers.get('Sec-Fetch-Mode')
  if (mode === null || mode === 'navigate') return null
  const message = 'Navigate here: this address is not for `fetch`.'
  return { status: 403, code: 'forbidden', message }
}

/** Lets the pages of another origin read an answer, where they may call (Fetch §3.2). */
export function share(request: Request, response: Response, callers: Callers): Response {
  if (callers.allowed.length === 0) return response
  const origin = request.headers.get('Origin')
  listIn(response.headers, 'Vary', ['Origin'])
  if (origin === null || !callers.allowed.includes(origin)) return response
  response.headers.set('Access-Control-Allow-Origin', origin)
  response.headers.set('Access-Control-Allow-Credentials', 'true')
  response.headers.set('Access-Control-Expose-Headers', [...response.headers.keys()].join(', '))
  return response
}

/** The answer to a browser that asks whether a page may call; `null` when it does not ask that. */
export function answerPreflight(request: Request, callers: Callers): Response | null {
  const { headers, method } = request
  const wanted = headers.get('Access-Control-Request-Method')
  if (method !== 'OPTIONS' || wanted === null) return null
  const response = share(request, new Response(null, { status: 204 }), callers)
  if (!response.headers.has('Access-Control-Allow-Origin')) return response
  const names = headers.get('Access-Control-Request-Headers')
  response.headers.set('Access-Control-Allow-Methods', wanted)
  if (names !== null) response.headers.set('Access-Control-Allow-Headers', names)
  return response
}
