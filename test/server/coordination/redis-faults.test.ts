import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  createProcesses,
  type FakeClient,
  type Fault,
  type Kind,
} from '../../support/fake-redis.js'

const TIMEOUT = 500
const PROBE = 1_000
const TERM = 15_000
const MINUTE = 60_000

afterEach(() => vi.unstubAllGlobals())

/** Breaks the commands of these kinds, or all. */
const breakAll = (client: FakeClient, fault: Fault, ...kinds: Kind[]): void => {
  client.fault = (kind) => (kinds.length === 0 || kinds.includes(kind) ? fault : null)
}

const heal = (client: FakeClient): void => {
  client.fault = () => null
}

/** Answers with the number of its run. */
function counter() {
  const state = { runs: 0 }
  return { state, work: async () => `result ${++state.runs}` }
}

/** Milliseconds that a promise takes. */
async function timed(world: ReturnType<typeof createProcesses>, promise: Promise<unknown>) {
  const begin = world.clock.monotonic()
  await world.until(promise)
  return world.clock.monotonic() - begin
}

const FAULTS: readonly Fault[] = ['refuse', 'lose', 'lose-answer', { late: 60_000 }]

describe.each(FAULTS)('a Redis whose every command meets %o', (fault) => {
  it('costs no call its answer, and one process works once', async () => {
    const { until, start } = createProcesses()
    const { client, coordinator, reports } = start()
    breakAll(client, fault)
    const { state, work } = counter()
    const calls = await until(
      Promise.all(Array.from({ length: 100 }, () => coordinator.once('key', work))),
    )
    expect(new Set(calls.map(({ text }) => text))).toEqual(new Set(['result 1']))
    expect((await until(coordinator.once('key', work))).text).toBe('result 1')
    expect([state.runs, reports.length]).toEqual([1, 1])
  })

  it('costs a call no more than the time limit, and those who come meanwhile nothing', async () => {
    const world = createProcesses()
    const { client, coordinator } = world.start()
    breakAll(client, fault)
    expect(
      await timed(
        world,
        coordinator.once('one', async () => 'text'),
      ),
    ).toBeLessThan(2 * TIMEOUT)
    expect(
      await timed(
        world,
        coordinator.once('two', async () => 'text'),
      ),
    ).toBe(0)
    expect(await timed(world, coordinator.ended('session'))).toBe(0)
    expect(client.sent.filter((kind) => kind !== 'settle')).toEqual(['claim'])
  })

  it('is reported once, without a word of what was sent', async () => {
    const world = createProcesses()
    const { client, coordinator, reports } = world.start()
    breakAll(client, fault)
    for (let call = 0; call < 20; call++) {
      await world.until(coordinator.once(`secret-key-${call}`, async () => 'secret-text'))
      await world.until(coordinator.ended('secret-session'))
      await world.clock.advance(PROBE / 2)
    }
    expect(reports).toMatchObject([{ code: 'storage', retryable: true }])
    const [{ message, cause } = { message: '', cause: null }] = reports
    expect(`${message} ${cause}`).not.toContain('secret')
  })

  it('is used again when it works again, and the next outage is reported again', async () => {
    const { clock, until, start } = createProcesses()
    const { client, coordinator, reports } = start()
    breakAll(client, fault)
    await until(coordinator.once('one', async () => 'text'))
    heal(client)
    await clock.advance(PROBE)
    const { state, work } = counter()
    await until(coordinator.once('two', work))
    await until(start().once('two', work))
    expect([state.runs, reports.length]).toEqual([1, 1])
    await clock.advance(MINUTE)
    breakAll(client, fault)
    await until(coordinator.once('three', work))
    expect(reports).toHaveLength(2)
  })

  it('keeps a process from forgetting its own sign-outs', async () => {
    const { until, start } = createProcesses()
    const { client, coordinator } = start()
    breakAll(client, fault)
    await until(coordinator.end('session', 60_000))
    expect(await until(coordinator.ended('session'))).toBe(true)
    expect(await until(coordinator.ended('another'))).toBe(false)
  })

  it('leaves the result with its winner when it fails just before the end', async () => {
    const world = createProcesses()
    const { client, coordinator } = world.start()
    breakAll(client, fault, 'settle')
    const { work } = counter()
    expect(await timed(world, coordinator.once('key', work))).toBeLessThan(2 * TIMEOUT)
    expect((await world.until(coordinator.once('key', work))).text).toBe('result 1')
  })

  it('leaves the failure of whoever works alone as it is', async () => {
    const { until, start } = createProcesses()
    const { client, coordinator } = start()
    breakAll(client, fault)
    const error = new TypeError('a bug')
    const told = coordinator.once('key', () => Promise.reject(error)).catch((reason) => reason)
    expect(await until(told)).toBe(error)
  })

  it('leaves the failure with its winner too', async () => {
    const { until, start } = createProcesses()
    const { client, coordinator } = start()
    breakAll(client, fault, 'settle')
    const error = new TypeError('a bug')
    const told = coordinator.once('key', () => Promise.reject(error)).catch((reason) => reason)
    expect(await until(told)).toBe(error)
  })
})

describe('a Redis that fails in the middle', () => {
  it('lets one who waits go on alone', async () => {
    const { clock, until, start } = createProcesses()
    start().once('key', () => new Promise(() => {}))
    await clock.settle()
    const { client, coordinator, reports } = start()
    const call = coordinator.once('key', counter().work)
    await clock.advance(400)
    breakAll(client, 'refuse')
    expect((await until(call)).text).toBe('result 1')
    expect(reports).toHaveLength(1)
  })

  it('does not keep a result from the others when it works again before the end', async () => {
    const { clock, until, start } = createProcesses()
    const { client, coordinator } = start()
    const slow = coordinator.once('key', async () => {
      await new Promise<void>((resolve) => void clock.schedule(2_000, resolve))
      return 'slow'
    })
    await clock.advance(1_900)
    breakAll(client, 'refuse')
    await until(coordinator.ended('session'))
    heal(client)
    await until(slow)
    expect((await until(start().once('key', counter().work))).text).toBe('slow')
  })

  it('does not tell a sign-out to nobody because of an outage that is over', async () => {
    const { until, start } = createProcesses()
    const { client, coordinator } = start()
    breakAll(client, 'refuse')
    await until(coordinator.ended('session'))
    heal(client)
    await until(coordinator.end('session', 60_000))
    expect(await until(start().ended('session'))).toBe(true)
  })

  it('sends a result once more whose arrival is unknown', async () => {
    const { until, start } = createProcesses()
    const { client, coordinator } = start()
    let broken = true
    client.fault = (kind) => {
      const fault = kind === 'settle' && broken ? 'refuse' : null
      broken &&= kind !== 'settle'
      return fault
    }
    await until(coordinator.once('key', counter().work))
    expect((await until(start().once('key', async () => 'another'))).text).toBe('result 1')
  })

  it('frees a lock that was granted to somebody who no longer waited for it', async () => {
    const world = createProcesses()
    const { client, coordinator } = world.start()
    breakAll(client, { late: 2_000 }, 'claim')
    await world.until(coordinator.once('key', async () => 'alone'))
    await world.clock.advance(2_000)
    expect(world.redis.entries.size).toBe(0)
    const { work } = counter()
    expect(await timed(world, world.start().once('key', work))).toBeLessThan(TERM / 100)
  })

  it('is not taken for well because of an answer from before the outage', async () => {
    const { clock, until, start } = createProcesses()
    const { client, coordinator, reports } = start()
    client.fault = (kind) => (kind === 'ended' ? { late: 400 } : 'refuse')
    const ended = coordinator.ended('session')
    await clock.settle()
    await until(coordinator.once('one', async () => 'text'))
    await until(ended)
    await until(coordinator.once('two', async () => 'text'))
    expect(reports).toHaveLength(1)
    expect(client.sent).toEqual(['ended', 'claim', 'settle'])
  })

  it('is asked by one call a second, however many come', async () => {
    const { clock, until, start } = createProcesses()
    const { client, coordinator } = start()
    breakAll(client, 'lose')
    await until(coordinator.ended('session'))
    client.sent.length = 0
    for (let ms = 0; ms < 10_000; ms += 100) {
      void coordinator.ended('session')
      void coordinator.ended('session')
      await clock.advance(100)
    }
    expect(client.sent.length).toBeGreaterThan(5)
    expect(client.sent.length).toBeLessThanOrEqual(10)
  })
})
