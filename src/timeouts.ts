import { invalid } from './core/check-options.js'
import { AuthError } from './core/errors.js'
import type { TimeoutReason } from './core/events.js'
import { passed } from './core/look.js'
import { isText, parseVersioned } from './core/record.js'
import type { TimedOut, Timeouts, TimeoutsDesk, TimeoutsWatch } from './core/timeouts.js'
import { platformActivity } from './environment/activity.js'

/** When sessions end by themselves (ASVS 5.0, 7.3.1 and 7.3.2). All in ms. */
export interface SessionTimeoutsOptions {
  /** How long a session goes on while nobody uses any of its tabs. @default no limit */
  readonly idleTimeout?: number | undefined
  /** How long a session lasts from the sign-in on, whatever is done in it. @default no limit */
  readonly absoluteTimeout?: number | undefined
  /** How long before the end `SESSION_ENDING` is told; half of the timeout at most. @default 60_000 */
  readonly notice?: number | undefined
  /**
   * Calls back whenever somebody uses this context; returns the way to stop. What comes while the page is
   * hidden does not count. @default presses, keys, wheels and touches in the page
   */
  readonly activity?: ((onActivity: () => void) => () => void) | undefined
}

/** A clock that was set back by more than this, in ms, was not only corrected. */
const CORRECTED = 60_000
/** Before any time that counts, in ms; finite, so that sums with it are. */
const LONG_AGO = -Number.MAX_VALUE
/** How often a tab looks whether somebody is in another one, while the end is near; in ms. */
const GLANCE = 1_000
/** Use is written down so often at the most, in ms; ten times within a short timeout. */
const WRITE = 10_000

/** What is known of the use of one sign-in: points in time, in ms. */
interface Use {
  readonly lineage: string
  readonly startedAt: number
  readonly usedAt: number
}

interface Limits {
  readonly idle: number
  readonly absolute: number
  readonly notice: number
}

/** When a session ends, and why. */
interface Ending {
  readonly at: number
  readonly reason: TimeoutReason
}

/** The end that subscribers were told of. */
interface Told extends Ending {
  readonly lineage: string
}

function endingOf({ startedAt, usedAt }: Use, { idle, absolute }: Limits): Ending {
  const [byAge, byIdleness] = [startedAt + absolute, usedAt + idle]
  return byAge <= byIdleness
    ? { at: byAge, reason: 'absolute' }
    : { at: byIdleness, reason: 'idle' }
}

const timedOut = (reason: TimeoutReason): TimedOut => {
  const error =
    reason === 'idle'
      ? new AuthError('idle_timeout', 'Nobody used the session for too long.')
      : new AuthError('absolute_timeout', 'The session has lasted too long.')
  return { reason, error }
}

/** Reads untrusted text; `null` unless it says of one sign-in when it began and when it was used. */
function parseUse(text: string | null): Use | null {
  const { lineage, startedAt, usedAt } = (text !== null && parseVersioned(text)) || {}
  return isText(lineage) && isTime(startedAt) && isTime(usedAt)
    ? { lineage, startedAt, usedAt }
    : null
}

const isTime = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value)

/** Whether a note is of a later sign-in than this one. */
const isLater = (note: Use | null, lineage: string): boolean =>
  note !== null && note.lineage > lineage

/** The same moments, on another clock that shows `by` ms more. */
const moved = ({ lineage, startedAt, usedAt }: Use, by: number): Use => ({
  lineage,
  startedAt: startedAt + by,
  usedAt: usedAt + by,
})

/** Of two reports of one sign-in, what both allow: the earlier beginning, and the latest use. */
const joined = (one: Use, other: Use): Use => ({
  lineage: one.lineage,
  startedAt: Math.min(one.startedAt, other.startedAt),
  usedAt: Math.max(one.usedAt, other.usedAt),
})

function checkTime(name: string, value: number | undefined): number | undefined {
  if (value === undefined || value > 0) return value
  throw invalid(`\`${name}\` is a time in ms.`)
}

/**
 * For the client's option `timeouts`: signs people out who have left, and sessions that have lasted
 * long enough. Use of any tab counts for all; refreshes and hidden tabs do not. Time in which the device
 * slept counts, and so does a clock that is set forward; one that is set back wins nothing while a tab
 * lives that saw it. The page can do no more than this: what must end for an attacker ends at the server.
 * @throws AuthError `invalid_argument` without a timeout, and for what is no time.
 */
export function sessionTimeouts(options: SessionTimeoutsOptions): Timeouts {
  const { activity = platformActivity, ...times } = { ...options }
  const idle = checkTime('idleTimeout', times.idleTimeout) ?? Infinity
  const absolute = checkTime('absoluteTimeout', times.absoluteTimeout) ?? Infinity
  const shorter = Math.min(idle, absolute)
  if (shorter === Infinity) throw invalid('Pass sessionTimeouts({ idleTimeout, absoluteTimeout }).')
  if (typeof activity !== 'function') throw invalid('`activity` is a function.')
  const notice = Math.min(checkTime('notice', times.notice) ?? 60_000, shorter / 2)
  return {
    watch: (desk) => createWatch(desk, { limits: { idle, absolute, notice }, activity }),
  }
}

interface WatchOptions {
  readonly limits: Limits
  readonly activity: (onActivity: () => void) => () => void
}

/** How far the clocks of a context may part, in ms, before one of them counts as set, or stopped in sleep. */
const PARTED = 1_000

/**
 * How old the watch is, in ms. Grows in sleep too, and does not go back with a clock that is set back,
 * which is told to `onSetBack`.
 */
function createAge({ now }: TimeoutsDesk, onSetBack: () => void): () => number {
  let from = now()
  let base = 0
  return () => {
    const current = now()
    const age = base + passed(from, current)
    const apart = current.wall - from.wall - (current.monotonic - from.monotonic)
    // Not each time: of each reading the greater one is taken, and their last digits would add up.
    if (Math.abs(apart) > PARTED) {
      base = age
      from = current
      if (apart < 0) onSetBack()
    }
    return age
  }
}

/**
 * What this context knows of the use of the current sign-in, and what all know. Storage says it in wall
 * time, in which contexts agree; memory in the age of the watch, which no clock moves.
 */
function createUsage(desk: TimeoutsDesk, age: () => number, limits: Limits) {
  let known: Use | null = null
  /** The text that this knowledge is in, as it was last read or written. */
  let seen: string | null = null
  const mine = (lineage: string | undefined): Use | null =>
    known?.lineage === lineage ? known : null
  const current = (): Use | null => mine(desk.lineage())

  /** What storage says of a sign-in, by the age of this watch. */
  function understood(text: string | null, lineage: string): Use | null {
    const note = parseUse(text)
    if (note?.lineage !== lineage) return null
    //   this context                  the clock, and the others
    //   writes that it was used
    //                                 is set back; nobody comes
    //   reads it again                by that clock it was used later than this context knows
    if (text === seen && known?.lineage === lineage) return known
    const { wall } = desk.now()
    const ahead = Math.max(note.usedAt, note.startedAt) - wall
    // A clock was set back. Who saw it knows better; who did not cannot tell for how long nobody came.
    if (ahead > CORRECTED)
      return mine(lineage) ?? { lineage, startedAt: LONG_AGO, usedAt: LONG_AGO }
    return moved(note, age() - wall - Math.max(0, ahead))
  }

  /** Takes in what storage says. Tells whether that is of this sign-in, or of a later one. */
  function learn(text: string | null, lineage: string): boolean {
    const told = understood(text, lineage)
    const here = mine(lineage)
    //   this context                          storage
    //   starts, and reads no note of use      fails
    //   counts from now
    //   reads it after all                    says that it was over before
    const wasOver = told && here && endingOf(told, limits).at <= here.startedAt
    if (told) known = here && !wasOver ? joined(told, here) : told
    // Whoever signed in has written nothing yet, or an older release did: it counts from now.
    else known = here ?? { lineage, startedAt: age(), usedAt: age() }
    seen = text
    return told !== null || isLater(parseUse(text), lineage)
  }

  return {
    current,
    learn,
    understood,
    /** Somebody is there. */
    use(): void {
      const use = current()
      if (use) known = { ...use, usedAt: age() }
    },
    /** The text that has what storage says, and what is known here. */
    text(before: string | null): string | null {
      const lineage = desk.lineage()
      if (!lineage) return before
      //   this context                  another one
      //   is about to write
      //                                 signs somebody in, and writes
      //   writes of an earlier sign-in  so the later one's note stays
      if (isLater(parseUse(before), lineage)) return before
      learn(before, lineage)
      seen = JSON.stringify({ v: 1, ...(known && moved(known, desk.now().wall - age())) })
      return seen
    },
  }
}

/** Makes the watch of one client. */
function createWatch(desk: TimeoutsDesk, { limits, activity }: WatchOptions): TimeoutsWatch {
  const age = createAge(desk, () => {
    unwritten = true
  })
  const usage = createUsage(desk, age, limits)
  const pace = Math.min(WRITE, limits.idle / 10)
  /** When storage was read and written last, by the age of this watch. */
  let lookedAt = -Infinity
  let writtenAt = -Infinity
  let unwritten = false
  let told: Told | null = null
  let working = false
  let ending: Promise<void> | null = null

  const end = (): Ending | null => {
    const use = usage.current()
    return use && endingOf(use, limits)
  }
  const endsWithin = (ms: number): boolean => (end()?.at ?? Infinity) - ms <= age()

  /** Learns what the other contexts know. Where storage does not answer, what is known here counts. */
  async function look(): Promise<void> {
    const text = await desk.read().catch(() => null)
    const lineage = desk.lineage()
    lookedAt = age()
    if (lineage && !usage.learn(text, lineage)) unwritten = true
  }

  /** Tells the other contexts what is known here. */
  async function write(): Promise<void> {
    writtenAt = age()
    unwritten = false
    await desk.update(usage.text).catch(() => {})
  }

  function over(): Promise<void> | undefined {
    if (!ending && endsWithin(0)) {
      ending = finish().finally(() => {
        ending = null
        desk.settle()
      })
    }
    return ending ?? undefined
  }

  async function finish(): Promise<void> {
    // Somebody may be in another tab.
    await look()
    const last = endsWithin(0) && end()
    if (last) desk.end(timedOut(last.reason))
  }

  /** Tells subscribers of an end that has come near, and of one that has moved away again. */
  function announce(): void {
    const lineage = desk.lineage()
    if (told?.lineage !== lineage) told = null
    const near = endsWithin(limits.notice) ? end() : null
    if (!lineage || near?.at === told?.at) return
    const reason = near?.reason ?? told?.reason ?? 'idle'
    told = near && { ...near, lineage }
    desk.tell(reason, near && Math.ceil(desk.now().wall + near.at - age()))
  }

  async function work(): Promise<void> {
    if (!end() || endsWithin(limits.notice)) await look()
    if (unwritten) await write()
    announce()
  }

  function until(): number {
    if (!desk.lineage() || working || ending) return Infinity
    const next = end()
    if (!next) return 0
    const notice = told ? lookedAt + GLANCE : next.at - limits.notice
    return Math.min(notice, next.at, unwritten ? writtenAt + pace : Infinity) - age()
  }

  const stop = activity(() => {
    // What is over stays so, whoever comes now.
    if (!desk.visible() || over() || !usage.current()) return
    usage.use()
    announce()
    if (unwritten) return
    unwritten = true
    desk.settle()
  })

  return {
    until,
    tick() {
      if (over() || until() > 0) return
      working = true
      work()
        .catch(desk.report)
        .finally(() => {
          working = false
          desk.settle()
        })
    },
    over,
    async found(lineage) {
      const text = await desk.read().catch(() => null)
      const use = usage.understood(text, lineage)
      if (!use) return null
      usage.learn(text, lineage)
      const { at, reason } = endingOf(use, limits)
      return at <= age() ? timedOut(reason) : null
    },
    async stay() {
      await over()
      usage.use()
      announce()
      await write()
    },
    dispose: stop,
  }
}
