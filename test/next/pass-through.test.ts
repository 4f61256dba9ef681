import { describe, expect, it } from 'vitest'
import { isRecentlyAuthenticated } from '../../src/server/index.js'
import { createApp, LIFE } from './app.js'
import { createGotrueApp, LIFE as GOTRUE_LIFE } from './gotrue-app.js'
import { createOidcApp, LIFE as OIDC_LIFE } from './oidc-app.js'

/** What apps choose of their sessions, which the environment does not say. */
const chosen = (heard: string[]) => ({
  onRefresh: () => heard.push('refreshed'),
  onRefreshError: () => heard.push('failed'),
  limits: { absolute: 10 * 86_400_000 },
})

describe.each([
  ['WorkOS', (auth: ReturnType<typeof chosen>) => createApp({ auth }), LIFE],
  ['GoTrue', (auth: ReturnType<typeof chosen>) => createGotrueApp({ auth }), GOTRUE_LIFE],
  ['OpenID Connect', (auth: ReturnType<typeof chosen>) => createOidcApp({ auth }), OIDC_LIFE],
])('the sessions of an app with %s', (_, create, life) => {
  it('have listeners and limits of the app’s own', async () => {
    const heard: string[] = []
    const app = create(chosen(heard))
    const ada = await app.signedIn()
    app.clock.time += life
    expect((await ada.who())?.user).toBeTruthy()
    app.server.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    app.clock.time += life
    await ada.who().catch(() => {})
    expect(heard).toEqual(['refreshed', 'failed'])
    app.server.heal()
    app.clock.time += 10 * 86_400_000
    expect(await ada.who()).toEqual({ user: null })
  })
})

describe('what a session says besides', () => {
  it('are the claims that the app names, of WorkOS and of GoTrue', async () => {
    const workos = createApp({ auth: { claims: ['org_id'] } })
    const one = await (await workos.signedIn()).who()
    expect(one?.claims).toEqual({ org_id: 'org_1' })
    const gotrue = createGotrueApp({
      scripted: { signing: 'es256' },
      auth: { claims: ['aud'], verification: { type: 'jwt' } },
    })
    expect((await (await gotrue.signedIn()).who())?.claims).toEqual({ aud: 'authenticated' })
  })

  it('is when the person proved who they are', async () => {
    const app = createApp()
    const who = await (await app.signedIn()).who()
    const now = () => app.clock.time
    const recently = (maxAge: number) =>
      isRecentlyAuthenticated(who?.user ? who : null, { maxAge, now })
    expect(recently(60_000)).toBe(true)
    app.clock.time += 61_000
    expect(recently(60_000)).toBe(false)
  })
})
