import { describe, expect, it } from 'vitest'
import type { PagesResponse } from '../../src/next/pages-types.js'
import { createDeviceBinding } from '../../src/server/dbsc/index.js'
import { createPair, registrationOf, sign } from '../server/dbsc/device-world.js'
import { endOfSignIn, keep } from './device-app.js'
import { createAnyApp } from './oidc-app.js'
import { createPasswordApp } from './password-app.js'

/** An app whose sessions are bound, and a browser whose session is. */
async function bound() {
  const app = createAnyApp({ deviceBound: createDeviceBinding() })
  const { opened, answer } = await endOfSignIn(app)
  const pair = await createPair()
  const { challenge, path } = registrationOf(answer)
  const headers = {
    'Secure-Session-Response': await sign(pair, challenge, { header: { jwk: pair.jwk } }),
  }
  const registered = await app.auth.handlers.POST(
    new Request(`https://app.example${path}`, { method: 'POST', headers }),
  )
  keep(opened.jar, registered)
  const { session_identifier: id } = await registered.json()
  // The proxy binds it, and the page behind it reads the new cookie.
  expect((await opened.who())?.user?.id).toBe('ada')
  const name = [...opened.jar.keys()].find((one) => one.startsWith('__Host-holdfast-bound-')) ?? ''
  return { ...app, opened, id, name }
}

describe('an app of Next whose sessions are bound to devices', () => {
  it('knows its person, by the proxy and in pages', async () => {
    const { opened } = await bound()
    expect((await opened.who())?.user?.id).toBe('ada')
  })

  it('knows nobody by a cookie that was copied, with the proxy or without', async () => {
    const { opened, browser, name, auth } = await bound()
    const jar = new Map([...opened.jar].filter(([one]) => one !== name))
    const thief = browser(jar)
    expect((await thief.who())?.user).toBeNull()
    const { result } = await thief.page(() => auth.withAuth(), { unproxied: true })
    expect(result?.user).toBeNull()
    expect((await opened.who())?.user?.id).toBe('ada')
  })

  it('does not know, while the browser cannot prove its key', async () => {
    const { opened, browser, name, auth, id } = await bound()
    const there = browser(new Map([...opened.jar].filter(([one]) => one !== name)))
    const headers = { 'secure-session-skipped': `unreachable;session_identifier="${id}"` }
    const { result } = await there.page(() => auth.withAuth({ onOutage: 'return' }), { headers })
    expect(result).toMatchObject({ user: undefined, outage: { retryable: true } })
    // Nor is it taken for a thief who may see no list.
    const list = () => auth.listSessions().catch((error) => error)
    const listed = await there.page(list, { headers, unproxied: true })
    expect(listed.result).toMatchObject({ code: 'storage', retryable: true })
    expect(there.jar.size).toBe(opened.jar.size - 1)
  })

  it('asks for a bound session by the path of the page, in the page as in the proxy', async () => {
    const app = createAnyApp({
      deviceBound: createDeviceBinding({
        required: ({ path }) => path === null || path.startsWith('/admin'),
      }),
    })
    const { opened } = await endOfSignIn(app)
    const who = (path: string, wanted = {}) => opened.visit(path, () => app.auth.withAuth(), wanted)
    expect((await who('/boxes?all=1')).result?.user?.id).toBe('ada')
    expect((await who('/boxes', { phase: 'action' })).result?.user?.id).toBe('ada')
    expect((await who('/admin/people?all=1')).result?.user).toBeNull()
    const forged = { 'x-holdfast-path': '/boxes' }
    expect((await who('/admin', { headers: forged })).result?.user).toBeNull()
    // What the proxy has not seen, nobody knows the path of.
    expect((await who('/boxes', { unproxied: true })).result?.user).toBeNull()
  })

  it('runs by http as before, as in development', async () => {
    const app = createAnyApp({
      deviceBound: createDeviceBinding(),
      cookie: { password: 'a cookie password that is long enough', secure: false },
    })
    const { opened, answer } = await endOfSignIn(app)
    expect(registrationOf(answer).header).toBeNull()
    expect((await opened.who())?.user?.id).toBe('ada')
  })
})

describe('a session that begins in a Server Action', () => {
  type Options = Parameters<typeof createDeviceBinding>[0]

  async function begun(options?: Options) {
    const app = createPasswordApp({ deviceBound: createDeviceBinding(options) })
    const ada = app.browser()
    await ada.visit('/login', app.signIn, { phase: 'action' })
    return { ...app, ada }
  }

  async function register({ auth, ada }: Awaited<ReturnType<typeof begun>>, answer: Response) {
    const pair = await createPair()
    const { challenge, path } = registrationOf(answer)
    const proof = await sign(pair, challenge, { header: { jwk: pair.jwk } })
    const headers = { 'Secure-Session-Response': proof }
    const request = new Request(`https://app.example${path}`, { method: 'POST', headers })
    keep(ada.jar, await auth.handlers.POST(request))
  }

  it('is bound by way of the next page, behind the proxy', async () => {
    const app = await begun()
    const { auth, ada, browser } = app
    const unbound = new Map(ada.jar)
    const { response, result } = await ada.page(() => auth.withAuth())
    expect(result?.user?.email).toBe('ada@example.test')
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
    await register(app, response)
    const next = await ada.page(() => auth.withAuth())
    expect(registrationOf(next.response).header).toBeNull()
    expect(next.result?.user?.email).toBe('ada@example.test')
    const thief = await browser(unbound).page(() => auth.withAuth({ onOutage: 'return' }))
    expect(thief.result?.user).toBeUndefined()
  })

  it('is bound by way of the refusal, where the next page needs a session that is', async () => {
    const app = await begun({ required: ({ path }) => path === '/admin' })
    const { auth, ada } = app
    const admin = () => ada.visit('/admin', () => auth.withAuth())
    const { response } = await admin()
    expect(response.status).toBe(403)
    await register(app, response)
    expect((await admin()).result?.user?.email).toBe('ada@example.test')
  })

  it('is not asked for by http, as in development', async () => {
    const app = createPasswordApp({
      deviceBound: createDeviceBinding(),
      cookie: { password: 'a cookie password that is long enough', secure: false },
    })
    const ada = app.browser()
    await ada.visit('/login', app.signIn, { phase: 'action' })
    expect(ada.jar.size).toBe(1)
    const { response } = await ada.page(() => app.auth.withAuth())
    expect(registrationOf(response).header).toBeNull()
  })
})

describe('a session that begins in an API route of the Pages Router', () => {
  it('is asked for by its answer, which can have headers', async () => {
    const app = createPasswordApp({ deviceBound: createDeviceBinding() })
    const headers = new Headers()
    const response: PagesResponse = {
      getHeader: (name) => (name === 'Set-Cookie' ? headers.getSetCookie() : undefined),
      setHeader(name, value) {
        headers.delete(name)
        for (const one of [value].flat()) headers.append(name, one)
      },
      removeHeader: (name) => headers.delete(name),
    }
    await app.auth.pages({ headers: {} }, response).setSession(await app.grant())
    expect(headers.get('Secure-Session-Registration')).toMatch(/^\(ES256 RS256\);/)
    expect(headers.getSetCookie()).toEqual([expect.stringMatching(/^__Host-holdfast=/)])
  })
})
