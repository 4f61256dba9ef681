import type { SessionUser } from '../../core/session.js'
import type { EndedSessions } from './ended-sessions.js'
import type { Opened, Opener, SealedCookie } from './opened.js'

/** What waits for the end of the session in a cookie: see `SealedSessions.watchSession`. */
export type WatchSession = (cookie: SealedCookie, onEnd: () => void) => Promise<() => void>

/** What a watch works with. */
export interface SessionWatchDeps<User extends SessionUser> {
  readonly opener: Pick<Opener<User>, 'open'>
  readonly ended: Pick<EndedSessions<User>, 'isOver' | 'watch'>
}

/** Makes what waits for the ends of sessions. */
export function createSessionWatch<User extends SessionUser>({
  opener,
  ended,
}: SessionWatchDeps<User>): WatchSession {
  return async (cookie, onEnd) => {
    const opened = await opener.open(cookie)
    if ('reason' in opened) {
      // While nobody knows whose it is, nobody knows of an end either.
      if (!opened.retryable) onEnd()
      return () => {}
    }
    let isDone = false
    let stopWatching = (): void => {}
    const stop = (): void => {
      isDone = true
      stopWatching()
    }
    /** What was heard is a sign only: whether this session is over is looked up. */
    async function look(session: Opened<User>): Promise<void> {
      if (isDone || !(await ended.isOver(session)) || isDone) return
      stop()
      onEnd()
    }
    // One that cannot be looked up now is looked up by the next request.
    stopWatching = await ended.watch(opened, () => void look(opened).catch(() => {}))
    // It may have ended before anybody listened.
    await look(opened)
    if (isDone) stopWatching()
    return stop
  }
}
