import { bounded } from '../../core/bounded.js'
import { AuthError } from '../../core/errors.js'
import type { Abort, Clock } from '../../core/ports.js'
import { createOutageReport } from '../shared/outage.js'

/**
 * The part of a node-redis client (`redis` 4, 5 or 6: client, pool, cluster, sentinel) that is
 * used. The app makes it, connects it and listens to its `error` events.
 */
export interface RedisClient {
  eval(script: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>
  /** While `false`, nothing is sent. */
  readonly isReady?: boolean
}

/** @throws AuthError `invalid_argument` unless scripts can be sent by it. */
export function checkRedisClient(client: RedisClient): void {
  if (typeof client?.eval === 'function') return
  throw new AuthError('invalid_argument', '`client` must be a client of the `redis` package.')
}

/** A script with its arguments. */
export interface Command {
  readonly script: string
  readonly keys: readonly string[]
  readonly args: readonly (string | number)[]
}

/** How a command may be sent. */
export interface SendOptions {
  /** Sends it in an outage too. */
  readonly urgent?: boolean | undefined
  /** Follows, unwaited for, a command that was sent and failed: it may have been carried out. */
  readonly afterwards?: Command | undefined
}

/** What Redis answered. */
export interface Reply {
  readonly value: unknown
}

/** Commands to a Redis that may fail in any way: `null` says that it did. */
export interface RedisLink {
  call(command: Command, options?: SendOptions): Promise<Reply | null>
}

/** What a link is made of. */
export interface RedisLinkOptions {
  readonly client: RedisClient
  /** Milliseconds for one command. */
  readonly timeout: number
  readonly clock: Clock
  /** Hears of an outage, once each: one that comes and goes within a minute is one. */
  readonly report: (error: AuthError) => void
}

/** In an outage one command is tried as often as this, in ms: the others do not wait for it. */
const PROBE = 1_000

const createAbort = (): Abort => new AbortController()
const late = (): AuthError => new AuthError('storage', 'Redis does not answer in time.')

/** Makes a link. An outage is reported once, and nothing waits for Redis until it answers again. */
export function redisLink({ client, timeout, clock, report }: RedisLinkOptions): RedisLink {
  const outage = createOutageReport({ report, now: () => clock.monotonic() })
  let down = false
  let probeAt = 0

  async function send({ script, keys, args }: Command): Promise<unknown> {
    return client.eval(script, { keys: [...keys], arguments: args.map(String) })
  }

  function fail(cause: unknown): null {
    probeAt = clock.monotonic() + PROBE
    down = true
    const message =
      'Redis fails: until it works again, each process coordinates its own refreshes only.'
    outage.failed(new AuthError('storage', message, { cause }))
    return null
  }

  return {
    async call(command, { urgent, afterwards } = {}) {
      const probe = down
      if (probe && !urgent && clock.monotonic() < probeAt) return null
      // The client would keep the command until it is connected.
      if (client.isReady === false) return fail(new AuthError('storage', 'Redis is not connected.'))
      // Whoever comes during the probe does not wait for its end.
      if (probe) probeAt = clock.monotonic() + PROBE
      const sent = send(command)
      try {
        // What came while the event loop was blocked has its turn before the time is up.
        const value = await bounded({ clock, createAbort }, () => sent, { limit: timeout, late })
        // A command from before the outage, slow as it was, is no sign of its end.
        if (probe) down = false
        if (!down) outage.worked()
        return { value }
      } catch (cause) {
        const follow = (): void => void (afterwards && send(afterwards).catch(() => {}))
        sent.then(follow, follow)
        return fail(cause)
      }
    },
  }
}
