import { createClient } from '@supabase/supabase-js'
import { describe, expect, it, vi } from 'vitest'
import { AuthClient as Holdfast } from '../../src/client.js'
import * as compat from '../../src/compat/auth-js/index.js'
import { type SwitchableWake, switchableWake } from '../../src/environment/switchable-wake.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { PATIENT } from '../support/patient.js'
import { ADA } from './stage.js'
import { createTabs } from './tab.js'

const HOUR = 3_600_000

async function signedIn(tabs = createTabs(), options: Parameters<typeof tabs.open>[0] = {}) {
  const opened = tabs.open(options)
  await opened.auth.signInWithPassword(ADA)
  return { ...tabs, ...opened }
}

describe('a listener', () => {
  it('may await any method of the client', async () => {
    const { auth } = await signedIn()
    const seen: unknown[] = []
    auth.onAuthStateChange(async (event) => {
      const { data } = await auth.getSession()
      const { error } = await auth.getUser()
      seen.push([event, data.session?.user.email, error])
    })
    await auth.refreshSession()
    await vi.waitUntil(() => seen.length > 1, PATIENT)
    // Which of the two is done first is for their requests to say.
    expect(seen.sort()).toEqual([
      ['INITIAL_SESSION', ADA.email, null],
      ['TOKEN_REFRESHED', ADA.email, null],
    ])
  })

  it('that throws hurts nobody, and is reported', async () => {
    const { auth, tab, events } = await signedIn()
    const before = events.length
    auth.onAuthStateChange(() => {
      throw new Error('of the app')
    })
    expect((await auth.refreshSession()).error).toBeNull()
    expect(events.length).toBeGreaterThan(before)
    await vi.waitUntil(() => tab.errors.length > 0, PATIENT)
    expect(String(tab.errors[0])).toBe('Error: of the app')
  })

  it('hears nothing once it has ended its subscription', async () => {
    const { auth, browser } = await signedIn()
    const callback = vi.fn()
    const { subscription } = auth.onAuthStateChange(callback).data
    expect(subscription.callback).toBe(callback)
    await vi.waitUntil(() => callback.mock.calls.length > 0, PATIENT)
    const refreshed = auth.refreshSession()
    subscription.unsubscribe()
    await refreshed
    await browser.clock.settle()
    expect(callback).toHaveBeenCalledTimes(1)
  })

  it('hears nothing after that, not even what had happened before', async () => {
    const { browser, open } = createTabs()
    const { auth } = open()
    const callback = vi.fn()
    const { subscription } = auth.onAuthStateChange(callback).data
    await vi.waitUntil(() => callback.mock.calls.length > 0, PATIENT)
    auth.client.subscribe(() => subscription.unsubscribe())
    await auth.signInWithPassword(ADA)
    await browser.clock.settle()
    expect(callback).toHaveBeenCalledTimes(1)
  })

  it('must be a function', () => {
    const { auth } = createTabs().open()
    const nothing = JSON.parse('null')
    expect(() => auth.onAuthStateChange(nothing)).toThrow(compat.AuthInvalidCredentialsError)
  })

  it('hears no SIGNED_IN when a tab gets the focus, and INITIAL_SESSION once', async () => {
    const { open, browser } = await signedIn()
    const { tab, events } = open()
    await vi.waitUntil(() => events.length > 0, PATIENT)
    tab.hide()
    tab.show()
    tab.focus()
    await browser.clock.settle()
    expect(events).toEqual([`INITIAL_SESSION ${ADA.email}`])
  })

  it('hears what happens in other tabs', async () => {
    const tabs = createTabs()
    const { events } = tabs.open()
    const { auth } = await signedIn(tabs)
    await tabs.browser.clock.advance(3_000)
    await vi.waitUntil(() => events.length > 1, PATIENT)
    await auth.signOut()
    await tabs.browser.clock.advance(3_000)
    await vi.waitUntil(() => events.length > 2, PATIENT)
    expect(events).toEqual(['INITIAL_SESSION', `SIGNED_IN ${ADA.email}`, 'SIGNED_OUT'])
  })

  it('hears nothing of a refresh that failed: auth-js has no such event', async () => {
    const { auth, server, events } = await signedIn()
    server.fail({ type: 'status', status: 503 }, { times: 5 })
    expect((await auth.refreshSession()).error?.name).toBe('AuthRetryableFetchError')
    expect(events.at(-1)).toBe(`SIGNED_IN ${ADA.email}`)
  })
})

describe('a sign-out', () => {
  it('ends the session here also while the server is down, and says that it is down', async () => {
    const { auth, server, events } = await signedIn()
    server.fail({ type: 'status', status: 503 }, { times: 99 })
    expect((await auth.signOut()).error).toMatchObject({
      name: 'AuthRetryableFetchError',
      status: 503,
    })
    expect((await auth.getSession()).data.session).toBeNull()
    expect(events.at(-1)).toBe('SIGNED_OUT')
  })

  it('takes the secrets of sign-ins that are under way with it', async () => {
    const { auth, tab } = await signedIn(createTabs(), { flowType: 'pkce' })
    await auth.signInWithOtp({ email: ADA.email })
    expect(await tab.storage.get('holdfast.app.flows')).toContain('secret')
    await auth.signOut()
    expect(await tab.storage.get('holdfast.app.flows')).toBeNull()
  })

  it('takes a scope that there is', async () => {
    const { auth } = await signedIn()
    const scope = JSON.parse('"all"')
    expect((await auth.signOut({ scope })).error?.name).toBe('AuthInvalidCredentialsError')
    expect((await auth.getSession()).data.session).not.toBeNull()
  })
})

describe('refreshes ahead of need', () => {
  const refreshes = ({ server }: ReturnType<typeof createTabs>) => server.count('refresh_token')

  it('run while the page is visible', async () => {
    const tabs = createTabs()
    const { browser, tab } = await signedIn(tabs)
    tab.hide()
    await browser.clock.advance(HOUR)
    expect(refreshes(tabs)).toBe(0)
    tab.show()
    await vi.waitUntil(() => refreshes(tabs) === 1, PATIENT)
  })

  it('run in hidden pages too once startAutoRefresh() was called', async () => {
    const tabs = createTabs()
    const { auth, browser, tab } = await signedIn(tabs)
    await auth.startAutoRefresh()
    tab.hide()
    await browser.clock.advance(HOUR)
    expect(refreshes(tabs)).toBe(1)
  })

  it('are begun and ended as often as the app likes', async () => {
    const tabs = createTabs()
    const { auth, browser } = await signedIn(tabs)
    await auth.startAutoRefresh()
    await auth.startAutoRefresh()
    await auth.stopAutoRefresh()
    await auth.stopAutoRefresh()
    await browser.clock.advance(HOUR)
    expect(refreshes(tabs)).toBe(0)
    await auth.startAutoRefresh()
    await vi.waitUntil(() => refreshes(tabs) === 1, PATIENT)
  })

  it.each([
    ['stopAutoRefresh()', {}, true],
    ['autoRefreshToken: false', { autoRefreshToken: false }, false],
  ])(
    'do not run after %s, and whoever asks gets a token all the same',
    async (_, options, stop) => {
      const tabs = createTabs()
      const { auth, browser } = await signedIn(tabs, options)
      if (stop) await auth.stopAutoRefresh()
      await browser.clock.advance(2 * HOUR)
      expect(refreshes(tabs)).toBe(0)
      expect((await auth.getSession()).data.session).not.toBeNull()
      expect(refreshes(tabs)).toBe(1)
    },
  )
})

describe('the face of a client that the app has made', () => {
  function face(wake: SwitchableWake, given: { wake?: SwitchableWake }) {
    const { server, browser } = createTabs()
    const { environment, storage } = browser.tab()
    const provider = gotrue({ url: 'http://localhost/auth/v1', fetch: server.fetch })
    const client = new Holdfast({ provider, storage, environment: { ...environment, wake } })
    return { auth: new compat.GoTrueClient({ client, ...given }), server, browser }
  }

  it('switches refreshes ahead of need by the wake of that client', async () => {
    const wake = switchableWake()
    const { auth, server, browser } = face(wake, { wake })
    await auth.signInWithPassword(ADA)
    await auth.stopAutoRefresh()
    await browser.clock.advance(HOUR)
    expect(server.count('refresh_token')).toBe(0)
    await auth.startAutoRefresh()
    await vi.waitUntil(() => server.count('refresh_token') === 1, PATIENT)
  })

  it.each(['startAutoRefresh', 'stopAutoRefresh'] as const)(
    'refuses to switch what it has not got: %s()',
    async (method) => {
      const { auth } = face(switchableWake(), {})
      await expect(auth[method]()).rejects.toThrow(compat.AuthInvalidCredentialsError)
    },
  )
})

describe('the client', () => {
  it('has no admin, and says where there is one', () => {
    const { auth } = createTabs().open()
    expect(() => auth.admin).toThrow(/secret key/)
    expect(compat.AuthClient).toBe(compat.GoTrueClient)
  })

  it('is the face of an AuthClient that the app has made', async () => {
    const { server, browser } = createTabs()
    const { environment, storage } = browser.tab()
    const provider = gotrue({ url: 'http://localhost/auth/v1', fetch: server.fetch })
    const client = new Holdfast({ provider, environment, storage })
    const auth = new compat.GoTrueClient({ client })
    const { data } = await auth.signInWithPassword(ADA)
    expect((await client.getSession())?.accessToken).toBe(data.session?.access_token)
    expect(await auth.client.getAccessToken()).toBe(data.session?.access_token)
    await auth.dispose()
    expect((await auth.getSession()).error).not.toBeNull()
  })

  it('is what an app of supabase-js signs in with, and takes its tokens from', async () => {
    const { auth } = createTabs().open()
    const sent: (string | null)[] = []
    const supabase = Object.assign(
      createClient('https://project.example', 'public', {
        accessToken: auth.client.getAccessToken,
        global: {
          fetch: async (_, init) => {
            sent.push(new Headers(init?.headers).get('authorization'))
            return Response.json([])
          },
        },
      }),
      { auth },
    )
    const { data } = await supabase.auth.signInWithPassword(ADA)
    await supabase.from('things').select()
    expect(sent).toEqual([`Bearer ${data.session?.access_token}`])
  })

  it('keeps Realtime at the token of whoever is signed in, by the line of the guide', async () => {
    const tabs = createTabs()
    await signedIn(tabs)
    const { auth } = tabs.open()
    const supabase = Object.assign(
      createClient('https://project.example', 'public', {
        accessToken: auth.client.getAccessToken,
      }),
      { auth },
    )
    supabase.auth.onAuthStateChange(() => void supabase.realtime.setAuth())
    const isCurrent = async (): Promise<boolean> => {
      const token = await auth.client.getAccessToken()
      return supabase.realtime.accessTokenValue === token
    }
    const first = await auth.client.getAccessToken()
    await vi.waitUntil(isCurrent, PATIENT)
    await supabase.auth.refreshSession()
    await vi.waitUntil(isCurrent, PATIENT)
    await supabase.auth.signInAnonymously()
    await vi.waitUntil(isCurrent, PATIENT)
    expect(supabase.realtime.accessTokenValue).not.toBe(first)
    await supabase.auth.signOut()
    await vi.waitUntil(isCurrent, PATIENT)
    expect(supabase.realtime.accessTokenValue).toBeNull()
  })

  it('refuses what is no client of gotrue(), and a server to which tokens must not go', () => {
    const client = JSON.parse('{}')
    expect(() => new compat.GoTrueClient({ client })).toThrow(compat.AuthError)
    const url = 'http://auth.example/auth/v1'
    expect(() => new compat.GoTrueClient({ url })).toThrow(/http/)
  })

  it('goes on in memory where its storage fails: nothing throws, and it is reported', async () => {
    const fail = async () => {
      throw new Error('of the disk')
    }
    const storage = { getItem: fail, setItem: fail, removeItem: fail }
    const { auth, tab } = createTabs().open({ storage })
    expect(await auth.getSession()).toMatchObject({
      data: { session: null },
      error: { originalError: { code: 'storage' } },
    })
    expect((await auth.signInWithPassword(ADA)).error).toBeNull()
    expect((await auth.getSession()).data.session?.user.email).toBe(ADA.email)
    expect((await auth.signOut()).error).toBeNull()
    await vi.waitUntil(() => tab.errors.length > 0, PATIENT)
  })

  it('keeps nothing where sessions are not to be kept', async () => {
    const { open, browser } = createTabs()
    const { auth } = open({ persistSession: false })
    await auth.signInWithPassword(ADA)
    expect([...browser.storage.entries]).toEqual([])
    expect((await auth.getSession()).data.session).not.toBeNull()
  })

  it('sends its headers, and a token instead of an authorization among them', async () => {
    const { server, browser } = createTabs()
    const sent: Headers[] = []
    const auth = new compat.GoTrueClient({
      url: 'http://localhost/auth/v1',
      headers: { apikey: 'public', authorization: 'Bearer public', 'x-client-info': 'app' },
      environment: browser.tab().environment,
      fetch: (url, init) => {
        sent.push(new Headers(init?.headers))
        return server.fetch(url, init)
      },
    })
    const { data } = await auth.signInWithPassword(ADA)
    await auth.getUser()
    expect(sent.map((headers) => headers.get('authorization'))).toEqual([
      'Bearer public',
      `Bearer ${data.session?.access_token}`,
    ])
    expect(sent.map((headers) => headers.get('apikey'))).toEqual(['public', 'public'])
  })

  it('tells every step to the debug function, and no token', async () => {
    const lines: string[] = []
    const debug = (...words: unknown[]) => void lines.push(JSON.stringify(words))
    const { auth } = await signedIn(createTabs(), { debug })
    const { data } = await auth.getSession()
    expect(lines.join()).toContain('established')
    expect(lines.join()).not.toContain(data.session?.refresh_token)
  })
})
