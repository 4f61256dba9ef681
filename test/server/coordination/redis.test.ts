import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { redisCoordinator } from '../../../src/server/coordination/redis.js'
import { coordinatorContract, countedWork, fieldsOf } from '../../contracts/coordinator-contract.js'
import { redisContract } from '../../contracts/redis-contract.js'
import { createFakeRedis, createProcesses, createTime, PASSWORD } from '../../support/fake-redis.js'

const REPLAY = 30_000
const TERM = 15_000

afterEach(() => vi.unstubAllGlobals())

/** Work that takes this long, in ms, and counts its runs. */
function timedWork(clock: { schedule(delay: number, task: () => void): unknown }, ms: number) {
  const state = { runs: 0 }
  const work = async (): Promise<string> => {
    const number = ++state.runs
    await new Promise<void>((resolve) => void clock.schedule(ms, resolve))
    return `result ${number}`
  }
  return { state, work }
}

describe('the coordinator of many processes', () => {
  it.each(coordinatorContract)('$name', ({ run }) => {
    const { clock, until, start } = createProcesses()
    const create = async () => start().coordinator
    return run({ replay: REPLAY, delay: 1, create, pass: clock.advance, until })
  })

  it('lets the others know a result within a quarter of a second', async () => {
    const { clock, start } = createProcesses()
    const { work } = timedWork(clock, 3_000)
    const first = start().once('key', work)
    let heard = Number.POSITIVE_INFINITY
    const begin = clock.monotonic()
    const second = start()
      .once('key', work)
      .finally(() => {
        heard = clock.monotonic() - begin
      })
    await clock.advance(3_300)
    expect([(await first).text, (await second).text]).toEqual(['result 1', 'result 1'])
    expect(heard).toBeGreaterThanOrEqual(3_000)
    expect(heard).toBeLessThanOrEqual(3_250)
  })

  it('asks Redis for the result ever more seldom, but no more seldom than 4 times a second', async () => {
    const { clock, start } = createProcesses()
    const { work } = timedWork(clock, 12_000)
    start().once('key', work)
    const { client, once } = start()
    once('key', work)
    await clock.advance(1_000)
    const early = client.sent.length
    await clock.advance(10_000)
    expect(early).toBeLessThanOrEqual(10)
    expect(client.sent.length - early).toBe(40)
  })

  it('merges the calls of one process before it asks Redis', async () => {
    const { until, start } = createProcesses()
    const { client, once } = start()
    const { work, succeed } = countedWork()
    const calls = Array.from({ length: 1_000 }, () => once('key', work))
    succeed()
    await until(Promise.all(calls))
    expect(client.sent).toEqual(['claim', 'settle'])
  })

  it('takes over from a process that died, when its term is over and not before', async () => {
    const { clock, start } = createProcesses()
    start().once('key', () => new Promise(() => {}))
    await clock.settle()
    const { state, work } = timedWork(clock, 0)
    const call = start().once('key', work)
    await clock.advance(TERM - 1)
    expect(state.runs).toBe(0)
    await clock.advance(250)
    expect([(await call).text, state.runs]).toEqual(['result 1', 1])
  })

  it('leaves the lock to the next owner when the first was too slow, and keeps both results', async () => {
    const { clock, redis, start } = createProcesses()
    const slow = timedWork(clock, TERM + 2_000)
    const next = timedWork(clock, 10_000)
    const first = start().once('key', slow.work)
    await clock.settle()
    const second = start().once('key', next.work)
    await clock.advance(TERM + 2_100)
    expect((await first).text).toBe('result 1')
    expect(redis.read('holdfast:l:{key}')).not.toBeNull()
    await clock.advance(10_000)
    expect((await second).text).toBe('result 1')
    expect([slow.state.runs, next.state.runs]).toEqual([1, 1])
    expect(redis.read('holdfast:l:{key}')).toBeNull()
  })

  it('works by itself after two terms, when nobody ever comes to a result', async () => {
    const { clock, redis, start } = createProcesses()
    const { work } = timedWork(clock, 0)
    redis.entries.set('holdfast:l:{key}', { value: 'nobody', until: Number.POSITIVE_INFINITY })
    const { once, reports } = start()
    const call = once('key', work)
    await clock.advance(2 * TERM + 250)
    expect((await call).text).toBe('result 1')
    expect(reports).toEqual([])
  })

  it('tells only those of a failure who waited for it', async () => {
    const { clock, until, start } = createProcesses()
    const { work, fail } = countedWork()
    const refusal = new AuthError('server_error', 'Down.', { status: 503 })
    const first = start().once('key', work)
    await clock.settle()
    const waiting = start().once('key', work)
    await clock.advance(300)
    fail(refusal)
    await expect(first).rejects.toBe(refusal)
    // The one who waits has not looked yet.
    const late = start().once('key', timedWork(clock, 500).work)
    const told = await until(waiting.catch(fieldsOf))
    expect(told).toBe(fieldsOf(refusal))
    expect((await until(late)).text).toBe('result 1')
  })

  it('lets one more process try when the failure of the first is no AuthError', async () => {
    const { clock, until, start } = createProcesses()
    const { state, work, fail } = countedWork()
    const first = start().once('key', work)
    await clock.settle()
    const next = timedWork(clock, 0)
    const second = start().once('key', next.work)
    await clock.settle()
    fail(new TypeError('refresh-token'))
    await expect(first).rejects.toBeInstanceOf(TypeError)
    expect((await until(second)).text).toBe('result 1')
    expect([state.runs, next.state.runs]).toEqual([1, 1])
  })

  it('tells when the work began by the clock of the process that asks', async () => {
    const { clock, until, start } = createProcesses()
    const off = { ...clock, now: () => clock.now() + 3_600_000 }
    const { work } = timedWork(clock, 2_000)
    const { startedAt } = await until(start().once('key', work))
    await clock.advance(1_000)
    const elsewhere = await until(start({ clock: off }).once('key', work))
    expect(elsewhere).toMatchObject({ text: 'result 1', startedAt: startedAt + 3_600_000 })
  })

  it('replays no longer in a process that heard of the result late', async () => {
    const { clock, until, start } = createProcesses()
    const { state, work } = timedWork(clock, 0)
    await until(start().once('key', work))
    await clock.advance(REPLAY - 1_000)
    const late = start()
    await until(late.once('key', work))
    expect(state.runs).toBe(1)
    await clock.advance(1_000)
    expect((await until(late.once('key', work))).text).toBe('result 2')
  })

  it('keeps prefixes apart, and all keys of a call on one node of a cluster', async () => {
    const { clock, until, redis, start } = createProcesses()
    const { state, work } = timedWork(clock, 0)
    await until(start({ prefix: 'one:' }).once('key', work))
    await until(start({ prefix: 'two:' }).once('key', work))
    expect(state.runs).toBe(2)
    expect([...redis.entries.keys()]).toEqual(['one:r:{key}', 'two:r:{key}'])
  })

  it('understands clients that give buffers for strings and strings for numbers', async () => {
    const { clock } = createTime()
    const redis = createFakeRedis(clock)
    const client = redis.client()
    const lenient = {
      async eval(script: string, options: { keys: string[]; arguments: string[] }) {
        const reply = await client.eval(script, options)
        return Array.isArray(reply) ? reply.map((part) => Buffer.from(String(part))) : `${reply}`
      },
    }
    const options = { client: lenient, password: PASSWORD, clock }
    const [one, two] = [redisCoordinator(options), redisCoordinator(options)]
    const { state, work } = timedWork({ schedule: (_, task) => task() }, 0)
    await one.once('key', work)
    expect((await two.once('key', work)).text).toBe('result 1')
    await one.end('session', 1_000)
    expect([await two.ended('session'), state.runs]).toEqual([true, 1])
  })
})

describe('the fake Redis of these tests', () => {
  it.each(redisContract)('$name', ({ run }) => {
    const { clock, redis } = createProcesses()
    return run({ client: redis.client(), pass: clock.advance })
  })
})

describe('the options of the coordinator of many processes', () => {
  const { client } = createFakeRedis(createTime().clock)
  const good = { client: client(), password: PASSWORD }

  it.each([
    ['a short password', { ...good, password: 'short' }],
    ['no password', { ...good, password: [] }],
    ['a replay of nothing', { ...good, replay: 0 }],
    ['a term that is no number', { ...good, term: Number.NaN }],
    ['a timeout without end', { ...good, timeout: Number.POSITIVE_INFINITY }],
    ['a negative timeout', { ...good, timeout: -1 }],
  ])('must not have %s', (_, options) => {
    expect(() => redisCoordinator(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })

  it('must have a client', () => {
    for (const thing of [undefined, null, {}, { eval: 'no function' }]) {
      expect(() => Reflect.apply(redisCoordinator, null, [{ ...good, client: thing }])).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
  })

  it('do nothing until the coordinator is asked', () => {
    const idle = client()
    redisCoordinator({ ...good, client: idle })
    expect(idle.sent).toEqual([])
  })
})
