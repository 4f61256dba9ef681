import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Provider, SessionUser } from '../../src/index.js'
import { createWorld } from '../support/world.js'

// GoTrue with HS256 signs by the second and without a jti: two exchanges within one second bring the
// same access token and different refresh tokens.

const QUIET = { autoRefresh: false } as const

afterEach(() => {
  vi.unstubAllGlobals()
})

/** A world whose server signs by the second. */
function deterministicWorld() {
  const world = createWorld()
  const { provider } = world.server
  const sign = (): string => `access-of-second-${Math.floor(world.clock.now() / 1_000)}`
  const signed: Provider<{ readonly name: string }, SessionUser> = {
    ...provider,
    async refresh(token, context) {
      const grant = await provider.refresh(token, context)
      return grant && { ...grant, accessToken: sign() }
    },
    async signIn(credentials, context) {
      const grant = await provider.signIn?.(credentials, context)
      return grant ? { ...grant, accessToken: sign() } : null
    },
  }
  const open = (options = {}) => world.open({ ...QUIET, provider: signed, ...options })
  return { world, open }
}

describe('two exchanges within one second', () => {
  it('are TOKEN_REFRESHED in other tabs, not USER_UPDATED', async () => {
    const { world, open } = deterministicWorld()
    const one = open()
    await one.auth.signIn({ name: 'ada' })
    const two = open()
    await two.auth.getSession()
    await world.clock.settle()
    await one.auth.refreshSession()
    await world.clock.settle()
    expect(two.events.at(-1)).toMatch(/^TOKEN_REFRESHED .* elsewhere$/)
    expect(two.auth.getSnapshot().session?.refreshToken).toBe('refresh-2')
  })

  it('cost one refresh for a 401, although the new access token is the old one', async () => {
    const { world, open } = deterministicWorld()
    const { auth } = open({ fetchOrigins: ['https://api.example'] })
    await auth.signIn({ name: 'ada' })
    vi.stubGlobal('fetch', async () => new Response(null, { status: 401 }))
    expect((await auth.fetch('https://api.example/')).status).toBe(401)
    expect(world.server.sent).toEqual(['refresh-1'])
  })

  it('end no session whose newest token is alive, when the old one is refused without a lock', async () => {
    const { world, open } = deterministicWorld()
    const environment = { lock: { acquire: async () => () => {} } }
    const one = open({ environment })
    await one.auth.signIn({ name: 'ada' })
    const two = open({ environment })
    await two.auth.getSession()
    world.server.hold()
    const both = Promise.all([one.auth.refreshSession(), two.auth.refreshSession()])
    await world.clock.settle()
    expect(world.server.sent).toEqual(['refresh-1', 'refresh-1'])
    world.server.releaseOne()
    await world.clock.settle()
    world.server.release()
    await world.clock.settle()
    await both
    for (const { auth, events } of [one, two]) {
      expect(events.join()).not.toContain('SIGNED_OUT')
      expect(await auth.getSession()).not.toBeNull()
    }
  })
})
