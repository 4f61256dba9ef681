import type { Environment, Storage } from '../core/ports.js'
import type { Timeouts } from '../core/timeouts.js'
import type { Limits } from '../core/timing.js'
import { systemClock } from '../environment/clock.js'
import { platformWake } from '../environment/wake.js'
import { webStorage, webStorageWorks } from '../storage/web-storage.js'
import { type Faults, faultsOf } from './faults.js'
import { type Steps, stepsOf } from './steps.js'
import type {
  DevtoolsOptions,
  InspectedClient,
  InspectedOptions,
  InspectedProvider,
} from './types.js'

/** Where a client keeps its session. */
export interface Place {
  readonly storage: Storage
  readonly key: string
}

/** One client, and all that its app has told of it. */
export interface Source {
  readonly name: string
  readonly auth: InspectedClient
  /** `null` where the app has not said it, or where it is the memory of the client itself. */
  readonly place: Place | null
  readonly environment: Pick<Environment, 'clock' | 'wake' | 'createAbort'>
  readonly limits: Limits
  readonly autoRefresh: 'visible' | boolean
  readonly timeouts: Timeouts | null
  readonly steps: Steps | null
  readonly provider: InspectedProvider | null
  /** `null` where the client's clock is none of a fault injector. */
  readonly faults: Faults | null
  /** A time of the client's clock by that of the device, which `faults` leave right; in ms since the epoch. */
  byDevice(at: number): number
}

/** As the client does where nobody has chosen: its memory, where it has no other, is its own. */
const defaultPlace = (): Storage | null => (webStorageWorks('local') ? webStorage() : null)

function placeOf({ storage, storageKey, provider }: InspectedOptions): Place | null {
  const key = storageKey ?? (provider && `holdfast.${provider.id}`)
  const where = storage ?? defaultPlace()
  return where && key ? { storage: where, key } : null
}

/** The defaults of the client; `check-options.ts` refuses what is no time. */
const limitsOf = (options: InspectedOptions): Limits => ({
  refreshMargin: options.refreshMargin ?? 60_000,
  waitMargin: options.waitMargin ?? 10_000,
  retryDelay: options.retryDelay ?? 1_000,
  maxRetryDelay: options.maxRetryDelay ?? 30_000,
})

/** Puts together what is known of a client. */
export function toSource(auth: InspectedClient, { options = {}, name }: DevtoolsOptions): Source {
  const { environment, autoRefresh = 'visible', timeouts = null, debug, provider = null } = options
  const clock = environment?.clock ?? systemClock()
  const faults = faultsOf(clock)
  const place = placeOf(options)
  return {
    name: name ?? place?.key ?? 'client',
    auth,
    place,
    environment: {
      clock,
      wake: environment?.wake ?? platformWake(),
      createAbort: environment?.createAbort ?? (() => new AbortController()),
    },
    limits: limitsOf(options),
    autoRefresh,
    timeouts,
    steps: stepsOf(debug),
    provider,
    faults,
    byDevice: (at) => at - (faults?.skew() ?? 0),
  }
}
