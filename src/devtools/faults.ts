import type { Clock } from '../core/ports.js'
import { systemClock } from '../environment/clock.js'
import type { InspectedSurroundings } from './types.js'
import { duration } from './words.js'

/** What becomes of a client's requests to its auth server. */
export type Network = 'fine' | 'unreachable' | 'unavailable' | 'slow'

/** What is wrong around one client: nothing at first, and so after each reload. */
export interface Faults {
  network(): Network
  setNetwork(network: Network): void
  /** By how many ms the client's wall clock is ahead of the device's. */
  skew(): number
  /** Sets the wall clock on by `ms`, or back if negative. */
  moveClock(ms: number): void
  /** Ends all of it. */
  setRight(): void
}

/** How late a slow server answers, in ms: well within the time that a client gives a request. */
const SLOW = 4_000

/** What injectors have made wrong, by the clock that a client gets of each. */
const injected = new WeakMap<Clock, Faults>()

/** The faults that a client's clock came with; `null` for a clock of its own. */
export const faultsOf = (clock: Clock): Faults | null => injected.get(clock) ?? null

function createFaults(): Faults {
  let network: Network = 'fine'
  let skew = 0
  return {
    network: () => network,
    setNetwork(next) {
      network = next
    },
    skew: () => skew,
    moveClock(ms) {
      skew += ms
    },
    setRight() {
      network = 'fine'
      skew = 0
    },
  }
}

/** As a proxy answers whose server is down: in no words of the server's own. */
const unavailable = (): Response =>
  new Response('<h1>503 Service Unavailable</h1>', {
    status: 503,
    headers: { 'content-type': 'text/html' },
  })

/** Waits `ms`, unless the request is given up before. */
const pause = (clock: Clock, ms: number, signal: AbortSignal | null | undefined): Promise<void> =>
  new Promise((resolve, reject) => {
    const cancel = clock.schedule(ms, resolve)
    const giveUp = (): void => {
      cancel()
      reject(signal?.reason)
    }
    signal?.addEventListener('abort', giveUp, { once: true })
  })

/** A `fetch` that fails in the ways in which a network fails. */
function faultyFetch(given: typeof fetch | undefined, faults: Faults, clock: Clock): typeof fetch {
  const throwIfLost = (): void => {
    // What Chromium's rejects with when there is no answer.
    if (faults.network() === 'unreachable') throw new TypeError('Failed to fetch')
  }
  return async (input, init) => {
    throwIfLost()
    if (faults.network() === 'unavailable') return unavailable()
    // Looked up at each call, and called as a function of its own.
    const send = given ?? globalThis.fetch
    const response = await send(input, init)
    if (faults.network() === 'slow') await pause(clock, SLOW, init?.signal)
    // An outage takes the answers to requests that are under way, too.
    throwIfLost()
    return response
  }
}

/**
 * For the client's options: its way to the auth server and its clock, in which the panel can make go wrong
 * what goes wrong in life. Until somebody presses those buttons, all is as it would be without. What is
 * given takes the place of the platform's own. In production it gives that back.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { faultInjector, showDevtools } from 'holdfast/devtools'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const faults = faultInjector()
 * const options = {
 *   provider: gotrue({ url: 'https://project.example/auth/v1', fetch: faults.fetch }),
 *   environment: faults.environment,
 * }
 * showDevtools(new AuthClient(options), { options })
 * ```
 */
export function faultInjector(given: InspectedSurroundings = {}): InspectedSurroundings {
  const real = given.environment?.clock ?? systemClock()
  const faults = createFaults()
  const clock: Clock = {
    now: () => real.now() + faults.skew(),
    monotonic: () => real.monotonic(),
    schedule: (delay, task, options) => real.schedule(delay, task, options),
  }
  injected.set(clock, faults)
  return {
    fetch: faultyFetch(given.fetch, faults, real),
    environment: { ...given.environment, clock },
  }
}

const NETWORKS: Readonly<Record<Network, readonly string[]>> = {
  fine: [],
  unreachable: ['server out of reach'],
  unavailable: ['server answers 503'],
  slow: ['server slow'],
}

/** How wrong a clock is, in words. `skew` in ms. */
export const clockWords = (skew: number): string =>
  skew === 0 ? 'clock right' : `clock ${duration(Math.abs(skew))} ${skew > 0 ? 'fast' : 'slow'}`

/** What is wrong, in words; none where nothing is. */
export const faultWords = (faults: Faults | null): readonly string[] =>
  faults
    ? [...NETWORKS[faults.network()], ...(faults.skew() === 0 ? [] : [clockWords(faults.skew())])]
    : []
