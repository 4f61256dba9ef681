import { afterEach, describe, expect, it, vi } from 'vitest'
import { createProcesses } from '../../support/fake-redis.js'

afterEach(() => vi.unstubAllGlobals())

/** Two processes, and what the second heard of the end of a name. */
async function createTwo() {
  const world = createProcesses()
  const [here, there] = [world.start(), world.start()]
  const heard: string[] = []
  const listen = (name: string) => world.until(there.watch([name], () => void heard.push(name)))
  return { ...world, here, there, heard, listen }
}

describe('a process that waits for ends', () => {
  it('hears of one when it is there to be looked up, however slow Redis is with it', async () => {
    const { here, there, until, clock } = await createTwo()
    const found: boolean[] = []
    await until(
      there.watch(['session'], () => void there.ended('session').then((is) => found.push(is))),
    )
    here.client.fault = (kind) => (kind === 'end' ? { late: 300 } : null)
    await until(here.end('session', 60_000))
    await clock.advance(1_000)
    expect(found).toEqual([true])
  })

  it('hears of all of many that come together', async () => {
    const { here, heard, listen, until, clock } = await createTwo()
    const names = Array.from({ length: 2_300 }, (_, index) => `session ${index}`)
    await Promise.all(['session 0', 'session 1100', 'session 2299'].map(listen))
    await until(Promise.all(names.map((name) => here.end(name, 60_000))))
    await clock.advance(1_000)
    expect([...heard].sort()).toEqual(['session 0', 'session 1100', 'session 2299'])
  })

  it('asks once in half a second, however many wait, and not at all when nobody does', async () => {
    const { there, listen, clock } = await createTwo()
    const stops = await Promise.all(Array.from({ length: 50 }, (_, index) => listen(`${index}`)))
    there.client.sent.length = 0
    await clock.advance(5_000)
    expect(there.client.sent).toEqual(Array.from({ length: 10 }, () => 'hear'))
    for (const stop of stops) stop()
    await clock.advance(1_000)
    there.client.sent.length = 0
    await clock.advance(60_000)
    expect([there.client.sent, clock.pending()]).toEqual([[], 0])
    await listen('again')
    expect(there.client.sent).toEqual(['hear'])
  })

  it('hears of its own at once, also while Redis is down', async () => {
    const { there, heard, listen, until } = await createTwo()
    await listen('session')
    there.client.fault = () => 'refuse'
    const ending = there.end('session', 60_000)
    await until(ending)
    expect(heard).toEqual(['session'])
  })

  it('hears after an outage what came to pass in it', async () => {
    const { here, there, heard, listen, until, clock } = await createTwo()
    await listen('session')
    there.client.fault = () => 'refuse'
    await until(here.end('session', 60_000))
    await clock.advance(10_000)
    expect(heard).toEqual([])
    there.client.fault = () => null
    await clock.advance(3_000)
    expect(heard).toEqual(['session'])
  })

  it('goes on after what somebody else has put there', async () => {
    const { here, there, listen, heard, redis, until, clock } = await createTwo()
    await listen('session')
    for (const id of ['', 'garbage', '1-2; DROP']) redis.feed.push({ id, name: 'another' })
    await clock.advance(2_000)
    await until(here.end('session', 60_000))
    await clock.advance(1_000)
    expect([heard, there.reports]).toEqual([['session'], []])
  })
})

describe('an end that is to count everywhere', () => {
  it('is an error while Redis is down, and counts here', async () => {
    const { here, there, until } = await createTwo()
    here.client.fault = () => 'refuse'
    const failed = until(here.end('session', 60_000, { everywhere: true }))
    await expect(failed).rejects.toMatchObject({ code: 'storage', retryable: true })
    expect(await until(here.ended('session'))).toBe(true)
    expect(await until(there.ended('session'))).toBe(false)
  })
})
