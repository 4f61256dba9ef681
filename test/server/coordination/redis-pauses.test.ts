import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createProcesses } from '../../support/fake-redis.js'

const SPAN = 10_000
const pause = { error: new AuthError('network', 'There was no answer.'), failures: 1 }

afterEach(() => vi.unstubAllGlobals())

/** Two processes, one of which has failed to reach the server, and what lies in Redis of it. */
async function withPause(wait: number) {
  const world = createProcesses()
  const [here, there] = [world.start().pauses, world.start().pauses]
  await world.until(here.pause('server', pause, wait))
  const [[key = '', entry] = []] = world.redis.entries
  const put = (value = entry?.value ?? ''): void => {
    world.redis.entries.set(key, { value, until: Number.POSITIVE_INFINITY })
  }
  const admit = async (pauses: typeof here) =>
    (await world.until(pauses.admit('server', SPAN))).type
  return { ...world, here, there, put, admit }
}

describe('a server that was left alone by all processes', () => {
  it('is asked again by all of them a moment after it has answered one', async () => {
    const { clock, until, here, there, admit } = await withPause(250)
    await clock.advance(250)
    expect(await admit(there)).toBe('probe')
    expect(await admit(here)).toBe('closed')
    await until(there.resume('server'))
    await clock.advance(250)
    expect(await admit(here)).toBe('open')
    expect(await admit(here)).toBe('open')
  })

  it('is not asked for by each call of a process that found it closed', async () => {
    const { redis, start, clock, until } = await withPause(60_000)
    const { client, pauses } = start()
    for (let call = 0; call < 100; call += 1) {
      await until(pauses.admit('server', SPAN))
      await clock.advance(10)
    }
    expect(redis.entries.size).toBe(1)
    expect(client.sent.length).toBeLessThanOrEqual(5)
  })
})

describe('a Redis that says nothing of a server', () => {
  it.each<readonly [string, unknown]>([
    ['nothing', null],
    ['a word', 'OK'],
    ['an empty list', []],
    ['what nobody knows', ['unheard-of', 'x', 1]],
  ])('leaves each process its own pauses: %s', async (_, reply) => {
    const world = createProcesses()
    const { pauses } = world.start({ client: { eval: async () => reply } })
    const admit = async () => (await world.until(pauses.admit('server', SPAN))).type
    expect(await admit()).toBe('open')
    await world.until(pauses.pause('server', pause, 250))
    expect(await admit()).toBe('closed')
  })

  it('by being down leaves each process its own pauses too', async () => {
    const world = createProcesses()
    const { client, pauses } = world.start()
    client.fault = () => 'refuse'
    expect((await world.until(pauses.admit('server', SPAN))).type).toBe('open')
    await world.until(pauses.pause('server', pause, 250))
    expect((await world.until(pauses.admit('server', SPAN))).type).toBe('closed')
  })
})

describe('a pause that somebody has put into Redis', () => {
  it('that cannot be read, and is as long as any, keeps nobody out', async () => {
    const { redis, clock, there, admit } = await withPause(250)
    const [[key = '', entry] = []] = redis.entries
    redis.entries.set(key, {
      value: 'what no password of ours has sealed',
      until: entry?.until ?? 0,
    })
    await clock.advance(100)
    expect(await admit(there)).toBe('open')
  })

  it('keeps nobody out for longer than any server may ask for', async () => {
    const { there, put, admit } = await withPause(250)
    put()
    expect(await admit(there)).toBe('open')
  })

  it('that cannot be read leaves each process its own: one tries, and its answer counts for all', async () => {
    const { clock, until, here, there, put, admit } = await withPause(250)
    put('what no password of ours has sealed')
    expect(await admit(there)).toBe('open')
    await clock.advance(250)
    expect(await admit(here)).toBe('probe')
    expect(await admit(here)).toBe('closed')
    await until(here.resume('server'))
    expect(await admit(here)).toBe('open')
  })
})
