import { describe, expect, it } from 'vitest'
import { AuthClient } from '../../src/index.js'
import { type GoTrueOptions, gotrue } from '../../src/providers/gotrue/index.js'
import { createFakeBrowser, createScriptedGoTrue } from '../../src/testing/index.js'
import { ADA } from '../support/gotrue-world.js'

const PAGE = 'https://app.example/page'
const SERVER = 'https://auth.example/token'
const ANYBODY = { 'access-control-allow-origin': '*' }
const MINE = {
  'access-control-allow-origin': 'https://app.example',
  'access-control-allow-credentials': 'true',
}

/** What a page asks of a server that answers preflights and the rest with these headers. */
async function ask(
  init: RequestInit,
  preflight: HeadersInit = ANYBODY,
  headers: HeadersInit = preflight,
  url = SERVER,
) {
  const asked: string[] = []
  const send = createFakeBrowser()
    .tab({ href: PAGE, cors: true })
    .fetch(async (input, given) => {
      const request = new Request(new URL(String(input), PAGE), given)
      const may = request.headers.get('access-control-request-method')
      const names = request.headers.get('access-control-request-headers')
      asked.push([request.method, may, names].filter(Boolean).join(' '))
      return new Response('fine', { headers: request.method === 'OPTIONS' ? preflight : headers })
    })
  const answer = await send(url, init).then(
    (response) => response.text(),
    (error: unknown) => `${error}`,
  )
  return { asked, answer }
}

const REFUSED = 'TypeError: Failed to fetch'

describe('a tab that heeds CORS', () => {
  it.each<[string, RequestInit]>([
    ['a GET', {}],
    ['a text', { method: 'POST', body: 'a' }],
    ['a form', { method: 'POST', body: new URLSearchParams({ a: 'b' }) }],
    ['a safelisted header', { headers: { accept: 'application/json' } }],
  ])('asks no leave for %s, and sees the answer where that is for its origin', async (_, init) => {
    const method = init.method ?? 'GET'
    expect(await ask(init)).toEqual({ asked: [method], answer: 'fine' })
    expect(await ask(init, {})).toEqual({ asked: [method], answer: REFUSED })
    const other = { 'access-control-allow-origin': 'https://other.example' }
    expect((await ask(init, other)).answer).toBe(REFUSED)
  })

  const json = { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } }
  const bearer = { headers: { authorization: 'Bearer x' } }

  it('asks leave by a preflight first, and sends nothing without', async () => {
    const allowed = { ...ANYBODY, 'access-control-allow-headers': 'Content-Type' }
    const asked = ['OPTIONS POST content-type', 'POST']
    expect(await ask(json, allowed)).toEqual({ asked, answer: 'fine' })
    expect(await ask(json)).toEqual({ asked: asked.slice(0, 1), answer: REFUSED })
    expect(await ask(json, { 'access-control-allow-headers': 'content-type' })).toEqual({
      asked: asked.slice(0, 1),
      answer: REFUSED,
    })
    expect(await ask({ method: 'PUT' })).toEqual({ asked: ['OPTIONS PUT'], answer: REFUSED })
    const put = { ...ANYBODY, 'access-control-allow-methods': 'GET, PUT' }
    expect((await ask({ method: 'PUT' }, put)).asked).toEqual(['OPTIONS PUT', 'PUT'])
  })

  it('takes `*` for all headers but that of tokens', async () => {
    const all = { ...ANYBODY, 'access-control-allow-headers': '*' }
    expect((await ask(json, all)).answer).toBe('fine')
    expect((await ask(bearer, all)).answer).toBe(REFUSED)
    const named = { ...ANYBODY, 'access-control-allow-headers': '*, authorization' }
    expect((await ask(bearer, named)).answer).toBe('fine')
  })

  it('sends cookies only to who names its origin, and takes no `*` with them', async () => {
    const credentials = 'include'
    expect((await ask({ credentials })).answer).toBe(REFUSED)
    expect((await ask({ credentials }, MINE)).answer).toBe('fine')
    const { 'access-control-allow-credentials': _, ...silent } = MINE
    expect((await ask({ credentials }, silent)).answer).toBe(REFUSED)
    const all = { ...MINE, 'access-control-allow-headers': '*' }
    expect((await ask({ ...json, credentials }, all)).answer).toBe(REFUSED)
  })

  it('asks its own server whatever it likes', async () => {
    expect(await ask(json, {}, {}, '/api')).toEqual({ asked: ['POST'], answer: 'fine' })
  })

  it('leaves the body of a request to whoever sends it', async () => {
    const headers = { ...ANYBODY, 'access-control-allow-headers': 'content-type' }
    const send = createFakeBrowser()
      .tab({ cors: true })
      .fetch(async (input, given) => {
        const request = new Request(input, given)
        return new Response(await request.text(), { headers })
      })
    expect(await (await send(new Request(SERVER, json))).text()).toBe('{}')
  })
})

describe('a page whose GoTrue stands alone', () => {
  const start = (cors: 'bare' | 'gateway', options: Partial<GoTrueOptions> = {}) => {
    const browser = createFakeBrowser()
    const server = createScriptedGoTrue({ clock: browser.clock, users: [ADA], cors })
    const tab = browser.tab({ cors: true })
    const fetch = tab.fetch(server.fetch)
    const provider = gotrue({ url: 'http://localhost/auth/v1', fetch, ...options })
    const { storage, environment } = tab
    return { server, auth: new AuthClient({ provider, storage, environment }) }
  }

  it('is answered without an `apiKey`, and with one nothing is sent', async () => {
    expect((await start('bare').auth.signIn(ADA)).user?.email).toBe(ADA.email)
    const { server, auth } = start('bare', { apiKey: 'public-anon-key' })
    await expect(auth.signIn(ADA)).rejects.toMatchObject({ code: 'network' })
    expect(server.requests).toEqual([])
  })

  it('is answered with an `apiKey` where the server or its gateway takes that', async () => {
    const { auth } = start('gateway', { apiKey: 'public-anon-key' })
    expect((await auth.signIn(ADA)).user?.email).toBe(ADA.email)
    await auth.actions.updateUser({ data: { name: 'Ada' } })
  })
})
