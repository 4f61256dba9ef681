import { describe, expect, it } from 'vitest'
import type { Grant } from '../../src/index.js'
import { createCookieWorld, grantOf, outage } from '../support/cookie-world.js'

describe('somebody else who signs in where cookies hold the session', () => {
  it('is not refreshed for who asked before, while the server was asked whose it is', async () => {
    const world = createCookieWorld()
    world.jar.answer = outage
    const { auth } = world.open()
    const other = world.open()
    await other.auth.getSession().catch(() => {})
    let answer = (_: undefined): void => {}
    world.jar.answer = () => new Promise((resolve) => (answer = resolve))
    await world.clock.advance(1_000)
    // While the server is asked again, storage tells of Ada.
    await other.auth.signIn({ name: 'ada' })
    await world.clock.settle()
    expect(auth.getSnapshot().session?.user?.id).toBe('ada')
    const refreshed = auth.refreshSession().catch((error: unknown) => error)
    await auth.signIn({ name: 'bob' })
    answer(undefined)
    expect(await refreshed).toMatchObject({ code: 'superseded' })
    expect(world.server.sent).toEqual([])
  })

  it('is signed out where the cookie is that of somebody again who has signed out before', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    const { auth, events } = world.open()
    await auth.getSession()
    await auth.signOut()
    await auth.signIn({ name: 'bob' })
    // The answer to a refresh of Ada's came last, and the server has not heard of her sign-out.
    world.jar.answer = () => grantOf('ada', 's1', 2)
    world.server.revoked.splice(0)
    const late = world.open()
    expect(await late.auth.getSession()).toBeNull()
    expect(world.server.revoked).toEqual(['local access-s1-2'])
    await world.clock.settle()
    expect(auth.getSnapshot().session).toBeNull()
    expect(events.at(-1)).toBe('SIGNED_OUT - because other-context elsewhere')
    expect(world.stored()).not.toContain('access-')
  })

  it('gives way again where the server has people switch between accounts', async () => {
    const world = createCookieWorld()
    for (const [name, id] of [
      ['ada', 's1'],
      ['bob', 's2'],
      ['ada', 's1'],
    ] as const) {
      world.jar.answer = () => grantOf(name, id)
      expect((await world.open().auth.getSession())?.user?.id).toBe(name)
    }
    expect(world.server.revoked).toEqual([])
  })

  it('does not end the session that is current although its first name has been signed out of', async () => {
    const world = createCookieWorld()
    const provider = { ...world.provider, signIn: async () => grantOf('ada', 's1') }
    const { auth } = world.open({ provider })
    await auth.signIn({ name: 'ada' })
    await auth.signOut()
    // The page of that sign-in was frozen, and hears of it only now.
    await auth.signIn({ name: 'ada' })
    world.jar.answer = () => grantOf('ada', 's1', 2)
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-s1-2')
  })

  it('is shown once the server has said so, and nobody before: not whom storage names again', async () => {
    const world = createCookieWorld()
    world.jar.answer = () => grantOf('ada', 's1')
    await world.open().auth.getSession()
    const { storage } = world.browser.tab()
    let broken = true
    const get = (key: string) => {
      if (broken) throw new Error('planted')
      return storage.get(key)
    }
    world.jar.answer = outage
    const { auth, tab } = world.open({ storage: { ...storage, get } })
    await auth.getSession().catch(() => {})
    await world.clock.advance(10)
    broken = false
    // A page of the server has signed Bob in meanwhile: the cookies are his.
    let answer = (_grant: Grant): void => {}
    world.jar.answer = () => new Promise((resolve) => (answer = resolve))
    await world.clock.advance(1_000)
    const asked = auth.getSession()
    tab.focus()
    await world.clock.advance(1_000)
    expect(auth.getSnapshot()).toMatchObject({ session: null, unknown: true })
    answer(grantOf('bob', 's2'))
    expect((await asked)?.user?.id).toBe('bob')
    const other = world.open()
    world.jar.answer = () => undefined
    expect((await other.auth.getSession())?.user?.id).toBe('bob')
  })

  it('is not replaced by whom the server named before, also where the sign-in could not be saved', async () => {
    const world = createCookieWorld()
    const { update: _, ...storage } = world.browser.tab().storage
    const set = () => {
      throw new DOMException('planted', 'QuotaExceededError')
    }
    world.jar.answer = outage
    const { auth } = world.open({ storage: { ...storage, set } })
    await auth.getSession().catch(() => {})
    let answer = (_grant: Grant): void => {}
    world.jar.answer = () => new Promise((resolve) => (answer = resolve))
    await world.clock.advance(1_000)
    const asked = auth.getSession()
    await auth.signIn({ name: 'bob' })
    answer(grantOf('ada', 's1'))
    expect((await asked)?.user?.id).toBe('bob')
    expect(auth.getSnapshot().session?.user?.id).toBe('bob')
  })
})
