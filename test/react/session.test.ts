// @vitest-environment happy-dom
import { createElement as h, StrictMode } from 'react'
import { describe, expect, it } from 'vitest'
import {
  AuthProvider,
  createAuthHooks,
  type SessionState,
  useAuth,
  useSession,
} from '../../src/react/index.js'
import { ADA, countListeners, describeState, HOUR, probe, stageOfEachTest } from './stage.js'

const stage = stageOfEachTest()

describe('useSession', () => {
  it('renders once for each change, and for nothing else', async () => {
    const { open, render, settle } = stage()
    const { auth } = open()
    const { Probe, shown } = probe(() => describeState(useSession()))
    const { container } = await render(h(AuthProvider, { client: auth }, h(Probe)))
    expect(shown).toEqual(['loading', 'signed-out'])
    await auth.signIn(ADA)
    await settle()
    expect(shown.splice(0)).toEqual(['loading', 'signed-out', `signed-in ${ADA.email}`])
    await auth.getSession()
    await settle()
    expect(shown).toEqual([])
    await auth.refreshSession()
    await settle()
    expect(shown.splice(0)).toEqual([`signed-in ${ADA.email}`])
    await auth.signOut()
    await settle()
    expect(shown).toEqual(['signed-out'])
    expect(container.textContent).toBe('signed-out')
  })

  it('shows a sign-out in another tab', async () => {
    const { open, signedIn, render, settle } = stage()
    const { auth } = await signedIn()
    const { Probe, shown } = probe(() => describeState(useSession()))
    await render(h(AuthProvider, { client: auth }, h(Probe)))
    await open().auth.signOut()
    await settle()
    expect(shown).toEqual([`signed-in ${ADA.email}`, 'signed-out'])
  })

  it('is the same object until something changes, however often its component renders', async () => {
    const { signedIn, render, settle } = stage()
    const { auth, session } = await signedIn()
    const states: SessionState[] = []
    const { Probe } = probe(() => `${states.push(useSession())}`)
    const page = () => h(AuthProvider, { client: auth }, h(Probe))
    const { show } = await render(page())
    await show(page())
    expect(states).toHaveLength(2)
    expect(states[1]).toBe(states[0])
    expect(states[0]).toEqual({ status: 'signed-in', session, user: session.user, error: null })
    await auth.refreshSession()
    await settle()
    expect(states[2]).not.toBe(states[0])
  })

  it('with a selector renders only when what it takes has changed', async () => {
    const { signedIn, render, settle } = stage()
    const { auth } = await signedIn()
    const { Probe, shown } = probe(() => useSession(({ user }) => user?.email ?? 'nobody'))
    await render(h(AuthProvider, { client: auth }, h(Probe)))
    await auth.refreshSession()
    await auth.actions.updateUser({ data: { name: 'Ada' } })
    await settle()
    expect(shown).toEqual([ADA.email])
    await auth.signOut()
    await settle()
    expect(shown).toEqual([ADA.email, 'nobody'])
  })

  it('with a selector that makes a new object each time renders once for each change', async () => {
    const { signedIn, render, settle } = stage()
    const { auth } = await signedIn()
    const { Probe, shown } = probe(() => JSON.stringify(useSession(({ status }) => ({ status }))))
    await render(h(AuthProvider, { client: auth }, h(Probe)))
    await auth.refreshSession()
    await settle()
    expect(shown).toEqual(['{"status":"signed-in"}', '{"status":"signed-in"}'])
  })

  it('follows a selector that changes between two renders', async () => {
    const { signedIn, render } = stage()
    const { auth } = await signedIn()
    const Probe = ({ name }: { readonly name: 'status' | 'error' }) =>
      String(useSession((state) => state[name]))
    const page = (name: 'status' | 'error') => h(AuthProvider, { client: auth }, h(Probe, { name }))
    const { container, show } = await render(page('status'))
    expect(container.textContent).toBe('signed-in')
    await show(page('error'))
    expect(container.textContent).toBe('null')
  })

  it('keeps the person during an outage, and tells why the refresh failed', async () => {
    const { server, signedIn, render, advance } = stage()
    const { auth } = await signedIn()
    const { Probe, shown } = probe(() => describeState(useSession()))
    await render(h(AuthProvider, { client: auth }, h(Probe)))
    server.fail({ type: 'status', status: 503 }, { times: 1 })
    await advance(HOUR - 59_000)
    const who = `signed-in ${ADA.email}`
    expect(shown).toEqual([who, `${who} server_error`, who])
  })
})

describe('useAuth', () => {
  it('gives methods that work on their own, and stay the same while the session changes', async () => {
    const { open, render, settle } = stage()
    const { auth } = open()
    const seen: ReturnType<typeof useAuth>[] = []
    const { Probe } = probe(() => `${seen.push(useAuth())}`)
    await render(h(AuthProvider, { client: auth }, h(Probe)))
    const last = () => seen.at(-1) ?? expect.fail('nothing was rendered')
    const { client, getSession, refreshSession, getAccessToken, signOut } = last()
    expect(client).toBe(auth)
    await auth.signIn(ADA)
    await settle()
    expect(last()).toMatchObject({ status: 'signed-in', user: { email: ADA.email } })
    expect((await getSession())?.user?.email).toBe(ADA.email)
    const { session } = await refreshSession()
    expect(await getAccessToken()).toBe(session.accessToken)
    await signOut()
    await settle()
    expect(last()).toMatchObject({ status: 'signed-out', session: null, user: null, error: null })
    expect(last()).toMatchObject({ client, getSession, refreshSession, getAccessToken, signOut })
  })

  it('passes on what its methods are given', async () => {
    const { signedIn, render } = stage()
    const { auth } = await signedIn()
    const hooks = createAuthHooks<typeof auth>()
    const seen: ReturnType<typeof hooks.useAuth>[] = []
    const { Probe } = probe(() => `${seen.push(hooks.useAuth())}`)
    await render(h(hooks.AuthProvider, { client: auth }, h(Probe)))
    const bound = seen.at(-1) ?? expect.fail('nothing was rendered')
    const aborted = { signal: AbortSignal.abort() }
    const calls = [
      bound.signIn(ADA, aborted),
      bound.getSession(aborted),
      bound.getAccessToken(aborted),
      bound.refreshSession(null, aborted),
      bound.signOut({ scope: 'others', ...aborted }),
    ]
    expect(await Promise.allSettled(calls)).toEqual(
      calls.map(() => ({
        status: 'rejected',
        reason: expect.objectContaining({ code: 'aborted' }),
      })),
    )
    await expect(bound.refreshSession('no token')).rejects.toMatchObject({
      code: 'refresh_rejected',
    })
    expect((await bound.getSession())?.user?.email).toBe(ADA.email)
  })

  it('is the same object until something changes', async () => {
    const { signedIn, render } = stage()
    const { auth } = await signedIn()
    const seen = new Set<object>()
    const { Probe, shown } = probe(() => `${seen.add(useAuth()).size}`)
    const page = () => h(AuthProvider, { client: auth }, h(Probe))
    const { show } = await render(page())
    await show(page())
    expect(shown).toEqual(['1', '1'])
  })
})

describe('in StrictMode', () => {
  it('nobody listens after unmount, and the client, which the app made, lives on', async () => {
    const { signedIn, render, settle, advance, refreshes } = stage()
    const { auth } = await signedIn()
    const listeners = countListeners(auth)
    const { Probe } = probe(() => describeState(useSession()))
    const { container, unmount } = await render(
      h(StrictMode, null, h(AuthProvider, { client: auth }, h(Probe), h(Probe))),
    )
    expect(listeners()).toBe(2)
    expect(container.textContent).toBe(`signed-in ${ADA.email}`.repeat(2))
    unmount()
    await settle()
    expect(listeners()).toBe(0)
    await advance(HOUR)
    expect(refreshes()).toBe(1)
    expect((await auth.getSession())?.user?.email).toBe(ADA.email)
  })
})
