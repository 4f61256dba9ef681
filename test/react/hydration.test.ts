// @vitest-environment happy-dom
import { createElement as h, StrictMode } from 'react'
import { describe, expect, it } from 'vitest'
import {
  AuthProvider,
  type SessionView,
  useAccessToken,
  useSession,
} from '../../src/react/index.js'
import { ADA, countListeners, describeState, probe, stageOfEachTest } from './stage.js'

const stage = stageOfEachTest()

/** What a server knows of Ada, as JSON in the page would have it. */
const RENDERED: SessionView = { user: { id: 'ada', email: ADA.email }, organizationId: 'org_1' }
const SIGNED_IN = `signed-in ${ADA.email}`

/** Renders for `initialSession` on a server, then hydrates in a browser. */
async function load(
  client: ReturnType<ReturnType<typeof stage>['open']>['auth'],
  initialSession?: SessionView | null,
) {
  const { Probe, shown } = probe(() => describeState(useSession()))
  const props = initialSession === undefined ? { client } : { client, initialSession }
  const result = await stage().hydrate(h(StrictMode, null, h(AuthProvider, props, h(Probe))))
  return { ...result, shown: [...new Set(shown)] }
}

describe('a page that a server rendered', () => {
  it('for somebody shows the same person from first to last', async () => {
    await stage().signedIn()
    const { auth } = stage().open()
    expect(auth.getSnapshot().status).toBe('loading')
    const { html, container, problems, shown } = await load(auth, RENDERED)
    expect(auth.getSnapshot().status).toBe('signed-in')
    expect(html).toBe(`<p>${SIGNED_IN}</p>`)
    expect(container.innerHTML).toBe(html)
    expect({ shown, problems }).toEqual({ shown: [SIGNED_IN], problems: [] })
  })

  it('for nobody shows nobody from first to last', async () => {
    const { shown, problems } = await load(stage().open().auth, null)
    expect({ shown, problems }).toEqual({ shown: ['signed-out'], problems: [] })
  })

  it('for a session without a user was rendered for nobody', async () => {
    const { html, shown } = await load(stage().open().auth, { user: null })
    expect(html).toBe('<p>signed-out</p>')
    expect(shown).toEqual(['signed-out'])
  })

  it('for anybody is loading until the client knows', async () => {
    await stage().signedIn()
    const { html, shown, problems } = await load(stage().open().auth)
    expect(html).toBe('<p>loading</p>')
    expect({ shown, problems }).toEqual({ shown: ['loading', SIGNED_IN], problems: [] })
  })

  it('goes by the client where that knows better', async () => {
    const { shown, problems } = await load(stage().open().auth, RENDERED)
    expect({ shown, problems }).toEqual({ shown: [SIGNED_IN, 'signed-out'], problems: [] })
  })

  it('is no mismatch when the client is ready before React is', async () => {
    const { auth } = await stage().signedIn()
    const { html, shown, problems } = await load(auth, null)
    expect(html).toBe('<p>signed-out</p>')
    expect({ shown, problems }).toEqual({ shown: ['signed-out', SIGNED_IN], problems: [] })
  })

  it('gives the session of the server until the client has its own', async () => {
    const { session } = await stage().signedIn()
    const { auth } = stage().open()
    const seen: unknown[] = []
    const { Probe } = probe(() => `${seen.push(useSession((state) => state.session))}`)
    await stage().render(h(AuthProvider, { client: auth, initialSession: RENDERED }, h(Probe)))
    expect(seen).toEqual([RENDERED, session])
  })

  it('did not touch the client on the server', async () => {
    const { auth } = stage().open()
    const listeners = countListeners(auth)
    const { Probe } = probe(() => describeState(useSession()))
    const page = h(AuthProvider, { client: auth, initialSession: RENDERED }, h(Probe))
    const other = stage().open('other').auth
    await stage().hydrate(
      h(AuthProvider, { client: other, initialSession: RENDERED }, h(Probe)),
      page,
    )
    expect(listeners()).toBe(0)
    expect(stage().server.requests).toEqual([])
  })

  it('holds no access token, whatever the server knows', async () => {
    const { session } = await stage().signedIn()
    const { auth } = stage().open()
    const { Probe, shown } = probe(() => {
      const { accessToken, loading } = useAccessToken()
      return `${accessToken} ${loading}`
    })
    const page = h(AuthProvider, { client: auth, initialSession: session }, h(Probe))
    const { html, problems } = await stage().hydrate(page)
    expect(html).toBe('<p>null true</p>')
    expect(problems).toEqual([])
    expect(new Set(shown)).toEqual(new Set(['null true', `${session.accessToken} false`]))
  })
})
