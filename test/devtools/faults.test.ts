import { afterEach, describe, expect, it, vi } from 'vitest'
import { clockWords, faultsOf } from '../../src/devtools/faults.js'
import { faultInjector } from '../../src/devtools/index.js'
import type { InspectedSurroundings } from '../../src/devtools/types.js'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import {
  createFakeBrowser,
  createManualClock,
  createScriptedGoTrue,
} from '../../src/testing/index.js'

const ADDRESS = 'https://auth.example/token'
const HOUR = 3_600_000

const ends: (() => void)[] = []

afterEach(() => {
  for (const end of ends.splice(0)) end()
  vi.unstubAllGlobals()
})

/** An injector over a network whose answers are counted. */
function createInjected(given: InspectedSurroundings = {}) {
  const clock = createManualClock()
  const sent: unknown[] = []
  const injected = faultInjector({
    fetch: async (...request) => {
      sent.push(request)
      return new Response('here')
    },
    environment: { clock },
    ...given,
  })
  const { fetch, environment } = injected
  const own = environment?.clock
  const faults = own && faultsOf(own)
  if (!fetch || !own || !faults) throw new Error('There is nothing injected.')
  return { clock, sent, fetch, own, faults, environment }
}

describe('a client with a fault injector', () => {
  it('is as it would be without, until somebody makes something go wrong', async () => {
    const { clock, sent, fetch, own } = createInjected()
    const init = { method: 'POST' }
    expect(await (await fetch(ADDRESS, init)).text()).toBe('here')
    expect(sent).toEqual([[ADDRESS, init]])
    await clock.advance(1_000)
    expect([own.now(), own.monotonic()]).toEqual([clock.now(), clock.monotonic()])
  })

  it('keeps whatever else its app has put into its environment', () => {
    const given = createFakeBrowser().tab().environment
    const { environment, own } = createInjected({ environment: given })
    expect(environment).toEqual({ ...given, clock: own })
    expect(own).not.toBe(given.clock)
  })

  it('takes a clock whose methods need their object', async () => {
    const clock = createManualClock()
    class Clock {
      #clock = clock
      now = (): number => this.#clock.now()
      monotonic(): number {
        return this.#clock.monotonic()
      }
      schedule(delay: number, task: () => void): () => void {
        return this.#clock.schedule(delay, task)
      }
    }
    const { own } = createInjected({ environment: { clock: new Clock() } })
    const { monotonic, schedule } = own
    const run = vi.fn()
    schedule(1_000, run)
    await clock.advance(1_000)
    expect(monotonic()).toBe(1_000)
    expect(run).toHaveBeenCalledOnce()
  })

  it('uses the platform’s fetch and clock where its app has none, as they are at each call', async () => {
    const { fetch, environment } = faultInjector()
    vi.stubGlobal('fetch', async () => new Response('wrapped since'))
    expect(await (await fetch?.(ADDRESS))?.text()).toBe('wrapped since')
    expect(Math.abs((environment?.clock?.now() ?? 0) - Date.now())).toBeLessThan(60_000)
  })
})

describe('a server', () => {
  it('out of reach is a broken network to fetch, and nothing is sent', async () => {
    const { sent, fetch, faults } = createInjected()
    faults.setNetwork('unreachable')
    await expect(fetch(ADDRESS)).rejects.toThrow(TypeError)
    expect(sent).toEqual([])
  })

  it('that goes out of reach takes the answers with it that are under way', async () => {
    let answer = (_: Response): void => {}
    const { fetch, faults } = createInjected({
      fetch: () =>
        new Promise((resolve) => {
          answer = resolve
        }),
    })
    const asked = fetch(ADDRESS)
    faults.setNetwork('unreachable')
    answer(new Response('lost'))
    await expect(asked).rejects.toThrow(TypeError)
  })

  it('that is down answers as a proxy before it does: 503, in no JSON', async () => {
    const { sent, fetch, faults } = createInjected()
    faults.setNetwork('unavailable')
    const answer = await fetch(ADDRESS)
    expect([answer.status, answer.headers.get('content-type')]).toEqual([503, 'text/html'])
    expect(sent).toEqual([])
  })

  it('that is slow answers four seconds late', async () => {
    const { clock, sent, fetch, faults } = createInjected()
    faults.setNetwork('slow')
    const settled = vi.fn()
    fetch(ADDRESS).then(settled)
    await clock.advance(3_999)
    expect(sent).toHaveLength(1)
    expect(settled).not.toHaveBeenCalled()
    await clock.advance(1)
    expect(settled).toHaveBeenCalledOnce()
  })

  it('that is slow keeps nobody who has given up', async () => {
    const { clock, fetch, faults } = createInjected()
    faults.setNetwork('slow')
    const abort = new AbortController()
    const asked = fetch(ADDRESS, { signal: abort.signal })
    const failed = expect(asked).rejects.toBe('enough')
    await clock.settle()
    abort.abort('enough')
    await failed
    expect(clock.pending()).toBe(0)
  })
})

describe('a clock', () => {
  it('moves its wall time alone: timers go on, as on a device', async () => {
    const { clock, own, faults } = createInjected()
    const run = vi.fn()
    own.schedule(1_000, run)
    faults.moveClock(3_600_000)
    await clock.settle()
    expect(run).not.toHaveBeenCalled()
    expect(own.now() - clock.now()).toBe(3_600_000)
    expect(own.monotonic()).toBe(clock.monotonic())
    faults.moveClock(-86_400_000)
    expect(own.now() - clock.now()).toBe(-82_800_000)
    faults.setRight()
    expect(own.now()).toBe(clock.now())
  })

  it.each([
    [0, 'clock right'],
    [3_600_000, 'clock 1 h fast'],
    [-86_400_000, 'clock 1 d slow'],
    [-82_800_000, 'clock 23 h slow'],
  ])('that is %i ms ahead is said to be: %s', (skew, words) => {
    expect(clockWords(skew)).toBe(words)
  })
})

describe('a client whose clock is moved', () => {
  /** Ada, signed in with a token of two hours. */
  async function signIn() {
    const clock = createManualClock()
    const users = [{ email: 'ada@example.com', password: 'secret-1' }]
    const server = createScriptedGoTrue({ clock, users, accessTokenLifetime: 2 * HOUR })
    const { fetch, environment } = faultInjector({ fetch: server.fetch, environment: { clock } })
    const auth = new AuthClient({
      provider: gotrue({ url: 'https://auth.example/auth/v1', fetch, now: clock.now }),
      storage: memoryStorage(),
      environment,
    })
    ends.push(() => auth.dispose())
    await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
    /** Moves the clock, and asks for the session, as the panel does. */
    const move = async (ms: number): Promise<void> => {
      if (environment?.clock) faultsOf(environment.clock)?.moveClock(ms)
      await auth.getSession()
    }
    return { clock, move, refreshes: () => server.count('refresh_token') }
  }

  it('an hour ahead refreshes an hour earlier', async () => {
    const { clock, move, refreshes } = await signIn()
    await clock.settle()
    const due = clock.untilNext()
    await move(HOUR)
    expect(clock.untilNext()).toBe(due - HOUR)
    await clock.advance(due - HOUR - 1)
    expect(refreshes()).toBe(0)
    await clock.advance(1)
    expect(refreshes()).toBe(1)
  })

  it('a day behind keeps no token longer', async () => {
    const { clock, move, refreshes } = await signIn()
    await clock.settle()
    const due = clock.untilNext()
    await move(-24 * HOUR)
    await clock.advance(due)
    expect(refreshes()).toBe(1)
  })
})
