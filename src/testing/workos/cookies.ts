import { json } from '../server/json.js'
import type { Call } from './context.js'
import type { Answer } from './sessions.js'

/** Tells scripts of which clients there is a session: their ids, with dots between. */
const MARK = 'workos-has-session'

/** How long browsers keep a cookie at most, in seconds: 400 days (RFC 6265bis §5.5). */
const LONGEST = 34_560_000

/** The name is this server's own: WorkOS does not document its. */
const TOKEN = 'workos-refresh-token-'

const tokenName = (clientId: string): string => TOKEN + clientId

/** The cookies of a request by name. */
function readCookies(request: Request): ReadonlyMap<string, string> {
  const pairs = (request.headers.get('cookie') ?? '').split(';').map((pair) => pair.trim())
  return new Map(
    pairs.map((pair): [string, string] => {
      const end = pair.indexOf('=')
      return [pair.slice(0, end), pair.slice(end + 1)]
    }),
  )
}

/** The refresh token that the browser holds for a client. */
export const readToken = (request: Request, clientId: string): string | undefined =>
  readCookies(request).get(tokenName(clientId))

/** The headers that give a browser a client's refresh token, or take it away. */
export function cookieHeaders({ request, url }: Call, clientId: string, token: string): Headers {
  const marked = (readCookies(request).get(MARK) ?? '').split('.')
  const others = marked.filter((id) => id !== '' && id !== clientId)
  const mark = (token ? [...others, clientId] : others).join('.')
  const attributes = `Path=/; SameSite=Lax${url.protocol === 'https:' ? '; Secure' : ''}`
  const life = (value: string): string => `Max-Age=${value ? LONGEST : 0}`
  const headers = new Headers()
  const set = (cookie: string): void => headers.append('set-cookie', cookie)
  set(`${tokenName(clientId)}=${token}; ${attributes}; ${life(token)}; HttpOnly`)
  set(`${MARK}=${mark}; ${attributes}; ${life(mark)}`)
  return headers
}

/** Answers with the refresh token in a cookie, where no script sees it. */
export function answerInCookie(call: Call, clientId: string, answer: Answer): Response {
  const { refresh_token: token, ...rest } = answer
  const response = json(200, rest)
  for (const cookie of cookieHeaders(call, clientId, String(token)).getSetCookie()) {
    response.headers.append('set-cookie', cookie)
  }
  return response
}

/** The refresh token that an answer gives in a cookie. */
export const givenToken = (headers: Headers): string | null =>
  headers
    .getSetCookie()
    .map((cookie) => /^([^=]*)=([^;]+)/.exec(cookie))
    .find((match) => match?.[1]?.startsWith(TOKEN))?.[2] ?? null
