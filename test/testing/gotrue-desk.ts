import { createManualClock } from '../../src/testing/clock.js'
import { createScriptedGoTrue, type ScriptedGoTrueOptions } from '../../src/testing/gotrue/index.js'

/** What the wire answers, loosely. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly body: Readonly<Record<string, unknown>>
}

const BASE = 'http://localhost/auth/v1'
const USERS = [{ email: 'ada@example.com', phone: '4911', password: 'correct horse' }]

/** A scripted server on a manual clock, and short ways to talk to it. */
export function createDesk(options: ScriptedGoTrueOptions = {}) {
  const clock = createManualClock()
  const server = createScriptedGoTrue({
    users: USERS,
    clock,
    redirectUrls: ['https://app.example/**'],
    ...options,
  })

  async function send(path: string, init: RequestInit = {}): Promise<Answer> {
    const headers = { 'X-Supabase-Api-Version': '2024-01-01', ...init.headers }
    const response = await server.fetch(BASE + path, { redirect: 'manual', ...init, headers })
    const text = await response.text()
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : {}
    return {
      status: response.status,
      headers: response.headers,
      body: typeof parsed === 'object' ? { ...parsed } : {},
    }
  }
  const post = (path: string, body: unknown, headers: HeadersInit = {}): Promise<Answer> =>
    send(path, { method: 'POST', body: JSON.stringify(body), headers: { ...headers } })
  const refresh = (token: unknown, headers: HeadersInit = {}): Promise<Answer> =>
    post('/token?grant_type=refresh_token', { refresh_token: token }, headers)

  return {
    clock,
    server,
    send,
    post,
    refresh,
    /** Signs Ada in; her first refresh token. */
    async signIn(): Promise<{ refresh: string; access: string; body: Answer['body'] }> {
      const credentials = { email: 'ada@example.com', password: 'correct horse' }
      const { body } = await post('/token?grant_type=password', credentials)
      return { refresh: String(body.refresh_token), access: String(body.access_token), body }
    },
    /** Refreshes and hands back the new token. @throws when it is refused */
    async rotate(token: string): Promise<string> {
      const { status, body } = await refresh(token)
      if (status !== 200) throw new Error(`Refused: ${JSON.stringify(body)}`)
      return String(body.refresh_token)
    },
    user: (access: string): Promise<Answer> =>
      send('/user', { headers: { authorization: `Bearer ${access}` } }),
    sessionId: (): string => server.sessions()[0]?.id ?? '',
    userId: (): string => server.sessions()[0]?.userId ?? '',
  }
}

/** Status and code in one. */
export const said = ({ status, body }: Answer): string => `${status} ${body.code ?? 'ok'}`
