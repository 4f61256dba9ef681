import { afterEach, describe, expect, it, vi } from 'vitest'
import { createProcesses } from '../../support/fake-redis.js'

const SECOND = 1_000
const MINUTE = 60_000

afterEach(() => vi.unstubAllGlobals())

describe('an outage of Redis is one line in the log', () => {
  it('whose last command fails when others have worked again', async () => {
    const { clock, until, start } = createProcesses()
    const { client, coordinator, reports } = start()
    client.fault = () => 'lose'
    const slow = coordinator.ended('session')
    await clock.advance(400)
    const slower = coordinator.end('session', MINUTE)
    await until(slow)
    client.fault = () => null
    await until(coordinator.end('another', MINUTE))
    await until(slower)
    expect(reports).toHaveLength(1)
  })

  it('that begins again within a minute, and another one after that', async () => {
    const { clock, until, start } = createProcesses()
    const { client, coordinator, reports } = start()
    for (const [pause, lines] of [
      [MINUTE / 2, 1],
      [MINUTE - 2 * SECOND, 1],
      [MINUTE, 2],
    ] as const) {
      client.fault = () => null
      await until(coordinator.end('session', MINUTE))
      await clock.advance(pause)
      client.fault = () => 'refuse'
      await until(coordinator.end('session', MINUTE))
      if (reports.length === 0) await until(coordinator.end('session', MINUTE))
      expect(reports).toHaveLength(lines)
    }
  })
})

describe('when something was ended, while Redis does not answer', () => {
  it('is an error to whoever has to know it of all processes, and unknown to all others', async () => {
    const { until, start } = createProcesses()
    const [here, there] = [start(), start()]
    await until(here.coordinator.end('bound', MINUTE))
    for (const { client } of [here, there]) client.fault = () => 'refuse'
    const failure = there.coordinator.endedAt('bound', { everywhere: true }).catch((error) => error)
    expect(await until(failure)).toMatchObject({ code: 'storage', retryable: true })
    expect(await until(there.coordinator.endedAt('bound'))).toBeNull()
    expect(await until(there.coordinator.ended('bound'))).toBe(false)
    // What this process knows by itself needs no other.
    expect(await until(here.coordinator.endedAt('bound', { everywhere: true }))).toEqual(
      expect.any(Number),
    )
  })

  it('is no error where Redis says that it never was', async () => {
    const { until, start } = createProcesses()
    const { coordinator } = start()
    expect(await until(coordinator.endedAt('bound', { everywhere: true }))).toBeNull()
  })
})
