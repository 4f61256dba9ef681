import { describe, expect, it } from 'vitest'
import { readAccessToken } from '../../../src/server/supertokens/access-token.js'
import { openApp } from './claims-stage.js'
import { failureOf, HOUR, readFrontToken, toldBy } from './web-stage.js'

const payloadOf = (token: string): unknown => readAccessToken(token)?.userDataInJWT

describe('a payload that a request changes', () => {
  it.each(['cookie', 'header'] as const)(
    'is told to the front end by the answer: %s',
    async (mode) => {
      const { signIn, core } = await openApp()
      const page = await signIn(mode, { role: 'admin', theme: 'light' })
      const { session, answer } = await page.ask({}, 'POST')
      expect(toldBy(answer)).toEqual([])
      await session.mergeIntoAccessTokenPayload({ role: 'reader', theme: null })
      page.keep(answer)
      expect(payloadOf(page.held.access)).toEqual({ role: 'reader' })
      expect(readFrontToken(answer)).toMatchObject({ uid: 'ada', up: { role: 'reader' } })
      expect(answer.get('Access-Control-Expose-Headers')?.split(', ').sort()).toEqual(
        mode === 'cookie' ? ['front-token'] : ['front-token', 'st-access-token'],
      )
      expect(answer.get('Cache-Control')).toBe('private, no-store')
      // Nobody has signed in anew, and no refresh token was spent.
      expect(answer.has('st-refresh-token')).toBe(false)
      expect(core.count('/session/refresh')).toBe(0)
      expect((await page.ask()).session.getJWTPayload()).toEqual({ role: 'reader' })
      expect((await page.refresh()).getJWTPayload()).toEqual({ role: 'reader' })
    },
  )

  it('is known to the session object at once, with the token that has it', async () => {
    const { signIn } = await openApp()
    const { session } = await (await signIn()).ask()
    await session.mergeIntoAccessTokenPayload({ a: 1 })
    await session.mergeIntoAccessTokenPayload({ b: 2 })
    expect(session.getJWTPayload()).toEqual({ a: 1, b: 2 })
    expect(payloadOf(session.getAccessToken())).toEqual({ a: 1, b: 2 })
  })

  it('of a session that has just begun is in the cookie that begins it, once', async () => {
    const { sessions, exchange } = await openApp()
    const asked = exchange({ 'st-auth-mode': 'cookie' }, 'POST')
    const session = await sessions.createNewSession(asked, 'ada')
    await session.mergeIntoAccessTokenPayload({ plan: 'pro' })
    const lines = asked.answer.getSetCookie()
    expect(lines.map((line) => line.split('=')[0])).toEqual(['sRefreshToken', 'sAccessToken'])
    expect(payloadOf(/sAccessToken=([^;]*)/.exec(lines.join())?.[1] ?? '')).toEqual({ plan: 'pro' })
  })

  it('is refused where no cookie could hold it, before anything is written', async () => {
    const { signIn, core } = await openApp()
    const { session, answer } = await (await signIn()).ask()
    const change = session.mergeIntoAccessTokenPayload({ text: 'x'.repeat(4_096) })
    expect(await failureOf(change)).toEqual({ type: 'GENERAL_ERROR', code: 'invalid_argument' })
    expect(toldBy(answer)).toEqual([])
    expect(core.sessions()[0]?.userDataInJWT).toEqual({})
  })

  it('may be larger where a header carries it, but not from afar, where nobody knows', async () => {
    const { signIn, sessions, core } = await openApp()
    const { session } = await (await signIn('header')).ask()
    const large = { text: 'x'.repeat(4_096) }
    await session.mergeIntoAccessTokenPayload(large)
    expect(core.sessions()[0]?.userDataInJWT).toEqual(large)
    const change = sessions.mergeIntoAccessTokenPayload(session.getHandle(), { more: 1 })
    expect(await failureOf(change)).toEqual({ type: 'GENERAL_ERROR', code: 'invalid_argument' })
  })

  it('may be so large from afar too where the app takes headers only', async () => {
    const { signIn, sessions, core } = await openApp({ transfer: 'header' })
    const { handle } = await signIn('header')
    const large = { text: 'x'.repeat(4_096) }
    await sessions.mergeIntoAccessTokenPayload(handle, large)
    expect(core.sessions()[0]?.userDataInJWT).toEqual(large)
  })

  it('clears the tokens where the session is over', async () => {
    const { signIn, core } = await openApp()
    const { session, answer } = await (await signIn()).ask()
    core.endSession(session.getHandle())
    const change = session.mergeIntoAccessTokenPayload({ a: 1 })
    expect(await failureOf(change)).toMatchObject({ type: 'UNAUTHORISED' })
    expect(answer.get('front-token')).toBe('remove')
  })

  it('keeps everything as it was while the core is down', async () => {
    const { signIn, core } = await openApp()
    const { session, answer } = await (await signIn()).ask()
    core.fail({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    const change = session.mergeIntoAccessTokenPayload({ a: 1 })
    expect(await failureOf(change)).toEqual({ type: 'GENERAL_ERROR', code: 'network' })
    expect([session.getJWTPayload(), toldBy(answer)]).toEqual([{}, []])
  })

  it.each([
    ['today', {}, { theme: 'light', plan: 'pro' }],
    // Nobody can say there what came of it.
    ['before 2.8', { core: { versions: ['2.4'] } }, { theme: 'light' }],
  ])(
    'comes with the next refresh where the token has expired meanwhile, by cores of %s',
    async (_, core, known) => {
      const { signIn, pass } = await openApp({}, core)
      const page = await signIn('cookie', { theme: 'light' })
      const { session, answer } = await page.ask()
      pass(HOUR + 1_000)
      await session.mergeIntoAccessTokenPayload({ plan: 'pro' })
      expect([session.getJWTPayload(), session.getUserId(), toldBy(answer)]).toEqual([
        known,
        'ada',
        [],
      ])
      expect((await page.refresh()).getJWTPayload()).toEqual({ theme: 'light', plan: 'pro' })
    },
  )

  it('is that of an administrator until the page has it by a refresh', async () => {
    const { signIn, sessions } = await openApp()
    const page = await signIn('cookie', { role: 'admin' })
    await sessions.mergeIntoAccessTokenPayload(page.handle, { role: 'reader' })
    expect((await page.ask()).session.getJWTPayload()).toEqual({ role: 'admin' })
    expect((await page.refresh()).getJWTPayload()).toEqual({ role: 'reader' })
  })
})

describe('a session object', () => {
  it('tells when it began and when it ends, and which account signed in', async () => {
    const { signIn, clock, pass } = await openApp()
    const page = await signIn()
    const began = clock.now()
    pass(5_000)
    const { session } = await page.ask()
    expect(await session.getTimeCreated()).toBe(began)
    expect(await session.getExpiry()).toBe(began + 100 * 24 * 3_600_000)
    expect([session.getRecipeUserId(), session.getTenantId()]).toEqual(['ada', 'public'])
  })

  it.each(['getTimeCreated', 'getExpiry'] as const)(
    'clears the tokens when it is over: %s',
    async (name) => {
      const { signIn, core } = await openApp()
      const { session, answer } = await (await signIn()).ask()
      core.endSession(session.getHandle())
      expect(await failureOf(session[name]())).toMatchObject({ type: 'UNAUTHORISED' })
      expect(answer.get('front-token')).toBe('remove')
    },
  )
})
