import { describe, expect, it } from 'vitest'
import { ADA, createApp, ORIGIN } from './app.js'
import { createGotrueApp, ADA as PERSON } from './gotrue-app.js'
import { createSuperTokensApp } from './supertokens-app.js'

const nothing = async () => {}

describe('an app with `trailingSlash`, to which Next gives each path with a slash at its end', () => {
  it('signs in by its routes, whatever is protected', async () => {
    const app = createApp({ proxy: { protect: true } })
    const ada = app.browser()
    const hints = new URLSearchParams({ loginHint: ADA.email, returnTo: '/team/' })
    const begun = await app.auth.handlers.GET(ada.requestTo(`/auth/sign-in/?${hints}`))
    expect(begun.headers.get('location')).toContain('/user_management/authorize')
    expect((await ada.follow(`/auth/sign-in/?${hints}`)).url).toBe(`${ORIGIN}/team/`)
    expect(await ada.who()).toHaveProperty('user.id', 'user_ada')
    const left = await ada.post('/auth/sign-out/', {})
    expect([left.status, ada.jar.size]).toEqual([200, 0])
  })

  it('comes back to a callback, with the slash in the address that is registered, or without', async () => {
    for (const [registered, asked] of [
      ['/back', '/back/'],
      ['/back/', '/back/'],
      ['/back/', '/back'],
    ]) {
      const env = { NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${ORIGIN}${registered}` }
      const app = createApp({ env, proxy: { protect: true } })
      const { passed } = await app.browser().visit(`${asked}?code=x`, nothing)
      expect(passed?.has('x-holdfast-session')).toBe(false)
      const request = app.browser().requestTo(`${asked}?code=x`)
      const answer = await app.auth.handlers.GET(request)
      // It is the callback that asks once more: this browser began nothing.
      expect(answer.headers.get('location')).toBe(`${ORIGIN}/auth/sign-in?again=1`)
    }
  })

  it('has the same routes beneath a `basePath`', async () => {
    const env = { NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${ORIGIN}/app/auth/callback` }
    const app = createApp({ env, auth: { basePath: '/app/auth' } })
    for (const path of ['/app/auth/session/', '/auth/session/']) {
      const headers = { 'x-holdfast': '1', 'sec-fetch-mode': 'cors' }
      const answer = await app.auth.handlers.GET(app.browser().requestTo(path, headers))
      expect([answer.status, await answer.json()]).toEqual([200, { session: null }])
    }
  })

  it.each([
    '/auth/session//',
    '//auth/session/',
    '/auth/session/%2f',
    '/auth/session/x/',
    '/auth/',
  ])('and protects %s, which is none of its routes', async (path) => {
    const app = createApp({ proxy: { protect: true } })
    const request = app.next.forProxy(new Request(`http://localhost:3000${path}`))
    expect((await app.auth.sessionOf(request)).isSignInRoute).toBe(false)
    expect((await app.auth.proxy({ protect: true })(request)).status).toBe(401)
    expect((await app.auth.handlers.GET(request)).status).toBe(404)
  })

  it.each(['/login', '/login/'])('shows the page %s, where people sign in', async (signInPage) => {
    const app = createGotrueApp({ auth: { signInPage }, proxy: { protect: true } })
    const browser = app.browser()
    const { response } = await browser.visit('/team/', nothing)
    expect(response.headers.get('location')).toBe(`${ORIGIN}${signInPage}?returnTo=%2Fteam%2F`)
    for (const path of ['/login', '/login/']) {
      expect((await browser.visit(path, () => app.auth.withAuth())).result).toEqual({ user: null })
    }
    await browser.post('/auth/credentials/', PERSON)
    expect(await browser.who()).toHaveProperty('user.email', PERSON.email)
  })

  it('with SuperTokens refreshes on the way, signs out, and shows the page where people sign in', async () => {
    const app = createSuperTokensApp({ next: { signInPage: '/team/login' } })
    expect((await app.browser().ask('/team/login/')).rendered).toEqual({ status: 'signed-out' })
    const ada = await app.signedIn()
    const { response } = await ada.ask('/auth/session/refresh/?returnTo=/team/')
    expect(response.headers.get('location')).toBe(`${ORIGIN}/team/`)
    expect(app.core.count('/session/refresh')).toBe(1)
    const headers = { rid: 'session' }
    const left = await ada.ask('/auth/signout/', { method: 'POST', headers })
    expect([left.response.status, ada.jar.size]).toEqual([200, 0])
  })
})
