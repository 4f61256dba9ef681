import { describe, expect, it } from 'vitest'
import { createApp } from '../next/app.js'
import { ADA, APP, COOKIE, createBackendWorld } from '../server/backend/backend-world.js'

const HINTS = {
  organizationId: 'org_1',
  loginHint: ADA,
  domainHint: 'evil.example',
  provider: 'GoogleOAuth',
  connectionId: 'conn_evil',
  invitationToken: 'inv_1',
  prompt: 'login',
  maxAge: '90000',
}

/** What the auth server is asked for when a browser goes to the sign-in with all hints. */
async function asked(
  headers: Record<string, string>,
  backend: Parameters<typeof createBackendWorld>[0] = {},
  hints: Record<string, string> = HINTS,
) {
  const world = createBackendWorld(backend)
  const url = `${APP}/auth/sign-in?${new URLSearchParams({ ...hints, returnTo: '/cart' })}`
  const response = await world.backend.handle(new Request(url, { headers }))
  const location = response?.headers.get('Location')
  return location ? Object.fromEntries(new URL(location).searchParams) : {}
}

/** What no link of a stranger may choose. */
const CHOOSING = ['organization_id', 'login_hint', 'domain_hint', 'connection_id']

describe('a page of another site cannot have somebody signed in as another', () => {
  it.each<[string, Record<string, string>]>([
    ['another site', { 'Sec-Fetch-Site': 'cross-site' }],
    ['a sibling', { 'Sec-Fetch-Site': 'same-site' }],
    ['a mail, or whatever is outside of the browser', { 'Sec-Fetch-Site': 'none' }],
    ['an old browser, by a site that hides itself', {}],
    ['an old browser, by a site', { Referer: 'https://evil.example/' }],
    ['one that looks like ours', { Referer: `${APP}.evil.example/` }],
    ['nonsense', { Referer: 'app.example' }],
    [
      'a page of ours, which another site redirects',
      { 'Sec-Fetch-Site': 'cross-site', Referer: `${APP}/` },
    ],
    [
      'a page of ours, which a sibling redirects',
      { 'Sec-Fetch-Site': 'same-site', Referer: `${APP}/` },
    ],
  ])('by a link on %s', async (_, headers) => {
    const params = await asked(headers)
    expect(params).toMatchObject({ invitation_token: 'inv_1', prompt: 'login', max_age: '90' })
    expect(Object.keys(params).filter((name) => CHOOSING.includes(name))).toEqual([])
    expect(params.provider).toBe('authkit')
  })

  it.each<[string, Record<string, string>]>([
    ['a page of ours', { 'Sec-Fetch-Site': 'same-origin' }],
    ['a page of ours, in an old browser', { Referer: `${APP}/login` }],
  ])('while %s may', async (_, headers) => {
    const { provider: _provider, connectionId: _connection, ...hints } = HINTS
    const params = await asked(headers, {}, hints)
    expect(params).toMatchObject({ organization_id: 'org_1', login_hint: ADA })
  })

  it('nor fills the log with what it may not choose: each hint is told of once', async () => {
    const { backend, reports } = createBackendWorld()
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    for (const name of ['connectionId', 'connectionId', 'loginHint', 'connectionId'])
      await backend.handle(new Request(`${APP}/auth/sign-in?${name}=x`, { headers }))
    expect(reports).toHaveLength(2)
  })

  it('and so may a page of an origin that the app allows', async () => {
    const headers = { 'Sec-Fetch-Site': 'same-site', Referer: 'https://www.app.example/login' }
    const backend = { allowedOrigins: ['https://www.app.example'] }
    const hints = { connectionId: 'conn_1' }
    expect((await asked(headers, { backend }, hints)).connection_id).toBe('conn_1')
    expect((await asked(headers, {}, hints)).connection_id).toBeUndefined()
  })

  it.each<[string, string, Record<string, string>, boolean]>([
    ['of the same site', 'https://www.app.example', { 'Sec-Fetch-Site': 'same-site' }, true],
    ['in an old browser', 'https://www.app.example', {}, true],
    ['by another site', 'https://www.app.example', { 'Sec-Fetch-Site': 'cross-site' }, false],
    ['of another site', 'https://app.partner', { 'Sec-Fetch-Site': 'cross-site' }, true],
    ['by http', 'http://www.app.example', { 'Sec-Fetch-Site': 'cross-site' }, true],
    ['by a bookmark', 'https://app.partner', { 'Sec-Fetch-Site': 'none' }, false],
    ['of ours, by a sibling', APP, { 'Sec-Fetch-Site': 'same-site' }, false],
  ])('which comes from there as browsers say it: %s', async (_, origin, said, isTaken) => {
    const headers = { ...said, Referer: `${origin}/login` }
    const backend = { allowedOrigins: [origin] }
    const { connection_id: taken } = await asked(headers, { backend }, { connectionId: 'conn_1' })
    expect(taken).toBe(isTaken ? 'conn_1' : undefined)
  })

  it('by an address that a page of ours has made for the attacker', async () => {
    const app = createApp()
    const make = () => app.auth.getSignInUrl({ connectionId: 'conn_evil', state: 'admin' })
    const { result = '' } = await app.browser().page(make)
    for (const from of ['https://evil.example', null]) {
      const victim = app.browser()
      const { url } = await victim.follow(result, from)
      const { pathname, searchParams } = new URL(url)
      expect([pathname, searchParams.get('connection_id')]).toEqual([
        '/user_management/authorize',
        null,
      ])
    }
    expect(app.server.count('authorization_code')).toBe(0)
  })

  it('but by the hints that the app lets anybody give', async () => {
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    const backend = { crossSiteHints: ['organizationId'] as const }
    const params = await asked(headers, { backend })
    expect(params.organization_id).toBe('org_1')
    expect(params.prompt).toBeUndefined()
  })

  it('and what is no hint cannot be let through', () => {
    const names: never[] = JSON.parse('["state"]')
    expect(() => createBackendWorld({ backend: { crossSiteHints: names } })).toThrow(
      'crossSiteHints',
    )
  })
})

describe('a page that is fetched ahead begins no sign-in', () => {
  it.each<[string, string]>([
    ['Sec-Purpose', 'prefetch'],
    ['Sec-Purpose', 'prefetch;prerender'],
    ['Purpose', 'prefetch'],
    ['X-Moz', 'prefetch'],
    ['X-Purpose', 'preview'],
    ['Next-Router-Prefetch', '1'],
  ])('%s: %s', async (name, value) => {
    const world = createBackendWorld()
    for (const path of ['/auth/sign-in', '/auth/sign-up', '/auth/callback?code=x']) {
      const headers = { 'Sec-Fetch-Mode': 'navigate', [name]: value }
      const response = await world.send(path, { headers })
      expect(response.status).toBe(503)
      expect(response.headers.getSetCookie()).toEqual([])
    }
    expect([world.workos.requests, world.reports]).toEqual([[], []])
  })

  it('nor does Next send it to the sign-in', async () => {
    const app = createApp({ proxy: { protect: true } })
    const headers = { 'sec-purpose': 'prefetch' }
    const { response } = await app.browser().visit('/team', () => app.auth.withAuth(), { headers })
    expect([response.status, response.headers.get('location')]).toEqual([503, null])
  })
})

describe('a callback that this browser did not begin', () => {
  it.each([
    ['an identity provider', '/auth/callback?code=code_by_the_idp'],
    ['an impersonation', '/auth/callback?code=code_of_the_dashboard&state='],
    ['an attacker', `/auth/callback?code=code_of_eve&state=${'A'.repeat(43)}`],
    ['a bookmark', '/auth/callback'],
  ])('by %s leads to a fresh sign-in, which ends where it should', async (_, path) => {
    const world = createBackendWorld()
    const first = await world.send(path)
    expect(first.headers.get('Location')).toBe(`${APP}/auth/sign-in?again=1`)
    // Whoever has a session at the auth server comes back at once.
    const begun = await world.send('/auth/sign-in?again=1')
    const at = new URL(begun.headers.get('Location') ?? '')
    at.searchParams.set('login_hint', ADA)
    const back = await world.workos.fetch(at)
    const done = await world.send(back.headers.get('Location') ?? '')
    expect(done.headers.get('Location')).toBe(`${APP}/`)
    expect(world.jar.cookies.has(COOKIE)).toBe(true)
    expect(world.workos.count('authorization_code')).toBe(1)
  })

  it('ends after one more attempt in a browser that keeps no cookies', async () => {
    const world = createBackendWorld()
    const begun = await world.send('/auth/sign-in?again=1')
    world.jar.cookies.clear()
    const at = new URL(begun.headers.get('Location') ?? '')
    at.searchParams.set('login_hint', ADA)
    const back = await world.workos.fetch(at)
    const refused = await world.send(back.headers.get('Location') ?? '')
    expect([refused.status, (await refused.json()).code]).toEqual([400, 'invalid_credentials'])
  })

  it('is answered by the app where it wants to', async () => {
    const codes: string[] = []
    const onSignInError = ({ code }: { code: string }): Response => {
      codes.push(code)
      return Response.redirect(`${APP}/welcome`)
    }
    const world = createBackendWorld({ backend: { onSignInError } })
    const response = await world.send('/auth/callback?code=code_by_the_idp')
    expect(response.headers.get('Location')).toBe(`${APP}/welcome`)
    expect(codes).toEqual(['invalid_credentials'])
  })
})
