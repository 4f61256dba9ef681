import { describe, expect, it } from 'vitest'
import { userRoleClaim } from '../../../src/server/supertokens/claims/index.js'
import { openApp } from './claims-stage.js'
import { HOUR, LEGACY } from './stage.js'
import { failureOf } from './web-stage.js'

describe('a page that is rendered on the server', () => {
  it.each(['cookie', 'header'] as const)('knows who is signed in: by a %s', async (mode) => {
    const { signIn, sessions } = await openApp()
    const page = await signIn(mode, { role: 'admin' })
    const found = await sessions.getSessionForRendering(page.headers())
    if (found.status !== 'signed-in') throw new Error(found.status)
    const { session } = found
    expect([session.getUserId(), session.getHandle(), session.getJWTPayload()]).toEqual([
      'ada',
      page.handle,
      { role: 'admin' },
    ])
  })

  it('takes any request that there is, whatever its method', async () => {
    const { signIn, sessions } = await openApp({}, { antiCsrf: 'VIA_TOKEN' })
    const headers = (await signIn()).headers()
    const request = new Request('https://app.example/orders', { method: 'POST', headers })
    expect(await sessions.getSessionForRendering(request)).toMatchObject({ status: 'signed-in' })
  })

  it('tells nobody from somebody whose browser must refresh first', async () => {
    const { signIn, sessions, pass } = await openApp()
    const page = await signIn()
    pass(HOUR)
    expect(await sessions.getSessionForRendering(page.headers())).toEqual({ status: 'try-refresh' })
    expect(await sessions.getSessionForRendering(new Headers())).toEqual({ status: 'signed-out' })
  })

  it('asks for a refresh too where the browser has two tokens, or that of an old core', async () => {
    const { signIn, sessions } = await openApp()
    const [one, other] = [await signIn(), await signIn()]
    const both = [one, other].map((page) => page.headers().get('Cookie')).join('; ')
    for (const Cookie of [both, 'sIdRefreshToken=1']) {
      const found = await sessions.getSessionForRendering(new Headers({ Cookie }))
      expect(found).toEqual({ status: 'try-refresh' })
    }
  })

  it.each<readonly [string, string]>([
    ['garbage', 'sAccessToken=garbage'],
    ['nothing', 'sAccessToken='],
    ['something of another app', 'theme=dark'],
  ])('takes %s for nobody', async (_, Cookie) => {
    const { sessions } = await openApp()
    expect(await sessions.getSessionForRendering(new Headers({ Cookie }))).toEqual({
      status: 'signed-out',
    })
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a text', 'sAccessToken=a'],
    ['headers of another kind', { headers: { cookie: 'sAccessToken=a' } }],
  ])('is of a request, and not of %s', async (_, request) => {
    const { sessions } = await openApp()
    const read = Reflect.apply(sessions.getSessionForRendering, sessions, [request])
    expect(await failureOf(Promise.resolve(read))).toEqual({
      type: 'GENERAL_ERROR',
      code: 'invalid_argument',
    })
  })

  it('changes nothing in the core, not even by the first use of a token', async () => {
    const { signIn, sessions, core } = await openApp()
    const page = await signIn()
    await page.refresh()
    core.clearLog()
    expect(await sessions.getSessionForRendering(page.headers())).toMatchObject({
      status: 'signed-in',
    })
    expect(core.requests.filter(({ method }) => method !== 'GET')).toEqual([])
    // The page's own first request does it, and gets the token that comes of it.
    const { answer } = await page.ask()
    expect(answer.has('front-token')).toBe(true)
  })

  it('asks what every session must meet, and writes nothing of what was fetched', async () => {
    const roles = userRoleClaim({ fetchValue: () => ['reader'] })
    const { includes } = roles.validators
    const { signIn, sessions, core } = await openApp({ globalClaimValidators: [includes('admin')] })
    const headers = (await signIn()).headers()
    const found = await sessions.getSessionForRendering(headers)
    expect(found).toMatchObject({
      status: 'invalid-claims',
      claimValidationErrors: [{ id: 'st-role', reason: { actualValue: ['reader'] } }],
    })
    const all = { overrideGlobalClaimValidators: () => [includes('reader')] }
    expect(await sessions.getSessionForRendering(headers, all)).toMatchObject({
      status: 'signed-in',
    })
    expect(core.sessions()[0]?.userDataInJWT).toEqual({})
  })

  it('shows what was fetched, by which it may be seen', async () => {
    const roles = userRoleClaim({ fetchValue: () => ['reader'] })
    const { signIn, sessions } = await openApp({
      globalClaimValidators: [roles.validators.includes('reader')],
    })
    const headers = (await signIn('cookie', { theme: 'dark' })).headers()
    const found = await sessions.getSessionForRendering(headers)
    if (found.status !== 'signed-in') throw new Error(found.status)
    expect(found.session.getClaimValue(roles)).toEqual(['reader'])
    expect(found.session.getJWTPayload()).toMatchObject({ theme: 'dark' })
  })

  it('throws what may work later where nobody can tell, as without the keys of the core', async () => {
    const { signIn, sessions, core, start } = await openApp()
    const headers = (await signIn()).headers()
    await sessions.getSessionForRendering(headers)
    const { sessions: cold } = await openApp({ superTokens: start() })
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    expect(await failureOf(cold.getSessionForRendering(headers))).toEqual({
      type: 'GENERAL_ERROR',
      code: 'network',
    })
    expect(await sessions.getSessionForRendering(headers)).toMatchObject({ status: 'signed-in' })
  })

  it('sends whoever has no session any more to the refresh, which takes the tokens away', async () => {
    // The core is asked about each token there, and says of this one that its session is over.
    const { signIn, sessions, core } = await openApp({}, { core: LEGACY })
    const page = await signIn()
    await page.refresh()
    core.endSession(page.handle)
    expect(await sessions.getSessionForRendering(page.headers())).toEqual({ status: 'try-refresh' })
  })
})
