import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { createBackend } from '../../../src/server/backend/index.js'
import type { BackendOptions } from '../../../src/server/backend/types.js'
import { ADA, APP, createBackendWorld, PASSWORD } from './backend-world.js'

const PREVIEW = 'https://preview-7.app.example'
const REDIRECTS = [`${APP}/auth/callback`, `${PREVIEW}/auth/callback`]

function createWorld(backend: Partial<BackendOptions> = {}) {
  const world = createBackendWorld({
    workos: { clients: [{ id: 'client_1', redirectUris: REDIRECTS }] },
    backend: { redirectUris: REDIRECTS, ...backend },
  })
  /** Begins a sign-in at a host, and lets the person consent: the address of the callback. */
  async function consent(from: string, headers: Record<string, string> = {}): Promise<URL> {
    const begun = await world.send(`${from}/auth/sign-in?loginHint=${ADA}&returnTo=/in`, {
      headers,
    })
    const answer = await world.workos.fetch(begun.headers.get('Location') ?? '')
    return new URL(answer.headers.get('Location') ?? '')
  }
  return { ...world, consent }
}

describe('a backend under several hosts', () => {
  it('has people sent back to the one where they began, and leaves them there', async () => {
    for (const host of [APP, PREVIEW]) {
      const { consent, send } = createWorld()
      const callback = await consent(host)
      expect(callback.origin).toBe(host)
      expect((await send(callback.href)).headers.get('Location')).toBe(`${host}/in`)
    }
  })

  it.each(['X-Forwarded-Host', 'Host'])(
    'learns by %s where browsers are, behind a proxy',
    async (name) => {
      const { consent, send } = createWorld()
      const headers = { [name]: new URL(PREVIEW).host.toUpperCase() }
      const callback = await consent('http://10.0.0.1:3000', headers)
      expect(callback.origin).toBe(PREVIEW)
      const inside = `http://10.0.0.1:3000${callback.pathname}${callback.search}`
      expect((await send(inside, { headers })).headers.get('Location')).toBe(`${PREVIEW}/in`)
    },
  )

  it.each([
    '/auth/sign-in',
    '/auth/sign-up',
    '/auth/callback?code=1&state=2',
    '/auth/session',
    '/auth/proxy/api/me',
  ])('answers nothing under another host: %s', async (path) => {
    const { send } = createWorld()
    for (const [from, headers] of [
      ['https://evil.example', {}],
      ['https://evil.example', { 'X-Forwarded-Host': 'evil.example', Host: 'evil.example' }],
      // By another scheme or port it is another origin.
      ['http://app.example', {}],
      ['https://app.example:8443', {}],
    ] as const) {
      const response = await send(`${from}${path}`, { headers: { 'X-Holdfast': '1', ...headers } })
      expect(response.status).toBe(421)
      expect(response.headers.getSetCookie()).toEqual([])
    }
  })

  it('finishes nothing at one host that was begun at another', async () => {
    const { consent, send, jar } = createWorld()
    const callback = await consent(APP)
    const moved = `${PREVIEW}${callback.pathname}${callback.search}`
    expect((await send(moved)).headers.get('Location')).toBe(`${PREVIEW}/auth/sign-in?again=1`)
    expect([...jar.cookies.keys()].join()).toMatch(/^__Host-holdfast-flow-[\w-]{16}$/)
    expect((await send(callback.href)).headers.get('Location')).toBe(`${APP}/in`)
  })

  it('lets the pages of the host call that a request was sent to, and of no other', async () => {
    const { send } = createWorld()
    const statusOf = async (to: string, from: string): Promise<number> =>
      (await send(`${to}/auth/session`, { headers: { 'X-Holdfast': '1', Origin: from } })).status
    expect(await statusOf(PREVIEW, PREVIEW)).toBe(200)
    expect(await statusOf(PREVIEW, APP)).toBe(403)
  })

  it('answers every path that is on the list', async () => {
    const redirectUris = [`${APP}/callback`, `${PREVIEW}/api/auth/done`]
    const { send } = createWorld({ redirectUris })
    expect((await send(`${PREVIEW}/api/auth/done?code=1&state=2`)).status).toBe(303)
    expect((await send(`${APP}/callback?code=1&state=2`)).status).toBe(303)
  })

  it.each([
    ['no address', { redirectUris: [] }, /names no address/],
    ['two of one host', { redirectUris: [REDIRECTS[0] ?? '', `${APP}/other`] }, /one host/],
    [
      'two schemes',
      { redirectUris: [REDIRECTS[0] ?? '', 'http://localhost/cb'] },
      /all of `https:`/,
    ],
    ['what is no address', { redirectUris: ['/auth/callback'] }, /absolute/],
    ['a fragment', { redirectUris: [`${APP}/auth/callback#x`] }, /absolute/],
    ['`redirectUri` as well', { redirectUri: REDIRECTS[0] }, /takes the place/],
    ['`origin` as well', { origin: APP }, /takes the place/],
  ])('is not made with %s', (_, options, message) => {
    const { sessions } = createWorld()
    const signIn = { authorizeUrl: () => '', exchangeCode: async () => Promise.reject() }
    const make = () =>
      createBackend({ sessions, signIn, password: PASSWORD, redirectUris: REDIRECTS, ...options })
    expect(make).toThrow(AuthError)
    expect(make).toThrow(message)
  })
})
