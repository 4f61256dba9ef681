import { describe, expect, it } from 'vitest'
import type { AllowedTransfer, ChooseTransfer } from '../../../src/server/supertokens/web/index.js'
import { createSuperTokensSessions } from '../../../src/server/supertokens/web/index.js'
import {
  bearer,
  cookies,
  createFakeSuperTokens,
  createStage,
  effectOf,
  failureOf,
  GOOD,
  REFRESH,
  toldBy,
} from './web-stage.js'

const INVALID = { type: 'GENERAL_ERROR', code: 'invalid_argument' }

/** An app whose clients say what they are. */
const byClient: ChooseTransfer = ({ headers }) =>
  headers.get('x-client') === 'phone' ? 'header' : 'cookie'

describe('an app that says for each request how tokens are carried', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ['headers, for phones', { 'x-client': 'phone' }, ['headers']],
    [
      'headers, whatever else they say',
      { 'x-client': 'phone', 'st-auth-mode': 'cookie' },
      ['headers'],
    ],
    ['cookies, for others', {}, ['cookies']],
  ])('begins sessions so: %s', async (_, headers, set) => {
    const { sessions, ask } = createStage({}, { transfer: byClient })
    const asked = ask(headers)
    await sessions.createNewSession(asked, 'ada')
    expect(effectOf(asked.answer).set).toEqual(set)
  })

  it('takes from each what it is to have, and nothing else', async () => {
    const { sessions, ask } = createStage({}, { transfer: byClient })
    const both = { ...bearer(GOOD), ...cookies({ sAccessToken: GOOD }) }
    const phone = { 'x-client': 'phone' }
    const optional = { sessionRequired: false }
    const found = async (headers: Readonly<Record<string, string>>) =>
      (await sessions.getSession(ask(headers, 'GET'), optional)) !== undefined
    expect([
      await found({ ...phone, ...bearer(GOOD) }),
      await found({ ...phone, ...cookies({ sAccessToken: GOOD }) }),
      await found(cookies({ sAccessToken: GOOD })),
      await found(bearer(GOOD)),
      await found({ ...phone, ...both }),
    ]).toEqual([true, false, true, false, true])
  })

  it('refreshes so, and clears what came the other way', async () => {
    const { sessions, ask } = createStage({}, { transfer: byClient })
    const asked = ask({
      ...bearer(REFRESH),
      ...cookies({ sRefreshToken: 'other/x.V2' }),
      'x-client': 'phone',
    })
    await sessions.refreshSession(asked)
    expect(effectOf(asked.answer)).toEqual({ set: ['headers'], cleared: ['cookies'] })
  })

  it('is told whether a session is to begin', async () => {
    const told: boolean[] = []
    const transfer: ChooseTransfer = (_, { forNewSession }) => {
      told.push(forNewSession)
      return 'any'
    }
    const { sessions, ask } = createStage({}, { transfer })
    await sessions.createNewSession(ask(), 'ada')
    await sessions.getSession(ask(bearer(GOOD)))
    await sessions.refreshSession(ask(bearer(REFRESH)))
    await sessions.getSessionForRendering(new Headers(bearer(GOOD)))
    expect(told).toEqual([true, false, false, false])
  })

  it.each<readonly [string, () => unknown, object]>([
    ['nothing', () => undefined, INVALID],
    ['another word', () => 'query', INVALID],
    [
      'an error',
      () => {
        throw new Error('No.')
      },
      { type: 'GENERAL_ERROR', code: 'server_error' },
    ],
  ])('lets nobody in where it says %s', async (_, say, failure) => {
    const transfer = (): AllowedTransfer => Object(say()).valueOf()
    const { sessions, ask, calls } = createStage({}, { transfer })
    const asked = ask({ ...bearer(GOOD), ...cookies({ sAccessToken: GOOD }) })
    for (const work of [
      () => sessions.getSession(asked, { sessionRequired: false }),
      () => sessions.createNewSession(asked, 'ada'),
      () => sessions.refreshSession(asked),
      () => sessions.getSessionForRendering(asked.request),
    ]) {
      expect(await failureOf(work())).toEqual(failure)
    }
    expect([calls, toldBy(asked.answer)]).toEqual([[], []])
  })

  it('is refused at once where it says a word that is none', () => {
    const { superTokens } = createFakeSuperTokens()
    const transfer = Object('query').valueOf()
    expect(() => createSuperTokensSessions({ superTokens, transfer })).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

describe('tokens that were had without a request', () => {
  it.each<readonly [string, Readonly<Record<string, string>>, readonly string[]]>([
    ['cookies', { 'st-auth-mode': 'cookie' }, ['cookies']],
    ['headers', { 'st-auth-mode': 'header' }, ['headers']],
  ])('go into the answer as its request carries them: %s', async (_, headers, set) => {
    const { sessions, superTokens, ask } = createStage()
    const tokens = await superTokens.createNewSession('ada', { by: 'an import' })
    const asked = ask(headers)
    const session = await sessions.attachToRequestResponse(asked, tokens)
    expect(effectOf(asked.answer)).toEqual({ set, cleared: [] })
    expect([session.getHandle(), session.getJWTPayload()]).toEqual(['h1', { by: 'an import' }])
  })

  it('go there as they are told to, and take the place of those before', async () => {
    const { sessions, superTokens, ask } = createStage()
    const tokens = await superTokens.createNewSession('ada')
    const asked = ask({ 'st-auth-mode': 'cookie', ...cookies({ sAccessToken: GOOD }) })
    await sessions.attachToRequestResponse(asked, tokens, 'header')
    expect(effectOf(asked.answer)).toEqual({ set: ['headers'], cleared: ['cookies'] })
  })

  it('may be an access token alone', async () => {
    const { sessions, superTokens, ask } = createStage()
    const { session, accessToken } = await superTokens.createNewSession('ada')
    const asked = ask({ 'st-auth-mode': 'cookie' })
    await sessions.attachToRequestResponse(asked, { session, accessToken })
    expect(asked.answer.getSetCookie().map((line) => line.split('=')[0])).toEqual(['sAccessToken'])
  })

  it.each<readonly [string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['no tokens', {}],
    ['a session without one', { session: {} }],
    ['a token without a session', { accessToken: { token: GOOD } }],
    ['a token that is none', { session: {}, accessToken: { token: 7 } }],
    ['a token of null', { session: null, accessToken: { token: GOOD } }],
    ['a token of nobody', { session: { handle: 'h1' }, accessToken: { token: GOOD } }],
  ])('are tokens, and not %s', async (_, tokens) => {
    const { sessions, ask } = createStage()
    const asked = ask()
    const attach = Reflect.apply(sessions.attachToRequestResponse, sessions, [asked, tokens])
    expect(await failureOf(Promise.resolve(attach))).toEqual(INVALID)
    expect(toldBy(asked.answer)).toEqual([])
  })
})

describe('tokens that are to go another way than there is', () => {
  it.each(['any', 'query', '', null])('go nowhere: %s', async (transfer) => {
    const { sessions, superTokens, ask } = createStage()
    const tokens = await superTokens.createNewSession('ada')
    const asked = ask()
    const given = [asked, tokens, transfer]
    const attach = Reflect.apply(sessions.attachToRequestResponse, sessions, given)
    expect(await failureOf(Promise.resolve(attach))).toEqual(INVALID)
    expect(toldBy(asked.answer)).toEqual([])
  })
})

describe('an app that wraps what it gets', () => {
  it('has its own word where sessions begin, also by the routes and in the skins', async () => {
    const fake = createFakeSuperTokens()
    const superTokens = {
      ...fake.superTokens,
      createNewSession: (userId: string, payload = {}, data = {}) =>
        fake.superTokens.createNewSession(userId, { ...payload, region: 'eu' }, data),
    }
    const sessions = createSuperTokensSessions({ superTokens })
    const exchange = { request: { method: 'POST', headers: new Headers() }, answer: new Headers() }
    const session = await sessions.createNewSession(exchange, 'ada')
    expect(session.getJWTPayload()).toEqual({ region: 'eu' })
  })
})
