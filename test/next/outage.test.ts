import { describe, expect, it } from 'vitest'
import { TokenRefreshError } from '../../src/next/errors.js'
import { createApp, LIFE } from './app.js'

/** An app whose auth server is down, and somebody whose session is due. */
async function open() {
  const app = createApp()
  const ada = await app.signedIn()
  app.clock.time += LIFE
  app.server.fail({ type: 'rate-limited', retryAfter: 7 })
  return { app, ada }
}

describe('withAuth({ onOutage: "return" }), for a page that says that nobody can tell', () => {
  it.each([undefined, true])('gives the outage, where somebody must be: %s', async (ensure) => {
    const { app, ada } = await open()
    const ask = () => app.auth.withAuth({ ensureSignedIn: ensure, onOutage: 'return' })
    const { result, redirected, error } = await ada.page(ask)
    expect([redirected, error]).toEqual(['', null])
    expect(result?.user).toBeUndefined()
    expect(result?.outage).toBeInstanceOf(TokenRefreshError)
    expect(result?.outage).toMatchObject({
      isTransient: true,
      retryAfter: 7_000,
      userId: 'user_ada',
    })
    app.clock.time += 7_000
    expect((await ada.page(ask)).result).toMatchObject({ user: { id: 'user_ada' } })
  })

  it('gives nobody where nobody is signed in, and sends them to the sign-in if told to', async () => {
    const { app } = await open()
    const stranger = app.browser()
    const asked = await stranger.page(() => app.auth.withAuth({ onOutage: 'return' }))
    expect(asked.result).toEqual({ user: null })
    const ensure = { ensureSignedIn: true, onOutage: 'return' } as const
    const { redirected } = await stranger.page(() => app.auth.withAuth(ensure))
    expect(redirected).toContain('/auth/sign-in')
  })

  it('gives it where the token has died since the proxy looked, and sends nobody to sign in', async () => {
    const app = createApp()
    const ada = await app.signedIn()
    const { result, redirected } = await ada.page(() => {
      app.clock.time += LIFE
      return app.auth.withAuth({ ensureSignedIn: true, onOutage: 'return' })
    })
    expect(redirected).toBe('')
    expect(result?.outage).toMatchObject({ isTransient: true, userId: 'user_ada' })
    // The next request refreshes it.
    expect(await ada.who()).toMatchObject({ user: { id: 'user_ada' } })
  })

  it('still throws what is a mistake', async () => {
    const { app, ada } = await open()
    const ask = () => app.auth.withAuth({ onOutage: 'return' })
    const { error } = await ada.page(ask, { unproxied: true })
    expect(error).toMatchObject({ code: 'invalid_argument' })
  })
})
