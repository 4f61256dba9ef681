import { vi } from 'vitest'
import type { AuthError } from '../../src/core/errors.js'
import {
  type RedisCoordinatorOptions,
  redisCoordinator,
} from '../../src/server/coordination/redis.js'
import type { RedisClient } from '../../src/server/coordination/redis-link.js'
import {
  ADMIT,
  ALL,
  CLAIM,
  END,
  ENDED,
  EXPIRE,
  GET,
  HEAR,
  KEEP,
  PUT,
  RESUME,
  SETTLE,
  TELL,
} from '../../src/server/coordination/redis-scripts.js'
import { createManualClock, type ManualClock } from '../../src/testing/clock.js'

/** Which script a command runs. */
export type Kind =
  | 'claim'
  | 'settle'
  | 'end'
  | 'ended'
  | 'admit'
  | 'keep'
  | 'resume'
  | 'get'
  | 'expire'
  | 'tell'
  | 'hear'
  | 'put'
  | 'all'

/**
 * What goes wrong with a command: it is refused, it is lost on its way, its answer is lost, or both
 * it and its answer are this late, in ms.
 */
export type Fault = 'refuse' | 'lose' | 'lose-answer' | { readonly late: number }

/** A client of one process. */
export interface FakeClient extends RedisClient {
  isReady: boolean
  /** What was sent, in order. */
  readonly sent: Kind[]
  /** Asked before each command. */
  fault: (kind: Kind) => Fault | null
}

const KINDS = new Map<string, Kind>([
  [CLAIM, 'claim'],
  [SETTLE, 'settle'],
  [END, 'end'],
  [ENDED, 'ended'],
  [ADMIT, 'admit'],
  [KEEP, 'keep'],
  [GET, 'get'],
  [EXPIRE, 'expire'],
  [RESUME, 'resume'],
  [TELL, 'tell'],
  [HEAR, 'hear'],
  [PUT, 'put'],
  [ALL, 'all'],
])

/** Entries under one key, by their names. */
interface List {
  readonly entries: ReadonlyMap<string, string>
  readonly until: number
}

/** The time of Redis, which is nobody else's, in ms since the epoch. */
const START = 1_500_000_000_000

/** A Redis that knows our scripts; the contract is what holds it to the real one. */
export function createFakeRedis(clock: ManualClock) {
  const entries = new Map<string, { readonly value: string; readonly until: number }>()
  /** What was told of ends, in order. */
  const feed: { readonly id: string; readonly name: string }[] = []
  const lists = new Map<string, List>()
  const alive = (name: string): List => {
    const list = lists.get(name)
    return list && now() < list.until ? list : { entries: new Map(), until: 0 }
  }
  const now = (): number => START + Math.floor(clock.monotonic())

  const read = (name = ''): string | null => {
    const entry = entries.get(name)
    return entry && now() < entry.until ? entry.value : null
  }
  const write = (name = '', value = '', life = ''): void => {
    if (!(Number(life) > 0)) throw new Error('ERR invalid expire time')
    entries.set(name, { value, until: now() + Number(life) })
  }

  const scripts: Record<Kind, (keys: string[], args: string[]) => unknown> = {
    claim([result, lock = '', failure], [owner, term, unreadable]) {
      const done = read(result)
      if (done !== null && done !== unreadable) return ['done', done, now()]
      const failed = read(failure)
      if (failed !== null) return ['failed', failed, now()]
      const other = read(lock)
      if (other !== null) return ['theirs', other, now()]
      write(lock, owner, term)
      return ['mine', '', now()]
    },
    settle([name, lock = ''], [owner, record, life]) {
      if (record !== '') write(name, record, life)
      if (read(lock) === owner) entries.delete(lock)
      return 1
    },
    end([name], [life, at]) {
      const former = Number(/^at:(\d+)$/.exec(read(name) ?? '')?.[1] ?? '0')
      write(name, `at:${Math.max(Number(at), former + 1)}`, life)
      return 1
    },
    ended: ([name]) => read(name) ?? 0,
    put([list = ''], [name = '', entry = '', life, most]) {
      const former = alive(list)
      const others = [...former.entries].filter(([other]) => other !== name)
      const kept = others.slice(Math.max(0, others.length + 1 - Number(most)))
      const until = Math.max(former.until, now() + Number(life))
      lists.set(list, { entries: new Map([...kept, [name, entry]]), until })
      return 1
    },
    all: ([list = '']) => [...alive(list).entries.values()],
    tell(_, [name = '']) {
      feed.push({ id: `${now()}-${feed.length}`, name })
      return 1
    },
    hear(_, [after = '', most]) {
      // Redis refuses what is no id, and the script says nothing then.
      if (!/^\d+-\d+$/.test(after)) return []
      const next = feed.findIndex(({ id }) => id === after) + 1
      return feed.slice(next, next + Number(most)).flatMap(({ id, name }) => [id, name])
    },
    admit([name = ''], [span, remembered]) {
      const value = read(name)
      if (value === null) return ['open', '', 0]
      const left = (entries.get(name)?.until ?? 0) - now() - Number(remembered)
      if (left > 0) return ['closed', value, left]
      write(name, value, `${Number(span) + Number(remembered)}`)
      return ['probe', value, 0]
    },
    keep([name], [value, life]) {
      write(name, value, life)
      return 1
    },
    get: ([name]) => read(name) ?? '',
    expire([name = ''], [life]) {
      const entry = entries.get(name)
      if (Number(life) <= 0) return entries.delete(name) ? 1 : 0
      const until = Math.min(entry?.until ?? 0, now() + Number(life))
      if (entry) entries.set(name, { ...entry, until })
      return 1
    },
    resume: ([name = '']) => (entries.delete(name) ? 1 : 0),
  }

  const later = (ms: number): Promise<void> =>
    new Promise((resolve) => void clock.schedule(ms, resolve))
  const never = new Promise<never>(() => {})

  function client(): FakeClient {
    return {
      isReady: true,
      sent: [],
      fault: () => null,
      async eval(script, { keys, arguments: args }) {
        const kind = KINDS.get(script)
        if (!kind) throw new Error('ERR unknown script')
        this.sent.push(kind)
        const fault = this.fault(kind)
        if (fault === 'refuse') throw new Error('READONLY You can’t write against a replica.')
        if (fault === 'lose') return never
        if (fault !== null && typeof fault === 'object') await later(fault.late)
        const reply = scripts[kind](keys, args)
        return fault === 'lose-answer' ? never : reply
      },
    }
  }

  return { client, entries, feed, lists, read }
}

/** Makes the clock wait for WebCrypto, which takes real time. */
export function trackCrypto(clock: ManualClock): Crypto {
  const { subtle } = crypto
  const tracked = new Proxy(subtle, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name)
      if (typeof member !== 'function') return member
      return (...args: unknown[]) =>
        clock.track(Promise.resolve(Reflect.apply(member, target, args)))
    },
  })
  return new Proxy(crypto, {
    get(target, name) {
      if (name === 'subtle') return tracked
      const member: unknown = Reflect.get(target, name)
      return typeof member === 'function' ? member.bind(target) : member
    },
  })
}

/** A clock for processes, and the way to wait by it. */
export function createTime() {
  const clock = createManualClock()
  return {
    clock,
    /** Waits for a promise, letting time pass. */
    async until<T>(promise: Promise<T>): Promise<T> {
      let waiting = true
      const stop = (): void => {
        waiting = false
      }
      promise.then(stop, stop)
      await clock.settle()
      for (let step = 0; waiting && step < 10_000; step++) await clock.advance(10)
      if (waiting) throw new Error('It did not end within 100 s.')
      return promise
    },
  }
}

/** A password for seals. */
export const PASSWORD = 'a password of more than thirty-two characters'

/** Processes that share a fake Redis. */
export function createProcesses(defaults: Partial<RedisCoordinatorOptions> = {}) {
  const time = createTime()
  const { clock } = time
  const redis = createFakeRedis(clock)
  vi.stubGlobal('crypto', trackCrypto(clock))

  /** One more process, with a client of its own and a list of what it reported. */
  function start(options: Partial<RedisCoordinatorOptions> = {}) {
    const client = redis.client()
    const reports: AuthError[] = []
    const coordinator = redisCoordinator({
      client,
      password: PASSWORD,
      clock,
      report: (error) => void reports.push(error),
      ...defaults,
      ...options,
    })
    return { client, reports, coordinator, ...coordinator }
  }
  return { ...time, redis, start }
}
