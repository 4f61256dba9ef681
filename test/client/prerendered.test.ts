import { describe, expect, it } from 'vitest'
import { createCookieWorld, grantOf } from '../support/cookie-world.js'
import { createWorld, HOUR } from '../support/world.js'

type World = ReturnType<typeof createWorld>

/** A page that was rendered ahead: until somebody sees it, the browser grants it no lock. */
function renderAhead(world: World, open: World['open'] = world.open) {
  const reported: unknown[] = []
  let shown = false
  let show = (): void => {}
  const activation = new Promise<void>((resolve) => (show = resolve))
  const { environment, storage } = world.browser.tab()
  const opened = open({
    storage,
    autoRefresh: true,
    environment: {
      ...environment,
      report: (error) => void reported.push(error),
      page: { ...environment.page, activation: () => (shown ? null : activation) },
      lock: {
        acquire: async (name, signal) => {
          await activation
          return environment.lock.acquire(name, signal)
        },
      },
    },
  })
  return {
    ...opened,
    reported,
    activate() {
      shown = true
      show()
    },
  }
}

/** Whether a promise has settled by now. */
async function settled(world: World, promise: Promise<unknown>): Promise<boolean> {
  let done = false
  const end = (): void => {
    done = true
  }
  promise.then(end, end)
  await world.clock.settle()
  return done
}

describe('a page that was rendered ahead', () => {
  it('sends no refresh, and gives nothing up, before somebody sees it', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    auth.dispose()
    await world.clock.advance(2 * HOUR)
    const pages = [renderAhead(world), renderAhead(world)]
    const sessions = pages.map((page) => page.auth.getSession())
    await world.clock.advance(10 * HOUR)
    expect(world.server.sent).toEqual([])
    for (const { reported } of pages) expect(reported).toEqual([])
    for (const { activate } of pages) activate()
    await world.clock.settle()
    expect(world.server.sent).toEqual(['refresh-1'])
    for (const session of sessions) expect((await session)?.accessToken).toBe('access-2')
  })

  it('serves a token that lives', async () => {
    const world = createWorld()
    await world.signedIn()
    const { auth } = renderAhead(world)
    expect((await auth.getSession())?.accessToken).toBe('access-1')
  })

  it('asks no server whose session the cookies hold before somebody sees it', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const { auth, events, activate } = renderAhead(world, world.open)
    await world.clock.advance(HOUR)
    expect([world.asked.length, auth.getSnapshot().status, events.length]).toEqual([
      0,
      'loading',
      0,
    ])
    activate()
    await world.clock.settle()
    expect(events).toEqual(['INITIAL_SESSION access-s1-1'])
  })

  it('has a sign-in wait too, as long as its caller does, or the client is not disposed of', async () => {
    const world = createWorld()
    const { auth, activate } = renderAhead(world)
    await auth.getSession()
    const controller = new AbortController()
    const hasty = auth.signIn({ name: 'ada' }, { signal: controller.signal })
    const patient = auth.signIn({ name: 'bob' }).catch((error: unknown) => error)
    await world.clock.advance(HOUR)
    expect(await settled(world, patient)).toBe(false)
    controller.abort()
    await expect(hasty).rejects.toMatchObject({ code: 'aborted' })
    auth.dispose()
    activate()
    expect(await patient).toMatchObject({ code: 'disposed' })
  })
})
