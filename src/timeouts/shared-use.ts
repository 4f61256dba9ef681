import { AuthError } from '../core/errors.js'
import type { TimeoutReason } from '../core/events.js'
import type { SessionRecord } from '../core/record.js'
import type { TimeoutLimits as Limits, TimedOut, TimeoutsDesk } from '../core/timeouts.js'
import {
  createAge,
  createUsage,
  type Ending,
  endingOf,
  isUntold,
  limitsOf,
  lineageIn,
} from './use.js'

/** Use is written down so often at the most, in ms; ten times within a short timeout. */
const WRITE = 10_000

/** How long a tab that opens waits for the word of others, and how often it looks for that; in ms. */
const ANSWER = { within: 2_000, look: 250 }

/** What a sign-in has come to whose time is up. */
export const timeoutOf = (reason: TimeoutReason): TimedOut => {
  const error =
    reason === 'idle'
      ? new AuthError('idle_timeout', 'Nobody used the session for too long.')
      : new AuthError('absolute_timeout', 'The session has lasted too long.')
  return { reason, error }
}

/** What this context knows of the use of the current sign-in, and tells and learns by storage. */
export interface SharedUse {
  /** How old the watch is, in ms. */
  age(): number
  /** `null` while nothing is known of the use. */
  end(): Ending | null
  limits(): Limits
  /** Whether the session ends within so many ms. */
  endsWithin(ms: number): boolean
  /** When storage was read last, by the age of this watch. */
  lookedAt(): number
  /** When what is known here is to be told to the others, by the age of this watch. */
  writesAt(): number
  /** Learns what the others know. Where storage does not answer, what is known here counts. */
  look(): Promise<void>
  /** Tells the others what is known here. */
  write(): Promise<void>
  /** Somebody is there. */
  use(): void
  /** Why a sign-in that storage has is over; `null` when it is not, or nothing is known of its use. */
  timedOut(record: SessionRecord): Promise<TimedOut | null>
}

/** Makes what this context knows of the use. */
export function createSharedUse(desk: TimeoutsDesk, wanted: Limits): SharedUse {
  const { vault, environment, announce } = desk
  const age = createAge(desk, () => {
    // At once: until then a tab that opens finds notes of the future, which do not say how long nobody came.
    unwritten = true
    writtenAt = -Infinity
    // Not now, for whoever reads the age may be about to say what is due.
    Promise.resolve().then(desk.settle)
  })
  const limits = (): Limits => limitsOf(wanted, desk.store.held()?.record.session.limits)
  const usage = createUsage(desk, age, (use) => endingOf(use, limits()))
  /** When storage was read and written last, by the age of this watch. */
  let lookedAt = -Infinity
  let writtenAt = -Infinity
  let unwritten = false

  const end = (): Ending | null => {
    const use = usage.current()
    return use && endingOf(use, limits())
  }

  async function read(lineage: string) {
    const text = await vault.readText('timeouts').catch(() => null)
    return { text, use: usage.understood(text, lineage) }
  }

  /**
   * What storage says of a sign-in. Of a note of the future the others are asked:
   *
   *   this context                       another one
   *                                      is used, and writes when
   *                                      its clock is set back, and it has not looked since
   *   opens, finds a note of the future
   *   asks                  ──hint──▶    looks, and writes the same moment by the clock of now
   *   finds that
   */
  async function found(lineage: string) {
    let note = await read(lineage)
    if (isUntold(note.use)) announce()
    for (let left = ANSWER.within; left > 0 && isUntold(note.use); left -= ANSWER.look) {
      await new Promise<void>((resolve) => environment.clock.schedule(ANSWER.look, resolve))
      note = await read(lineage)
    }
    return note
  }

  return {
    age,
    end,
    limits,
    endsWithin: (ms) => (end()?.at ?? Infinity) - ms <= age(),
    lookedAt: () => lookedAt,
    writesAt: () => (unwritten ? writtenAt + Math.min(WRITE, limits().idle / 10) : Infinity),
    async look() {
      const text = await vault.readText('timeouts').catch(() => null)
      const lineage = lineageIn(desk)
      lookedAt = age()
      if (lineage && !usage.learn(text, lineage)) unwritten = true
    },
    async write() {
      writtenAt = age()
      unwritten = false
      await vault.updateText('timeouts', usage.text).catch(() => {})
    },
    use() {
      usage.use()
      unwritten = true
    },
    async timedOut({ lineage, session }) {
      const { text, use } = await found(lineage)
      if (!use) return null
      usage.learn(text, lineage)
      const { at, reason } = endingOf(use, limitsOf(wanted, session.limits))
      return at <= age() ? timeoutOf(reason) : null
    },
  }
}
