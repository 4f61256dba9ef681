import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, isAuthError } from '../../src/index.js'
import {
  type SuperTokensProviderOptions,
  supertokens,
} from '../../src/providers/supertokens/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { APP, type ApiAnswer, createSuperTokensWorld, frontToken } from './supertokens-world.js'

const INVALID = {
  message: 'invalid claim',
  claimValidationErrors: [
    { id: 'st-role', reason: { message: 'wrong value', expectedToInclude: 'admin' } },
    { id: 'st-ev' },
  ],
}
const forbidden = (body: unknown = INVALID, headers?: Headers): Response =>
  Response.json(body, { status: 403, ...(headers && { headers }) })

afterEach(() => void vi.unstubAllGlobals())

/** Pages of a person who has signed in, and what they do. */
async function signedIn(count: number, options: SuperTokensProviderOptions = {}) {
  const browser = createFakeBrowser()
  const world = createSuperTokensWorld({ clock: browser.clock })
  vi.stubGlobal('fetch', world.fetch)
  const pages = Array.from({ length: count }, () => {
    const tab = browser.tab()
    const auth = new AuthClient({
      provider: supertokens({ url: APP, fetch: tab.fetch(world.fetch), ...options }),
      storage: tab.storage,
      environment: tab.environment,
      fetchOrigins: [APP],
    })
    const events: string[] = []
    auth.onAuthStateChange((event) => void events.push(event))
    return { auth, events }
  })
  await browser.clock.settle()
  const [page] = pages
  if (!page) throw new Error('A page is needed.')
  await page.auth.signIn({ path: '/login', json: { userId: 'ada' } })
  await browser.clock.settle()
  world.requests.splice(0)
  for (const { events } of pages) events.splice(0)
  return {
    world,
    pages,
    page,
    settle: () => browser.clock.settle(),
    call: (init: RequestInit = {}) =>
      page.auth.fetch(`${APP}/api/me`, { credentials: 'include', ...init }),
    refreshes: () => world.count('/auth/session/refresh'),
    payload: () => page.auth.getSnapshot().session?.user?.payload,
  }
}

describe.each(['cookie', 'header'] as const)('a page whose tokens are in %ss', (transfer) => {
  it('learns a new payload from any answer, in all tabs, with one TOKEN_REFRESHED', async () => {
    const { world, pages, call, settle, refreshes } = await signedIn(3, { transfer })
    world.serve(({ front }) => Response.json({}, { headers: front({ role: 'admin' }) }))
    await Promise.all([call(), call(), call({ method: 'POST' })])
    await settle()
    for (const { auth, events } of pages) {
      expect(auth.getSnapshot().session?.user?.payload).toMatchObject({ role: 'admin' })
      expect(events).toEqual(['TOKEN_REFRESHED'])
    }
    expect(refreshes()).toBe(0)
    // And the session goes on as before.
    await pages[1]?.auth.refreshSession()
    expect(refreshes()).toBe(1)
  })

  it('rejects as a step that is missing where claims fail, and refreshes for none', async () => {
    const { world, page, call, settle, refreshes } = await signedIn(1, { transfer })
    world.serve(() => forbidden())
    const error = await call().catch((failure: unknown) => failure)
    expect(error).toMatchObject({
      code: 'step_required',
      status: 403,
      retryable: false,
      details: { step: 'invalid claim', claimValidationErrors: INVALID.claimValidationErrors },
    })
    await settle()
    expect([refreshes(), page.events]).toEqual([0, []])
    world.serve(({ front }) => Response.json({}, { headers: front({ 'st-ev': true }) }))
    expect((await call()).status).toBe(200)
  })

  it('learns the payload as well that came with the refusal', async () => {
    const { world, page, call, settle, payload } = await signedIn(1, { transfer })
    world.serve(({ front }) => forbidden(INVALID, front({ 'st-role': { v: ['user'], t: 1 } })))
    await expect(call()).rejects.toMatchObject({ code: 'step_required' })
    await settle()
    expect(payload()).toMatchObject({ 'st-role': { v: ['user'], t: 1 } })
    expect(page.events).toEqual(['TOKEN_REFRESHED'])
  })
})

describe('a page whose tokens are in cookies', () => {
  it('hears nothing of a token that only replaces another', async () => {
    const { world, page, call, settle } = await signedIn(1)
    const before = page.auth.getSnapshot().session
    world.serve(({ front }) => {
      const later = { iat: 1, exp: 2, parentRefreshTokenHash1: null, antiCsrfToken: 'x' }
      return Response.json({}, { headers: front(later) })
    })
    await call()
    await settle()
    expect(page.events).toEqual([])
    expect(page.auth.getSnapshot().session).toBe(before)
  })

  it('learns each of two changes within one second', async () => {
    const { world, page, call, settle, payload } = await signedIn(1)
    for (const role of ['a', 'b']) {
      world.serve(({ front }) => Response.json({}, { headers: front({ role }) }))
      await call()
      await settle()
      expect(payload()).toMatchObject({ role })
    }
    expect(page.events).toEqual(['TOKEN_REFRESHED', 'TOKEN_REFRESHED'])
  })

  it('refreshes by the status that the backend has for it', async () => {
    const { world, call, refreshes } = await signedIn(1, { sessionExpiredStatusCode: 440 })
    let calls = 0
    world.serve(() =>
      calls++ === 0
        ? Response.json({ message: 'try refresh token' }, { status: 440 })
        : Response.json({}),
    )
    expect((await call()).status).toBe(200)
    expect([calls, refreshes()]).toEqual([2, 1])
  })

  it('knows failed claims by the status that the backend has for them', async () => {
    const { world, call } = await signedIn(1, { invalidClaimStatusCode: 418 })
    world.serve(() => forbidden())
    expect((await call()).status).toBe(403)
    world.serve(() => Response.json(INVALID, { status: 418 }))
    await expect(call()).rejects.toMatchObject({ code: 'step_required' })
  })
})

const nested = (depth: number): unknown =>
  Array.from({ length: depth }).reduce((inner: unknown) => [inner], 1)
const front = (value: unknown): Headers => new Headers({ 'front-token': frontToken(value) })
const ATE = 4_000_000_000_000
const UP = { sessionHandle: 'handle-1', iat: 1, role: 'admin' }

const HOSTILE: readonly (readonly [name: string, answer: ApiAnswer])[] = [
  ['a page', () => new Response('<html>Forbidden', { status: 403 })],
  ['nothing', () => new Response(null, { status: 403 })],
  ['another JSON', () => forbidden({ message: 'invalid claim' })],
  ['a list', () => forbidden([INVALID])],
  ['no claims', () => forbidden({ claimValidationErrors: [] })],
  ['claims that are none', () => forbidden({ claimValidationErrors: [null, 1, 'x', [], {}] })],
  ['one claim without a name', () => forbidden({ claimValidationErrors: [{ id: 'a' }, {}] })],
  ['a name that is none', () => forbidden({ claimValidationErrors: [{ id: { toString: 1 } }] })],
  [
    'a reason without end',
    () => forbidden({ claimValidationErrors: [{ id: 'a', reason: nested(99) }] }),
  ],
  ['too much', () => forbidden({ ...INVALID, more: 'x'.repeat(2_000_000) })],
  ['a front-token that is none', () => Response.json({}, { headers: { 'front-token': '???' } })],
  ['an empty one', () => Response.json({}, { headers: { 'front-token': '' } })],
  ['a removed one', () => Response.json({}, { headers: { 'front-token': 'remove' } })],
  [
    'one of somebody else',
    () =>
      Response.json(
        {},
        { headers: front({ uid: 'bob', ate: ATE, up: { ...UP, sessionHandle: 'handle-2' } }) },
      ),
  ],
  [
    'one that nests',
    () =>
      Response.json({}, { headers: front({ uid: 'ada', ate: ATE, up: { ...UP, x: nested(99) } }) }),
  ],
  ['one that is over', () => Response.json({}, { headers: front({ uid: 'ada', ate: 1, up: UP }) })],
]

describe.each(['cookie', 'header'] as const)('with tokens in %ss, an answer', (transfer) => {
  it.each(HOSTILE)('that is %s is just the answer', async (_, answer) => {
    const { world, page, call, settle, refreshes } = await signedIn(1, { transfer })
    const before = page.auth.getSnapshot().session
    world.serve(answer)
    const response = await call()
    expect([200, 403]).toContain(response.status)
    // The app reads it as it came.
    expect(typeof (await response.text())).toBe('string')
    await settle()
    expect([refreshes(), page.events]).toEqual([0, []])
    expect(page.auth.getSnapshot().session).toBe(before)
  })

  it.each([
    'text/event-stream',
    'application/x-ndjson',
    'application/json-seq',
    'application/stream+json',
  ])('that is a stream without end of %s is handed over at once', async (type) => {
    const { world, call } = await signedIn(1, { transfer })
    const headers = { 'content-type': type }
    world.serve(() => new Response(new ReadableStream(), { status: 403, headers }))
    const response = await call()
    expect(response.status).toBe(403)
    await response.body?.cancel()
  })

  it.each(['application/json', 'Application/JSON;charset=utf-8', 'application/json ; v=1'])(
    'of the type %s is read',
    async (type) => {
      const { world, call } = await signedIn(1, { transfer })
      world.serve(() => forbidden(INVALID, new Headers({ 'content-type': type })))
      await expect(call()).rejects.toMatchObject({ code: 'step_required' })
    },
  )

  it('that breaks off is the app’s to read', async () => {
    const { world, call } = await signedIn(1, { transfer })
    const body = new ReadableStream({
      pull(controller) {
        controller.enqueue(new TextEncoder().encode('{"claimValidationErrors":['))
        controller.error(new TypeError('terminated'))
      },
    })
    const headers = { 'content-type': 'application/json' }
    world.serve(() => new Response(body, { status: 403, headers }))
    const response = await call()
    expect(response.status).toBe(403)
    await expect(response.text()).rejects.toThrow()
  })
})

describe('a redirect', () => {
  it('to another origin says nothing of the session', async () => {
    const { world, page, call, settle, refreshes } = await signedIn(1)
    const elsewhere = (response: Response): Response =>
      Object.defineProperty(response, 'url', { value: 'https://evil.example/me' })
    world.serve((given) => elsewhere(Response.json({}, { headers: given.front({ role: 'x' }) })))
    await call()
    world.serve(() => elsewhere(forbidden()))
    expect((await call()).status).toBe(403)
    world.serve(() => elsewhere(new Response(null, { status: 401 })))
    expect((await call()).status).toBe(401)
    await settle()
    expect([refreshes(), page.events]).toEqual([0, []])
  })

  it('within the API does', async () => {
    const { world, call } = await signedIn(1)
    world.serve(() => Object.defineProperty(forbidden(), 'url', { value: `${APP}/elsewhere` }))
    const error = await call().catch((failure: unknown) => failure)
    expect(isAuthError(error, 'step_required')).toBe(true)
  })
})
