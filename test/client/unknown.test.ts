import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError, onUserChange } from '../../src/index.js'
import { createCookieWorld, grantOf, outage } from '../support/cookie-world.js'
import { createWorld, DAY, HOUR } from '../support/world.js'

const MINUTE = 60_000

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A tab in which nobody knows who is signed in, as the server cannot be asked. */
async function unsure() {
  const world = createCookieWorld()
  world.jar.answer = outage
  const opened = world.open()
  await world.clock.advance(100)
  expect(opened.auth.getSnapshot()).toMatchObject({ status: 'signed-out', unknown: true })
  return { ...world, ...opened }
}

describe('storage that is found empty and cannot be read afterwards', () => {
  it.each(['hangs', 'throws'] as const)('holds no refresh up: it %s', async (how) => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn()
    const { clock, browser, server } = world
    tab.hide()
    await clock.advance(2 * HOUR)
    browser.storage.entries.clear()
    tab.focus()
    await clock.advance(500)
    if (how === 'hangs') browser.storage.hangReads(true)
    else browser.storage.block(true)
    const answers: unknown[] = []
    auth.getSession().then(
      (session) => answers.push(session?.accessToken),
      (error) => answers.push(error),
    )
    // In the background timers come once a minute, also those that end a wait.
    await clock.advance(12 * MINUTE)
    expect(answers).toEqual(['access-2'])
    expect(server.sent).toEqual(['refresh-1'])
  })

  it('and then shows the old token again has not made it younger', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada', { autoRefresh: false })
    const { clock, browser, server } = world
    await clock.advance(50 * MINUTE)
    const copy = [...browser.storage.entries]
    browser.storage.entries.clear()
    tab.focus()
    await clock.advance(2_000)
    tab.focus()
    await clock.advance(500)
    expect(auth.getSnapshot().status).toBe('signed-out')
    for (const [key, text] of copy) browser.storage.entries.set(key, text)
    tab.focus()
    await clock.advance(15 * MINUTE)
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect(server.sent).toEqual(['refresh-1'])
  })
})

describe('where nobody knows who is signed in', () => {
  it('a sign-out outlives the answer to a question that is on its way', async () => {
    const { auth, events, jar, asked, clock, server } = await unsure()
    let answer = (_: ReturnType<typeof grantOf>): void => {}
    jar.answer = () => new Promise((resolve) => (answer = resolve))
    const { length } = asked
    while (asked.length === length) await clock.advance(100)
    const left = auth.signOut()
    await clock.advance(100)
    answer(grantOf('ada', 's1'))
    await left
    await clock.advance(MINUTE)
    expect(auth.getSnapshot()).toMatchObject({ status: 'signed-out', error: null })
    expect(events).toEqual(['INITIAL_SESSION -'])
    expect(server.revoked).toEqual(['local access-s1-1'])
  })

  it('a sign-out outlives a look into storage that is on its way', async () => {
    const world = createCookieWorld()
    const { clock, browser } = world
    world.jar.answer = () => grantOf('ada', 's1')
    const earlier = world.open()
    await clock.advance(100)
    earlier.tab.crash()
    const { entries } = browser.storage
    const later = (ms: number) => new Promise<void>((resolve) => clock.schedule(ms, resolve))
    for (let at = 0; at <= 100; at += 10) {
      const before = new Map(entries)
      world.jar.answer = outage
      browser.storage.block(true)
      const { auth, tab } = world.open({
        storage: {
          async get(key) {
            await later(20)
            return tab.storage.get(key)
          },
          set: (key, text) => later(20).then(() => void entries.set(key, text)),
          remove: (key) => later(20).then(() => void entries.delete(key)),
        },
      })
      await clock.advance(200)
      expect(auth.getSnapshot()).toMatchObject({ unknown: true })
      browser.storage.block(false)
      tab.focus()
      await clock.advance(at)
      await Promise.all([auth.signOut(), clock.advance(1_000)])
      await clock.advance(MINUTE)
      expect(auth.getSnapshot().status).toBe('signed-out')
      tab.crash()
      entries.clear()
      for (const [key, text] of before) entries.set(key, text)
    }
  })

  it('a sign-out from all devices says that it cannot be done', async () => {
    const { auth } = await unsure()
    await expect(auth.signOut({ scope: 'global' })).rejects.toMatchObject({ code: 'network' })
  })

  it.each([
    ['cannot be reached', outage],
    [
      'refuses to tell',
      () => {
        throw new AuthError('rejected', 'Not from here.', { status: 403 })
      },
    ],
  ])('a page that a server rendered stays as it is: the server %s', async (_, refuse) => {
    const world = createCookieWorld()
    world.jar.answer = refuse
    const { auth } = world.open()
    const told: unknown[] = []
    onUserChange(auth, 'ada', (session) => told.push(session))
    await world.clock.advance(10 * MINUTE)
    auth.dispose()
    await world.clock.settle()
    expect(told).toEqual([])
  })

  it('a page asks again as soon as another one tells of a change', async () => {
    const { auth, jar, clock, open } = await unsure()
    const told: unknown[] = []
    onUserChange(auth, 'ada', (session) => told.push(session))
    await clock.advance(20 * MINUTE)
    // In another tab, which waits for the end of the pause too, Ada signs out by a page of the server.
    jar.answer = () => null
    await open().auth.signOut()
    await clock.advance(30_000)
    expect(told).toEqual([null])
  })

  it('a client that is disposed of while it starts tells nobody that nobody is signed in', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => new Promise(() => {})
    const { auth } = world.open()
    const told: unknown[] = []
    onUserChange(auth, 'ada', (session) => told.push(session))
    await world.clock.settle()
    auth.dispose()
    await world.clock.advance(MINUTE)
    expect(told).toEqual([])
  })

  it('a client without autoRefresh asks only when somebody calls', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth } = world.open({ autoRefresh: false })
    await world.clock.advance(HOUR)
    expect(world.asked).toHaveLength(1)
    await auth.getSession().catch(() => {})
    expect(world.asked).toHaveLength(2)
  })

  it('a sign-in is not ended by what a start has read before it', async () => {
    const world = createCookieWorld()
    const { clock, browser } = world
    const before = world.open()
    await clock.advance(100)
    await before.auth.signOut()
    before.tab.crash()
    const later = (ms: number) => new Promise<void>((resolve) => clock.schedule(ms, resolve))
    const { entries } = browser.storage
    for (let at = 0; at <= 200; at += 10) {
      world.jar.answer = outage
      const provider = {
        ...world.provider,
        signIn: async () => later(at).then(() => grantOf('grace', `s${at}`)),
      }
      const { auth, events, tab } = world.open({
        provider,
        storage: {
          get: (key) => later(20).then(() => entries.get(key) ?? null),
          set: (key, text) => later(20).then(() => void entries.set(key, text)),
          remove: (key) => later(20).then(() => void entries.delete(key)),
        },
      })
      await clock.advance(400)
      const { length } = world.asked
      world.jar.answer = () => later(100).then(() => null)
      while (world.asked.length === length) await clock.advance(5)
      await Promise.all([auth.signIn({ name: 'grace' }), clock.advance(20_000)])
      expect(auth.getSnapshot().user?.id).toBe('grace')
      expect(events.filter((event) => event.startsWith('SIGNED_OUT'))).toEqual([])
      await Promise.all([auth.signOut(), clock.advance(1_000)])
      tab.crash()
    }
  })
})

describe('a lock that others have all the time', () => {
  it('costs no token that an API has brought', async () => {
    const world = createWorld({ lifetime: DAY })
    const { clock, browser } = world
    const brought = { refreshToken: 'refresh-from-api', accessToken: 'access-from-api' }
    const { auth } = await world.signedIn('ada', {
      fetchOrigins: ['https://api.example'],
      provider: {
        ...world.server.provider,
        readAnswer: async () => ({
          kind: 'none',
          grant: { ...world.server.issue('ada'), ...brought },
        }),
      },
    })
    vi.stubGlobal('fetch', async () => new Response('ok'))
    const [key = ''] = [...browser.storage.entries.keys()].filter((name) => /^app\.\w+$/.test(name))
    const never = new AbortController().signal
    const release = await browser.tab().environment.lock.acquire('holdfast:app', never)
    await auth.fetch('https://api.example/')
    for (let seconds = 0; seconds < 300; seconds++) {
      // Others meet failures all the while, so that the line seems to move.
      const note = { lineage: key.slice(4), revision: 1, failures: 1 + seconds, jitter: 0.5 }
      const error = { code: 'network', message: 'No answer.' }
      const text = JSON.stringify({ v: 1, ...note, at: clock.now(), error })
      if (seconds % 15 === 0) browser.storage.entries.set('app.patience', text)
      await clock.advance(1_000)
    }
    release()
    await clock.advance(MINUTE)
    expect(auth.getSnapshot().session?.refreshToken).toBe('refresh-from-api')
  })
})
