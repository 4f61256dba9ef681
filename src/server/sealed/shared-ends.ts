import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { LONGEST_COOKIE_LIFE } from '../cookies/cookies.js'
import { fingerprint } from '../coordination/coordinator.js'
import type { Coordinator } from '../coordination/coordinator-types.js'
import { checkObject } from '../shared/arguments.js'
import { tombstoneLife } from '../shared/tombstones.js'
import {
  type NamingProvider,
  personName,
  type SharedNames,
  serverSessionName,
  sessionName,
  sharedNamesOf,
} from './end-names.js'
import type { Opened } from './opened.js'
import { CLOCKS_APART } from './receipt.js'

/**
 * Which sessions are to end: those that are called so here or at their auth server, such as by its `sid`; those that
 * are called so there, by a word of that server itself (`serverSessionId`), which must not reach sessions of others; or
 * all that a person has by now, as an app or the auth server calls them, such as by their `sub`.
 */
export type EndedWhich =
  | {
      readonly sessionId: string
      readonly serverSessionId?: undefined
      readonly userId?: undefined
    }
  | {
      readonly serverSessionId: string
      readonly sessionId?: undefined
      readonly userId?: undefined
    }
  | {
      readonly userId: string
      readonly sessionId?: undefined
      readonly serverSessionId?: undefined
    }

/** How sessions are to be ended. */
export interface EndSessionsOptions {
  /** Ends nothing where all processes together have done so for this key already, in the last so many ms. */
  readonly once?: { readonly key: string; readonly within: number } | undefined
}

/** What ends of several sessions work with. */
export interface SharedEndsDeps<User extends SessionUser> {
  readonly provider: NamingProvider<User>
  readonly coordinator: Coordinator
}

/** What is known of a session that may be ended together with others; it holds no token. */
export interface SharedMember extends SharedNames {
  /** When it began, in ms, as far as anybody knows. */
  readonly began: number
  /** The newest end that it comes after, in ms. */
  readonly seenEnd?: number | undefined
}

/** Ends that take several sessions. */
export interface SharedEnds<User extends SessionUser> {
  /**
   * @returns whether it was done now, and not before.
   * @throws AuthError `invalid_argument` unless there is one id; `storage`, `retryable`, when other processes
   *   cannot be told: then they are over in this one only, and the same key does for another try.
   */
  end(which: EndedWhich | readonly EndedWhich[], options?: EndSessionsOptions): Promise<boolean>
  /** What says whether a session was ended together with others. */
  memberOf(opened: Opened<User>): SharedMember
  /** Whether it was. */
  isOver(member: SharedMember): Promise<boolean>
  /** The newest end of all sessions of a person, in ms; nothing where there was none. */
  lastEndOf(opened: Opened<User>): Promise<number | undefined>
}

/** @throws AuthError `invalid_argument` unless it is one text. */
function checkWhich(which: EndedWhich): void {
  checkObject('which', which)
  const { sessionId, serverSessionId, userId } = which
  const given = [sessionId, serverSessionId, userId].filter((id) => id !== undefined)
  if (given.length === 1 && typeof given[0] === 'string' && given[0] !== '') return
  const message = 'Pass a `sessionId`, a `serverSessionId` or a `userId`, as a text.'
  throw new AuthError('invalid_argument', message)
}

/**
 * Whether a session began before all those of its person ended, at `at` ms. Clocks of servers may be apart, and an
 * end that comes too soon costs less than none: so one counts as older that began shortly after. But a session
 * whose seal knows of the end is younger, whatever the clocks say:
 *
 *     this server, a minute ahead:   12:01 sign-in
 *     another one:                                   12:00:30 end of all      over
 *     this server, a minute behind:                             11:59:31 sign-in, which has seen the end
 */
const beganBefore = ({ began, seenEnd }: SharedMember, at: number): boolean =>
  !(seenEnd !== undefined && seenEnd >= at) && !(began > at + CLOCKS_APART)

/**
 * Makes what ends sessions together. What is remembered is a name and a time, with the coordinator, for as long as
 * any cookie may last: no list of sessions is needed, and those in cookies that never come again cost nothing.
 */
export function createSharedEnds<User extends SessionUser>({
  provider,
  coordinator,
}: SharedEndsDeps<User>): SharedEnds<User> {
  const endedAtAny = async (names: readonly string[]): Promise<readonly number[]> => {
    const times = await Promise.all(names.map((name) => coordinator.endedAt(name)))
    // A coordinator of the app's may say a time as a text, as Redis does, and what is no time is an end too.
    return times.flatMap((at) => (at === null || at === undefined ? [] : [Number(at)]))
  }

  function namesOf({ sessionId, serverSessionId, userId }: EndedWhich): readonly string[] {
    if (userId !== undefined) return [personName(provider, userId)]
    const id = sessionId ?? serverSessionId
    // Else a session has no other name than the server's.
    if (provider.sharesSessionIds !== true) return [sessionName(id)]
    const shared = serverSessionName(provider, id)
    return sessionId === undefined ? [shared] : [sessionName(id), shared]
  }

  async function endAll(all: readonly EndedWhich[]): Promise<void> {
    // Nobody knows whether the auth server has ended it: a refresh token may live as long as any cookie.
    const how = { confirmed: false, everywhere: true }
    const life = tombstoneLife(LONGEST_COOKIE_LIFE)
    await Promise.all(all.flatMap(namesOf).map((name) => coordinator.end(name, life, how)))
  }

  return {
    async end(which, { once } = {}) {
      const all = [which].flat()
      if (all.length === 0) throw new AuthError('invalid_argument', 'Say which sessions end.')
      for (const one of all) checkWhich(one)
      let isDone = false
      const work = async (): Promise<string> => {
        await endAll(all)
        isDone = true
        return 'ended'
      }
      if (!once) await work()
      else {
        const key = await fingerprint('end once', provider.id, once.key)
        await coordinator.once(key, work, { replay: once.within, apart: true })
      }
      return isDone
    },
    memberOf(opened) {
      const { startedAt = opened.token.issuedAt, seenEnd } = opened.data
      return { ...sharedNamesOf(provider, opened), began: startedAt, seenEnd }
    },
    async isOver(member) {
      const { people, sessions } = member
      const [ofPerson, ofSession] = await Promise.all([endedAtAny(people), endedAtAny(sessions)])
      return ofSession.length > 0 || ofPerson.some((at) => beganBefore(member, at))
    },
    async lastEndOf(opened) {
      const times = await endedAtAny(sharedNamesOf(provider, opened).people)
      return times.length > 0 ? Math.max(...times) : undefined
    },
  }
}
