import { describe, expect, it, vi } from 'vitest'
import {
  isAuthImplicitGrantRedirectError,
  isAuthPKCECodeVerifierMissingError,
} from '../../src/compat/auth-js/index.js'
import { PATIENT } from '../support/patient.js'
import { ADA } from './stage.js'
import { APP, createTabs } from './tab.js'

const back = { options: { emailRedirectTo: APP } }
const EVE = { email: 'eve@example.com', password: 'secret-9' }

describe('a page that a link leads to', () => {
  it.each(['implicit', 'pkce'] as const)(
    'tells first who has signed in by it, then SIGNED_IN, and cleans its address: %s',
    async (flowType) => {
      const { open, follow, link } = createTabs()
      await open({ flowType }).auth.signInWithOtp({ email: ADA.email, ...back })
      const { auth, events, here } = open({ flowType }, await follow(link()))
      expect(await auth.initialize()).toEqual({ error: null })
      await vi.waitUntil(() => events.length > 1, PATIENT)
      expect(events).toEqual([`INITIAL_SESSION ${ADA.email}`, `SIGNED_IN ${ADA.email}`])
      expect(here()).toBe(APP)
    },
  )

  it.each(['implicit', 'pkce'] as const)(
    'hears PASSWORD_RECOVERY instead of SIGNED_IN, and can set a password: %s',
    async (flowType) => {
      const { open, follow, link } = createTabs()
      await open({ flowType }).auth.resetPasswordForEmail(ADA.email, { redirectTo: APP })
      const { auth, events } = open({ flowType }, await follow(link()))
      await vi.waitUntil(() => events.length > 1, PATIENT)
      expect(events).toEqual([`INITIAL_SESSION ${ADA.email}`, `PASSWORD_RECOVERY ${ADA.email}`])
      expect((await auth.updateUser({ password: 'another-1' })).error).toBeNull()
      expect(events.at(-1)).toBe(`USER_UPDATED ${ADA.email}`)
    },
  )

  it.each(['implicit', 'pkce'] as const)(
    'has the tokens of the provider that the person came from: %s',
    async (flowType) => {
      const { open, follow } = createTabs()
      const { data } = await open({ flowType }).auth.signInWithOAuth({
        provider: 'github',
        options: { redirectTo: APP, skipBrowserRedirect: true },
      })
      const { auth } = open({ flowType }, await follow(data.url ?? ''))
      expect((await auth.getSession()).data.session).toMatchObject({
        provider_token: 'github-access-token',
        provider_refresh_token: 'github-refresh-token',
      })
    },
  )

  it('leaves a code alone that nobody here has asked for, as that of an invitation', async () => {
    const href = `${APP}/welcome?code=68943c48-2329-4d04-9122-1538a0fa69d5`
    const { auth, here } = createTabs().open({}, href)
    expect(await auth.initialize()).toEqual({ error: null })
    expect(here()).toBe(href)
  })

  it('signs in also where the app’s own address has a `state`', async () => {
    const { open, follow } = createTabs()
    const redirectTo = `${APP}?state=cart-7`
    const { data } = await open({ flowType: 'pkce' }).auth.signInWithOAuth({
      provider: 'github',
      options: { redirectTo, skipBrowserRedirect: true },
    })
    const { auth, here } = open({ flowType: 'pkce' }, await follow(data.url ?? ''))
    expect(await auth.initialize()).toEqual({ error: null })
    expect((await auth.getSession()).data.session).not.toBeNull()
    expect(here()).toBe(redirectTo)
  })

  it('makes calls wait for it: getSession() does not say that nobody is there', async () => {
    const { open, follow, link } = createTabs()
    await open().auth.signInWithOtp({ email: ADA.email, ...back })
    const { auth } = open({}, await follow(link()))
    expect((await auth.getSession()).data.session?.user.email).toBe(ADA.email)
  })

  it('comes back from another provider', async () => {
    const { open, follow } = createTabs()
    const { data } = await open({ flowType: 'pkce' }).auth.signInWithOAuth({
      provider: 'github',
      options: { redirectTo: APP, skipBrowserRedirect: true },
    })
    const { auth } = open({ flowType: 'pkce' }, await follow(data.url ?? ''))
    expect((await auth.getUser()).data.user?.app_metadata.provider).toBe('github')
  })

  it('signs in also where the app goes on before that is loaded, and stays where the app went', async () => {
    const { open, follow, link } = createTabs()
    await open().auth.signInWithOtp({ email: ADA.email, ...back })
    const { auth, tab, here } = open({}, await follow(link()))
    tab.navigate(`${APP}/home?code=mine`)
    expect((await auth.getSession()).data.session?.user.email).toBe(ADA.email)
    expect(here()).toBe(`${APP}/home?code=mine`)
  })

  it('says in the words of its address why nobody has signed in', async () => {
    const { open, follow, link } = createTabs()
    await open().auth.signInWithOtp({ email: ADA.email, ...back })
    const first = link()
    await follow(first)
    const { auth, here } = open({}, await follow(first))
    const { error } = await auth.initialize()
    expect(isAuthImplicitGrantRedirectError(error)).toBe(true)
    expect(error).toMatchObject({
      name: 'AuthImplicitGrantRedirectError',
      message: 'Email link is invalid or has expired',
      status: 500,
      details: { error: 'access_denied', code: 'otp_expired' },
    })
    expect(here()).toBe(APP)
  })

  it('does not repeat what a server says that has failed, which may name its database', async () => {
    const said = 'error=server_error&error_description=no+route+to+db-7.internal&sb='
    const { auth, here } = createTabs().open({}, `${APP}#${said}`)
    const { error } = await auth.initialize()
    expect(error).toMatchObject({
      name: 'AuthImplicitGrantRedirectError',
      message: 'The server cannot answer now.',
      details: { error: 'server_error' },
    })
    expect(here()).toBe(APP)
  })

  it('says it in one line, however long the letter is that somebody wrote there', async () => {
    const letter = encodeURIComponent(`Call\r\n\u202e555${'9'.repeat(5_000)}`)
    const said = `error=${letter}&error_code=otp_expired&error_description=${letter}&sb=`
    const { error } = await createTabs().open({}, `${APP}#${said}`).auth.initialize()
    expect(error?.message).toBe(`Call 555${'9'.repeat(192)}`)
    const { details } = Object(error)
    expect(details).toEqual({ error: error?.message, code: 'otp_expired' })
  })

  it('takes no tokens from an address where the flow is pkce', async () => {
    const { open, follow, link } = createTabs()
    await open().auth.signInWithOtp({ email: ADA.email, ...back })
    const { auth, events } = open({ flowType: 'pkce' }, await follow(link()))
    const { error } = await auth.initialize()
    expect(error?.name).toBe('AuthPKCEGrantCodeExchangeError')
    await vi.waitUntil(() => events.length > 0, PATIENT)
    expect(events).toEqual(['INITIAL_SESSION'])
  })

  it('does not take over another person’s session by a link', async () => {
    const { open, follow, link } = createTabs()
    await open().auth.signUp(EVE)
    await open().auth.signInWithOtp({ email: ADA.email, ...back })
    const { auth } = open({}, await follow(link()))
    expect((await auth.initialize()).error?.name).toBe('AuthInvalidCredentialsError')
    expect((await auth.getSession()).data.session?.user.email).toBe(EVE.email)
  })

  it.each([false, () => false])('is left alone where the app says so: %s', async (detect) => {
    const { open, follow, link } = createTabs()
    await open().auth.signInWithOtp({ email: ADA.email, ...back })
    const href = await follow(link())
    const { auth, here } = open({ detectSessionInUrl: detect }, href)
    expect((await auth.getSession()).data.session).toBeNull()
    expect(here()).toBe(href)
  })

  it('takes a code whatever a function says, which is about tokens and errors', async () => {
    const { open, follow, link } = createTabs()
    const flowType = 'pkce'
    await open({ flowType }).auth.signInWithOtp({ email: ADA.email, ...back })
    const { auth } = open({ flowType, detectSessionInUrl: () => false }, await follow(link()))
    expect((await auth.getSession()).data.session?.user.email).toBe(ADA.email)
  })

  it('asks the app with the address and what it holds', async () => {
    const { open } = createTabs()
    const detect = vi.fn(() => false)
    await open({ detectSessionInUrl: detect }, `${APP}?a=1#access_token=x&b=2`).auth.initialize()
    expect(detect).toHaveBeenCalledWith(new URL(`${APP}?a=1#access_token=x&b=2`), {
      access_token: 'x',
      a: '1',
      b: '2',
    })
  })

  it('says in the result of initialize() that the app’s own function failed', async () => {
    const detectSessionInUrl = () => {
      throw new Error('of the app')
    }
    const { auth } = createTabs().open({ detectSessionInUrl }, `${APP}#access_token=x`)
    const { error } = await auth.initialize()
    expect(error).toMatchObject({
      name: 'AuthUnknownError',
      originalError: { message: 'of the app' },
    })
    expect((await auth.getSession()).data.session).toBeNull()
  })

  it('is looked at only by initialize() where the app wants that', async () => {
    const { open, follow, link } = createTabs()
    await open().auth.signInWithOtp({ email: ADA.email, ...back })
    const { auth } = open({ skipAutoInitialize: true }, await follow(link()))
    expect((await auth.getSession()).data.session).toBeNull()
    expect(await auth.initialize()).toEqual({ error: null })
    expect((await auth.getSession()).data.session?.user.email).toBe(ADA.email)
  })
})

describe('the code of a redirect', () => {
  async function codeOf(tabs: ReturnType<typeof createTabs>, ask: 'otp' | 'recovery') {
    const { auth, events } = tabs.open({ flowType: 'pkce' })
    await (ask === 'otp'
      ? auth.signInWithOtp({ email: ADA.email, ...back })
      : auth.resetPasswordForEmail(ADA.email, { redirectTo: APP }))
    const href = await tabs.follow(tabs.link())
    return { auth, events, code: new URL(href).searchParams.get('code') ?? '' }
  }

  it('is exchanged by the app, once', async () => {
    const { auth, events, code } = await codeOf(createTabs(), 'otp')
    const { data } = await auth.exchangeCodeForSession(code)
    expect(data.user?.email).toBe(ADA.email)
    expect(data).toMatchObject({ session: { token_type: 'bearer' }, redirectType: null })
    expect(events.at(-1)).toBe(`SIGNED_IN ${ADA.email}`)
    expect((await auth.exchangeCodeForSession(code)).error).not.toBeNull()
  })

  it('of a link to a new password says so', async () => {
    const { auth, events, code } = await codeOf(createTabs(), 'recovery')
    expect((await auth.exchangeCodeForSession(code)).data.redirectType).toBe('recovery')
    expect(events.at(-1)).toBe(`PASSWORD_RECOVERY ${ADA.email}`)
  })

  it.each(['68943c48-2329-4d04-9122-1538a0fa69d5', 'no-code'])(
    'is worth nothing where the sign-in was not begun: %s',
    async (code) => {
      const { error } = await createTabs().open().auth.exchangeCodeForSession(code)
      expect(isAuthPKCECodeVerifierMissingError(error)).toBe(true)
    },
  )
})
