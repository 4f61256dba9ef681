// @vitest-environment happy-dom
import { describe, expect, it } from 'vitest'
import { AuthError, onUserChange } from '../../src/index.js'
import { createCookieWorld, grantOf, outage } from '../support/cookie-world.js'
import { createWorld } from '../support/world.js'

type Client = ReturnType<ReturnType<typeof createWorld>['open']>['auth']

/** A page that the server rendered for somebody: what it is told, in words. */
function render(auth: Client, userId: string | null) {
  const told: string[] = []
  const stop = onUserChange(auth, userId, (session, reason) =>
    told.push([session?.user?.id ?? 'nobody', ...(reason ? [reason] : [])].join(' because ')),
  )
  return { told, stop }
}

describe('a page that a server rendered for somebody', () => {
  it('hears nothing while that person is signed in', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const { told } = render(auth, 'ada')
    await auth.refreshSession()
    await world.clock.settle()
    expect(told).toEqual([])
  })

  it('hears that its person is gone when somebody signed out before its client started', async () => {
    const world = createCookieWorld()
    const { auth } = world.open()
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    expect(told).toEqual(['nobody'])
  })

  it('hears so too where its client has found out long before', async () => {
    const world = createCookieWorld()
    const { auth } = world.open()
    await world.clock.settle()
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    expect(told).toEqual(['nobody'])
  })

  it('hears of another person who signed in before its client started', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('grace', 's2')
    const { auth } = world.open()
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    expect(told).toEqual(['grace'])
  })

  it('hears nothing of a session whose person the server does not name', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => ({ ...grantOf('ada', 's1'), user: undefined })
    const { auth } = world.open()
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    expect((await auth.getSession())?.sessionId).toBe('s1')
    expect(told).toEqual([])
  })

  it('hears of a sign-out in another tab, with its reason', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const { auth: other } = world.open()
    const { told } = render(auth, 'ada')
    await other.signOut()
    await world.clock.settle()
    expect(told).toEqual(['nobody because other-context'])
  })

  it('hears of another person who signs in in another tab, and of the next one', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const { auth: other } = world.open()
    const { told } = render(auth, 'ada')
    await other.signIn({ name: 'grace' })
    await world.clock.settle()
    await other.signIn({ name: 'ada' })
    await world.clock.settle()
    expect(told).toEqual(['grace', 'ada'])
  })

  it('hears of what happened while it was in the back/forward cache, once it is back', async () => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada')
    const { auth: other } = world.open()
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    tab.freeze()
    await other.signOut()
    await world.clock.settle()
    expect(told).toEqual([])
    tab.thaw()
    await world.clock.settle()
    expect(told).toEqual(['nobody because other-context'])
  })

  it('stays in an outage, also one that goes on, and leaves when it is known that nobody is signed in', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth, events } = world.open()
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    // This alone says nothing: nobody could be asked.
    expect(events).toEqual(['INITIAL_SESSION -'])
    await world.clock.advance(60_000)
    expect(told).toEqual([])
    world.jar.answer = () => null
    await world.clock.advance(5 * 60_000)
    expect(told).toEqual(['nobody'])
  })

  it('asks no more than its client does by itself, and hears nothing where its person is signed in', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth } = world.open()
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    world.asked.splice(0)
    world.jar.answer = () => grantOf('ada', 's1')
    await world.clock.advance(60_000)
    expect(auth.getSnapshot().user?.id).toBe('ada')
    expect(world.asked).toHaveLength(1)
    expect(told).toEqual([])
  })

  it('stays when its token cannot be refreshed, and when that is refused leaves', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const { told } = render(auth, 'ada')
    world.server.outage()
    await auth.refreshSession().catch(() => {})
    await world.clock.settle()
    expect(told).toEqual([])
    world.server.fail({ error: new AuthError('refresh_rejected', 'It is over.') })
    await auth.refreshSession().catch(() => {})
    await world.clock.settle()
    expect(told).toEqual(['nobody because refresh-rejected'])
  })

  it('hears why the session ended, also where news of the failure before comes at the same time', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada')
    const { told } = render(auth, 'ada')
    await world.clock.settle()
    world.server.fail({ error: new AuthError('refresh_rejected', 'It is over.') })
    const listened: string[] = []
    auth.onAuthStateChange((event) => listened.push(event))
    world.server.outage()
    const failed = auth.refreshSession().catch(() => {})
    await auth.signOut()
    await failed
    await world.clock.settle()
    expect(told).toEqual(['nobody because user'])
  })

  it('hears nothing any more once it has stopped, not even an answer that it waits for', async () => {
    const world = createCookieWorld()
    const { auth } = world.open()
    const { told, stop } = render(auth, 'ada')
    stop()
    await world.clock.settle()
    await auth.signIn({ name: 'grace' })
    await world.clock.settle()
    expect(told).toEqual([])
  })
})

describe('a page that a server rendered for nobody', () => {
  it('hears of whoever is signed in, and nothing where nobody is', async () => {
    const world = createCookieWorld()
    const { auth } = world.open()
    const { told } = render(auth, null)
    await world.clock.settle()
    expect(told).toEqual([])
    await world.open().auth.signIn({ name: 'ada' })
    await world.clock.settle()
    expect(told).toEqual(['ada'])
  })
})

describe('what a listener of `onUserChange` throws', () => {
  const mistake = new Error('a mistake of the app')
  const listeners = [
    ['later', () => Promise.reject(mistake)],
    [
      'at once',
      () => {
        throw mistake
      },
    ],
  ] as const

  it.each(listeners)('%s is reported when somebody else signs in', async (_, listener) => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada')
    onUserChange(auth, 'ada', listener)
    await auth.signIn({ name: 'grace' })
    await world.clock.settle()
    expect(tab.errors).toEqual([mistake])
  })

  it.each(listeners)('%s is reported when nobody is there at the start', async (_, listener) => {
    const world = createWorld()
    const { auth, tab } = world.open()
    onUserChange(auth, 'ada', listener)
    await world.clock.settle()
    expect(tab.errors).toEqual([mistake])
  })

  it.each(listeners)('%s is reported at a sign-out', async (_, listener) => {
    const world = createWorld()
    const { auth, tab } = await world.signedIn('ada')
    onUserChange(auth, 'ada', listener)
    await auth.signOut()
    await world.clock.settle()
    expect(tab.errors).toEqual([mistake])
  })
})

describe('onUserChange', () => {
  it.each([undefined, 7, {}])('refuses %s as the id of a person', (userId) => {
    const { auth } = createWorld().open()
    const call = () => Reflect.apply(onUserChange, undefined, [auth, userId, () => {}])
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })

  it('refuses a listener that cannot be called', () => {
    const { auth } = createWorld().open()
    const call = () => Reflect.apply(onUserChange, undefined, [auth, null, 'reload'])
    expect(call).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
  })
})
