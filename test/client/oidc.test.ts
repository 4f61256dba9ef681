import { describe, expect, it } from 'vitest'
import { createOidcWorld } from '../support/oidc-world.js'

/** Ten tabs of somebody who is signed in. */
async function tenTabs(options: Parameters<typeof createOidcWorld>[0]) {
  const world = createOidcWorld(options)
  const first = world.open()
  await world.signIn(first)
  const tabs = [first, ...Array.from({ length: 9 }, () => world.open())]
  await Promise.all(tabs.map(({ auth }) => auth.getSession()))
  world.server.clearLog()
  return { ...world, tabs }
}

describe('ten tabs at an OpenID Connect server', () => {
  it.each([
    { manners: 'oidc-provider' },
    { manners: 'oidc-provider', rotation: { type: 'off' } },
    { manners: 'keycloak' },
    { manners: 'keycloak', rotation: { type: 'on' } },
    { manners: 'hydra' },
    { manners: 'zitadel' },
    { manners: 'auth0' },
  ] as const)('send one request per expiry: %j', async (options) => {
    const { tabs, clock, server } = await tenTabs(options)
    for (let expiry = 1; expiry <= 3; expiry++) {
      await clock.advance(60_000)
      const sessions = await Promise.all(tabs.map(({ auth }) => auth.getSession()))
      expect(new Set(sessions.map((session) => session?.accessToken)).size).toBe(1)
    }
    const refreshes = server.requests.filter(({ grant }) => grant === 'refresh_token')
    expect(refreshes.every(({ status }) => status === 200)).toBe(true)
    expect(refreshes.length).toBeGreaterThan(2)
    // A token of a minute is renewed ahead of its end, by no two requests within half of its life.
    const times = refreshes.map(({ at }) => at)
    const gaps = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(Math.min(...gaps)).toBeGreaterThan(30_000)
    // Nothing else was asked, discovery neither.
    expect(server.requests).toHaveLength(refreshes.length)
  })

  it('come through an outage signed in, with one client’s patience', async () => {
    const { tabs, clock, server } = await tenTabs({ manners: 'keycloak', rotation: { type: 'on' } })
    server.fail({ type: 'status', status: 503 }, { times: Infinity })
    await clock.advance(120_000)
    for (const { auth } of tabs) {
      await expect(auth.getSession()).rejects.toMatchObject({ retryable: true })
    }
    server.heal()
    await clock.advance(60_000)
    for (const { auth } of tabs)
      expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('are signed out together when the server has ended the session', async () => {
    const { tabs, clock, server } = await tenTabs({ manners: 'keycloak' })
    server.endSessions()
    await clock.advance(60_000)
    for (const { auth, events } of tabs) {
      expect(await auth.getSession()).toBeNull()
      expect(events.at(-1)).toMatch(/^SIGNED_OUT/)
    }
    expect(server.count('refresh_token')).toBe(1)
  })

  it('are signed out together, and the server revokes', async () => {
    const { tabs, clock, server } = await tenTabs({ manners: 'hydra' })
    await tabs[3]?.auth.signOut()
    await clock.advance(3_000)
    expect(server.liveSessions()).toBe(0)
    for (const { auth } of tabs) expect(await auth.getSession()).toBeNull()
  })
})

describe('an answer that is lost', () => {
  it('costs the session where the server forgives no replay, and says so', async () => {
    const { tabs, server } = await tenTabs({ manners: 'oidc-provider' })
    server.fail({ type: 'lose-response' }, { grant: 'refresh_token' })
    const auth = tabs[0]?.auth
    await expect(auth?.refreshSession()).rejects.toMatchObject({ code: 'network' })
    await expect(auth?.refreshSession()).rejects.toMatchObject({
      code: 'refresh_rejected',
      serverCode: 'invalid_grant',
    })
  })

  it.each([
    { manners: 'hydra', rotation: { type: 'on', grace: 10_000 } },
    { manners: 'keycloak', rotation: { type: 'on', reuses: 1 } },
    { manners: 'keycloak' },
  ] as const)('costs nothing where it does: %j', async (options) => {
    const { tabs, server } = await tenTabs(options)
    server.fail({ type: 'lose-response' }, { grant: 'refresh_token' })
    const auth = tabs[0]?.auth
    await expect(auth?.refreshSession()).rejects.toMatchObject({ code: 'network' })
    expect(await auth?.refreshSession()).toMatchObject({ user: { id: 'ada' } })
  })
})

describe('Spring', () => {
  it('gives pages no refresh token: the session ends with its access token', async () => {
    const { open, signIn, clock } = createOidcWorld({ manners: 'spring' })
    const opened = open()
    expect(await signIn(opened)).toMatchObject({ refreshToken: null })
    await clock.advance(60_000)
    expect(await opened.auth.getSession()).toBeNull()
    expect(opened.events.at(-1)).toBe('SIGNED_OUT expired')
  })
})
