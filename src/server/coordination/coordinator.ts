import * as base64url from 'jose/base64url'
import { AuthError } from '../../core/errors.js'
import { checkMethods, checkObject } from '../shared/arguments.js'
import { isLately } from '../shared/lately.js'
import { tell } from '../shared/security-events.js'
import { sha256 } from '../shared/sha256.js'
import type { CoordinatedResult, Coordinator, OnceOptions } from './coordinator-types.js'
import { createExpiring } from './expiring.js'
import { createPauses } from './pauses.js'
import { createTombstoneMap } from './tombstone-map.js'
import { createWatches } from './watches.js'

/** Options of {@link memoryCoordinator}. */
export interface MemoryCoordinatorOptions {
  /**
   * How long those who come later get the result, in ms after it is there. WorkOS forgives as long.
   * @default 30_000
   */
  readonly replay?: number | undefined
  /**
   * The most results kept, and the most tombstones; as many more of those that are kept apart; of results that are
   * refusals, a tenth. What is over goes first. Of tombstones then go those whose sessions the auth server has ended
   * too. @default 10_000
   */
  readonly limit?: number | undefined
  /**
   * Hears of tombstones that had to go before their time, once a minute. What it throws is dropped.
   * @default nobody does
   */
  readonly report?: ((error: AuthError) => void) | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** @throws AuthError `invalid_argument` unless `value` can coordinate, and knows `pauses`. */
export function checkCoordinator(value: Coordinator): void {
  const message =
    '`coordinator` is not a coordinator; use memoryCoordinator() or redisCoordinator().'
  checkMethods(value, ['once', 'end', 'ended', 'endedAt', 'watch'], message)
  checkMethods(value.pauses, ['admit', 'pause', 'resume'], message)
}

/** A run that ended well. */
export interface Outcome {
  readonly result: CoordinatedResult
  /** Milliseconds since the epoch, by this process's clock. */
  readonly finishedAt: number
}

/** A coordinator within this process, of runs that say themselves when they began and ended. */
export interface LocalCoordinator extends Omit<Coordinator, 'once'> {
  once(key: string, run: () => Promise<Outcome>, options?: OnceOptions): Promise<CoordinatedResult>
}

/** How long a result is replayed by default, in ms: the grace of WorkOS for a rotated token. */
export const REPLAY = 30_000
/** The most entries of a kind by default. A session takes some 5 kB. */
const LIMIT = 10_000
/** How many times fewer refusals are kept. */
const REFUSALS = 10

/** @throws AuthError `invalid_argument` unless `value` is a positive, finite number. */
export function checkPositive(name: string, value: number): number {
  if (Number.isFinite(value) && value > 0) return value
  throw new AuthError('invalid_argument', `\`${name}\` must be a positive number.`)
}

/** The SHA-256 of what identifies something, so that its name tells nothing. */
export async function fingerprint(...parts: readonly (string | null)[]): Promise<string> {
  return base64url.encode(await sha256(new TextEncoder().encode(JSON.stringify(parts))))
}

/** The key under which one refresh token is exchanged for one organization; tells neither. */
export function coordinationKey(refreshToken: string, organizationId?: string): Promise<string> {
  return fingerprint(refreshToken, organizationId ?? null)
}

/** Does the work here and now. */
export async function run(work: () => Promise<string>, now: () => number): Promise<Outcome> {
  const startedAt = now()
  const text = await work()
  return { result: { text, startedAt }, finishedAt: now() }
}

/** How long nothing more is said of tombstones that had to go, in ms. */
const SILENCE = 60_000

/** Says that tombstones had to go, without saying it of each. */
function createAlarm({ report, now = () => Date.now() }: MemoryCoordinatorOptions): () => void {
  let saidAt: number | undefined
  return () => {
    if (!report || isLately(saidAt, SILENCE, now())) return
    saidAt = now()
    const message =
      'There are more sign-outs and bound sessions than `limit`: the oldest are forgotten.'
    tell(report, new AuthError('storage', message))
  }
}

/** Makes the part that every coordinator has. */
export function localCoordinator(options: MemoryCoordinatorOptions): LocalCoordinator {
  const { now = () => Date.now() } = options
  const standard = checkPositive('replay', options.replay ?? REPLAY)
  const limit = checkPositive('limit', options.limit ?? LIMIT)
  const running = new Map<string, Promise<CoordinatedResult>>()
  const outcomes = createExpiring<Outcome>({ limit, now })
  const apart = createExpiring<Outcome>({ limit, now })
  const refusals = createExpiring<Outcome>({ limit: Math.ceil(limit / REFUSALS), now })
  const onDrop = createAlarm(options)
  const signOuts = createTombstoneMap({ limit, now, onDrop })
  const others = createTombstoneMap({ limit, now, onDrop })
  const watches = createWatches()

  const endedAt = (name: string): number | null => signOuts.endedAt(name) ?? others.endedAt(name)

  async function finish(
    key: string,
    begin: () => Promise<Outcome>,
    { isRefusal, replay = standard, apart: isApart }: OnceOptions,
  ): Promise<CoordinatedResult> {
    try {
      const outcome = await begin()
      const lasting = isApart ? apart : outcomes
      const kept = isRefusal?.(outcome.result.text) ? refusals : lasting
      kept.set(key, outcome, outcome.finishedAt + replay)
      return outcome.result
    } finally {
      running.delete(key)
    }
  }

  return {
    async once(key, begin, wanted = {}) {
      const current = running.get(key)
      if (current) return current
      const kept = outcomes.get(key) ?? refusals.get(key) ?? apart.get(key)
      if (kept && isLately(kept.finishedAt, wanted.replay ?? standard, now())) {
        return { ...kept.result, age: now() - kept.finishedAt }
      }
      const promise = finish(key, begin, wanted)
      running.set(key, promise)
      return promise
    },
    async end(name, ttl, { confirmed = true, keepsFirst, apart: isApart } = {}) {
      if (keepsFirst && endedAt(name) !== null) return
      const tombstones = isApart ? others : signOuts
      tombstones.set(name, { until: now() + checkPositive('ttl', ttl), confirmed })
      watches.tell(name)
    },
    ended: async (name) => endedAt(name) !== null,
    endedAt: async (name) => endedAt(name),
    watch: async (names, onEnd) => watches.add(names, onEnd),
    pauses: createPauses(now),
  }
}

/**
 * A coordinator for one process. It has no timer and its memory is bounded.
 * @throws AuthError `invalid_argument` for options that are no positive numbers.
 */
export function memoryCoordinator(options: MemoryCoordinatorOptions = {}): Coordinator {
  checkObject('options', options)
  const local = localCoordinator(options)
  const { now = () => Date.now() } = options
  return {
    ...local,
    once: (key, work, options) => local.once(key, () => run(work, now), options),
  }
}
