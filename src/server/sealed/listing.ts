import { AuthError, isAuthError } from '../../core/errors.js'
import { parseJson } from '../../core/json.js'
import type { SessionUser } from '../../core/session.js'
import { asObject, text, texts } from '../../providers/shared/json.js'
import { positive } from '../../providers/shared/jwt.js'
import { fingerprint } from '../coordination/coordinator.js'
import { createExpiring } from '../coordination/expiring.js'
import { checkMethods } from '../shared/arguments.js'
import { isLately } from '../shared/lately.js'
import { createOutageReport } from '../shared/outage.js'
import { withinTime } from '../shared/time-limit.js'
import { deviceNameOf } from './device-name.js'
import { type NamingProvider, nameOf, personName } from './end-names.js'
import type { EndedSessions, EndMember } from './ended-sessions.js'
import type { Opened, SealedCookie } from './opened.js'
import { type Password, sealText, unsealText } from './seal.js'
import { type SessionLimits, timeLeft } from './session-limits.js'
import type { SessionList } from './session-list.js'

/** One of a person's sessions, as they may see it. Times in ms since the epoch. */
export interface ListedSession {
  /** As `endSessions` takes it. */
  readonly sessionId: string
  /** The family of its browser and system, such as `Firefox on Windows`. */
  readonly device?: string | undefined
  readonly startedAt?: number | undefined
  /** As it was known at the last use, to a quarter of an hour. */
  readonly lastSeenAt: number
  /** Whether it is the one that asks. */
  readonly isCurrent: boolean
}

/** What a listing works with. Times in ms. */
export interface ListingDeps<User extends SessionUser> {
  readonly provider: NamingProvider<User>
  readonly ended: Pick<EndedSessions<User>, 'memberOf' | 'isOverNow'>
  readonly limits: SessionLimits
  readonly timeout: number
  now(): number
  report(error: AuthError): void
}

/** Knows which sessions people have. */
export interface Listing<User extends SessionUser> {
  /** Notes that a session is used now, now and then. Never rejects. */
  note(opened: Opened<User>, cookie: SealedCookie): Promise<void>
  /** @throws AuthError `storage` when the list cannot be had; `invalid_argument` where there is none. */
  of(opened: Opened<User>, password: Password): Promise<readonly ListedSession[]>
}

/** How exactly it is known when a session was seen last, in ms. */
const STEP = 15 * 60_000
/** While the list fails it is tried as often as this, in ms: all other requests do not wait for it. */
const PROBE = 10_000
const NO_LIST =
  'There is no list of sessions: pass a `list`, such as redisSessionList(), which is filled from then on.'
/** The most sessions that this process knows to have noted. */
const KNOWN = 10_000

/** An entry as it is sealed: what tells whether the session was ended, and no token. */
interface Entry {
  readonly member: EndMember
  readonly device: string | undefined
  readonly startedAt: number | undefined
  readonly lastSeenAt: number
}

function parseMember(value: unknown): EndMember | null {
  const { name: id, people, sessions, began, seenEnd } = asObject(value) ?? {}
  const [name, ofPerson, ofSession] = [text(id), texts(people), texts(sessions)]
  if (!name || !ofPerson || !ofSession) return null
  const start = positive(began) ?? 0
  return { name, people: ofPerson, sessions: ofSession, began: start, seenEnd: positive(seenEnd) }
}

/** Whoever holds the password wrote it, but maybe as something else. */
function parse(json: string | null): Entry | null {
  try {
    const fields = asObject(parseJson(json ?? '')) ?? {}
    const [member, lastSeenAt] = [parseMember(fields.listed), positive(fields.lastSeenAt)]
    if (!member || lastSeenAt === undefined) return null
    const { device, startedAt } = fields
    return { member, device: text(device), startedAt: positive(startedAt), lastSeenAt }
  } catch {
    return null
  }
}

/** A list of the app's as it is used here: it may throw anything, and never answer. @throws AuthError `storage` */
async function within<T>(timeout: number, work: () => Promise<T>): Promise<T> {
  try {
    return await withinTime(timeout, work)
  } catch (cause) {
    if (isAuthError(cause, 'storage')) throw cause
    const message = 'The `list` of sessions fails or does not answer in time.'
    throw new AuthError('storage', message, { cause, retryable: true })
  }
}

/** Makes what knows which sessions people have, where there is a list of them. */
export function createListing<User extends SessionUser>(
  list: SessionList | undefined,
  { provider, ended, limits, timeout, now, report }: ListingDeps<User>,
): Listing<User> {
  if (list)
    checkMethods(list, ['put', 'all'], '`list` is not a session list; use redisSessionList().')
  const known = createExpiring<true>({ limit: KNOWN, now })
  const outage = createOutageReport({ report, now })
  /** When the list was tried last, while it fails. */
  let triedAt: number | undefined
  const personOf = ({ data }: Opened<User>): Promise<string> =>
    fingerprint(personName(provider, data.user.id))

  async function put(opened: Opened<User>, { password, request }: SealedCookie): Promise<void> {
    const { startedAt } = opened.data
    const member = await ended.memberOf(opened)
    const lastSeenAt = Math.floor(now() / STEP) * STEP
    const entry = { listed: member, device: deviceNameOf(request), startedAt, lastSeenAt }
    const ttl = timeLeft(opened.data, limits, now())
    const sealed = await sealText(JSON.stringify(entry), password, { ttl, now })
    const [person, session] = [await personOf(opened), await fingerprint(member.name)]
    await within(timeout, async () => list?.put(person, session, { sealed, ttl }))
  }

  return {
    async note(opened, cookie) {
      const name = list && (await nameOf(opened))
      if (!name || known.get(name) || isLately(triedAt, PROBE, now())) return
      if (triedAt !== undefined) triedAt = now()
      known.set(name, true, now() + STEP)
      try {
        await put(opened, cookie)
        triedAt = undefined
        outage.worked()
      } catch (error) {
        known.delete(name)
        triedAt = now()
        if (isAuthError(error)) outage.failed(error)
      }
    },
    async of(opened, password) {
      if (!list) throw new AuthError('invalid_argument', NO_LIST)
      const person = await personOf(opened)
      const sealed = await within(timeout, () => list.all(person))
      const read = async (text: string) => parse(await unsealText(text, password, { now }))
      const entries = (await Promise.all(sealed.map(read))).filter((entry) => entry !== null)
      const over = await Promise.all(entries.map(({ member }) => ended.isOverNow(member)))
      const current = await nameOf(opened)
      return entries
        .filter((_, index) => !over[index])
        .sort((one, other) => other.lastSeenAt - one.lastSeenAt)
        .map(({ member: { name }, device, startedAt, lastSeenAt }) => ({
          sessionId: name,
          ...(device && { device }),
          ...(startedAt && { startedAt }),
          lastSeenAt,
          isCurrent: name === current,
        }))
    },
  }
}
