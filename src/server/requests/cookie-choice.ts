import type { SessionUser } from '../../core/session.js'
import { type CookieJar, readCookie } from '../cookies/cookies.js'
import { fingerprint } from '../coordination/coordinator.js'
import { createExpiring } from '../coordination/expiring.js'
import { looksSealed, type Password } from '../sealed/seal.js'
import type { SealedDescription, SealedSessions } from '../sealed/sealed-sessions.js'

/** A value of the cookie that opens. */
export interface OpenedValue<User extends SessionUser> {
  readonly value: string
  readonly holds: SealedDescription<User>
}

/** Whose cookie a request has. */
export type Choice =
  /** None that opens. */
  | { readonly type: 'none' }
  /** `crowded` when there are others of its name. */
  | { readonly type: 'one'; readonly value: string; readonly crowded: boolean }
  /** Of several people, and one of them may have been planted: nobody is who they seem. */
  | { readonly type: 'several' }

/** What choosing works with. */
export interface CookieChoiceDeps<User extends SessionUser> {
  readonly sessions: SealedSessions<User>
  /** Of the cookie. */
  readonly name: string
  readonly password: Password
  now(): number
  /** What says when the session of a request was last used, if anything does. */
  lastUseIn(jar: CookieJar): readonly string[]
  /** Whether a session is bound to a device that the request has not proved: nothing is done in its name. */
  isForeign(value: string, jar: CookieJar): Promise<boolean>
}

/** Chooses among the values that several hosts and paths may have set. */
export interface CookieChoice<User extends SessionUser> {
  open(value: string): Promise<SealedDescription<User> | null>
  /** The values that may be a session. */
  valuesIn(jar: CookieJar): readonly string[]
  /** The values that open, the newest first. */
  openAll(jar: CookieJar): Promise<readonly OpenedValue<User>[]>
  /** `ask`: whether the auth server may be asked which of several sessions live. */
  choose(jar: CookieJar, ask: boolean): Promise<Choice>
  /** The value that counts; `null` where there is none, or nobody knows which. */
  only(jar: CookieJar): Promise<string | null>
  /** What that one holds. */
  describe(jar: CookieJar): Promise<SealedDescription<User> | null>
}

/** What a refresh says of a session that is over. */
const OVERS: readonly string[] = ['invalid_grant', 'session_expired']
/** How long a session is known to be over without asking again, in ms. */
const OVER = 3_600_000
/** The most sessions of which that is known. */
const LIMIT = 1_000

/** Makes the choice. */
export function createCookieChoice<User extends SessionUser>(
  deps: CookieChoiceDeps<User>,
): CookieChoice<User> {
  const { sessions, name, password, now, lastUseIn, isForeign } = deps
  const known = createExpiring<true>({ limit: LIMIT, now })

  const open = (value: string): Promise<SealedDescription<User> | null> =>
    sessions.describeSession({ value, password })

  const valuesIn = (jar: CookieJar): readonly string[] => readCookie(jar, name, looksSealed)

  async function openAll(jar: CookieJar): Promise<readonly OpenedValue<User>[]> {
    const found: OpenedValue<User>[] = []
    for (const value of valuesIn(jar)) {
      const holds = await open(value)
      if (holds) found.push({ value, holds })
    }
    return found.sort((one, other) => other.holds.issuedAt - one.holds.issuedAt)
  }

  /** Whether a session is over for certain. Whoever cannot be asked about may live. */
  async function isOver(value: string, jar: CookieJar): Promise<boolean> {
    const id = await fingerprint(value)
    if (known.get(id)) return true
    if (await isForeign(value, jar)) return false
    const session = sessions.openSession({ value, lastUse: lastUseIn(jar), password })
    const found = await session.getSession()
    if (found.signedIn || found.retryable) return false
    const renewed = found.reason === 'invalid_jwt' ? await session.refreshSession() : null
    const over = !renewed || (!renewed.signedIn && OVERS.includes(renewed.reason))
    if (over) known.set(id, true, now() + OVER)
    return over
  }

  /** The newest value of each person, but of those whose session is over. */
  async function living(found: readonly OpenedValue<User>[], jar: CookieJar): Promise<string[]> {
    const people = new Map<string, string>()
    for (const { value, holds } of found) {
      const { id } = holds.user
      if (!people.has(id)) people.set(id, value)
    }
    const values = [...people.values()]
    const over = await Promise.all(values.map((value) => isOver(value, jar)))
    return values.filter((_, index) => !over[index])
  }

  async function choose(jar: CookieJar, ask: boolean): Promise<Choice> {
    const values = valuesIn(jar)
    const [only] = values
    if (only === undefined) return { type: 'none' }
    if (values.length === 1) return { type: 'one', value: only, crowded: false }
    const found = await openAll(jar)
    const [newest] = found
    if (!newest) return { type: 'none' }
    const people = new Set(found.map(({ holds }) => holds.user.id))
    if (people.size === 1) return { type: 'one', value: newest.value, crowded: true }
    // What somebody left behind at a former place must not keep another person out.
    const [one, other] = ask ? await living(found, jar) : []
    if (one === undefined || other !== undefined) return { type: 'several' }
    return { type: 'one', value: one, crowded: true }
  }

  async function only(jar: CookieJar): Promise<string | null> {
    const chosen = await choose(jar, true)
    return chosen.type === 'one' ? chosen.value : null
  }

  return {
    open,
    openAll,
    valuesIn,
    choose,
    only,
    async describe(jar) {
      const value = await only(jar)
      return value === null ? null : open(value)
    },
  }
}
