import type { AuthError } from '../../core/errors.js'
import type { Provider, SignOutScope } from '../../core/provider.js'
import type { SessionUser } from '../../core/session.js'
import { positive } from '../../providers/shared/jwt.js'
import { LONGEST_COOKIE_LIFE } from '../cookies/cookies.js'
import type { Coordinator } from '../coordination/coordinator-types.js'
import { type SecurityListeners, tell, wordsOf } from '../shared/security-events.js'
import { confirmEnd, endHere, noteOf, tombstoneLife } from '../shared/tombstones.js'
import type { TokenWords } from './access-tokens.js'
import { type NamingProvider, nameOf, replacedName, sharedNamesOf } from './end-names.js'
import { describeOpened, type Opened } from './opened.js'
import { createRevocations } from './revocations.js'
import { createSharedEnds, type SharedEnds, type SharedMember } from './shared-ends.js'

/** What became of a sign-out. */
export interface SealedSignOutResult {
  /** The session that is over here now; `null` when the cookie names none. */
  readonly sessionId: string | null
  /**
   * Why the server could not be told: its refresh token may live on. Here the session is over all
   * the same, for as long as that may be, and the server is told again when its cookie comes again.
   */
  readonly error: AuthError | null
  /** There when `onSecurityEvent` has heard of the error: nobody else has to be told. */
  readonly isReported?: true | undefined
}

/** What sign-outs work with. Times in ms. */
export interface EndDeps<User extends SessionUser>
  extends Pick<SecurityListeners, 'onSecurityEvent'> {
  readonly provider: Pick<Provider<never, User>, 'signOut'> &
    NamingProvider<User> & { readonly revokesSessions?: boolean | undefined }
  readonly coordinator: Coordinator
  readonly timeout: number
  now(): number
}

/** How a session is to be ended. */
export interface SealedSignOutOptions {
  /**
   * The id of whoever has signed in instead. A server that has one session for several sign-ins of a person
   * (`sharesSessionIds`) is not told of the end, or it would end the new one: here the old one is over for 400
   * days.
   */
  readonly replacedBy?: string | undefined
  /**
   * With `global` the server ends all sessions of the person, with `others` all but this one, which goes on:
   * where it knows how to, as GoTrue does. Of other sessions it is not told again where it could not be.
   * @default 'local'
   */
  readonly scope?: SignOutScope | undefined
}

/** What tells of a session whether it was ended: its name, and those that it shares. It holds no token. */
export interface EndMember extends SharedMember {
  readonly name: string
}

/** How the server is told of an end. */
interface Revoking {
  readonly scope?: SignOutScope | undefined
  /** Whether nobody had ended the session before. */
  readonly isFirst?: boolean
}

/** Sessions that were ended here. */
export interface EndedSessions<User extends SessionUser> {
  /** Ends a session: here at once, and at the server where that goes. */
  end(opened: Opened<User>, options?: SealedSignOutOptions): Promise<SealedSignOutResult>
  /** What tells of a session whether it is over, without its cookie. */
  memberOf(opened: Opened<User>): Promise<EndMember>
  /** Whether it is. The server is told nothing, for there is nothing to tell it with. */
  isOverNow(member: EndMember): Promise<boolean>
  /** Ends sessions together, here and in all processes. */
  readonly endTogether: SharedEnds<User>['end']
  /** The newest end of all sessions of its person that a session which begins now comes after, in ms. */
  lastEndOf(opened: Opened<User>): Promise<number | undefined>
  /** Calls `onEnd` when a session may have been ended, here or in another process. Resolves to what stops it. */
  watch(opened: Opened<User>, onEnd: () => void): Promise<() => void>
  /** Ends a session here of which the name is all that is known now: the server is told later. */
  endUnread(name: string): Promise<void>
  /**
   * Whether one of these was ended here. If so, a server that may not know yet is told again, which
   * nobody waits for.
   */
  isOver(...sessions: readonly Opened<User>[]): Promise<boolean>
  /** Tells the server of a session that has come to its limit, which nobody waits for. */
  release(opened: Opened<User>): void
}

/** How long a token lives that a request under way may bring yet, in ms. */
const longestLife = ({ expiresAt, life = 0 }: TokenWords, now: number): number =>
  Math.max(positive(expiresAt - now) ?? 0, life)

/** Makes what ends sessions, and knows which were. */
export function createEndedSessions<User extends SessionUser>(
  deps: EndDeps<User>,
): EndedSessions<User> {
  const { provider, coordinator, now } = deps
  const revocations = createRevocations(deps)
  const shares = provider.sharesSessionIds === true
  const together = createSharedEnds(deps)

  /** A coordinator of the app's may say `1`, as Redis does: whatever says something is an end. */
  const isAnyEnded = async (names: readonly string[]): Promise<boolean> =>
    (await Promise.all(names.map((name) => coordinator.ended(name)))).some(Boolean)

  /** Asks the server once, and tells of its failure. */
  async function ask(opened: Opened<User>, scope?: SignOutScope): Promise<AuthError | null> {
    const error = await revocations.revoke(opened, scope)
    if (error) {
      const { sessionId, user } = describeOpened(opened)
      const whose = { sessionId, userId: user.id, ...wordsOf(error) }
      tell(deps.onSecurityEvent, { type: 'revocation-failed', ...whose })
    }
    return error
  }

  const resultOf = (sessionId: string | null, error: AuthError | null): SealedSignOutResult => ({
    sessionId,
    error,
    ...(error && deps.onSecurityEvent && { isReported: true }),
  })

  /**
   * Tells the server. Until it is known to have ended the session, only the tombstone keeps a stolen cookie out, and
   * most servers speak of one token alone, also of one that was spent long ago (RFC 7009 §2.2):
   *
   *     the thief's cookie   R1, spent                    R2, alive
   *     revoked              R1: "200"                    R2: only now is the session over there
   */
  async function revoke(
    opened: Opened<User>,
    { scope, isFirst = false }: Revoking = {},
  ): Promise<AuthError | null> {
    const { refreshToken } = opened.data
    revocations.rest(refreshToken)
    const error = await ask(opened, scope)
    // A refresh token that was refused has come to its end as well.
    if (!provider.signOut || (error && error.code !== 'refresh_rejected')) return error
    const life = longestLife(opened.token, now())
    revocations.rest(refreshToken, tombstoneLife(life))
    const name = await nameOf(opened)
    if (!error && provider.revokesSessions) await confirmEnd(coordinator, name, life)
    // The other tokens of the session are kept out as long as before.
    else if (isFirst) await confirmEnd(coordinator, name, LONGEST_COOKIE_LIFE)
    return error
  }

  /** Unless it was tried just now. */
  function revokeLater(opened: Opened<User>): void {
    if (revocations.isDue(opened.data.refreshToken)) void revoke(opened).catch(() => {})
  }

  return {
    async end(opened, { replacedBy, scope } = {}) {
      const name = await nameOf(opened)
      const { sessionId = null, user } = describeOpened(opened)
      if (scope === 'others') return resultOf(sessionId, await ask(opened, scope))
      if (shares && user.id === replacedBy) {
        await noteOf(coordinator, replacedName(name), LONGEST_COOKIE_LIFE)
        return { sessionId, error: null }
      }
      // Whoever has an old cookie of a session that is over must not make its end count for less.
      const isFirst = !(await coordinator.ended(name))
      // A refresh token may be in a browser as long as any cookie.
      if (isFirst) await endHere(coordinator, name, LONGEST_COOKIE_LIFE)
      return resultOf(sessionId, await revoke(opened, { scope, isFirst }))
    },
    endUnread: (name) => endHere(coordinator, name, LONGEST_COOKIE_LIFE),
    async isOver(...sessions) {
      const names = [...new Set(await Promise.all(sessions.map(nameOf)))]
      // All at once, which is one way to a store that is elsewhere.
      const [own, replaced, shared] = await Promise.all([
        isAnyEnded(names),
        shares && isAnyEnded(names.map(replacedName)),
        Promise.all(sessions.map((opened) => together.isOver(together.memberOf(opened)))),
      ])
      const isShared = shared.includes(true)
      // That of the newest cookie is the token that works.
      const last = sessions.at(-1)
      // A server that has one session for several would end those that have begun since.
      if (last && (own || (isShared && !shares))) revokeLater(last)
      return own || replaced || isShared
    },
    async memberOf(opened) {
      return { name: await nameOf(opened), ...together.memberOf(opened) }
    },
    async isOverNow({ name, ...member }) {
      const names = shares ? [name, replacedName(name)] : [name]
      return (await Promise.all([isAnyEnded(names), together.isOver(member)])).includes(true)
    },
    endTogether: together.end,
    lastEndOf: together.lastEndOf,
    async watch(opened, onEnd) {
      const name = await nameOf(opened)
      const { people, sessions } = sharedNamesOf(provider, opened)
      return coordinator.watch([name, replacedName(name), ...people, ...sessions], onEnd)
    },
    release: revokeLater,
  }
}
