import { AuthError, type Grant, resumeWith, type Session } from '../../src/index.js'
import { createWorld, HOUR } from './world.js'

/** What a server says of the session that the cookies hold. */
export const grantOf = (id: string, sessionId: string, version = 1): Grant => ({
  accessToken: `access-${sessionId}-${version}`,
  refreshToken: 'http-only',
  lifetime: HOUR,
  user: { id },
  sessionId,
})

/** The server cannot be asked. */
export function outage(): never {
  throw new AuthError('network', 'No answer.')
}

/** Tabs of a browser whose cookies hold a session, which no script can read. */
export function createCookieWorld() {
  const world = createWorld()
  const asked: (string | undefined)[] = []
  type Answer = Grant | null | undefined
  const jar: { answer: () => Answer | Promise<Answer> } = { answer: () => null }
  const provider = {
    ...world.server.provider,
    resume: resumeWith(async (known: Session | null) => {
      asked.push(known?.accessToken)
      return jar.answer()
    }),
  }
  return {
    ...world,
    provider,
    jar,
    /** What was known at each question. */
    asked,
    open: (options: Parameters<typeof world.open>[0] = {}) => world.open({ provider, ...options }),
  }
}
