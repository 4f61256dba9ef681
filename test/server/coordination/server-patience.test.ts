import { describe, expect, it, vi } from 'vitest'
import { AuthError, isAuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Pauses } from '../../../src/server/coordination/pauses.js'
import { createServerPatience } from '../../../src/server/coordination/server-patience.js'
import { turns } from '../../contracts/contract.js'

const TIMEOUT = 10_000
const lost = () => new AuthError('network', 'There was no answer.')
const broken = () => new AuthError('server_error', 'It failed.', { status: 500 })

/** An auth server that answers by hand, and its time. */
function createWorld(shared?: Pauses) {
  const clock = { time: 1_700_000_000_000 }
  const now = () => clock.time
  const pauses = shared ?? memoryCoordinator({ now }).pauses
  const state = { sent: 0, answer: async (_session: string): Promise<string> => 'new tokens' }
  const join = () => {
    const patience = createServerPatience({ pauses, name: 'server', timeout: TIMEOUT, now })
    return (session = 'ada', person = session) =>
      patience.attempt({ session, person }, () => {
        state.sent += 1
        return state.answer(session)
      })
  }
  return { clock, pauses, state, join, ask: join() }
}

/** What a call comes to: its result, or the code of its error and when to come again. */
const outcome = (call: Promise<string>) =>
  call.catch((error: unknown) => {
    if (!isAuthError(error)) throw error
    return `${error.code} ${error.retryAfter ?? ''}`.trim()
  })

/** Asks again and again, for so many ms, once in `every`; for each of these people. */
async function during(
  { clock, state, ask }: ReturnType<typeof createWorld>,
  { ms, every, people }: { ms: number; every: number; people: readonly string[] },
): Promise<number> {
  const before = state.sent
  for (let at = 0; at < ms; at += every) {
    for (const person of people) await outcome(ask(person))
    clock.time += every
  }
  return state.sent - before
}

describe('a request that may be sent once more', () => {
  /** Asks, and again where that is allowed. */
  const twice = ({ clock, pauses, state }: ReturnType<typeof createWorld>) => {
    const now = () => clock.time
    const patience = createServerPatience({ pauses, name: 'server', timeout: TIMEOUT, now })
    const send = () => {
      state.sent += 1
      return state.answer('ada')
    }
    return outcome(
      patience.attempt({ session: 'ada', person: 'ada' }, ({ mayRepeat }) =>
        send().catch(async (error: unknown) => {
          if (await mayRepeat()) return send()
          throw error
        }),
      ),
    )
  }

  it('is, where nothing was known against the server', async () => {
    const world = createWorld()
    world.state.answer = async () => {
      if (world.state.sent === 1) throw lost()
      return 'new tokens'
    }
    expect(await twice(world)).toBe('new tokens')
    expect(world.state.sent).toBe(2)
    // And nobody has to wait for it.
    expect(await outcome(world.ask('bob'))).toBe('new tokens')
  })

  it('is not by whoever tries for all whether the server is well again', async () => {
    const world = createWorld()
    world.state.answer = () => Promise.reject(lost())
    await twice(world)
    expect(world.state.sent).toBe(2)
    world.clock.time += 1_000
    await twice(world)
    expect(world.state.sent).toBe(3)
  })

  it('is waited for by all where it is to try for them by then', async () => {
    const { clock, pauses } = createWorld()
    const now = () => clock.time
    const patience = createServerPatience({ pauses, name: 'server', timeout: TIMEOUT, now })
    let answer = (_: string): void => {}
    const first = patience.attempt({ session: 'ada', person: 'ada' }, async ({ mayRepeat }) => {
      // Another process has found that the server fails, and the pause is over.
      await pauses.pause('server', { error: lost(), failures: 1 }, 0)
      expect(await mayRepeat()).toBe(true)
      return new Promise<string>((resolve) => {
        answer = resolve
      })
    })
    await turns()
    const other = outcome(
      patience.attempt({ session: 'bob', person: 'bob' }, async () => 'new tokens'),
    )
    await turns()
    answer('new tokens')
    expect([await first, await other]).toEqual(['new tokens', 'new tokens'])
  })

  it('keeps nobody from the server where pauses are slow, and it is over when it is to try for all', async () => {
    const { clock, pauses, state, ask } = createWorld()
    const slow = { admit: pauses.admit }
    const now = () => clock.time
    const patience = createServerPatience({
      pauses: { ...pauses, admit: (...asked) => slow.admit(...asked) },
      ...{ name: 'server', timeout: TIMEOUT, now },
    })
    let release = (): void => {}
    let repeats: Promise<boolean> | undefined
    const late = patience.attempt({ session: 'ada', person: 'ada' }, async ({ mayRepeat }) => {
      slow.admit = async (...asked) => {
        await new Promise<void>((resolve) => {
          release = resolve
        })
        return pauses.admit(...asked)
      }
      repeats = mayRepeat()
      throw lost()
    })
    expect(await outcome(late)).toBe('network')
    clock.time += 250
    release()
    expect(await repeats).toBe(false)
    clock.time += 250
    state.answer = async () => 'new tokens'
    expect(await outcome(ask('bob'))).toBe('new tokens')
  })

  it('is not where another process has found meanwhile that the server fails', async () => {
    const world = createWorld()
    world.state.answer = async () => {
      const pause = { error: lost(), failures: 1 }
      await world.pauses.pause('server', pause, 250)
      throw lost()
    }
    await twice(world)
    expect(world.state.sent).toBe(1)
  })
})

const crowd = Array.from({ length: 50 }, (_, index) => `person ${index}`)

describe('an auth server that fails', () => {
  it.each([
    ['is not to be reached', lost],
    [
      'is behind a gateway that says 502',
      () => new AuthError('bad_response', 'x', { status: 502 }),
    ],
    ['says that it is unavailable', () => new AuthError('server_error', 'x', { status: 503 })],
  ])('sees one request at a time, ever more rarely, while it %s', async (_, error) => {
    const world = createWorld()
    world.state.answer = () => Promise.reject(error())
    expect(await during(world, { ms: 60_000, every: 50, people: crowd })).toBe(8)
  })

  it('is left alone for as long as it asked', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () =>
      Promise.reject(new AuthError('rate_limited', 'x', { status: 429, retryAfter: 30_000 }))
    expect(await outcome(ask())).toBe('rate_limited 30000')
    clock.time += 29_000
    expect(await outcome(ask('bob'))).toBe('rate_limited 1000')
    expect(state.sent).toBe(1)
    clock.time += 1_000
    await outcome(ask('bob'))
    expect(state.sent).toBe(2)
  })

  it('costs those who come in its pause no time: they hear at once what it said, and when to come again', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(new AuthError('network', 'x', { serverCode: 'reset' }))
    await outcome(ask())
    clock.time += 100
    await expect(ask('bob')).rejects.toMatchObject({
      code: 'network',
      serverCode: 'reset',
      retryable: true,
      retryAfter: 150,
    })
  })

  it('has words for one person that no other hears of', async () => {
    const { clock, state, ask } = createWorld()
    const words = 'Too many requests for ada@example.test.'
    state.answer = () => Promise.reject(new AuthError('rate_limited', words, { status: 429 }))
    const heard = await ask().catch((error: unknown) => error)
    expect(heard).toMatchObject({ message: words })
    clock.time += 100
    const error = await ask('bob').catch((error: unknown) => error)
    expect(isAuthError(error, 'rate_limited') && error.message).not.toContain('ada')
    expect(error).toMatchObject({ status: 429 })
  })

  it('is asked by one of many when its pause is over; the others wait for what comes of that', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(lost())
    await outcome(ask())
    clock.time += 250
    let answer = (_: string): void => {}
    state.answer = () =>
      new Promise((resolve) => {
        answer = resolve
      })
    const probe = outcome(ask('bob'))
    const others = crowd.map((person) => outcome(ask(person)))
    await expect.poll(() => state.sent).toBe(2)
    state.answer = async () => 'new tokens'
    answer('new tokens')
    expect(await probe).toBe('new tokens')
    expect(new Set(await Promise.all(others))).toEqual(new Set(['new tokens']))
  })

  it('fails all who waited for the one that tried, when that fails', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(lost())
    await outcome(ask())
    clock.time += 250
    const told = await Promise.all(crowd.map((person) => outcome(ask(person))))
    expect(new Set(told)).toEqual(new Set(['network', 'network 500']))
    expect(state.sent).toBe(2)
  })

  it('keeps nobody waiting for longer than two seconds by one that hangs', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(lost())
    await outcome(ask())
    clock.time += 250
    state.answer = () => new Promise(() => {})
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      void ask('bob')
      const told = outcome(ask('cleo'))
      await vi.advanceTimersByTimeAsync(2_000)
      expect(await told).toBe(`network ${TIMEOUT}`)
      expect(vi.getTimerCount()).toBe(0)
    } finally {
      vi.useRealTimers()
    }
  })

  it('is asked by somebody else when the one who tried never came back', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(lost())
    await outcome(ask())
    clock.time += 250
    state.answer = () => new Promise(() => {})
    void ask('bob')
    await expect.poll(() => state.sent).toBe(2)
    state.answer = async () => 'new tokens'
    clock.time += TIMEOUT
    expect(await outcome(ask('cleo'))).toBe('new tokens')
  })

  it('serves everybody again after one answer, also after one that refuses', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(lost())
    for (const person of crowd.slice(0, 5)) {
      await outcome(ask(person))
      clock.time += 20_000
    }
    state.answer = async () => {
      throw new AuthError('refresh_rejected', 'This session is over.')
    }
    expect(await outcome(ask('bob'))).toBe('refresh_rejected')
    state.answer = async () => 'new tokens'
    expect(await Promise.all(crowd.map((person) => outcome(ask(person))))).toEqual(
      crowd.map(() => 'new tokens'),
    )
  })

  it('is not known to be well by a mistake of ours, which keeps others out for no longer than a moment', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(lost())
    await outcome(ask())
    clock.time += 250
    state.answer = () => Promise.reject(new AuthError('invalid_argument', 'x'))
    await outcome(ask('bob'))
    expect(await outcome(ask('cleo'))).toBe('network 250')
    clock.time += 250
    expect(await outcome(ask('cleo'))).toBe('invalid_argument')
    state.answer = () => Promise.reject(lost())
    clock.time += 250
    await outcome(ask('dora'))
    // The failures before still count.
    expect(await outcome(ask('emil'))).toBe('network 500')
  })

  it('is one, whichever process asks', async () => {
    const world = createWorld()
    const others = [world.join(), world.join()]
    world.state.answer = () => Promise.reject(lost())
    await outcome(world.ask())
    for (const other of others) expect(await outcome(other())).toBe('network 250')
    expect(world.state.sent).toBe(1)
  })

  it('is asked at once where the clock was set back: no pause lasts for ever', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = () => Promise.reject(new AuthError('rate_limited', 'x', { retryAfter: 60_000 }))
    await outcome(ask())
    clock.time -= 3_600_000
    state.answer = async () => 'new tokens'
    expect(await outcome(ask())).toBe('new tokens')
  })
})

describe('a session that fails alone', () => {
  const onlyAda = async (session: string): Promise<string> => {
    if (session === 'ada') throw broken()
    return 'new tokens'
  }

  it('is asked for ever more rarely, and keeps nobody else out', async () => {
    const world = createWorld()
    world.state.answer = onlyAda
    expect(await during(world, { ms: 60_000, every: 50, people: ['ada'] })).toBeLessThanOrEqual(9)
    for (const person of crowd) expect(await outcome(world.ask(person))).toBe('new tokens')
  })

  it('keeps nobody out who comes after an outage, though it asks first', async () => {
    const world = createWorld()
    world.state.answer = () => Promise.reject(lost())
    await during(world, { ms: 60_000, every: 1_000, people: ['ada', 'bob'] })
    world.state.answer = onlyAda
    // Within the longest pause, and one more.
    const waited: string[] = []
    for (let at = 0; at < 60_000; at += 500) {
      await outcome(world.ask('ada'))
      waited.push(await outcome(world.ask('bob')))
      world.clock.time += 500
    }
    expect(waited.at(-1)).toBe('new tokens')
    expect(waited.indexOf('new tokens')).toBeLessThan(65)
  })

  it('keeps nobody out where a hook of the server takes too long for it', async () => {
    const { state, ask } = createWorld()
    state.answer = async (session) => {
      if (session === 'ada') throw new AuthError('server_error', 'x', { status: 504 })
      return 'new tokens'
    }
    await outcome(ask('ada'))
    expect(await outcome(ask('bob'))).toBe('new tokens')
  })

  it('is no server that fails, however many sessions that person has', async () => {
    const world = createWorld()
    world.state.answer = (session) =>
      session.startsWith('ada') ? Promise.reject(broken()) : Promise.resolve('new tokens')
    for (let device = 0; device < 50; device += 1) await outcome(world.ask(`ada ${device}`, 'ada'))
    expect(await outcome(world.ask('bob'))).toBe('new tokens')
  })

  it('keeps nobody out for longer than a moment, though the server seems down for that person’s sake', async () => {
    const world = createWorld()
    world.state.answer = (session) =>
      session.startsWith('ada')
        ? Promise.reject(new AuthError('server_error', 'Her hook takes too long.', { status: 504 }))
        : Promise.resolve('new tokens')
    let served = 0
    for (let at = 0; at < 60_000; at += 50) {
      // She is always the first to come.
      for (let device = 0; device < 5; device += 1) await outcome(world.ask(`ada ${device}`, 'ada'))
      if ((await outcome(world.ask('bob'))) === 'new tokens') served += 1
      world.clock.time += 50
    }
    expect(served).toBeGreaterThan(1_000)
  })

  it('is one of several, with no answer in between: then it is the server that fails', async () => {
    const world = createWorld()
    world.state.answer = () => Promise.reject(broken())
    expect(await during(world, { ms: 60_000, every: 50, people: crowd })).toBeLessThan(15)
  })

  it('is asked for again at once after a success', async () => {
    const { clock, state, ask } = createWorld()
    state.answer = onlyAda
    await outcome(ask())
    clock.time += 500
    state.answer = async () => 'new tokens'
    expect(await outcome(ask())).toBe('new tokens')
    expect(await outcome(ask())).toBe('new tokens')
  })
})

describe('a mistake in the settings, which refuses everybody', () => {
  it('is found to be mended within half a minute', async () => {
    const world = createWorld()
    const refused = () =>
      Promise.reject(new AuthError('rejected', 'x', { status: 401, retryable: true }))
    world.state.answer = refused
    await during(world, { ms: 600_000, every: 5_000, people: crowd })
    world.state.answer = async () => 'new tokens'
    world.clock.time += 30_000
    expect(await outcome(world.ask('somebody new'))).toBe('new tokens')
  })
})
