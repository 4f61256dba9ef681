import { describe, expect, it } from 'vitest'
import { AuthClient, AuthError, resourceTokens } from '../../src/index.js'
import { oidc, stepOf, stepUp, userinfo } from '../../src/providers/oidc/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { answering, CALLBACK, DOCUMENT, ISSUER, oidcPage, tokenBody } from '../support/oidc-wire.js'

describe('a session of OpenID Connect', () => {
  it('is refreshed with the new token each time, and keeps its first id token where there is no other', async () => {
    const { auth, signIn, sent, replies } = oidcPage({})
    await signIn()
    const first = (await auth.getSession())?.extras.id_token
    const { id_token: _, ...body } = tokenBody()
    replies.push(
      [200, { ...body, refresh_token: 'refresh-2' }],
      [200, { ...body, refresh_token: null }],
    )
    await auth.refreshSession()
    const { session } = await auth.refreshSession()
    expect(sent.map(({ form }) => form.refresh_token)).toEqual([
      undefined,
      'refresh-1',
      'refresh-2',
    ])
    expect(session).toMatchObject({ refreshToken: 'refresh-2', user: { id: 'ada' } })
    expect(session.extras.id_token).toBe(first)
  })

  it('keeps the refresh token of an answer that holds no access token, and goes on with the one it has', async () => {
    const { auth, signIn, sent, replies, browser, provider } = oidcPage({})
    await signIn()
    replies.push(
      [200, { refresh_token: 'refresh-2' }],
      [200, { refresh_token: 'refresh-3', access_token: 5 }],
    )
    const bad = { code: 'bad_response', retryable: true }
    await expect(auth.refreshSession()).rejects.toMatchObject(bad)
    await expect(auth.refreshSession()).rejects.toMatchObject(bad)
    expect(sent.map(({ form }) => form.refresh_token)).toEqual([
      undefined,
      'refresh-1',
      'refresh-2',
    ])
    expect(await auth.getSession()).toMatchObject({ accessToken: 'access-1', user: { id: 'ada' } })
    // Whoever opens the app now has it, too.
    auth.dispose()
    const { storage, environment } = browser.tab()
    const later = new AuthClient({ provider, storage, environment })
    replies.push([200, tokenBody()])
    await later.refreshSession()
    expect(sent.at(-1)?.form.refresh_token).toBe('refresh-3')
  })

  it('asks ever more rarely a server that answers with refresh tokens alone', async () => {
    const { auth, signIn, sent, replies, browser } = oidcPage({})
    await signIn()
    for (let i = 2; i < 200; i += 1) replies.push([200, { refresh_token: `refresh-${i}` }])
    await browser.clock.advance(600_000)
    expect(sent.length).toBeGreaterThan(3)
    expect(sent.length).toBeLessThan(15)
    replies.splice(0, replies.length, [200, tokenBody()])
    expect(await auth.refreshSession()).toMatchObject({ session: { accessToken: 'access-1' } })
  })

  it('keeps it also where the token was asked for a resource', async () => {
    const { auth, signIn, sent, replies } = oidcPage({ resourceTokens: resourceTokens() })
    await signIn()
    replies.push([200, { refresh_token: 'refresh-2' }], [200, tokenBody()])
    const wanted = auth.getAccessToken({ resource: 'https://api.example' })
    await expect(wanted).rejects.toMatchObject({ code: 'bad_response' })
    await auth.refreshSession()
    expect(sent.at(-1)?.form.refresh_token).toBe('refresh-2')
  })

  it('ends with a reason of its own when the server answers for somebody else, who is never served', async () => {
    const { auth, signIn, replies, ends } = oidcPage({})
    await signIn()
    replies.push([200, tokenBody({ sub: 'eve' })])
    await expect(auth.refreshSession()).rejects.toMatchObject({ serverCode: 'subject_changed' })
    expect(await auth.getSession()).toBeNull()
    expect(ends).toEqual([
      ['subject-changed', expect.objectContaining({ serverCode: 'subject_changed' })],
    ])
  })

  it('survives a client that is switched off for a while', async () => {
    const { auth, signIn, replies } = oidcPage({})
    await signIn()
    replies.push([401, { error: 'invalid_client' }], [200, tokenBody()])
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'rejected' })
    expect(await auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('ends here at once when somebody signs out, whatever the network does, and is revoked', async () => {
    const { auth, signIn, replies, sent, browser } = oidcPage({})
    await signIn()
    replies.push('lost')
    await auth.signOut()
    expect(await auth.getSession()).toBeNull()
    await expect.poll(() => sent.at(-1)?.url).toBe(DOCUMENT.revocation_endpoint)
    expect(sent.at(-1)?.form).toMatchObject({ token: 'refresh-1' })
    // Nothing of it is left: no token, no address of an endpoint.
    expect(JSON.stringify([...browser.storage.entries])).not.toMatch(/refresh-1|id\.example\/token/)
  })

  it('ends as docs/oidc.md writes it, also where its token is dead and nobody can be asked', async () => {
    const { auth, signIn, replies, browser } = oidcPage({})
    await signIn()
    replies.push(...Array<'lost'>(20).fill('lost'))
    await browser.clock.advance(120_000)
    const home = 'https://app.example/'
    const address = await auth.actions.signOutUrl({ postLogoutRedirectUri: home }).catch(() => home)
    await auth.signOut()
    expect(address).toBe(home)
    expect(await auth.getSession()).toBeNull()
  })

  it('has tokens for other resources, all spending the one refresh token', async () => {
    const { auth, signIn, replies, sent } = oidcPage({ resourceTokens: resourceTokens() })
    await signIn()
    const answer = { ...tokenBody(), access_token: 'for-the-api', refresh_token: 'refresh-2' }
    replies.push([200, answer], [200, tokenBody()])
    const resource = 'https://api.example'
    expect(await auth.getAccessToken({ resource })).toBe('for-the-api')
    expect(await auth.getAccessToken({ resource })).toBe('for-the-api')
    expect(await auth.getAccessToken()).toBe('access-1')
    expect(sent.at(-1)?.form).toMatchObject({ refresh_token: 'refresh-1', resource })
    await auth.refreshSession()
    expect(sent.at(-1)?.form.refresh_token).toBe('refresh-2')
  })

  it('is not slowed down by the refusal of one resource', async () => {
    const { auth, signIn, replies } = oidcPage({ resourceTokens: resourceTokens() })
    await signIn()
    replies.push([400, { error: 'invalid_target' }], [200, tokenBody()])
    const wanted = auth.getAccessToken({ resource: 'https://other.example' })
    await expect(wanted).rejects.toMatchObject({ serverCode: 'invalid_target' })
    expect(await auth.refreshSession()).toMatchObject({ user: { id: 'ada' } })
  })

  it('is for the resource that its sign-in named, at each refresh', async () => {
    const { auth, signIn, replies, sent } = oidcPage({})
    await signIn({}, { resource: 'https://own.example' })
    replies.push([200, tokenBody()])
    await auth.refreshSession()
    expect(sent.map(({ form }) => form.resource)).toEqual([
      'https://own.example',
      'https://own.example',
    ])
  })

  it('loads its user anew when it is asked to, with a token that works', async () => {
    const { auth, signIn, replies } = oidcPage({ loadUser: userinfo }, [200, { sub: 'ada' }])
    await signIn()
    replies.push(
      [401, { error: 'invalid_token' }],
      [200, tokenBody()],
      [200, { sub: 'ada', name: 'Ada L.' }],
    )
    expect(await auth.actions.reloadUser()).toMatchObject({ name: 'Ada L.' })
    expect((await auth.getSession())?.user?.name).toBe('Ada L.')
    await expect(oidcPage({}).auth.actions.reloadUser()).rejects.toMatchObject({
      code: 'session_missing',
    })
  })

  it('is never described by what the server says of somebody else', async () => {
    const { auth, signIn, replies } = oidcPage({ loadUser: userinfo }, [200, { sub: 'ada' }])
    await signIn()
    replies.push([200, { sub: 'eve', name: 'Eve' }])
    await expect(auth.actions.reloadUser()).rejects.toMatchObject({
      code: 'bad_response',
      retryable: false,
    })
    expect((await auth.getSession())?.user).toMatchObject({ id: 'ada' })
  })

  it('stays who it is also where only the app knows who that is', async () => {
    const people = ['ada', 'eve']
    const loadUser = async () => ({ id: people.shift() ?? '' })
    const { auth, begin, comeBack, replies } = oidcPage({ scope: 'read', loadUser })
    const { state = '' } = (await begin()).parameters
    replies.push([200, { access_token: 'a', refresh_token: 'r', expires_in: 600 }])
    await comeBack({ code: 'c', state })
    await expect(auth.actions.reloadUser()).rejects.toMatchObject({
      code: 'bad_response',
      retryable: false,
    })
    expect((await auth.getSession())?.user).toEqual({ id: 'ada' })
  })

  it('ends where a grant of the server’s own brings another person’s: its tokens are spent', async () => {
    const { auth, signIn, replies, ends } = oidcPage({})
    await signIn()
    replies.push([200, tokenBody({ sub: 'eve' })])
    await expect(auth.actions.exchange({ grant_type: 'x' })).rejects.toMatchObject({
      code: 'refresh_rejected',
      serverCode: 'subject_changed',
    })
    expect(await auth.getSession()).toBeNull()
    expect(ends).toMatchObject([['subject-changed', { serverCode: 'subject_changed' }]])
  })

  it('is finished by a grant of the server’s own where a refresh wants a second factor', async () => {
    const { auth, signIn, replies, sent } = oidcPage({})
    await signIn()
    replies.push([403, { error: 'mfa_required', mfa_token: 'm-1' }])
    await expect(auth.refreshSession()).rejects.toMatchObject({
      code: 'step_required',
      details: { pendingAuthenticationToken: 'm-1' },
    })
    const fields = {
      grant_type: 'http://auth0.com/oauth/grant-type/mfa-otp',
      mfa_token: 'm-1',
      otp: '1',
    }
    replies.push(
      [403, { error: 'invalid_grant' }],
      [200, { ...tokenBody(), refresh_token: 'refresh-2' }],
    )
    await expect(auth.actions.exchange(fields)).rejects.toMatchObject({
      code: 'invalid_credentials',
    })
    expect(await auth.actions.exchange(fields)).toMatchObject({ refreshToken: 'refresh-2' })
    expect(sent.at(-1)?.form).toEqual({ ...fields, client_id: 'app' })
  })
})

describe('an API that wants a stronger sign-in', () => {
  /** What its answer with this challenge means. */
  async function asked(challenge: string) {
    const { auth, provider, signIn } = oidcPage({ stepUp })
    await signIn()
    const session = (await auth.getSession()) ?? expect.fail('Nobody is signed in.')
    const headers = new Headers({ 'WWW-Authenticate': challenge })
    const answer = { url: 'https://api.example/', method: 'GET', status: 401, headers }
    return provider.readAnswer?.(answer, session)
  }

  it.each([
    [
      'Bearer error="insufficient_user_authentication", acr_values="gold silver", max_age="5"',
      { step: 'insufficient_user_authentication', acrValues: 'gold silver', maxAge: 5_000 },
    ],
    [
      'Bearer error=insufficient_user_authentication,max_age=0',
      { step: 'insufficient_user_authentication', maxAge: 0 },
    ],
    [
      'Bearer error=insufficient_user_authentication, max_age=1e400',
      { step: 'insufficient_user_authentication', maxAge: undefined },
    ],
    [
      'Bearer realm="a", error="invalid_token", DPoP algs="ES256", error="insufficient_user_authentication", acr_values="gold", error="x"',
      { step: 'insufficient_user_authentication', acrValues: 'gold' },
    ],
    [
      'Bearer error="insufficient_user_authentication", acr_values="gold", DPoP error="invalid_token", acr_values="x"',
      { step: 'insufficient_user_authentication', acrValues: 'gold' },
    ],
    [
      'bearer ERROR = "insufficient_user_authentication" , Acr_Values\t= "gold", MAX_AGE =5',
      { step: 'insufficient_user_authentication', acrValues: 'gold', maxAge: 5_000 },
    ],
    [
      'Negotiate abc==, Bearer error="insufficient_user_authentication", error_description="say \\"acr_values=bad\\", or acr_values=bad", acr_values="urn:\\"gold\\""',
      { step: 'insufficient_user_authentication', acrValues: 'urn:"gold"' },
    ],
    [
      `Bearer realm="", error="insufficient_claims", claims="${btoa('{"access_token":{"acrs":{"value":"c1"}}}')}"`,
      { step: 'insufficient_claims', claims: { access_token: { acrs: { value: 'c1' } } } },
    ],
    [
      'Bearer error="insufficient_claims", claims="no base64!"',
      { step: 'insufficient_claims', claims: undefined },
    ],
  ])('says so: %s', async (challenge, step) => {
    expect(await asked(challenge)).toMatchObject({ kind: 'step', step })
  })

  it('is no other 401, for which a refresh is tried', async () => {
    for (const challenge of ['Bearer', 'Bearer error="invalid_token"', '="', '"""', 'error="x']) {
      expect(await asked(challenge)).toEqual({ kind: 'refresh' })
    }
  })
})

describe('a step', () => {
  it('is made of what a call rejects with, for the next sign-in to take', async () => {
    const { auth, signIn, begin } = oidcPage({ stepUp })
    await signIn({ acr: 'bronze' }, { acrValues: 'gold', maxAge: 5_000 }).then(async (error) => {
      const step = stepOf(error)
      expect(step).toMatchObject({ acrValues: 'gold', maxAge: 5_000 })
      const { parameters } = await begin(step ?? {})
      expect(parameters).toMatchObject({ acr_values: 'gold', max_age: '5' })
    })
    expect(stepOf(new Error('other'))).toBeNull()
    expect(await auth.getSession()).toBeNull()
  })

  it('is known in other tabs and after a reload too, with what Entra wants to see', async () => {
    const { browser, auth, provider, signIn, replies } = oidcPage({})
    await signIn()
    const claims = { access_token: { acrs: { essential: true, value: 'c1' } } }
    const body = { error: 'interaction_required', claims: JSON.stringify(claims) }
    for (let i = 0; i < 9; i++) replies.push([400, body])
    await auth.refreshSession().catch(() => {})
    await browser.clock.advance(61_000)
    const { storage, environment } = browser.tab()
    const later = new AuthClient({ provider, storage, environment })
    const error: unknown = await later.getSession().catch((reason: unknown) => reason)
    expect(stepOf(error)).toMatchObject({ step: 'interaction_required', claims })
  })

  it('is the server’s code where nothing else is known', () => {
    const old = new AuthError('step_required', 'No.', { serverCode: 'login_required' })
    expect(stepOf(old)).toMatchObject({ step: 'login_required' })
  })
})

describe('a session of another issuer, under one storage key', () => {
  /** Signs Ada in at one issuer; then the app is released with another one. */
  async function release() {
    const { sent, replies, fetch } = answering()
    const browser = createFakeBrowser()
    const tab = browser.tab({ href: 'https://app.example/' })
    const storageKey = 'my-app'
    const own = { issuer: ISSUER, clientId: 'app', redirectUri: CALLBACK, fetch }
    const { storage, environment } = tab
    const before = new AuthClient({
      provider: oidc({ ...own, metadata: DOCUMENT }),
      storage,
      environment,
      storageKey,
    })
    const state = new URL(await before.actions.signInUrl()).searchParams.get('state') ?? ''
    replies.push([200, tokenBody({ nonce: state })])
    await before.actions.handleRedirect({
      url: `${CALLBACK}?${new URLSearchParams({ code: 'c', state })}`,
    })
    before.dispose()
    sent.length = 0
    const issuer = 'https://new.example'
    const later = browser.tab({ href: 'https://app.example/' })
    const auth = new AuthClient({
      provider: oidc({ ...own, issuer }),
      storage: later.storage,
      environment: later.environment,
      storageKey,
    })
    return { auth, sent, replies, document: { ...DOCUMENT, issuer } }
  }

  it('ends at its next refresh: its tokens are for neither', async () => {
    const { auth, sent } = await release()
    await expect(auth.refreshSession()).rejects.toMatchObject({ code: 'refresh_rejected' })
    expect(await auth.getSession()).toBeNull()
    expect(sent).toEqual([])
  })

  it('is sent to no other server, also where that is known by then, and by a sign-out neither', async () => {
    const { auth, sent, replies, document } = await release()
    replies.push([200, document])
    await auth.actions.signInUrl()
    await auth.signOut()
    expect(await auth.getSession()).toBeNull()
    expect(sent.map(({ method }) => method)).toEqual(['GET'])
  })
})
