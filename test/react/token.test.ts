// @vitest-environment happy-dom
import { createElement as h, StrictMode } from 'react'
import { describe, expect, it, vi } from 'vitest'
import { type AccessTokenState, AuthProvider, useAccessToken } from '../../src/react/index.js'
import { ADA, BOB, HOUR, probe, stageOfEachTest } from './stage.js'

const stage = stageOfEachTest()

type Client = ReturnType<ReturnType<typeof stage>['open']>['auth']

/** Mounts a component that uses the token, and reads what it shows. */
async function mount(auth: Client) {
  const seen: AccessTokenState[] = []
  const { Probe } = probe(() => `${seen.push(useAccessToken())}`)
  const page = (client: Client) => h(AuthProvider, { client }, h(Probe))
  const { show, unmount } = await stage().render(page(auth))
  return {
    seen,
    unmount,
    swap: (client: Client) => show(page(client)),
    last: () => seen.at(-1) ?? expect.fail('nothing was rendered'),
    tokens: () => [...new Set(seen.map(({ accessToken }) => accessToken))],
  }
}

describe('useAccessToken', () => {
  it('is loading until the client has answered, then gives its token', async () => {
    const { session } = await stage().signedIn()
    const { auth } = stage().open()
    const { seen, last } = await mount(auth)
    expect(seen[0]).toMatchObject({ accessToken: null, loading: true, error: null })
    expect(last()).toMatchObject({ accessToken: session.accessToken, loading: false, error: null })
    expect(stage().refreshes()).toBe(0)
  })

  it('gives null, and is not loading, when nobody is signed in', async () => {
    const { last } = await mount(stage().open().auth)
    expect(last()).toMatchObject({ accessToken: null, loading: false, error: null })
  })

  it('asks the client once, on mount, and never again', async () => {
    const { auth } = await stage().signedIn()
    const asked = vi.spyOn(auth, 'getAccessToken')
    const { last } = await mount(auth)
    await stage().advance(2 * HOUR)
    expect(stage().refreshes()).toBe(2)
    expect(last().loading).toBe(false)
    expect(asked).toHaveBeenCalledTimes(1)
  })

  it('refreshes a token that has run out, and never gives it', async () => {
    const { session, tab } = await stage().signedIn()
    tab.crash()
    await stage().advance(2 * HOUR)
    const next = stage().open()
    // A hidden page refreshes nothing by itself.
    next.tab.hide()
    const { tokens, last } = await mount(next.auth)
    expect(stage().refreshes()).toBe(1)
    const fresh = next.auth.getSnapshot().session?.accessToken
    expect(fresh).not.toBe(session.accessToken)
    expect(tokens()).toEqual([null, fresh])
    expect(last()).toMatchObject({ loading: false, error: null })
  })

  it('gives the new token once a refresh in the background has fetched it', async () => {
    const { auth, session } = await stage().signedIn()
    const { seen, last, tokens } = await mount(auth)
    const rendered = seen.length
    await stage().advance(HOUR / 2)
    expect(last().accessToken).toBe(session.accessToken)
    await stage().advance(HOUR / 2 - 59_000)
    expect(stage().refreshes()).toBe(1)
    const fresh = auth.getSnapshot().session?.accessToken
    expect(fresh).not.toBe(session.accessToken)
    expect(tokens()).toEqual([null, session.accessToken, fresh])
    expect(seen.length).toBe(rendered + 1)
  })

  it('refresh() brings a new token from the server', async () => {
    const { auth, session } = await stage().signedIn()
    const { last } = await mount(auth)
    await stage().advance(1000)
    const fresh = await last().refresh()
    expect(fresh).not.toBe(session.accessToken)
    await stage().settle()
    expect(last()).toMatchObject({ accessToken: fresh, loading: false })
    expect(await last().getAccessToken()).toBe(fresh)
    await auth.signOut()
    await expect(last().refresh()).rejects.toMatchObject({ code: 'session_missing' })
    await stage().settle()
    expect(last()).toMatchObject({ accessToken: null, loading: false, error: null })
  })

  it('refresh and getAccessToken stay the same', async () => {
    const { auth } = await stage().signedIn()
    const { last } = await mount(auth)
    const { refresh, getAccessToken } = last()
    await refresh()
    await stage().settle()
    expect(last()).toMatchObject({ refresh, getAccessToken })
  })

  it('goes with whoever is signed in', async () => {
    const { auth } = await stage().signedIn()
    const { last } = await mount(auth)
    await auth.signOut()
    await stage().settle()
    expect(last()).toMatchObject({ accessToken: null, loading: false })
    const { session } = await auth.signIn(BOB)
    await stage().settle()
    expect(last()).toMatchObject({ accessToken: session?.accessToken, loading: false })
  })

  it('keeps a token that works during an outage, and tells of it', async () => {
    const { auth, session } = await stage().signedIn()
    const { last } = await mount(auth)
    const undo = stage().server.fail({ type: 'drop' }, { times: 100 })
    await stage().advance(HOUR - 50_000)
    const { accessToken } = session
    expect(last()).toMatchObject({ accessToken, loading: false, error: { code: 'network' } })
    undo()
    // Nobody asks for tokens: the pace is the slow one.
    await stage().advance(300_000)
    expect(last().error).toBeNull()
    expect(last().accessToken).not.toBe(accessToken)
  })

  it('has no token but an error when one has run out in an outage, until that ends', async () => {
    const { tab } = await stage().signedIn()
    tab.crash()
    await stage().advance(2 * HOUR)
    const undo = stage().server.fail({ type: 'status', status: 503 }, { times: 100 })
    const { auth } = stage().open()
    const { last, tokens } = await mount(auth)
    expect(last()).toMatchObject({ loading: false, error: { code: 'server_error' } })
    expect(tokens()).toEqual([null])
    undo()
    await stage().advance(60_000)
    const fresh = auth.getSnapshot().session?.accessToken
    expect(last()).toMatchObject({ accessToken: fresh, loading: false, error: null })
    expect(tokens()).toEqual([null, fresh])
  })

  it('tells of a client that was disposed of', async () => {
    const { auth } = await stage().signedIn()
    auth.dispose()
    const { last } = await mount(auth)
    expect(last()).toMatchObject({ accessToken: null, loading: false, error: { code: 'disposed' } })
  })

  it('shows nothing of a client that was replaced, even if its answer comes late', async () => {
    const { auth: old } = await stage().signedIn('old')
    const { session } = await stage().signedIn('new')
    const fresh = stage().open('new').auth
    let answer: (token: string) => void = () => {}
    vi.spyOn(old, 'getAccessToken').mockReturnValue(
      new Promise((resolve) => {
        answer = resolve
      }),
    )
    const { last, swap, tokens } = await mount(old)
    expect(last()).toMatchObject({ accessToken: null, loading: true })
    await swap(fresh)
    answer('late')
    await stage().settle()
    expect(last()).toMatchObject({ accessToken: session.accessToken, loading: false })
    expect(tokens()).toEqual([null, session.accessToken])
  })

  it('starts anew with another client', async () => {
    const { auth: old, session } = await stage().signedIn('old')
    const { seen, swap, last } = await mount(old)
    expect(last().accessToken).toBe(session.accessToken)
    seen.splice(0)
    await swap(stage().open('new').auth)
    expect(seen[0]).toMatchObject({ accessToken: null, loading: true })
    expect(last()).toMatchObject({ accessToken: null, loading: false })
  })

  it('may be unmounted before the answer comes, and mounted twice as StrictMode does', async () => {
    const { auth, session } = await stage().signedIn()
    const { unmount } = await mount(auth)
    unmount()
    await stage().settle()
    const { Probe, shown } = probe(() => String(useAccessToken().accessToken))
    await stage().render(h(StrictMode, null, h(AuthProvider, { client: auth }, h(Probe))))
    expect(shown.at(-1)).toBe(session.accessToken)
    expect(session.user?.email).toBe(ADA.email)
  })
})
