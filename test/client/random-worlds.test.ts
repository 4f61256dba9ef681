import { describe, expect, it } from 'vitest'
import { AuthClient, AuthError, type Provider, type SessionUser } from '../../src/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { createAccountServer } from '../support/account-server.js'

/** Worlds per run; a failure names the seed, and `HOLDFAST_SEED` replays it alone. */
const WORLDS = 200
const STEPS = 25

/** Mulberry32: the same numbers for the same seed, everywhere. */
function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

/** A few tabs on a strict server and a bad network, every port's step delayed at random. */
function createRandomWorld(seed: number) {
  const random = chance(seed)
  const dawdle = async (): Promise<void> => {
    for (let turns = Math.floor(random() * 6); turns > 0; turns--) await Promise.resolve()
  }
  const browser = createFakeBrowser({ scheduler: dawdle, seed })
  const server = createAccountServer({ lifetime: 60_000 })
  const provider: Provider<{ readonly name: string }, SessionUser> = {
    ...server.provider,
    async refresh(token, context) {
      await dawdle()
      if (random() < 0.1) throw new AuthError('network', 'No answer.')
      const grant = await server.provider.refresh(token, context)
      await dawdle()
      return grant
    },
  }
  const pending: Promise<unknown>[] = []
  const settled = (work: Promise<unknown>): void => void pending.push(work.catch(() => null))

  function open() {
    const { storage, environment } = browser.tab()
    const auth = new AuthClient({ provider, storage, environment, storageKey: 'app' })
    const events: string[] = []
    auth.onAuthStateChange((event, _, detail) => {
      events.push('reason' in detail ? `${event} ${detail.reason}` : event)
    })
    return { auth, events }
  }
  const tabs = [open(), open(), open()]

  async function step(): Promise<void> {
    const { auth } = tabs[Math.floor(random() * tabs.length)] ?? open()
    const what = random()
    if (what < 0.3) settled(auth.getSession())
    else if (what < 0.55) settled(auth.refreshSession())
    else if (what < 0.65) settled(auth.signIn({ name: random() < 0.5 ? 'ada' : 'bob' }))
    else if (what < 0.7) settled(auth.signOut())
    else if (what < 0.8) await browser.clock.advance(Math.floor(random() * 70_000))
    else if (what < 0.83 && tabs.length < 6) tabs.push(open())
    else await dawdle()
    // Half of the calls overlap with those before; sign-ins and outs are told apart in time.
    if (what >= 0.55 || random() < 0.5) await browser.clock.settle()
  }
  return { browser, server, tabs, open, pending, step }
}

async function check(seed: number): Promise<number> {
  const { browser, server, tabs, open, pending, step } = createRandomWorld(seed)
  for (let i = 0; i < STEPS; i++) await step()
  let done = false
  Promise.all(pending).then(() => {
    done = true
  })
  for (let i = 0; i < 10; i++) await browser.clock.advance(60_000)

  const name = `seed ${seed}`
  expect(done, `${name}: every call has settled`).toBe(true)
  const sessions = tabs.map(({ auth }) => auth.getSnapshot().session)
  expect(new Set(sessions.map((s) => s?.user?.id)).size, `${name}: one account in all tabs`).toBe(1)
  expect(new Set(sessions.map((s) => s?.accessToken)).size, `${name}: one token`).toBe(1)
  for (const { events } of tabs) {
    expect(
      events.filter((e) => e === 'INITIAL_SESSION'),
      `${name}: initial once`,
    ).toHaveLength(1)
    expect(events[0], `${name}: initial first`).toBe('INITIAL_SESSION')
    expect(events.join(), `${name}: nobody loses a session`).not.toMatch(/rejected|cleared|expired/)
  }
  const next = open()
  await browser.clock.settle()
  const restored = next.auth.getSnapshot().session?.user?.id
  expect(restored, `${name}: storage says the same`).toBe(sessions[0]?.user?.id)
  for (const { auth } of [...tabs, next]) auth.dispose()
  expect(browser.clock.pending(), `${name}: no timer is left`).toBe(0)
  return server.sent.length
}

describe('random worlds on a strict server', () => {
  it('nobody is signed out, nobody is somebody else, and everything ends', async () => {
    const only = Number(process.env.HOLDFAST_SEED ?? 0)
    const seeds = only ? [only] : Array.from({ length: WORLDS }, (_, index) => index + 1)
    let requests = 0
    for (const seed of seeds) requests += await check(seed)
    // A world in which nothing is refreshed would prove nothing.
    expect(requests).toBeGreaterThan(seeds.length)
  }, 60_000)
})
