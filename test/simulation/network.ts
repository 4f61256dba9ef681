/** What can befall a request on its way. */
export const NETWORK_FAULTS = [
  /** It never arrives. */
  'drop',
  /** It is served, and the answer never comes. */
  'lose-answer',
  /** Nothing happens until the caller gives up, before or after the server has served it. */
  'hang',
  'hang-after',
  'status 503',
  'status 429',
  /** A refusal that is definite, but in no provider's list. */
  'status 418',
  /** A captive portal's page. */
  'page',
  'garbage',
] as const

/** What a request meets on its way. */
export type NetworkFault = 'none' | (typeof NETWORK_FAULTS)[number]

/** Faults after which the server may have rotated a token that nobody got. */
export const LOSES_ANSWER: ReadonlySet<NetworkFault> = new Set(['lose-answer', 'hang-after'])

const never = (): Promise<never> => new Promise(() => {})
const lost = (): TypeError => new TypeError('fetch failed')

/** One request, read to its end. */
export interface ReadRequest {
  readonly url: string
  readonly method: string
  readonly headers: Headers
  readonly text: string
}

/** What the server said, and what the caller gets to see of it. */
export interface Served {
  readonly status: number
  readonly body: unknown
  /** Whether the server itself gave it. */
  readonly genuine: boolean
  readonly reply: () => Promise<Response>
}

const html = '<!doctype html><title>Welcome to the Wi-Fi</title>'
const refused = new Map<NetworkFault, (teapot: string) => Response>([
  ['status 503', () => new Response('{"message":"down"}', { status: 503 })],
  [
    'status 429',
    () => new Response('{"code":429}', { status: 429, headers: { 'retry-after': '7' } }),
  ],
  ['status 418', (teapot) => new Response(teapot, { status: 418 })],
  ['page', () => new Response(html, { status: 200, headers: { 'content-type': 'text/html' } })],
  ['garbage', () => new Response('{"access_token":7}', { status: 200 })],
])

/**
 * Takes a request through a fault to the server. Fails as `fetch` does when there is no answer.
 * `teapot`: the body of a definite refusal that no provider knows.
 */
export async function serve(
  server: { fetch(url: string, init: RequestInit): Promise<Response> },
  request: ReadRequest,
  { fault, teapot }: { readonly fault: NetworkFault; readonly teapot: string },
): Promise<Served | null> {
  const instead = refused.get(fault)
  if (instead) {
    const reply = (): Response => instead(teapot)
    return { status: reply().status, body: null, genuine: false, reply: async () => reply() }
  }
  if (fault === 'drop') throw lost()
  if (fault === 'hang') return never()
  const { url, method, headers, text } = request
  const response = await server.fetch(url, { method, headers, ...(text && { body: text }) })
  const answer = await response.text()
  const { status, headers: sent } = response
  let body: unknown = null
  try {
    body = JSON.parse(answer)
  } catch {
    // A sign-out is answered with nothing.
  }
  const whole = (): Response => new Response(answer || null, { status, headers: sent })
  return {
    status,
    body,
    genuine: true,
    reply: async () => {
      if (fault === 'lose-answer') throw lost()
      return fault === 'hang-after' ? never() : whole()
    },
  }
}
