import {
  createSuperTokensSessions,
  type GetSessionOptions,
  type NewSessionOptions,
  type SuperTokensSessionsOptions,
} from '../../../src/server/supertokens/web/index.js'
import { LATER, readyStage, type StageOptions } from './stage.js'
import { bearer, cookies } from './web-stage.js'

type Settings = Partial<SuperTokensSessionsOptions>

/** An app with a core, in which Ada has signed in. */
export async function openApp(settings: Settings = {}, options: StageOptions = {}) {
  const stage = await readyStage(options)
  stage.core.clearLog()
  const sessions = createSuperTokensSessions({
    superTokens: stage.superTokens,
    now: stage.clock.now,
    ...settings,
  })
  const exchange = (headers: Readonly<Record<string, string>>, method = 'GET') => ({
    request: { method, headers: new Headers(headers) },
    answer: new Headers(),
  })

  /** A front end: it keeps its tokens as it is told, and sends them. */
  async function signIn(
    mode: 'cookie' | 'header' = 'cookie',
    jwtPayload = {},
    more: NewSessionOptions = {},
  ) {
    const first = exchange({ 'st-auth-mode': mode }, 'POST')
    const session = await sessions.createNewSession(first, 'ada', { jwtPayload, ...more })
    const held = { access: session.getAccessToken(), refresh: '' }
    const keep = (answer: Headers): void => {
      const of = (name: string, header: string, was: string): string => {
        const line = answer
          .getSetCookie()
          .filter((value) => value.startsWith(`${name}=`))
          .at(-1)
        const value = line && decodeURIComponent(/=([^;]*)/.exec(line)?.[1] ?? '')
        return value || answer.get(header) || was
      }
      held.access = of('sAccessToken', 'st-access-token', held.access)
      held.refresh = of('sRefreshToken', 'st-refresh-token', held.refresh)
    }
    keep(first.answer)
    const shown = (token: string, name: string) =>
      mode === 'cookie' ? cookies({ [name]: token }) : bearer(token)
    return {
      held,
      first: session,
      handle: session.getHandle(),
      /** The session of a request, and the answer's headers. */
      async ask(options?: GetSessionOptions, method = 'GET') {
        const asked = exchange({ rid: 'session', ...shown(held.access, 'sAccessToken') }, method)
        try {
          const found = await sessions.getSession(asked, { ...options, sessionRequired: true })
          return { session: found, answer: asked.answer }
        } finally {
          keep(asked.answer)
        }
      },
      keep,
      headers: () => new Headers(shown(held.access, 'sAccessToken')),
      async refresh() {
        stage.pass(LATER)
        const asked = exchange({ rid: 'session', ...shown(held.refresh, 'sRefreshToken') }, 'POST')
        const found = await sessions.refreshSession(asked)
        keep(asked.answer)
        return found
      },
    }
  }
  return { ...stage, sessions, exchange, signIn }
}
