import { describe, expect, it } from 'vitest'
import type { DebugEntry } from '../../src/index.js'
import { createWorld } from '../support/world.js'

describe('P11: tokens stay where they belong', () => {
  it('no debug entry, error or report holds one', async () => {
    const world = createWorld()
    const entries: DebugEntry[] = []
    const { auth, tab } = await world.signedIn('ada', { debug: (entry) => entries.push(entry) })
    world.browser.storage.setQuotaExceeded(true)
    world.server.outage()
    const error = await auth.refreshSession().catch((e: unknown) => e)
    await auth.refreshSession()
    await auth.signOut()
    expect(entries.length).toBeGreaterThan(5)
    const text = JSON.stringify([entries, error, String(error), tab.errors, tab.errors.map(String)])
    expect(text).not.toMatch(/(access|refresh)-\d/)
  })
})

describe('what is left in storage after a sign-out', () => {
  it('is no token, not even one that could not be read or that 0.1 had set aside', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn()
    const { entries } = world.browser.storage
    const slot = [...entries.keys()].find((key) => key.startsWith('app.')) ?? ''
    entries.set('app.unreadable', entries.get(slot) ?? '')
    entries.set(slot, (entries.get(slot) ?? '').replace('"v":1', '"v":2'))
    await world.open().auth.getSession()
    await world.clock.advance(5_000)
    await auth.signOut()
    await world.clock.advance(60_000)
    expect(world.stored()).not.toMatch(/(refresh|access)-\d/)
    expect([...entries.keys()]).toEqual(['app'])
  })

  it('is no secret of a redirect that was under way, and nothing about a sick server', async () => {
    const world = createWorld()
    const { auth } = await world.signedIn('ada', {
      provider: {
        ...world.server.provider,
        actions: ({ saveFlow }) => ({ begin: () => saveFlow({ secret: 's3cret', purpose: 'x' }) }),
      },
    })
    const { actions } = auth
    if ('begin' in actions && typeof actions.begin === 'function') await actions.begin()
    world.server.outage()
    await auth.refreshSession().catch(() => {})
    expect(world.stored()).toContain('s3cret')
    expect(world.stored()).toContain('failures')
    await auth.signOut()
    expect(world.stored()).not.toContain('s3cret')
    expect(world.stored()).not.toContain('failures')
  })
})
