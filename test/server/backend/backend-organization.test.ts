import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createBackend } from '../../../src/server/backend/index.js'
import type { BackendOptions } from '../../../src/server/backend/types.js'
import { workosServer } from '../../../src/server/workos/index.js'
import { ADA, APP, BOB, COOKIE, createBackendWorld, MINUTE, PASSWORD } from './backend-world.js'

const CHOICE = '__Host-holdfast-choice'
const PAGE = `${APP}/choose`

function createWorld(backend: Partial<BackendOptions> = {}) {
  const world = createBackendWorld({
    workos: { organizationChoice: 'required' },
    backend: { organizationPage: '/choose', ...backend },
  })
  const ORIGIN = { headers: { 'Sec-Fetch-Site': 'same-origin', 'Sec-Fetch-Mode': 'navigate' } }
  return {
    ...world,
    /** Signs Ada in up to where she must choose; where she is then. */
    arrive: async () =>
      (await world.navigate(`/auth/sign-in?loginHint=${ADA}&returnTo=/cart&state=mine`)).href,
    list: async () => (await (await world.call('/auth/organizations')).json()).organizations,
    choose: (id: string, init: RequestInit = ORIGIN) =>
      world.send(`/auth/organization?${new URLSearchParams({ id })}`, init),
    sessionOf: async () => (await (await world.call('/auth/session')).json()).session,
  }
}

/** What a choice is refused with, and which cookies are left. */
async function refused(
  answer: Promise<Response>,
  { jar }: { jar: { cookies: Map<string, string> } },
) {
  const response = await answer
  const { code } = await response.json()
  return { status: response.status, code, cookies: [...jar.cookies.keys()] }
}

describe('somebody with two organizations', () => {
  it('chooses one on a page of the app, and goes on to where they began', async () => {
    const { arrive, list, choose, sessionOf, jar } = createWorld()
    expect(await arrive()).toBe(PAGE)
    expect([...jar.cookies.keys()]).toEqual([CHOICE])
    expect(await list()).toEqual([
      { id: 'org_1', name: 'org_1' },
      { id: 'org_2', name: 'org_2' },
    ])
    const response = await choose('org_2')
    expect(response.headers.get('Location')).toBe(`${APP}/cart`)
    expect(await sessionOf()).toMatchObject({
      user: { email: ADA },
      organizationId: 'org_2',
      permissions: ['posts:read'],
    })
    expect([...jar.cookies.keys()]).toEqual([COOKIE])
    expect(await list()).toBeNull()
  })

  it('is signed in by nothing less than the choice', async () => {
    const { arrive, sessionOf, jar } = createWorld()
    await arrive()
    expect(await sessionOf()).toBeNull()
    // What goes on with the sign-in is in no page, and in no address.
    expect(jar.cookies.get(CHOICE)).toMatch(/^Fe26\.2\*/)
  })

  it('is told to the app once it has chosen, with what its page wanted carried', async () => {
    const heard: unknown[] = []
    const { arrive, choose } = createWorld({
      onSignIn({ session, state, returnTo }) {
        heard.push([session.organizationId, state, returnTo])
        return '/welcome'
      },
    })
    await arrive()
    expect(heard).toEqual([])
    expect((await choose('org_1')).headers.get('Location')).toBe(`${APP}/welcome`)
    expect(heard).toEqual([['org_1', 'mine', '/cart']])
  })

  it('may be refused by the app, and the choice is spent', async () => {
    const world = createWorld({
      onSignIn() {
        throw new AuthError('rejected', 'Not in the beta.')
      },
    })
    await world.arrive()
    const refusal = { status: 400, code: 'rejected', cookies: [] }
    expect(await refused(world.choose('org_1'), world)).toEqual(refusal)
  })

  it('chooses on a page that a server renders', async () => {
    const { arrive, backend, jar } = createWorld()
    await arrive()
    const headers = { Cookie: jar.header() ?? '' }
    const request = new Request(PAGE, { headers })
    expect(await backend.organizationsOf(request)).toHaveLength(2)
    expect(await backend.organizationsOf(new Request(PAGE))).toBeNull()
    const plain = createBackendWorld().backend
    expect(await plain.organizationsOf(request)).toBeNull()
  })

  it('has no choice made by a link elsewhere', async () => {
    const world = createWorld()
    await world.arrive()
    const { choose, sessionOf } = world
    for (const headers of [
      { 'Sec-Fetch-Site': 'cross-site', 'Sec-Fetch-Mode': 'navigate' },
      { 'Sec-Fetch-Site': 'none' },
      { Referer: 'https://evil.example/' },
      // A link on the page of the choice, which another site redirects.
      { 'Sec-Fetch-Site': 'cross-site', Referer: PAGE },
      { 'Sec-Fetch-Site': 'same-site', Referer: PAGE },
      {},
    ]) {
      expect(await refused(choose('org_1', { headers }), world)).toEqual({
        status: 403,
        code: 'forbidden',
        cookies: [CHOICE],
      })
    }
    expect(await sessionOf()).toBeNull()
  })

  it('cannot choose what was not offered, and may choose again', async () => {
    const world = createWorld()
    await world.arrive()
    const refusal = { status: 400, code: 'invalid_argument', cookies: [CHOICE] }
    expect(await refused(world.choose('org_3'), world)).toEqual(refusal)
    expect(await refused(world.choose(''), world)).toEqual(refusal)
    expect(world.workos.requests.filter(({ grant }) => grant?.includes('selection'))).toEqual([])
    expect((await world.choose('org_1')).status).toBe(303)
  })

  it('may choose another one after a refusal of the auth server, and after an outage', async () => {
    const world = createWorld()
    await world.arrive()
    world.workos.removeMembership(ADA, 'org_2')
    const refusal = { status: 400, code: 'rejected', cookies: [CHOICE] }
    expect(await refused(world.choose('org_2'), world)).toEqual(refusal)
    world.workos.fail({ type: 'status', status: 503 })
    expect((await refused(world.choose('org_1'), world)).status).toBe(503)
    expect((await world.choose('org_1')).headers.get('Location')).toBe(`${APP}/cart`)
  })

  it('begins anew when the choice took too long, or was made already', async () => {
    const late = createWorld()
    await late.arrive()
    // A browser would have dropped it: whoever keeps it longer is no better off.
    const kept = { Cookie: late.jar.header() ?? '', 'Sec-Fetch-Site': 'same-origin' }
    await late.clock.advance(11 * MINUTE)
    const over = await refused(late.choose('org_1', { headers: kept }), late)
    expect(over.code).toBe('invalid_credentials')
    const twice = createWorld()
    await twice.arrive()
    const cookie = twice.jar.header() ?? ''
    await twice.choose('org_1')
    const headers = { Cookie: cookie, 'Sec-Fetch-Site': 'same-origin' }
    const again = await twice.choose('org_2', { headers })
    expect(again.status).toBe(400)
    expect(again.headers.getSetCookie().join()).toContain(`${CHOICE}=; Path=/; Max-Age=0`)
    expect((await twice.sessionOf()).organizationId).toBe('org_1')
  })

  it('finishes no sign-in that was begun at another auth server', async () => {
    const world = createWorld()
    await world.arrive()
    const client = { clientId: 'client_1', apiKey: 'sk_test_scripted', fetch: world.workos.fetch }
    const other = createBackend({
      sessions: world.sessions,
      signIn: workosServer(client),
      password: PASSWORD,
      organizationPage: '/choose',
      basePath: '/other',
      now: world.now,
    })
    const headers = { Cookie: world.jar.header() ?? '', 'Sec-Fetch-Site': 'same-origin' }
    const request = new Request(`${APP}/other/organization?id=org_1`, { headers })
    const response = await other.handle(request)
    expect(await response?.json()).toMatchObject({ code: 'invalid_credentials' })
    expect(await other.organizationsOf(request)).toBeNull()
  })

  it('does not take what was sealed as something else for a choice', async () => {
    const world = createWorld()
    await world.signIn(BOB)
    const session = world.jar.cookies.get(COOKIE) ?? ''
    world.jar.cookies.set(CHOICE, session)
    expect(await world.list()).toBeNull()
  })
})

describe('a backend without such a page', () => {
  it('refuses the sign-in as one that lacks a step, without what goes on with it', async () => {
    const world = createWorld({ organizationPage: undefined })
    const { response } = await world.navigate(`/auth/sign-in?loginHint=${ADA}`)
    expect(response.status).toBe(403)
    const body = await response.json()
    expect(body).toMatchObject({ code: 'step_required', details: { organizations: [{}, {}] } })
    expect(JSON.stringify(body)).not.toMatch(/pending/i)
    expect(await world.call('/auth/organizations')).toMatchObject({ status: 404 })
    expect(await world.choose('org_1')).toMatchObject({ status: 404 })
  })

  it.each([
    ['a page elsewhere', 'https://evil.example/choose'],
    ['what is no path', 'choose'],
  ])('is not made with %s', (_, organizationPage) => {
    expect(() => createWorld({ organizationPage })).toThrow(/path of the app/)
  })

  it('is not made with a `signIn` that cannot go on after the choice', () => {
    const { sessions } = createWorld()
    const signIn = { authorizeUrl: () => '', exchangeCode: () => Promise.reject() }
    const options = { sessions, signIn, password: PASSWORD, organizationPage: '/choose' }
    expect(() => createBackend(options)).toThrow(/selectOrganization/)
  })
})
