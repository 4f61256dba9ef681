import { describe, expect, it } from 'vitest'
import { longestAccessToken } from '../../../src/server/supertokens/session-size.js'
import { createSuperTokensSessions } from '../../../src/server/supertokens/web/index.js'
import { createStage as createCoreStage, LATER, makeKeys, type StageOptions } from './stage.js'
import { createStage, failureOf, toldBy } from './web-stage.js'

const TOO_LARGE = { type: 'GENERAL_ERROR', code: 'invalid_argument' }
const COOKIE = { 'st-auth-mode': 'cookie' }
/** As long as cores take them. */
const TENANT = 't'.repeat(64)
const HEADER = { 'st-auth-mode': 'header' }
const ofSize = (length: number) => ({ jwtPayload: { text: 'x'.repeat(length) } })

/** An app with a core, and whoever signs in there by cookies. */
function createWorld(options: StageOptions = {}) {
  const stage = createCoreStage(options)
  const { superTokens } = stage
  const sessions = createSuperTokensSessions({ superTokens, now: stage.clock.now })
  const exchange = (headers: Readonly<Record<string, string>>) => ({
    request: { method: 'POST', headers: new Headers(headers) },
    answer: new Headers(),
  })
  return { ...stage, stage, sessions, exchange }
}

describe('a session that is too large for its cookie', () => {
  it('is refused before it costs a session', async () => {
    const { core, sessions, exchange } = createWorld()
    const asked = exchange(COOKIE)
    const made = sessions.createNewSession(asked, 'ada', ofSize(4096))
    expect(await failureOf(made)).toEqual(TOO_LARGE)
    expect([core.sessions(), core.requests]).toEqual([[], []])
    expect(toldBy(asked.answer)).toEqual([])
  })

  it('is told of in bytes, and of what to do', async () => {
    const { sessions, ask } = createStage()
    const made = sessions.createNewSession(ask(COOKIE), 'ada', ofSize(4096))
    await expect(made).rejects.toThrow(
      /`sAccessToken` would take \d{4} bytes of the 4096 .* less in the JWT payload/,
    )
  })

  it('is so by the user id too, and by what JSON and UTF-8 make of a payload', async () => {
    const { sessions, ask, calls } = createStage()
    for (const [userId, jwtPayload] of [
      ['u'.repeat(1_024), { text: 'x'.repeat(1_500) }],
      ['ada', { text: 'é'.repeat(1_500) }],
      ['ada', { text: '\u0001'.repeat(500) }],
    ] as const) {
      const made = sessions.createNewSession(ask(COOKIE), userId, { jwtPayload })
      expect(await failureOf(made)).toEqual(TOO_LARGE)
    }
    expect(calls).toEqual([])
  })

  it.each([
    ['dynamic keys', {}],
    ['static keys and anti-CSRF tokens', { useDynamicSigningKey: false, antiCsrf: 'VIA_TOKEN' }],
    ['interface 2.21', { core: { versions: ['2.21'] } }],
    ['a tenant of a long name', { core: { tenants: [TENANT] } }],
  ] as const)('does not grow to be that by its first refresh: %s', async (what, options) => {
    const place = what.includes('tenant') ? { tenantId: TENANT } : {}
    const { sessions, exchange, pass } = createWorld(options)
    // The largest that is taken; one of one letter more is refused.
    let [taken, refused] = [0, 4_096]
    while (refused - taken > 1) {
      const half = Math.floor((taken + refused) / 2)
      const failure = await failureOf(
        sessions.createNewSession(exchange(COOKIE), 'ada', { ...ofSize(half), ...place }),
      )
      if (failure) refused = half
      else taken = half
    }
    const first = exchange(COOKIE)
    await sessions.createNewSession(first, 'ada', { ...ofSize(taken), ...place })
    const Cookie = first.answer
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    pass(LATER)
    const second = exchange({
      Cookie,
      rid: 'session',
      'anti-csrf': first.answer.get('anti-csrf') ?? '',
    })
    await sessions.refreshSession(second)
    const [pair = ''] = second.answer.getSetCookie()[0]?.split(';') ?? []
    expect(pair.length - '='.length).toBeLessThanOrEqual(4_096)
    // And nothing is refused that would have fitted well.
    expect(pair.length).toBeGreaterThan(4_096 - 150)
  })

  it('is ended again where only the answer of an older core shows it', async () => {
    const { core, sessions, exchange } = createWorld({ core: { versions: ['2.3'] } })
    const asked = exchange(COOKIE)
    // Its base64 is full of slashes, which cookies write with three letters.
    const jwtPayload = { text: '?'.repeat(1_900) }
    expect(await failureOf(sessions.createNewSession(asked, 'ada', { jwtPayload }))).toEqual(
      TOO_LARGE,
    )
    expect(core.count('/session')).toBe(1)
    expect(core.sessions()).toEqual([])
    expect(toldBy(asked.answer)).toEqual([])
  })
})

describe('a session in headers', () => {
  it('may be larger than a cookie', async () => {
    const { stage, sessions, exchange } = createWorld()
    await makeKeys(stage)
    const asked = exchange(HEADER)
    const session = await sessions.createNewSession(asked, 'ada', ofSize(8_192))
    const again = exchange({ Authorization: `Bearer ${session.getAccessToken()}` })
    expect((await sessions.getSession(again)).getUserId()).toBe('ada')
  })

  it('is refused before it costs a session where no server would take its headers', async () => {
    const { core, sessions, superTokens, exchange } = createWorld()
    const { jwtPayload } = ofSize(16_384)
    const made = sessions.createNewSession(exchange(HEADER), 'ada', { jwtPayload })
    expect(await failureOf(made)).toEqual(TOO_LARGE)
    expect(await failureOf(superTokens.createNewSession('ada', jwtPayload))).toEqual(TOO_LARGE)
    expect([core.sessions(), core.requests]).toEqual([[], []])
  })
})

describe('a session that the browser cannot be told of, for whatever reason', () => {
  it('is ended again: nobody will ever have its tokens', async () => {
    const { sessions, ask, calls } = createStage({
      tokens: (tokens) => ({ ...tokens, accessToken: { ...tokens.accessToken, token: 'a\nb' } }),
    })
    const made = sessions.createNewSession(ask(HEADER), 'ada')
    expect(await failureOf(made)).toEqual({ type: 'GENERAL_ERROR', code: 'bad_response' })
    expect(calls.at(-1)).toEqual(['revokeSession', 'h1'])
  })

  it('says why, also when it cannot be ended', async () => {
    const stage = createStage({
      tokens: (tokens) => {
        stage.state.failure = new Error('The core is down.')
        return { ...tokens, accessToken: { ...tokens.accessToken, token: 'a\nb' } }
      },
    })
    const made = stage.sessions.createNewSession(stage.ask(HEADER), 'ada')
    expect(await failureOf(made)).toEqual({ type: 'GENERAL_ERROR', code: 'bad_response' })
  })
})

describe('the length of an access token, told beforehand', () => {
  const known = { userId: 'u1', payload: { role: 'a' } }
  // Tokens of core 10.1.8 for this person, by a static key, after a refresh: facts, captured.
  it.each([
    [false, 916],
    [true, 961],
  ])('is that of the longest that a core gave, and little more: anti-CSRF %s', (antiCsrf, seen) => {
    const length = longestAccessToken({ ...known, antiCsrf })
    expect(length).toBeGreaterThanOrEqual(seen)
    expect(length).toBeLessThan(seen + 20)
  })

  it.each([
    [{ ...known, userId: '' }],
    [{ ...known, payload: { sub: 'eve' } }],
    [{ ...known, payload: { value: 1n } }],
  ])('is not told of what no token can hold: %#', (session) => {
    expect(() => longestAccessToken({ ...session, antiCsrf: false })).toThrow(
      expect.objectContaining(TOO_LARGE),
    )
  })
})
