import { sealData, unsealData } from 'iron-session'
import { describe, expect, it } from 'vitest'
import { ADA, type AppOptions, createApp, LIFE, PASSWORD } from './app.js'

const OURS = '__Host-holdfast'
const THEIRS = 'wos-session'
const KNOWN = { user: { id: ADA.id } }

/** An app that has moved here, and a browser in which authkit-nextjs has signed Ada in. */
async function moved({ env, auth }: Pick<AppOptions, 'env' | 'auth'> = {}, name = THEIRS) {
  const { server, clock, exchanges, signedIn } = createApp()
  const value = (await signedIn()).jar.get(OURS) ?? ''
  const { accessToken, refreshToken, user } = await unsealData<Record<string, unknown>>(value, {
    password: PASSWORD,
  })
  // Its seals have no end, and nothing else in them.
  const left = await sealData({ accessToken, refreshToken, user }, { password: PASSWORD, ttl: 0 })
  const here = { fetch: server.fetch, now: clock.now, ...auth }
  const app = createApp({ auth: here, ...(env && { env }) })
  const browser = app.browser(new Map([[name, left]]))
  const names = () => [...browser.jar.keys()].sort()
  return { ...app, server, clock, exchanges, browser, left, names }
}

/** The `Set-Cookie` values of a request that erase a cookie. */
const erasing = (lines: readonly string[], name: string): readonly string[] =>
  lines.filter((line) => line.startsWith(`${name}=;`) && line.includes('; Max-Age=0'))

describe('whoever authkit-nextjs has signed in before the move', () => {
  it('stays so with nothing but the environment, in a cookie of ours, without an exchange', async () => {
    const { browser, names, exchanges, next } = await moved()
    browser.jar.set('wos-auth-verifier-0a1b2c3d', 'of a sign-in that is under way')
    expect(await browser.who()).toMatchObject({ ...KNOWN, organizationId: 'org_1', role: 'admin' })
    expect(names()).toEqual([OURS])
    expect(await browser.who()).toMatchObject(KNOWN)
    expect([exchanges(), next.log]).toEqual([0, []])
  })

  it('stays so after the token has run out, and where the first request is an action', async () => {
    const { browser, names, exchanges, clock, auth } = await moved()
    clock.time += LIFE
    expect((await browser.act(() => auth.withAuth())).result).toMatchObject(KNOWN)
    expect([names(), exchanges()]).toEqual([[OURS], 1])
  })

  it('is known in a page that no proxy runs before, and the cookie stays', async () => {
    const { browser, names, auth } = await moved()
    const { result } = await browser.page(() => auth.withAuth(), { unproxied: true })
    expect(result).toMatchObject(KNOWN)
    expect(names()).toEqual([THEIRS])
  })

  it('signs out of both, at WorkOS too', async () => {
    const { browser, names, auth, server } = await moved()
    const before = server.sessions().length
    await browser.act(() => auth.signOut())
    expect(names()).toEqual([])
    expect(server.sessions()).toHaveLength(before - 1)
    expect(await browser.who()).toEqual({ user: null })
  })

  it.each<[string, AppOptions]>([
    ['by the option', { auth: { cookie: { name: THEIRS } } }],
    ['by the environment', { env: { WORKOS_COOKIE_NAME: THEIRS } }],
  ])('goes on in the very cookie where ours is called so %s', async (_, options) => {
    const { browser, names, left } = await moved(options)
    // The release of before, which runs beside this one yet, has begun a sign-in.
    browser.jar.set('wos-auth-verifier-0a1b2c3d', 'of theirs')
    expect(await browser.who()).toMatchObject(KNOWN)
    expect(names()).toEqual(['wos-auth-verifier-0a1b2c3d', THEIRS])
    expect(browser.jar.get(THEIRS)).toBe(left)
  })

  it('is found under the name and in the place that the environment says', async () => {
    const env = { WORKOS_COOKIE_NAME: 'app-session', WORKOS_COOKIE_DOMAIN: 'app.example' }
    const auth = { cookie: { name: '__Secure-mine' } }
    const { browser, names } = await moved({ env, auth }, 'app-session')
    const { response } = await browser.visit('/', async () => {})
    const [line = '', ...others] = erasing(response.headers.getSetCookie(), 'app-session')
    expect(line).toContain('; Domain=app.example')
    // Where it was set without a domain it is another cookie.
    expect(others).toHaveLength(1)
    expect(names()).toEqual(['__Secure-mine'])
    expect(await browser.who()).toMatchObject(KNOWN)
  })

  it('loses the cookie of before also on a developer’s machine, by http', async () => {
    const env = { NEXT_PUBLIC_WORKOS_REDIRECT_URI: 'http://localhost:3000/auth/callback' }
    const { browser } = await moved({ env })
    const { response } = await browser.visit('/', async () => {})
    const lines = response.headers.getSetCookie()
    expect(erasing(lines, THEIRS)).toHaveLength(1)
    expect(lines.filter((line) => line.includes('; Secure'))).toEqual([])
  })

  it('is nobody where the app takes nothing over', async () => {
    const { browser, names } = await moved({ auth: { takeOver: false } })
    expect(await browser.who()).toEqual({ user: null })
    expect(names()).toEqual([THEIRS])
  })

  it('is nobody with another password', async () => {
    const env = { WORKOS_COOKIE_PASSWORD: 'another password of 32 characters!' }
    const { browser, names } = await moved({ env })
    expect(await browser.who()).toEqual({ user: null })
    expect(names()).toEqual([THEIRS])
  })
})
