import type { EngineContext } from './context.js'
import { decide, throwIfPaused } from './decision.js'
import { refreshErrand, tokenErrand, tokenFor } from './errands.js'
import { AuthError, AuthSessionMissingError, isAuthError } from './errors.js'
import type { CallOptions, TokenTarget } from './provider.js'
import { hasSameTokens, isSamePerson, type SessionRecord } from './record.js'
import type { Refreshes } from './refreshes.js'
import type { Session, SessionUser } from './session.js'
import type { Start } from './start.js'
import type { TimeoutsWatch } from './timeouts.js'
import { remaining } from './timing.js'
import type { Upkeep } from './upkeep.js'

/** The methods that hand out what a client has. */
export interface Reads<User extends SessionUser> {
  getSession(options?: CallOptions): Promise<Session<User> | null>
  /** The working session. @throws AuthSessionMissingError when nobody is signed in. */
  working(options?: CallOptions): Promise<Session<User>>
  /** The access token for a target, or the session's own; `null` when nobody is signed in. */
  getAccessToken(target: TokenTarget, options?: CallOptions): Promise<string | null>
  /** The record in memory, whatever its age; `null` when nobody is signed in, as far as is known. */
  held(): SessionRecord<User> | null
  /** The record behind the working session; `null` when nobody is signed in. */
  current(options?: CallOptions): Promise<SessionRecord<User> | null>
  /**
   * The same person's record with other tokens than `rejected`, which a server has refused.
   * @throws AuthError `superseded` when somebody else is signed in by now.
   */
  replace(rejected: SessionRecord<User>, options?: CallOptions): Promise<SessionRecord<User>>
}

/** What reads are made of, besides the context. */
export interface ReadParts<User extends SessionUser> {
  readonly refreshes: Refreshes<User>
  readonly start: Start
  readonly upkeep: Upkeep
  readonly timeouts: TimeoutsWatch | undefined
  /** Waits as long as the caller does. @throws AuthError `aborted`, `disposed`. */
  wait<T>(promise: Promise<T>, options?: CallOptions): Promise<T>
}

/** Makes the reads of one client. */
export function createReads<User extends SessionUser>(
  context: EngineContext<User>,
  parts: ReadParts<User>,
): Reads<User> {
  const { store } = context
  const { refreshes, wait } = parts
  const getSession = createGetSession(context, parts)
  const record = (): SessionRecord<User> | null => store.held()?.record ?? null

  async function working(options?: CallOptions): Promise<Session<User>> {
    const session = await getSession(options)
    if (!session) throw new AuthSessionMissingError('Nobody is signed in.')
    return session
  }

  return {
    getSession,
    working,
    held: record,
    async getAccessToken(target, options) {
      const name = nameOf(context, target)
      const session = await getSession(options)
      const base = record()
      if (!session || !base || name === '') return session?.accessToken ?? null
      const known = tokenFor(context, name)
      if (known) return known
      if (!base.session.refreshToken) throw new AuthSessionMissingError()
      throwIfPaused(context)
      await wait(refreshes.refresh({ errand: tokenErrand(context, name, target) }), options)
      const next = record()
      const token = next?.lineage === base.lineage ? tokenFor(context, name) : null
      if (token) return token
      throw new AuthError('superseded', 'Another session became current meanwhile.')
    },
    current: async (options) => ((await getSession(options)) ? record() : null),
    async replace(rejected, options) {
      const before = record()
      if (before && hasSameTokens(before, rejected)) {
        throwIfPaused(context)
        await wait(refreshes.refresh({ errand: refreshErrand(context), rejected }), options)
      } else {
        await working(options)
      }
      const next = record()
      if (next && isSamePerson(next, rejected)) return next
      throw new AuthError('superseded', 'Somebody else has signed in since the request was sent.')
    },
  }
}

/** Makes `getSession`: what it does at a moment is the table of `decide`. */
function createGetSession<User extends SessionUser>(
  context: EngineContext<User>,
  { refreshes, start, upkeep, timeouts, wait }: ReadParts<User>,
): Reads<User>['getSession'] {
  const { store, limits } = context

  async function getSession(options?: CallOptions): Promise<Session<User> | null> {
    await wait(start.loaded(), options)
    const timedOut = timeouts?.timedOut()
    if (timedOut) await wait(timedOut, options)
    const now = upkeep.ask()
    const decision = decide(store.state(), now, limits)
    switch (decision.kind) {
      case 'nobody':
        return nobody()
      case 'serve-and-refresh':
        refreshes.refresh({ errand: refreshErrand(context) }).catch(() => {})
        return decision.session
      case 'serve':
        return decision.session
      case 'fail':
        throw decision.error
      case 'wait':
        return waitForNext(options)
    }
  }

  function nobody(): null {
    // A session without a refresh token ends with its access token.
    if (store.held()) context.settle()
    else upkeep.look()
    return null
  }

  async function waitForNext(options?: CallOptions): Promise<Session<User> | null> {
    try {
      const fresh = await wait(refreshes.refresh({ errand: refreshErrand(context) }), options)
      const held = store.held()
      //   this call                     another call here
      //   waits for its refresh
      //                                 signs out, or somebody in, while storage holds up the refresh
      //   hears of a session            that is over, and whose token may be dead by now
      if (held?.record.session !== fresh || timeouts?.timedOut()) return getSession(options)
      if (remaining(held, store.now()) > 0) return fresh
      const late = new AuthError('storage', 'The new token ran out while it was being saved.')
      throw store.snapshot().error ?? late
    } catch (error) {
      if (isAuthError(error, 'aborted') || isAuthError(error, 'disposed')) throw error
      if (isAuthError(error, 'superseded')) return getSession(options)
      const held = store.held()
      if (!held) return null
      // A failure shows only once the token is dead.
      if (remaining(held, store.now()) > 0) return held.record.session
      throw error
    }
  }

  return getSession
}

/** The name of a target's token; empty for the session's own. @throws AuthError `invalid_argument`. */
function nameOf<User extends SessionUser>(
  { provider }: EngineContext<User>,
  target: TokenTarget,
): string {
  if (provider.tokens) return provider.tokens.nameOf(target)
  if (Object.values(target).every((wanted) => wanted === undefined)) return ''
  throw new AuthError('invalid_argument', 'This provider has no tokens for other resources.')
}
