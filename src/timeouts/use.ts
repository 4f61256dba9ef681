import type { TimeoutReason } from '../core/events.js'
import { passed } from '../core/look.js'
import { isText, parseVersioned } from '../core/record.js'
import type { SessionFacts } from '../core/session.js'
import type { TimeoutLimits as Limits, TimeoutsDesk } from '../core/timeouts.js'

/** A clock that was set back by more than this, in ms, was not only corrected. */
const CORRECTED = 60_000
/** Before any time that counts, in ms; finite, so that sums with it are. */
const LONG_AGO = -Number.MAX_VALUE

/** What is known of the use of one sign-in: points in time, in ms. */
export interface Use {
  readonly lineage: string
  readonly startedAt: number
  readonly usedAt: number
}

/** When a session ends, and why. */
export interface Ending {
  readonly at: number
  readonly reason: TimeoutReason
}

/** Whether nothing can be told of a use but that it was before a clock was set back. */
export const isUntold = (use: Use | null): boolean => use?.usedAt === LONG_AGO

/** The sign-in that is current in memory. */
export const lineageIn = ({ store }: TimeoutsDesk): string | undefined =>
  store.held()?.record.lineage

/** The limits that a session has: the app's, and those that its server has told of where they are narrower. */
export function limitsOf({ idle, absolute, notice }: Limits, told: SessionFacts['limits']): Limits {
  const narrow = {
    idle: narrower(idle, told?.idle),
    absolute: narrower(absolute, told?.absolute),
  }
  return { ...narrow, notice: Math.min(notice, narrow.idle / 2, narrow.absolute / 2) }
}

/** Sessions in storage may hold anything in the place of a limit. */
const narrower = (wanted: number, told: unknown): number =>
  typeof told === 'number' && told > 0 ? Math.min(wanted, told) : wanted

/** When a session ends by what is known of its use. */
export function endingOf({ startedAt, usedAt }: Use, { idle, absolute }: Limits): Ending {
  const [byAge, byIdleness] = [startedAt + absolute, usedAt + idle]
  return byAge <= byIdleness
    ? { at: byAge, reason: 'absolute' }
    : { at: byIdleness, reason: 'idle' }
}

/** Reads untrusted text; `null` unless it says of one sign-in when it began and when it was used. */
export function parseUse(text: string | null): Use | null {
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

/** How far the clocks of a context may part, in ms, before one of them counts as set, or stopped in sleep. */
const PARTED = 1_000

/**
 * How old the watch is, in ms. Grows in sleep too, and does not go back with a clock that is set back,
 * which is told to `onSetBack`.
 */
export function createAge({ store: { now } }: TimeoutsDesk, onSetBack: () => void): () => number {
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

/** What this context knows of the use of the current sign-in, by the age of its watch. */
export interface Usage {
  /** `null` while nothing is known of it. */
  current(): Use | null
  /** What a text in storage says of a sign-in. */
  understood(text: string | null, lineage: string): Use | null
  /** Takes in what storage says. Tells whether that is of this sign-in, or of a later one. */
  learn(text: string | null, lineage: string): boolean
  /** Somebody is there. */
  use(): void
  /** The text that has what storage says, and what is known here. */
  readonly text: (before: string | null) => string | null
}

/**
 * What this context knows of the use of the current sign-in, and what all know. Storage says it in wall
 * time, in which contexts agree; memory in the age of the watch, which no clock moves.
 */
export function createUsage(
  desk: TimeoutsDesk,
  age: () => number,
  ends: (use: Use) => Ending,
): Usage {
  let known: Use | null = null
  /** The text that this knowledge is in, as it was last read or written. */
  let seen: string | null = null
  const mine = (lineage: string | undefined): Use | null =>
    known?.lineage === lineage ? known : null
  const current = (): Use | null => mine(lineageIn(desk))

  function understood(text: string | null, lineage: string): Use | null {
    const note = parseUse(text)
    if (note?.lineage !== lineage) return null
    //   this context                  the clock, and the others
    //   writes that it was used
    //                                 is set back; nobody comes
    //   reads it again                by that clock it was used later than this context knows
    if (text === seen && known?.lineage === lineage) return known
    const { wall } = desk.store.now()
    const ahead = Math.max(note.usedAt, note.startedAt) - wall
    // A clock was set back. Who saw it knows better; who did not cannot tell for how long nobody came.
    if (ahead > CORRECTED)
      return mine(lineage) ?? { lineage, startedAt: LONG_AGO, usedAt: LONG_AGO }
    return moved(note, age() - wall - Math.max(0, ahead))
  }

  function learn(text: string | null, lineage: string): boolean {
    const told = understood(text, lineage)
    const here = mine(lineage)
    //   this context                          storage
    //   starts, and reads no note of use      fails
    //   counts from now
    //   reads it after all                    says that it was over before
    const wasOver = told && here && ends(told).at <= here.startedAt
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
    use() {
      const use = current()
      if (use) known = { ...use, usedAt: age() }
    },
    text(before) {
      const lineage = lineageIn(desk)
      if (!lineage) return before
      //   this context                  another one
      //   is about to write
      //                                 signs somebody in, and writes
      //   writes of an earlier sign-in  so the later one's note stays
      if (isLater(parseUse(before), lineage)) return before
      learn(before, lineage)
      seen = JSON.stringify({ v: 1, ...(known && moved(known, desk.store.now().wall - age())) })
      return seen
    },
  }
}
