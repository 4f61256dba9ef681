import type { AuthError } from '../../core/errors.js'
import { isLately } from './lately.js'
import { tell } from './security-events.js'

/** Tells of an outage in one line, however many calls meet it. */
export interface OutageReport {
  /** A call has failed. Never throws. */
  failed(error: AuthError): void
  /** Another one has not: maybe it is over, and maybe only some of them fail. */
  worked(): void
}

/** What tells of outages. */
export interface OutageReportOptions {
  /** Hears of each outage once. What it throws is dropped. */
  readonly report: (error: AuthError) => void
  /** Milliseconds, by a clock that goes on. */
  readonly now: () => number
}

/**
 * After so many ms without a failure the next one is another outage. What is half down, such as a Redis
 * that is full, or one node of several, works in between, and is one outage all the same.
 */
const CALM = 60_000

/** Makes the one that tells of the outages of one server. */
export function createOutageReport({ report, now }: OutageReportOptions): OutageReport {
  let failedAt: number | undefined
  let isWell = true
  return {
    failed(error) {
      const isSame = !isWell || isLately(failedAt, CALM, now())
      failedAt = now()
      isWell = false
      if (!isSame) tell(report, error)
    },
    worked() {
      isWell = true
    },
  }
}
