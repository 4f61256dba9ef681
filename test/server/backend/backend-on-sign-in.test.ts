import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import type { BackendOptions, GrantedSignIn } from '../../../src/server/backend/types.js'
import { ADA, APP, BOB, COOKIE, createBackendWorld, MINUTE } from './backend-world.js'

type OnSignIn = NonNullable<BackendOptions['onSignIn']>

/** A backend whose app hears of sign-ins, and what it heard. */
function createWorld(onSignIn: OnSignIn = () => {}, more: Partial<BackendOptions> = {}) {
  const heard: GrantedSignIn[] = []
  const world = createBackendWorld({
    workos: { oauthTokens: true },
    backend: {
      ...more,
      onSignIn(signIn) {
        heard.push(signIn)
        return onSignIn(signIn)
      },
    },
  })
  const emailOf = async (): Promise<string | undefined> =>
    (await (await world.call('/auth/session')).json()).session?.user.email
  return { ...world, heard, emailOf }
}

/** Lets the app throw from now on. */
const throwing = (error: unknown) => () => {
  throw error
}

describe('an app that hears of sign-ins', () => {
  it('gets the session, what its page wanted carried, and the request', async () => {
    const { navigate, heard, now } = createWorld()
    const query = new URLSearchParams({ loginHint: ADA, returnTo: '/cart', state: 'plan=pro' })
    expect((await navigate(`/auth/sign-in?${query}`)).href).toBe(`${APP}/cart`)
    expect(heard).toEqual([
      {
        session: expect.objectContaining({
          user: expect.objectContaining({ email: ADA }),
          accessToken: expect.stringMatching(/^ey/),
          organizationId: 'org_1',
          expiresAt: now() + 5 * MINUTE,
          extras: {},
        }),
        state: 'plan=pro',
        returnTo: '/cart',
        request: expect.any(Request),
      },
    ])
    expect(new URL(heard[0]?.request.url ?? '').pathname).toBe('/auth/callback')
  })

  it('gets the tokens of the provider by which somebody signed in, this once', async () => {
    const { navigate, heard, call } = createWorld()
    await navigate(`/auth/sign-in?loginHint=${ADA}&provider=GoogleOAuth`)
    expect(heard[0]?.session.extras).toEqual({
      oauth_tokens: {
        provider: 'GoogleOAuth',
        access_token: expect.any(String),
        refresh_token: expect.any(String),
        expires_at: expect.any(Number),
        scopes: ['email'],
      },
    })
    expect(await (await call('/auth/session')).text()).not.toContain('oauth')
  })

  it('is told what a page of its own wanted carried, and nothing by a link elsewhere', async () => {
    const { send, heard, workos } = createWorld()
    const finish = async (site: string): Promise<void> => {
      const headers = { 'Sec-Fetch-Site': site }
      const path = `/auth/sign-in?state=admin&loginHint=${ADA}`
      const to = new URL((await send(path, { headers })).headers.get('Location') ?? '')
      to.searchParams.set('login_hint', ADA)
      await send((await workos.fetch(to.href)).headers.get('Location') ?? '')
    }
    await finish('same-origin')
    await finish('cross-site')
    expect(heard.map(({ state }) => state)).toEqual(['admin', undefined])
  })

  it.each(['state', 'claims'])('is not begun with %s that no cookie could carry', async (name) => {
    const { send } = createWorld()
    const response = await send(`/auth/sign-in?${name}=${'1'.repeat(1_025)}`)
    expect(response.status).toBe(400)
    expect(await response.json()).toMatchObject({
      code: 'invalid_argument',
      message: expect.stringContaining('at most 1024 characters'),
    })
  })

  it('may send the person to another page of its own', async () => {
    const { signIn, emailOf } = createWorld(async () => '/welcome?new=1')
    expect(await signIn()).toBe(`${APP}/welcome?new=1`)
    expect(await emailOf()).toBe(ADA)
  })

  it('cannot send anybody elsewhere, whatever its own data says', async () => {
    for (const target of ['https://evil.example', '//evil.example', '/\\evil.example', '']) {
      expect(await createWorld(() => target).signIn()).toBe(`${APP}/`)
    }
  })

  it('that throws has nobody signed in, and whoever was stays so', async () => {
    let refuse: () => void = () => {}
    const { signIn, navigate, emailOf, jar, reports } = createWorld(() => refuse())
    await signIn(BOB)
    refuse = throwing(new Error('the database is down'))
    const { response } = await navigate(`/auth/sign-in?loginHint=${ADA}`)
    expect(response.status).toBe(400)
    const { code, serverCode, ...rest } = await response.json()
    expect({ code, serverCode }).toEqual({ code: 'rejected', serverCode: 'sign_in_refused' })
    expect(JSON.stringify(rest)).not.toContain('database')
    expect(reports).toEqual([new Error('the database is down')])
    expect(await emailOf()).toBe(BOB)
    expect([...jar.cookies.keys()]).toEqual([COOKIE])
  })

  it('may say by an AuthError why, and answer by a page of its own', async () => {
    const closed = new AuthError('rejected', 'The beta is closed.', { serverCode: 'beta_closed' })
    const { navigate, jar, reports } = createWorld(throwing(closed), {
      onSignInError: ({ message }) => new Response(message, { status: 403 }),
    })
    const { response } = await navigate(`/auth/sign-in?loginHint=${ADA}`)
    expect(response.status).toBe(403)
    expect(await response.text()).toBe('The beta is closed.')
    expect([...jar.cookies.keys()]).toEqual([])
    expect(reports).toEqual([])
  })

  it('is not asked again by the same address, also where trying again might do', async () => {
    const { navigate, send, heard } = createWorld(throwing(new AuthError('storage', 'Full.')))
    const { href, response } = await navigate(`/auth/sign-in?loginHint=${ADA}`)
    expect(response.status).toBe(503)
    expect((await send(href)).status).toBe(303)
    expect(heard).toHaveLength(1)
  })
})
