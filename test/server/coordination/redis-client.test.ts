import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Clock } from '../../../src/core/ports.js'
import { type RedisClient, redisLink } from '../../../src/server/coordination/redis-link.js'
import { createProcesses, createTime } from '../../support/fake-redis.js'

const PROBE = 1_000

afterEach(() => vi.unstubAllGlobals())

const work = async (): Promise<string> => 'its own'

describe('an answer that was there in time', () => {
  it('counts where the process was too busy to read it before its time was up', async () => {
    const { clock } = createTime()
    const report = vi.fn()
    let answer = (_: unknown): void => {}
    const client: RedisClient = {
      eval: () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    }
    // Timers come first after such a while: that of the limit, and then what has arrived.
    const busy: Clock = {
      now: clock.now,
      monotonic: clock.monotonic,
      schedule: (delay, work) =>
        clock.schedule(delay, () => {
          work()
          if (delay === 500) answer('there')
        }),
    }
    const link = redisLink({ client, timeout: 500, clock: busy, report })
    const call = link.call({ script: '', keys: [], args: [] })
    await clock.settle()
    await clock.advance(500)
    await clock.advance(1)
    expect(await call).toEqual({ value: 'there' })
    expect(report).not.toHaveBeenCalled()
  })
})

describe('a client', () => {
  it('that is not connected is sent nothing, and used as soon as it is', async () => {
    const { clock, until, start } = createProcesses()
    const { client, coordinator, reports } = start()
    client.isReady = false
    await until(coordinator.once('key', work))
    expect([client.sent, reports.length]).toEqual([[], 1])
    client.isReady = true
    await clock.advance(PROBE)
    await until(coordinator.once('another', work))
    expect(client.sent).toEqual(['claim', 'settle'])
  })

  it.each([null, undefined, 'OK', 7, [], ['unheard-of', 'x', 1], { kind: 'mine' }])(
    'that answers %o costs nobody an answer',
    async (reply) => {
      const { until, start } = createProcesses()
      const client: RedisClient = { eval: async () => reply }
      const coordinator = start({ client })
      expect((await until(coordinator.once('key', work))).text).toBe('its own')
      await until(coordinator.end('session', 1_000))
      expect(await until(coordinator.ended('another'))).toBe(false)
    },
  )

  it('whose answer was there before the time was up is no outage, however late that is read', async () => {
    const { clock, until, start } = createProcesses()
    // A process that was blocked runs its timers first, and then reads what has come.
    const client: RedisClient = {
      eval: async () => {
        await Promise.resolve()
        await new Promise<void>((resolve) => void clock.schedule(500, resolve))
        return 1
      },
    }
    const { coordinator, reports } = start({ client })
    expect(await until(coordinator.ended('session'))).toBe(true)
    expect(reports).toEqual([])
  })

  it('that throws at once is an outage like others', async () => {
    const { until, start } = createProcesses()
    const client: RedisClient = {
      eval: () => {
        throw new Error('The client is closed')
      },
    }
    const { coordinator, reports } = start({ client })
    expect((await until(coordinator.once('key', work))).text).toBe('its own')
    expect(reports).toHaveLength(1)
  })

  it.each([
    () => {
      throw new Error('no logger')
    },
    () => Promise.reject(new Error('no logger')),
  ])('that fails does no harm when nobody can be told of it', async (report) => {
    const { until, start } = createProcesses()
    const { client, coordinator } = start({ report })
    client.fault = () => 'refuse'
    expect((await until(coordinator.once('key', work))).text).toBe('its own')
  })
})
