import { LONGEST_COOKIE_LIFE } from '../cookies/cookies.js'
import { checkPositive } from '../coordination/coordinator.js'
import { checkObject } from '../shared/arguments.js'

/** How long a session may last, in ms (ASVS 5.0, 7.3.1 and 7.3.2). */
export interface SessionLimits {
  /** From the sign-in on, whatever is done in it. @default 400 days, as long as a cookie may */
  readonly absolute?: number | undefined
  /** While nobody uses it. @default no limit */
  readonly idle?: number | undefined
}

/** When a session began and was last used, in ms since the epoch, where that is known. */
interface SessionTimes {
  readonly startedAt?: number | undefined
  readonly usedAt?: number | undefined
}

/** @throws AuthError `invalid_argument` for a limit that is no positive number. */
export function checkLimits(limits: SessionLimits = {}): SessionLimits {
  checkObject('limits', limits)
  const { absolute, idle } = limits
  return {
    ...(absolute !== undefined && { absolute: checkPositive('limits.absolute', absolute) }),
    ...(idle !== undefined && { idle: checkPositive('limits.idle', idle) }),
  }
}

/** The limits of a session: its own, where it has such, or else those of all. */
export const limitsOf = (
  { limits }: { readonly limits?: SessionLimits | undefined },
  common: SessionLimits,
): SessionLimits => ({ absolute: LONGEST_COOKIE_LIFE, ...common, ...limits })

/** How long a session may last yet, in ms: 1 at the least, and no longer than a cookie. */
export function timeLeft(
  data: SessionTimes & { readonly limits?: SessionLimits | undefined },
  common: SessionLimits,
  now: number,
): number {
  const { absolute = LONGEST_COOKIE_LIFE } = limitsOf(data, common)
  const left = Math.max(1, absolute - (now - (data.startedAt ?? now)))
  // Nobody has a cookie for longer, and no store can count as far as the largest of numbers.
  return Math.min(left, LONGEST_COOKIE_LIFE)
}

/**
 * Whether a session has lasted too long, or was not used for too long. One whose seal does not say when
 * it began was sealed by an older release, or another library: it counts from when it is sealed next.
 */
export function isOverLimit(
  { startedAt, usedAt }: SessionTimes,
  { absolute = LONGEST_COOKIE_LIFE, idle }: SessionLimits,
  now: number,
): boolean {
  const age = startedAt === undefined ? 0 : now - startedAt
  const unused = usedAt === undefined ? 0 : now - usedAt
  // Asked so that a clock that says nothing makes none last.
  return !(age < absolute) || (idle !== undefined && !(unused < idle))
}
