import { type Answer, ask } from '../express/stage.js'

/** How a front end keeps its tokens. */
export type Mode = 'cookie' | 'header'

/** What a front end has of a session. */
export interface Held {
  readonly access?: string | undefined
  readonly refresh?: string | undefined
  readonly antiCsrf?: string | undefined
}

/** A front end of SuperTokens: what it has, and how it asks. */
export interface Visitor {
  readonly mode: Mode
  held: Held
  /** Asks, keeps the new tokens, and tells the answer. `more` goes in place of what it would send. */
  ask(method: string, path: string, more?: Readonly<Record<string, string | null>>): Promise<Answer>
  signIn(): Promise<Answer>
  get(path?: string): Promise<Answer>
  post(path?: string): Promise<Answer>
  refresh(): Promise<Answer>
  signOut(): Promise<Answer>
}

export const REFRESH = '/auth/session/refresh'

/** The value of a cookie that an answer sets; `undefined` when it does not, `''` when it erases. */
function cookieOf({ setCookies }: Answer, name: string): string | undefined {
  const line = setCookies.filter((value) => value.startsWith(`${name}=`)).at(-1)
  return line === undefined ? undefined : decodeURIComponent(/=([^;]*)/.exec(line)?.[1] ?? '')
}

function received(answer: Answer, held: Held): Held {
  const newest = (cookie: string, header: string): string | undefined => {
    const said = answer.headers[header]
    const value = cookieOf(answer, cookie) || (said === undefined ? undefined : String(said))
    return value || undefined
  }
  if (answer.headers['front-token'] === 'remove') return {}
  const antiCsrf = answer.headers['anti-csrf']
  return {
    access: newest('sAccessToken', 'st-access-token') ?? held.access,
    refresh: newest('sRefreshToken', 'st-refresh-token') ?? held.refresh,
    antiCsrf: antiCsrf === undefined ? held.antiCsrf : String(antiCsrf),
  }
}

/** The header `Cookie`, as browsers send it to a path. */
export const cookiesOf = ({ access, refresh }: Held, path: string): string =>
  [
    access !== undefined && `sAccessToken=${encodeURIComponent(access)}`,
    refresh !== undefined && path === REFRESH && `sRefreshToken=${encodeURIComponent(refresh)}`,
  ]
    .filter((pair) => pair !== false)
    .join('; ')

function headersFor(mode: Mode, held: Held, path: string): Record<string, string> {
  const bearer = path === REFRESH ? held.refresh : held.access
  const cookie = cookiesOf(held, path)
  return {
    rid: 'session',
    'st-auth-mode': mode,
    ...(held.antiCsrf !== undefined && { 'anti-csrf': held.antiCsrf }),
    ...(mode === 'cookie' && cookie !== '' && { Cookie: cookie }),
    ...(mode === 'header' && bearer !== undefined && { Authorization: `Bearer ${bearer}` }),
  }
}

/** A front end that does what those of SuperTokens do. */
export function createVisitor(origin: string, mode: Mode): Visitor {
  const visitor: Visitor = {
    mode,
    held: {},
    async ask(method, path, more = {}) {
      const sent = Object.entries({ ...headersFor(mode, visitor.held, path), ...more })
      const headers = Object.fromEntries(
        sent.flatMap(([name, value]) => (value === null ? [] : [[name, value]])),
      )
      const answer = await ask(origin, path, { method, headers })
      visitor.held = received(answer, visitor.held)
      return answer
    },
    signIn: () => visitor.ask('POST', '/signin'),
    get: (path = '/me') => visitor.ask('GET', path),
    post: (path = '/me') => visitor.ask('POST', path),
    refresh: () => visitor.ask('POST', REFRESH),
    signOut: () => visitor.ask('POST', '/auth/signout'),
  }
  return visitor
}
