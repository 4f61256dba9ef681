import { describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { readClaims } from '../../src/providers/shared/jwt.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import {
  APP,
  createOidcServerWorld,
  ISSUER,
  MINUTE,
  type OidcServerWorldOptions,
} from '../server/oidc/oidc-server-world.js'
import { jwt } from '../support/wire.js'

/** A browser whose pages have a backend that is a client of an OpenID Connect server. */
function createPages(options: OidcServerWorldOptions = {}) {
  const browser = createFakeBrowser()
  const world = createOidcServerWorld({ ...options, clock: browser.clock })

  async function pageFetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    const { method, url, signal } = request
    const headers = new Headers(request.headers)
    const body = method === 'GET' ? null : await request.arrayBuffer()
    const response = await world.send(url, { method, headers, body, signal })
    return new Response((await response.text()) || null, { status: response.status })
  }

  function open() {
    const tab = browser.tab({ href: `${APP}/home` })
    const auth = new AuthClient({
      provider: backend({ url: `${APP}/auth`, fetch: tab.fetch(pageFetch) }),
      storage: tab.storage,
      environment: tab.environment,
    })
    const events: string[] = []
    auth.onAuthStateChange((event) => events.push(event))
    return { auth, events }
  }

  /** Signs in by navigation, as the whole window. */
  const signIn = (): Promise<Response> => browser.clock.track(world.signIn())
  return { ...world, browser, open, signIn }
}

/** A server that calls all sign-ins of a browser by one name, as long as that is signed in there. */
function sharingFetch(fetchIt: typeof fetch): typeof fetch {
  return async (input, init) => {
    const answer = await fetchIt(input, init)
    if (!`${input}`.startsWith(`${ISSUER}/token`) || !answer.ok) return answer
    const body = await answer.json()
    const claims = { ...readClaims(`${body.id_token}`), sid: 'this browser at the server' }
    return Response.json({ ...body, ...(body.id_token && { id_token: jwt(claims) }) })
  }
}

describe('a page whose backend is a client of an OpenID Connect server', () => {
  it.each<[string, boolean]>([
    ['names no sessions', false],
    ['calls all sign-ins of one browser by one `sid`, as Keycloak and Auth0 do', true],
  ])('can sign in again after a sign-out, at a server that %s', async (_, shares) => {
    const known = createPages({ oidc: { fetch: (input, init) => reach(input, init) } })
    const reach = shares ? sharingFetch(known.server.fetch) : known.server.fetch
    await known.signIn()
    const before = known.open().auth
    expect(await before.getSession()).toMatchObject({ user: { id: 'ada' } })
    await before.signOut()
    await known.browser.clock.settle()
    before.dispose()
    await known.signIn()
    const after = known.open().auth
    expect(await after.getSession()).toMatchObject({ user: { id: 'ada' } })
    await known.browser.clock.advance(10 * MINUTE)
    expect(await after.getSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('stays signed in, in all its tabs, when its person signs in again without a sign-out', async () => {
    const { signIn, open, browser, server } = createPages()
    await signIn()
    const tab = open()
    await tab.auth.getSession()
    await signIn()
    const back = open()
    expect(await back.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    await browser.clock.advance(10 * MINUTE)
    for (const { auth, events } of [tab, back]) {
      expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' } })
      expect(events).not.toContain('SIGNED_OUT')
    }
    expect(server.requests.filter(({ path }) => path === '/token/revocation')).toEqual([])
  })

  it('has its session to the end of the access token where the server gave no refresh token', async () => {
    const { signIn, open, browser } = createPages({ oidc: { scope: 'openid' } })
    await signIn()
    const { auth, events } = open()
    await auth.getSession()
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'session_missing' })
    await browser.clock.advance(MINUTE - 1_000)
    const late = open()
    expect(await late.auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    expect(await auth.getSession()).toMatchObject({ user: { id: 'ada' } })
    expect(events).toEqual(['INITIAL_SESSION'])
    await browser.clock.advance(2_000)
    expect([await auth.getSession(), await late.auth.getSession()]).toEqual([null, null])
    expect(events).toEqual(['INITIAL_SESSION', 'SIGNED_OUT'])
    await signIn()
    expect(await open().auth.getSession()).toMatchObject({ user: { id: 'ada' } })
  })
})
