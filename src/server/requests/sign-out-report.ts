import type { AuthError } from '../../core/errors.js'
import { createOutageReport, type OutageReportOptions } from '../shared/outage.js'
import { tell } from '../shared/security-events.js'

/** What of a sign-out is for a log. */
export interface ReportableEnd {
  /** Why the auth server could not be told. */
  readonly error: AuthError | null
  /** There when `onSecurityEvent` has heard of it. */
  readonly isReported?: true | undefined
}

/**
 * Makes what writes into an app's log that the auth server could not be told of sign-outs: one line
 * for each outage, and none for what the security events have said.
 */
export function createSignOutReport(options: OutageReportOptions): (ended: ReportableEnd) => void {
  const outage = createOutageReport(options)
  return ({ error, isReported }) => {
    if (!error) return outage.worked()
    if (isReported) return
    // What will never work, such as with a wrong key, is no outage.
    if (error.retryable) outage.failed(error)
    else tell(options.report, error)
  }
}
