// @vitest-environment happy-dom
import { createElement as h } from 'react'
import { renderToString } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import {
  AuthProvider,
  createAuthHooks,
  useAccessToken,
  useAuth,
  useSession,
} from '../../src/react/index.js'
import { ADA, BOB, countListeners, describeState, probe, stageOfEachTest } from './stage.js'

const stage = stageOfEachTest()

describe('a hook outside of AuthProvider', () => {
  it.each([
    ['useSession', () => useSession().status],
    ['useAuth', () => useAuth().status],
    ['useAccessToken', () => String(useAccessToken().loading)],
  ])('%s says what to do', (_, read) => {
    const { Probe } = probe(read)
    expect(() => renderToString(h(Probe))).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining('<AuthProvider client={auth}>'),
      }),
    )
  })
})

describe('AuthProvider', () => {
  it.each([undefined, null, {}])('given %s for a client says what to do', (client) => {
    // What a program without types may pass.
    const element = Reflect.apply(h, undefined, [AuthProvider, { client }])
    expect(() => renderToString(element)).toThrow(
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining('AuthClient'),
      }),
    )
  })

  it('renders without children', () => {
    const { auth } = stage().open()
    expect(renderToString(h(AuthProvider, { client: auth }))).toBe('')
  })

  it('keeps two clients of a page apart, side by side and one inside the other', async () => {
    const { open, render, settle } = stage()
    const [one, two] = [open('one').auth, open('two').auth]
    const [left, right, inner] = [0, 1, 2].map(() => probe(() => describeState(useSession())))
    if (!left || !right || !inner) return expect.fail()
    const { container } = await render([
      h(
        AuthProvider,
        { client: one, key: 1 },
        h(left.Probe),
        h(AuthProvider, { client: two }, h(inner.Probe)),
      ),
      h(AuthProvider, { client: two, key: 2 }, h(right.Probe)),
    ])
    const texts = () => [...container.querySelectorAll('p')].map((p) => p.textContent)
    await one.signIn(ADA)
    await settle()
    expect(texts()).toEqual([`signed-in ${ADA.email}`, 'signed-out', 'signed-out'])
    await two.signIn(BOB)
    await settle()
    expect(texts()).toEqual([
      `signed-in ${ADA.email}`,
      `signed-in ${BOB.email}`,
      `signed-in ${BOB.email}`,
    ])
    expect(left.shown).toEqual(['loading', 'signed-out', `signed-in ${ADA.email}`])
    expect(right.shown).toEqual(['loading', 'signed-out', `signed-in ${BOB.email}`])
    await one.signOut()
    await settle()
    expect(texts()[0]).toBe('signed-out')
    expect(texts()[2]).toBe(`signed-in ${BOB.email}`)
  })

  it('given another client shows nothing of the old one, not even what was rendered for it', async () => {
    const { signedIn, open, render } = stage()
    const { auth: old, session } = await signedIn('old')
    const listeners = countListeners(old)
    const { Probe, shown } = probe(() => describeState(useSession()))
    const { show } = await render(
      h(AuthProvider, { client: old, initialSession: session }, h(Probe)),
    )
    expect(listeners()).toBe(1)
    shown.splice(0)
    await show(h(AuthProvider, { client: open('new').auth }, h(Probe)))
    expect(shown).toEqual(['loading', 'signed-out'])
    expect(listeners()).toBe(0)
  })

  it('rendered anew does not render what is below it', async () => {
    const { signedIn, render } = stage()
    const { auth, session } = await signedIn()
    const { Probe, shown } = probe(() => useAuth().status)
    const below = h(Probe)
    const page = () => h(AuthProvider, { client: auth, initialSession: { ...session } }, below)
    const { show } = await render(page())
    await show(page())
    expect(shown).toEqual(['signed-in'])
  })
})

describe('createAuthHooks', () => {
  it('makes hooks that reach past the provider of other hooks', async () => {
    const { open, render, settle } = stage()
    const [one, two] = [open('one').auth, open('two').auth]
    const staff = createAuthHooks<typeof two>()
    const { Probe } = probe(() => `${useSession().status}, staff ${staff.useSession().status}`)
    const { container } = await render(
      h(
        staff.AuthProvider,
        { client: two },
        h(AuthProvider, { client: one, initialSession: null }, h(Probe)),
      ),
    )
    await two.signIn(ADA)
    await settle()
    expect(container.textContent).toBe('signed-out, staff signed-in')
  })

  it('makes hooks that know the client’s credentials, user and actions', async () => {
    const { open, render, settle } = stage()
    const { auth } = open()
    const hooks = createAuthHooks<typeof auth>()
    const seen: ReturnType<typeof hooks.useAuth>[] = []
    const { Probe } = probe(() => `${seen.push(hooks.useAuth())}`)
    await render(h(hooks.AuthProvider, { client: auth }, h(Probe)))
    const { signIn, client } = seen.at(-1) ?? expect.fail('nothing was rendered')
    const { user } = await signIn(ADA)
    await client.actions.updateUser({ data: { name: 'Ada' } })
    await settle()
    const confirmed: string | null | undefined = user?.emailConfirmedAt
    expect(seen.at(-1)?.user?.emailConfirmedAt).toBe(confirmed)
    expect(seen.at(-1)?.user?.userMetadata).toMatchObject({ name: 'Ada' })
  })
})
