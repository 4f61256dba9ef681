import { createClient } from 'redis'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { PASSWORD } from '../support/fake-redis.js'
import { type Desk, openDesk } from './desk.js'
import { createProcesses, type Process, type Processes } from './process.js'
import { type RedisServer, startRedis } from './server.js'

/**
 * More than a winner and Redis need on a machine that is busy with all these processes, in ms. What
 * exactly happens when they are over is told by unit tests, by a clock that is not real.
 */
const TERM = 8_000
const TIMEOUT = 4_000

let desk: Desk
let redis: RedisServer
let processes: Processes
let four: readonly Process[]

const times = { term: TERM, timeout: TIMEOUT }
const start = (): Promise<Process> =>
  processes.start({ redis: redis.url, desk: desk.url, password: PASSWORD, ...times })

/** Calls of all four together; their answers. */
async function askAll(token: string, calls = 250): Promise<string[]> {
  const done = await Promise.all(four.map((process) => process.ask(token, { calls })))
  return done.flatMap(({ answers }) => answers)
}

const outages = (): number[] => four.map((process) => process.outages.length)

beforeAll(async () => {
  desk = await openDesk()
  redis = await startRedis()
  processes = await createProcesses()
})
beforeEach(async () => {
  four = await Promise.all([start(), start(), start(), start()])
})
afterEach(async () => {
  desk.status = 200
  await Promise.allSettled(four.map((process) => process.leave()))
})
afterAll(async () => {
  await processes?.close()
  await redis?.close()
  await desk?.close()
})

describe('four processes with one Redis', () => {
  it('work once for a thousand calls that come together', async () => {
    const open = desk.hold()
    const calls = askAll('thousand')
    await desk.begun('thousand')
    open()
    const answers = await calls
    expect(answers).toHaveLength(1_000)
    expect(new Set(answers)).toEqual(new Set(['token-of-thousand-1']))
    expect(desk.runs('thousand')).toHaveLength(1)
    expect(outages()).toEqual([0, 0, 0, 0])
  })

  it('work once for each of a hundred keys, asked for ten times in each process', async () => {
    const tokens = Array.from({ length: 100 }, (_, index) => `many-${index}`)
    await Promise.all(tokens.map((token) => askAll(token, 10)))
    expect(tokens.filter((token) => desk.runs(token).length !== 1)).toEqual([])
  })

  it('give the result to one that starts after the winner has gone', async () => {
    const [winner] = four
    await winner?.ask('later')
    winner?.kill()
    const { answers } = await (await start()).ask('later')
    expect(answers).toEqual(['token-of-later-1'])
  })

  it('hear of a failure once, and try anew after it', async () => {
    desk.status = 503
    const open = desk.hold()
    const calls = askAll('failing')
    await desk.begun('failing')
    // All must be waiting before it fails.
    await Promise.all(four.map((process) => process.ask('other', { calls: 0, ended: 'nobody' })))
    open()
    expect(new Set(await calls)).toEqual(new Set(['server_error 503']))
    expect(desk.runs('failing')).toHaveLength(1)
    desk.status = 200
    expect(new Set(await askAll('failing'))).toEqual(new Set(['token-of-failing-2']))
  })

  it('take over from a winner that is killed in the middle, when its term is over', async () => {
    const open = desk.hold()
    const calls = Promise.allSettled(four.map((process) => process.ask('killed', { calls: 250 })))
    await desk.begun('killed')
    const [victim] = desk.runs('killed')
    four.find(({ pid }) => pid === victim)?.kill()
    await desk.begun('killed', 2)
    open()
    const answers = (await calls).flatMap((result) =>
      result.status === 'fulfilled' ? result.value.answers : [],
    )
    expect(answers).toHaveLength(750)
    expect(new Set(answers)).toEqual(new Set(['token-of-killed-2']))
    expect(desk.runs('killed')).toHaveLength(2)
  })

  it('are one client to a server that fails, and all are served when it is well', async () => {
    desk.status = 503
    const [first] = four
    await first?.ask('patient-first', { patient: true })
    // Four processes, each with requests of people of its own, for two seconds.
    const until = Date.now() + 2_000
    const busy = async (process: Process, index: number): Promise<void> => {
      for (let round = 0; Date.now() < until; round += 1) {
        await process.ask(`patient-${index}-${round}`, { patient: true })
      }
    }
    await Promise.all(four.map(busy))
    // Pauses of 250, 500, 1000 and 2000 ms: a slow machine sees fewer, and none more.
    const during = desk.all().filter((key) => key.startsWith('patient-')).length
    expect(during).toBeGreaterThan(1)
    expect(during).toBeLessThanOrEqual(4)
    desk.status = 200
    const served = async (process: Process, index: number): Promise<boolean> => {
      for (let round = 0; round < 200; round += 1) {
        const { answers } = await process.ask(`well-${index}-${round}`, { patient: true })
        if (answers[0]?.startsWith('token-of-')) return true
        await new Promise((resolve) => setTimeout(resolve, 100))
      }
      return false
    }
    expect(await Promise.all(four.map(served))).toEqual([true, true, true, true])
  })

  it('know of a sign-out in another of them', async () => {
    const [here, there] = four
    await here?.ask('sign-out', { calls: 0, end: 'session-of-ada' })
    const told = await there?.ask('sign-out', { calls: 0, ended: 'session-of-ada' })
    const other = await there?.ask('sign-out', { calls: 0, ended: 'session-of-bob' })
    expect([told?.ended, other?.ended]).toEqual([true, false])
  })

  it('end by themselves when they are done', async () => {
    const process = await start()
    await process.ask('ending')
    expect(await process.leave()).toBe(0)
  })
})

describe('a Redis that four processes share', () => {
  /** Works again for all, sooner or later: a new key is worked on once. */
  async function recovered(name: string): Promise<boolean> {
    for (let round = 0; round < 20; round++) {
      const token = `${name}-${round}`
      await askAll(token, 10)
      if (desk.runs(token).length === 1) return true
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
    return false
  }

  it.each([
    ['stops', () => redis.pause(), () => redis.resume()],
    ['dies', () => redis.kill(), () => redis.start()],
  ])('costs nobody an answer when it %s in the middle', async (name, fail, heal) => {
    const open = desk.hold()
    const calls = askAll(name)
    await desk.begun(name)
    await fail()
    // Those who wait notice; the winner does when it is done.
    await desk.begun(name, 4)
    open()
    const answers = await calls
    expect(answers).toHaveLength(1_000)
    expect(new Set(answers.map((text) => text.slice(0, -2)))).toEqual(new Set([`token-of-${name}`]))
    // Each process works once, and that is all.
    expect(desk.runs(name)).toHaveLength(4)
    const during = await Promise.all(four.map((process) => process.ask(`${name}-during`)))
    const alone = during.flatMap(({ answers }) => answers.map((text) => text.slice(0, -2)))
    expect(new Set(alone)).toEqual(new Set([`token-of-${name}-during`]))
    expect(outages()).toEqual([1, 1, 1, 1])
    await heal()
    expect(await recovered(name)).toBe(true)
    expect(outages()).toEqual([1, 1, 1, 1])
  })

  it('never sees a token, a result, a failure or a session id', async () => {
    const monitor = await redis.monitor()
    const [here, there] = four
    await here?.ask('secret', { calls: 10, end: 'secret-session' })
    await there?.ask('secret', { ended: 'secret-session' })
    desk.status = 503
    await here?.ask('secret-failure')
    const client = await createClient({ url: redis.url }).connect()
    const keys = await client.keys('*')
    const read = async (key: string): Promise<string | null> =>
      (await client.type(key)) === 'stream'
        ? JSON.stringify(await client.xRange(key, '-', '+'))
        : client.get(key)
    const values = await Promise.all(keys.map(read))
    client.destroy()
    monitor.close()
    const seen = [monitor.text(), ...keys, ...values].join('\n')
    expect(keys.map((key) => key.slice(0, 'holdfast:r'.length))).toContain('holdfast:r')
    // What is looked at is what was sent.
    expect(seen).toContain('Fe26.2*')
    expect(monitor.text()).toMatch(/"eval"|"EVAL"/)
    expect(seen).not.toMatch(/secret|token-of|desk fails/i)
  })
})
