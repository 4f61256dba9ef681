import { describe, expect, it, vi } from 'vitest'
import { coordinationKey, memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import {
  type CoordinatorSubject,
  coordinatorContract,
} from '../../contracts/coordinator-contract.js'
import { createTime } from '../../support/fake-redis.js'

const REPLAY = 30_000

function createSubject(): CoordinatorSubject {
  const { clock, until } = createTime()
  const coordinator = memoryCoordinator({ now: clock.now })
  return { replay: REPLAY, delay: 0, create: async () => coordinator, pass: clock.advance, until }
}

/** How often each key has been worked on. */
function createCounter(coordinator: Coordinator) {
  const runs = new Map<string, number>()
  return {
    runs,
    ask: (key: string) =>
      coordinator.once(key, async () => {
        runs.set(key, (runs.get(key) ?? 0) + 1)
        return key
      }),
  }
}

describe('the coordinator of one process', () => {
  it.each(coordinatorContract)('$name', ({ run }) => run(createSubject()))

  it('replays a result for 30 s and not longer, counted from its end', async () => {
    const { clock } = createTime()
    const coordinator = memoryCoordinator({ now: clock.now })
    const first = coordinator.once('key', async () => {
      await new Promise<void>((resolve) => void clock.schedule(5_000, resolve))
      return 'slow'
    })
    await clock.advance(5_000)
    const { startedAt } = await first
    await clock.advance(REPLAY - 1)
    const replayed = await coordinator.once('key', async () => 'again')
    await clock.advance(1)
    const anew = await coordinator.once('key', async () => 'again')
    expect([replayed, anew]).toEqual([
      { text: 'slow', startedAt, age: REPLAY - 1 },
      { text: 'again', startedAt: startedAt + 5_000 + REPLAY },
    ])
  })

  it('does not replay a result for longer because the clock was set back', async () => {
    const { clock } = createTime()
    const { ask, runs } = createCounter(memoryCoordinator({ now: clock.now }))
    await ask('key')
    clock.jump(-3_600_000)
    await ask('key')
    expect(runs.get('key')).toBe(2)
  })

  it('hands out no result that is older than whoever comes wants', async () => {
    const { clock } = createTime()
    const coordinator = memoryCoordinator({ now: clock.now })
    await coordinator.once('key', async () => 'first', { replay: REPLAY })
    await clock.advance(5_000)
    const anew = await coordinator.once('key', async () => 'second', { replay: 5_000 })
    expect(anew.text).toBe('second')
  })

  it('keeps a tombstone for as long as the last word about it says', async () => {
    const { clock } = createTime()
    const coordinator = memoryCoordinator({ now: clock.now })
    await coordinator.end('session', 60_000, { confirmed: false })
    await coordinator.end('session', 1_000, { confirmed: true })
    await clock.advance(1_000)
    expect(await coordinator.ended('session')).toBe(false)
  })

  it('says nothing of tombstones that go when their time is up', async () => {
    const { clock } = createTime()
    const report = vi.fn()
    const coordinator = memoryCoordinator({ now: clock.now, limit: 2, report })
    for (const id of ['a', 'b', 'c', 'd']) {
      await coordinator.end(id, 1_000)
      await clock.advance(1_000)
    }
    expect(report).not.toHaveBeenCalled()
  })

  it('says once a minute that tombstones had to go which stood, of either kind', async () => {
    const { clock } = createTime()
    const report = vi.fn()
    const coordinator = memoryCoordinator({ now: clock.now, limit: 1, report })
    const silent = memoryCoordinator({ now: clock.now, limit: 1 })
    const told: number[] = []
    for (const apart of [false, true, false, true]) {
      for (const id of ['a', 'b', 'c']) {
        await coordinator.end(`${id} ${apart}`, 86_400_000, { apart })
        await silent.end(`${id} ${apart}`, 86_400_000, { apart })
      }
      told.push(report.mock.calls.length)
      await clock.advance(30_000)
    }
    expect(told).toEqual([1, 1, 2, 2])
    expect(report.mock.calls[0]).toMatchObject([{ code: 'storage' }])
  })

  it('forgets no tombstone that stands, and says nothing, while there are others that are over', async () => {
    const { clock } = createTime()
    const report = vi.fn()
    const coordinator = memoryCoordinator({ now: clock.now, limit: 10, report })
    await coordinator.end('long', 86_400_000)
    for (let round = 0; round < 100; round += 1) {
      await coordinator.end(`short ${round}`, 1_000)
      await clock.advance(200)
    }
    expect(await coordinator.ended('long')).toBe(true)
    expect(report).not.toHaveBeenCalled()
  })

  it('keeps what is apart from what there is most of: neither pushes the other out', async () => {
    const coordinator = memoryCoordinator({ limit: 5 })
    const { ask, runs } = createCounter(coordinator)
    const token = { apart: true, replay: 3_600_000 }
    await coordinator.once('token', async () => 'used', token)
    await coordinator.end('bound', 86_400_000, { apart: true })
    for (let index = 0; index < 50; index += 1) {
      await coordinator.end(`session ${index}`, 60_000)
      await ask(`refresh ${index}`)
    }
    expect((await coordinator.once('token', async () => 'again', token)).text).toBe('used')
    expect(await coordinator.ended('bound')).toBe(true)
    for (let index = 0; index < 50; index += 1) {
      await coordinator.end(`bound ${index}`, 86_400_000, { apart: true })
      await coordinator.once(`token ${index}`, async () => 'used', token)
    }
    expect(await coordinator.ended('session 49')).toBe(true)
    await ask('refresh 49')
    expect(runs.get('refresh 49')).toBe(1)
  })

  it('keeps a tombstone when the clock is set back', async () => {
    const { clock } = createTime()
    const coordinator = memoryCoordinator({ now: clock.now })
    await coordinator.end('session', 1_000)
    clock.jump(-3_600_000)
    expect(await coordinator.ended('session')).toBe(true)
  })

  it('lets go of what is over when something comes', async () => {
    const { clock } = createTime()
    const coordinator = memoryCoordinator({ now: clock.now })
    await coordinator.end('over', 1_000)
    await clock.advance(1_000)
    await coordinator.end('next', 1_000)
    clock.jump(-500)
    // It would be there again if it were still kept.
    expect(await coordinator.ended('over')).toBe(false)
    expect(await coordinator.ended('next')).toBe(true)
  })

  it('forgets the oldest results and tombstones when there are too many', async () => {
    const coordinator = memoryCoordinator({ limit: 2 })
    const { ask, runs } = createCounter(coordinator)
    for (const key of ['a', 'b', 'c', 'b', 'a']) await ask(key)
    for (const id of ['a', 'b', 'a', 'c']) await coordinator.end(id, 60_000)
    expect([...runs]).toEqual([
      ['a', 2],
      ['b', 1],
      ['c', 1],
    ])
    expect(await Promise.all(['a', 'b', 'c'].map(coordinator.ended))).toEqual([true, false, true])
  })

  it('never forgets a run that goes on', async () => {
    const coordinator = memoryCoordinator({ limit: 1 })
    const end: (() => void)[] = []
    const work = () => new Promise<string>((resolve) => end.push(() => resolve('done')))
    const calls = [coordinator.once('slow', work)]
    for (const key of ['a', 'b', 'c']) await coordinator.once(key, async () => key)
    calls.push(coordinator.once('slow', work))
    for (const finish of end) finish()
    await Promise.all(calls)
    expect(end).toHaveLength(1)
  })

  it('arms no timer, so that a process can exit', async () => {
    const timers = vi.spyOn(globalThis, 'setTimeout')
    const coordinator = memoryCoordinator()
    await coordinator.once('key', async () => 'text')
    await coordinator.end('session', 1_000)
    expect(timers).not.toHaveBeenCalled()
    timers.mockRestore()
  })

  it.each([
    { replay: 0 },
    { replay: Number.NaN },
    { replay: Number.POSITIVE_INFINITY },
    { limit: -1 },
  ])('refuses options that are no positive numbers: %o', (options) => {
    expect(() => memoryCoordinator(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

describe('the key of an exchange', () => {
  const TOKEN = 'refresh-token-of-ada'

  it('is the same for the same token and organization, and tells neither', async () => {
    const key = await coordinationKey(TOKEN, 'org_1')
    expect(await coordinationKey(TOKEN, 'org_1')).toBe(key)
    expect(key).toMatch(/^[\w-]{43}$/)
    expect(key).not.toContain(TOKEN)
  })

  it('differs by token and by organization', async () => {
    const keys = await Promise.all([
      coordinationKey(TOKEN),
      coordinationKey(TOKEN, ''),
      coordinationKey(TOKEN, 'org_1'),
      coordinationKey(TOKEN, 'org_2'),
      coordinationKey(`${TOKEN}org`, '_1'),
      coordinationKey('another', 'org_1'),
    ])
    expect(new Set(keys).size).toBe(keys.length)
  })
})
