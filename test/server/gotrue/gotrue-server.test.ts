import { describe, expect, it } from 'vitest'
import { createPkce } from '../../../src/providers/shared/pkce.js'
import {
  createGotrue,
  type GoTrueServer,
  type GoTrueSignInRequest,
  supabaseSsr,
} from '../../../src/server/gotrue/index.js'
import {
  ADA,
  APP,
  CALLBACK,
  createGotrueServerWorld,
  URL_OF_GOTRUE,
} from './gotrue-server-world.js'

const INVALID = { code: 'invalid_argument' }
const PROVIDER_ID = '3f1b2c1e-6a1d-4b7e-9d2e-1f2a3b4c5d6e'

/** The address of a sign-in, and what of it GoTrue is asked. */
async function addressOf(request: Partial<GoTrueSignInRequest>, world = createGotrueServerWorld()) {
  const { challenge: codeChallenge } = await createPkce()
  const asked = { redirectUri: CALLBACK, state: 'state', codeChallenge, ...request }
  return new URL(await world.server.authorizeUrl(asked))
}

describe('the options of a GoTrue server', () => {
  it.each([
    ['nothing', undefined],
    ['no address', {}],
    ['an address that tokens must not go to', { url: 'http://project.example/auth/v1' }],
    ['a key with a blank', { url: URL_OF_GOTRUE, apiKey: 'key ' }],
    ['an option that there is not', { url: URL_OF_GOTRUE, clientId: 'x' }],
    ['no time', { url: URL_OF_GOTRUE, requestTimeout: 0 }],
    ['a page of another site', { url: URL_OF_GOTRUE, confirmPage: '//evil.example' }],
    ['a page that is no path', { url: URL_OF_GOTRUE, confirmPage: 'https://evil.example/' }],
    ['a page with a query', { url: URL_OF_GOTRUE, confirmPage: '/continue?a=1' }],
  ])('are refused: %s', (_, options) => {
    // @ts-expect-error JavaScript has no types.
    expect(() => createGotrue(options)).toThrow(expect.objectContaining(INVALID))
  })

  it.each([
    ['nothing', undefined],
    ['no server', {}],
    ['a name that no cookie has', { server: { url: URL_OF_GOTRUE }, name: 'a b' }],
    ['no name', { server: { url: URL_OF_GOTRUE }, name: '' }],
    ['a place that is none', { server: { url: URL_OF_GOTRUE }, path: 'x' }],
  ])('are refused for its former cookies: %s', (_, options) => {
    // @ts-expect-error JavaScript has no types.
    expect(() => supabaseSsr(options)).toThrow(expect.objectContaining(INVALID))
  })
})

describe('the address of a sign-in', () => {
  it('passes on to the other provider what the app wants of it', async () => {
    const parameters = { access_type: 'offline' }
    const wish = { provider: 'google', scopes: 'email', prompt: 'consent', parameters }
    const { searchParams } = await addressOf(wish)
    expect(Object.fromEntries(searchParams)).toMatchObject({
      provider: 'google',
      scopes: 'email',
      prompt: 'consent',
      access_type: 'offline',
      redirect_to: `${CALLBACK}?state=state`,
    })
  })

  it('keeps the query that a redirect URI has', async () => {
    const redirectUri = `${CALLBACK}?keep=1`
    const { searchParams } = await addressOf({ provider: 'google', redirectUri })
    expect(searchParams.get('redirect_to')).toBe(`${redirectUri}&state=state`)
  })

  it.each<[string, Partial<GoTrueSignInRequest>]>([
    ['an organization', { provider: 'google', organizationId: 'org_1' }],
    ['an invitation', { provider: 'google', invitationToken: 'x' }],
    ['an age', { provider: 'google', maxAge: 60_000 }],
    ['a kind of proof', { provider: 'google', acrValues: 'gold' }],
    ['a language', { provider: 'google', uiLocales: 'de' }],
    ['claims', { provider: 'google', claims: {} }],
    [
      'another place to return to',
      { provider: 'google', parameters: { redirect_to: 'https://evil.example' } },
    ],
    ['another proof', { provider: 'google', parameters: { code_challenge: 'x' } }],
    ['no state', { provider: 'google', state: '' }],
    ['no challenge', { provider: 'google', codeChallenge: 'short' }],
    ['no place to return to', { provider: 'google', redirectUri: '/auth/callback' }],
  ])('is none with %s', async (_, request) => {
    await expect(addressOf(request)).rejects.toMatchObject(INVALID)
  })

  it.each([
    ['its domain', { domainHint: 'corp.example' }],
    ['its id', { connectionId: PROVIDER_ID }],
  ])(
    'is that of a company’s identity provider, by %s, which comes back as others do',
    async (_, hint) => {
      const sso = [{ id: PROVIDER_ID, domains: ['corp.example'] }]
      const { begin, follow, whoIs } = createGotrueServerWorld({ scripted: { sso } })
      const { back } = await begin(`?${new URLSearchParams(hint)}`)
      expect((await follow(back)).status).toBe(303)
      expect(await whoIs()).toBe('person@corp.example')
    },
  )

  it('begins by POST with the proof of a captcha, which no address holds', async () => {
    const sso = [{ id: PROVIDER_ID, domains: ['corp.example'] }]
    const scripted = { sso, captcha: { tokens: ['proof-of-a-person'] } }
    const world = createGotrueServerWorld({ scripted })
    const fields = { domainHint: 'corp.example', returnTo: '/inbox' }
    const refused = await world.call('/auth/sso', fields)
    expect([refused.status, (await refused.json()).serverCode]).toEqual([400, 'captcha_failed'])
    expect(world.jar.cookies.size).toBe(0)
    const captchaToken = 'proof-of-a-person'
    const begun = await world.call('/auth/sso', { ...fields, captchaToken })
    const { url } = await begun.json()
    expect(url).not.toContain(captchaToken)
    const page = await world.scripted.fetch(url)
    const back = await world.follow(page.headers.get('location') ?? '')
    expect([back.status, back.headers.get('location')]).toEqual([303, `${APP}/inbox`])
    expect(await world.whoIs()).toBe('person@corp.example')
  })

  it.each([
    ['nobody', {}],
    ['no text', { domainHint: 7 }],
  ])('does not begin by POST for %s', async (_, fields) => {
    const { call, scripted } = createGotrueServerWorld()
    const answer = await call('/auth/sso', fields)
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid_argument'])
    expect(scripted.requests).toEqual([])
  })

  it('does not begin by POST for a page of another site', async () => {
    const { send } = createGotrueServerWorld()
    const headers = { 'Sec-Fetch-Site': 'cross-site' }
    const body = JSON.stringify({ domainHint: 'corp.example' })
    const answer = await send('/auth/sso', { method: 'POST', headers, body })
    expect(answer.status).toBe(403)
  })

  it('leads to no address that is not one of the web', async () => {
    const fetch = async () => Response.json({ url: 'javascript:alert(1)' })
    const server = createGotrue({ url: 'https://project.example/auth/v1', fetch })
    const request = { redirectUri: 'https://app.example/auth/callback', state: 's' }
    const asked = { ...request, codeChallenge: 'a'.repeat(43), domainHint: 'corp.example' }
    await expect(server.authorizeUrl(asked)).rejects.toMatchObject({ code: 'bad_response' })
  })

  it('is none for a company that has no identity provider, in GoTrue’s words', async () => {
    const world = createGotrueServerWorld({ scripted: { sso: [] } })
    const asked = addressOf({ domainHint: 'corp.example' }, world)
    await expect(asked).rejects.toMatchObject({ serverCode: 'sso_provider_not_found' })
  })
})

describe('what a server app calls by itself', () => {
  it('tells whose an access token is, and changes them', async () => {
    const { server, grant } = createGotrueServerWorld()
    const { accessToken } = await grant()
    expect(await server.getUser(accessToken)).toMatchObject({ email: ADA.email })
    const changed = await server.updateUser(accessToken, { data: { name: 'Ada' } })
    expect(changed.userMetadata).toMatchObject({ name: 'Ada' })
  })

  it('has a token that is dead refused in GoTrue’s words', async () => {
    const { server } = createGotrueServerWorld()
    await expect(server.getUser('dead')).rejects.toMatchObject({ serverCode: 'bad_jwt' })
  })

  it.each<[string, (server: GoTrueServer) => Promise<unknown>]>([
    // @ts-expect-error JavaScript has no types.
    ['signIn', (server) => server.signIn()],
    // @ts-expect-error JavaScript has no types.
    ['signUp', (server) => server.signUp()],
    // @ts-expect-error JavaScript has no types.
    ['sendOtp', (server) => server.sendOtp({})],
    // @ts-expect-error JavaScript has no types.
    ['sendPasswordRecovery', (server) => server.sendPasswordRecovery(null)],
    // @ts-expect-error JavaScript has no types.
    ['resend', (server) => server.resend({ type: 'x', email: ADA.email })],
    // @ts-expect-error JavaScript has no types.
    ['exchangeCode', (server) => server.exchangeCode({ code: 'x' })],
    // @ts-expect-error JavaScript has no types.
    ['authorizeUrl', (server) => server.authorizeUrl()],
    ['getUser', (server) => server.getUser('')],
    // @ts-expect-error JavaScript has no types.
    ['updateUser', (server) => server.updateUser('token')],
  ])('says what is wrong with what it was given, and asks nobody: %s', async (_, call) => {
    const { server, scripted } = createGotrueServerWorld()
    await expect(call(server)).rejects.toMatchObject(INVALID)
    expect(scripted.requests).toEqual([])
  })

  it('shows no secret in an error', async () => {
    const apiKey = 'the-key-of-the-project'
    const { server, scripted } = createGotrueServerWorld({ gotrue: { apiKey } })
    const password = 'correct-horse-battery'
    const body = JSON.stringify({ code: 'x', message: `no: ${password} ${apiKey}` })
    scripted.fail({ type: 'status', status: 400, body })
    const error = await server.signIn({ ...ADA, password }).catch((thrown: unknown) => thrown)
    expect(`${error}`).toContain('no: ')
    expect(`${error}`).not.toContain(password)
    expect(`${error}`).not.toContain(apiKey)
  })
})
