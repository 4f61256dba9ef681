import type { AuthErrorCode } from '../../core/errors.js'
import { isLately } from '../shared/lately.js'
import { withinTime } from '../shared/time-limit.js'
import { REST } from './core-api.js'
import type { CoreHost } from './core-host.js'
import { isForNow, patiently, type Wait } from './core-waits.js'
import { GeneralError, type SuperTokensError } from './errors.js'
import { guarded, toSuperTokensError } from './guard.js'

/** Runs `work` at one host after the other until one has an answer. */
export type CoreLink = <T>(work: (host: CoreHost, signal: AbortSignal) => Promise<T>) => Promise<T>

/** What a link is made of. Times in ms. */
export interface CoreLinkOptions {
  readonly hosts: readonly CoreHost[]
  /** For one call, over all hosts. */
  readonly timeout: number
  now(): number
  readonly wait: Wait
}

/** Failures of a host, and not the core's word. */
const PASSING: readonly AuthErrorCode[] = [
  'network',
  'timeout',
  'server_error',
  'rate_limited',
  'bad_response',
]

/** Whether another host may answer otherwise. One whose paths are wrong is no use, whatever it is. */
const isPassing = ({ code, status }: SuperTokensError): boolean =>
  PASSING.includes(code) || status === 404 || status === 405

/**
 * Makes the link to the hosts of one core. They take turns; each is waited for only so long that
 * there is as much time left for every other.
 * @throws SuperTokensError when used: the core's word, or why the last host failed.
 */
export function createCoreLink({ hosts, timeout, now, wait }: CoreLinkOptions): CoreLink {
  const failures = new Map<CoreHost, number>()
  let turn = 0

  // It is tried last then: an outage costs one slow request, not each.
  const isResting = (host: CoreHost): boolean => isLately(failures.get(host), REST, now())

  function inTurn(): readonly CoreHost[] {
    const order = [...hosts.slice(turn), ...hosts.slice(0, turn)]
    turn = (turn + 1) % hosts.length
    const resting = order.filter(isResting)
    return [...order.filter((host) => !resting.includes(host)), ...resting]
  }

  /** Notes how a host did. @throws SuperTokensError what no other host can do better. */
  function settle(host: CoreHost, failure: SuperTokensError): void {
    if (!isPassing(failure)) {
      failures.delete(host)
      throw failure
    }
    failures.set(host, now())
    // One that refuses for a moment is who it was, and wants no more requests than must be.
    if (!isForNow(failure)) host.forget()
  }

  /** One turn of all hosts, until `end` of the monotonic clock, in ms. */
  async function tryEach<T>(
    work: (host: CoreHost, signal: AbortSignal) => Promise<T>,
    end: number,
  ): Promise<T> {
    const order = inTurn()
    let last: SuperTokensError = new GeneralError('There is no host to ask.', { code: 'network' })
    for (const [index, host] of order.entries()) {
      const part = (end - performance.now()) / (order.length - index)
      if (part <= 0) break
      try {
        const answer = await withinTime(Math.ceil(part), (signal) => work(host, signal))
        failures.delete(host)
        return answer
      } catch (error) {
        last = toSuperTokensError(error)
        settle(host, last)
      }
    }
    throw last
  }

  return (work) =>
    guarded(timeout, () => {
      // Not the app's clock: that one may be set, and then there would be no time, or no end.
      const end = performance.now() + timeout
      const left = (): number => end - performance.now()
      return patiently(() => tryEach(work, end), { wait, left })
    })
}
