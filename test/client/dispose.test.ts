import { describe, expect, it, vi } from 'vitest'
import { AuthError } from '../../src/index.js'
import { createWorld } from '../support/world.js'

const QUIET = { autoRefresh: false } as const

const codeOf = (error: { readonly code?: unknown }): unknown => error.code

describe('P12: nothing is left behind', () => {
  it('after dispose no timer is pending, nobody is told, and calls say so', async () => {
    const world = createWorld()
    const { auth, events } = await world.signedIn()
    expect(world.clock.pending()).toBe(1)
    auth.dispose()
    auth.dispose()
    expect(world.clock.pending()).toBe(0)
    const before = events.length
    const other = world.open()
    await other.auth.refreshSession()
    await world.clock.settle()
    expect(events).toHaveLength(before)
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'disposed' })
    await expect(auth.signIn({ name: 'ada' })).rejects.toMatchObject({ code: 'disposed' })
  })

  it('`using` disposes of a client', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    auth[Symbol.dispose]()
    await expect(auth.getSession()).rejects.toMatchObject({ code: 'disposed' })
  })

  it('an exchange in flight at dispose is still saved: a rotated token is never dropped', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.server.hold()
    auth.refreshSession().catch(() => {})
    await world.clock.settle()
    auth.dispose()
    world.server.release()
    await world.clock.settle()
    expect((await world.open().auth.getSession())?.accessToken).toBe('access-2')
  })

  it('a client can be constructed again on the same storage, as StrictMode does', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    auth.dispose()
    const again = world.open()
    expect((await again.auth.getSession())?.user?.id).toBe('ada')
  })
})

describe('after dispose()', () => {
  it('no request leaves, not even that of a refresh which was reading storage', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    world.browser.storage.hangReads(true)
    const refresh = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    auth.dispose()
    world.browser.storage.hangReads(false)
    await world.clock.settle()
    expect(await refresh).toBe('disposed')
    expect(world.server.sent).toEqual([])
  })

  it('the others hear nothing of a server that was not asked', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', QUIET)
    const other = world.open(QUIET)
    const limit = new AuthError('rate_limited', 'Slow down.', { status: 429, retryAfter: 30_000 })
    world.server.fail({ error: limit })
    await expect(other.auth.refreshSession()).rejects.toMatchObject({ code: 'rate_limited' })
    const patience = world.browser.storage.entries.get('app.patience')
    world.browser.storage.hangReads(true)
    auth.refreshSession().catch(() => {})
    await world.clock.settle()
    auth.dispose()
    world.browser.storage.hangReads(false)
    await world.clock.settle()
    expect(patience).toContain('rate_limited')
    expect(world.browser.storage.entries.get('app.patience')).toBe(patience)
  })

  it('no rejection is left unhandled by a refresh that was still looking for a session', async () => {
    const world = createWorld()
    const { auth } = world.open()
    await auth.getSession()
    world.browser.bus.loseMessages(true)
    await world.signedIn('ada')
    const unhandled = vi.fn()
    process.on('unhandledRejection', unhandled)
    world.browser.storage.hangReads(true)
    const refresh = auth.refreshSession().catch(codeOf)
    await world.clock.settle()
    auth.dispose()
    world.browser.storage.hangReads(false)
    await world.clock.settle()
    process.off('unhandledRejection', unhandled)
    expect(await refresh).toBe('disposed')
    expect(unhandled).not.toHaveBeenCalled()
  })
})

describe('a disposed client', () => {
  it('does not stand in line for the lock any more', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    world.browser.locks.neverGrant(true)
    const refresh = expect(auth.refreshSession()).rejects.toMatchObject({ code: 'disposed' })
    await world.clock.settle()
    expect(world.browser.locks.queue('holdfast:app')).toHaveLength(1)
    auth.dispose()
    await refresh
    await world.clock.settle()
    expect(world.browser.locks.queue('holdfast:app')).toEqual([])
  })

  it('hears its storage no more', async () => {
    const world = createWorld()
    let listeners = 0
    const subscribe = (): (() => void) => {
      listeners++
      return () => void listeners--
    }
    const storage = { ...world.browser.tab().storage, subscribe }
    const { auth } = await world.signedIn('ada', { storage })
    expect(listeners).toBe(1)
    auth.dispose()
    expect(listeners).toBe(0)
  })

  it('listens to the page no more', async () => {
    const world = createWorld()
    const { environment } = world.browser.tab()
    let listeners = 0
    const subscribe = (): (() => void) => {
      listeners++
      return () => void listeners--
    }
    const wake = { ...environment.wake, subscribe }
    const { auth } = await world.signedIn('ada', { environment: { wake } })
    expect(listeners).toBe(1)
    auth.dispose()
    expect(listeners).toBe(0)
  })
})
