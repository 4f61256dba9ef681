import { describe, expect, it } from 'vitest'
import { createApp, ORIGIN } from './app.js'

const PREVIEW = 'https://preview-7.example'
const URIS = [`${ORIGIN}/auth/callback`, `${PREVIEW}/auth/callback`]

const createSites = () =>
  createApp({
    env: { NEXT_PUBLIC_WORKOS_REDIRECT_URI: '' },
    auth: { redirectUris: URIS },
    proxy: { protect: true },
    workos: { clients: [{ id: 'client_scripted', redirectUris: URIS }] },
  })

describe('an app that browsers know under several hosts', () => {
  it.each([ORIGIN, PREVIEW])('signs in at %s, and comes back there', async (origin) => {
    const app = createSites()
    const headers = { host: new URL(origin).host }
    const browser = app.browser()
    const { response } = await browser.visit('/team', async () => {}, { headers })
    const signIn = `${origin}/auth/sign-in?returnTo=%2Fteam`
    expect(response.headers.get('location')).toBe(signIn)
    const begun = await app.auth.handlers.GET(browser.requestTo('/auth/sign-in', headers))
    const { searchParams } = new URL(begun.headers.get('location') ?? '')
    expect(searchParams.get('redirect_uri')).toBe(`${origin}/auth/callback`)
    const ask = () => app.auth.getSignInUrl({ returnTo: '/' })
    const forwarded = { host: 'inside', 'x-forwarded-host': new URL(origin).host }
    const open = { headers: forwarded, unproxied: true }
    expect((await browser.visit('/', ask, open)).result).toBe(`${origin}/auth/sign-in?returnTo=%2F`)
  })

  it('is nobody else’s: another host is refused', async () => {
    const app = createSites()
    const headers = { host: 'evil.example' }
    const ask = () => app.auth.getSignInUrl()
    const { error } = await app.browser().visit('/', ask, { headers, unproxied: true })
    expect(error).toMatchObject({ code: 'invalid_argument' })
    const answer = await app.auth.handlers.GET(app.browser().requestTo('/auth/sign-in', headers))
    expect(answer.status).toBe(421)
    const away = app.browser().visit('/team', async () => {}, { headers })
    expect((await away).response.status).toBe(421)
  })

  it('says so to a Server Action from another host too, not that nobody is signed in', async () => {
    const headers = { host: 'evil.example', 'next-action': '00ab', 'sec-fetch-mode': 'cors' }
    const call = { phase: 'action', headers } as const
    const { response } = await createSites()
      .browser()
      .visit('/team', async () => {}, call)
    expect([response.status, response.headers.get('content-type')]).toEqual([421, 'text/plain'])
    expect(await response.text()).toBe(
      'This app answers under the hosts of its `redirectUris` only.',
    )
  })
})

describe('a sign-in', () => {
  it('is told to the app before anybody is signed in, which may refuse it', async () => {
    const heard: unknown[] = []
    const app = createApp({
      auth: {
        onSignIn({ session, returnTo }) {
          heard.push([session.user?.email, returnTo])
          if (heard.length > 1) throw new Error('The database is away.')
          return '/welcome'
        },
      },
    })
    const sign = `/auth/sign-in?loginHint=ada@example.test&organizationId=org_1&returnTo=/team`
    const ada = app.browser()
    expect((await ada.follow(sign)).url).toBe(`${ORIGIN}/welcome`)
    expect(await ada.who()).toHaveProperty('user.id', 'user_ada')
    const refused = app.browser()
    await refused.follow(sign)
    expect(await refused.who()).toEqual({ user: null })
    expect(heard).toEqual([
      ['ada@example.test', '/team'],
      ['ada@example.test', '/team'],
    ])
  })

  it('waits on a page of the app for somebody with several organizations to choose', async () => {
    const app = createApp({
      auth: { organizationPage: '/choose' },
      workos: { organizationChoice: 'required' },
    })
    const ada = app.browser()
    const { url } = await ada.follow('/auth/sign-in?loginHint=ada@example.test')
    expect(url).toBe(`${ORIGIN}/choose`)
    const { result } = await ada.visit('/choose', () => app.auth.getOrganizations())
    expect(result?.map(({ id }) => id)).toContain('org_2')
    await ada.follow('/auth/organization?id=org_2')
    expect(await ada.who()).toHaveProperty('organizationId', 'org_2')
    expect((await ada.visit('/choose', () => app.auth.getOrganizations())).result).toBeNull()
  })
})
