import { describe, expect, it } from 'vitest'
import {
  bearer,
  cookies,
  createStage,
  effectOf,
  failureOf,
  GOOD,
  HOUR,
  NOW,
  REFRESH,
  toldBy,
} from './web-stage.js'

/** What only a page of the app can send. */
const OWN = { rid: 'session', 'st-auth-mode': 'cookie' }
const MISSING = { type: 'UNAUTHORISED', code: 'session_missing' }
const SHOWN = cookies({ sAccessToken: GOOD })
/** When `GOOD` is over. */
const OVER = { now: () => NOW + HOUR }

type Settings = NonNullable<Parameters<typeof createStage>[1]>

/** What a refresh with these headers, but without a refresh token, does to the browser. */
async function refreshed(headers: Readonly<Record<string, string>>, settings: Settings = OVER) {
  const { sessions, ask, calls } = createStage({}, settings)
  const exchange = ask(headers)
  expect(await failureOf(sessions.refreshSession(exchange))).toEqual(MISSING)
  // Nobody but the browser has to be asked.
  expect(calls).toEqual([])
  return exchange.answer
}

describe('an access token that is over, in a browser whose refresh token is gone', () => {
  it('is cleared when a page of the app refreshes: every request would be sent to refresh for ever', async () => {
    const answer = await refreshed({ ...OWN, ...SHOWN })
    expect(effectOf(answer)).toEqual({ set: [], cleared: ['cookies', 'headers'] })
    expect(answer.get('front-token')).toBe('remove')
    expect(answer.get('Cache-Control')).toBe('private, no-store')
  })

  it.each([
    ['by what may be a page of another site', SHOWN, OVER],
    ['while it lives: the session goes on to its end', { ...OWN, ...SHOWN }, {}],
    ['beside one that lives', { ...OWN, ...twice() }, {}],
    [
      'that is none, for which nobody is sent to refresh',
      { ...OWN, ...cookies({ sAccessToken: 'x' }) },
      OVER,
    ],
    ['where cookies are not looked at', { ...OWN, ...SHOWN }, { ...OVER, transfer: 'header' }],
    ['that nobody has', OWN, OVER],
  ] as const)('is left %s', async (_, headers, settings) => {
    expect(toldBy(await refreshed(headers, settings))).toEqual([])
  })

  it('does not matter where there is a refresh token, in whatever way', async () => {
    for (const carried of [
      { ...OWN, ...cookies({ sAccessToken: GOOD, sRefreshToken: REFRESH }) },
      { ...OWN, ...SHOWN, ...bearer(REFRESH) },
    ]) {
      const { sessions, ask } = createStage({}, OVER)
      const exchange = ask(carried)
      expect((await sessions.refreshSession(exchange)).getUserId()).toBe('ada')
    }
  })
})

describe('the cookie by which older cores say that there is a session', () => {
  const LEGACY = cookies({ sIdRefreshToken: 'x' })

  it('is cleared in the same way, for it sends every request to refresh as well', async () => {
    const { sessions, ask } = createStage()
    const sent = await failureOf(
      sessions.getSession(ask(LEGACY, 'GET'), { sessionRequired: false }),
    )
    expect(sent?.type).toBe('TRY_REFRESH_TOKEN')
    const answer = await refreshed({ ...OWN, ...LEGACY }, {})
    expect(effectOf(answer).cleared).toEqual(['cookies', 'headers'])
    expect(answer.get('id-refresh-token')).toBe('remove')
  })

  it('is left beside an access token that lives, and by pages of other sites', async () => {
    const beside = cookies({ sAccessToken: GOOD, sIdRefreshToken: 'x' })
    expect(toldBy(await refreshed({ ...OWN, ...beside }, {}))).toEqual([])
    expect(toldBy(await refreshed(LEGACY, {}))).toEqual([])
  })
})

/** Two access tokens of one name, of which one is over: the fake knows one time of theirs only. */
function twice(): Readonly<Record<string, string>> {
  const [header, claims = '', mark] = GOOD.split('.')
  const payload = {
    ...JSON.parse(Buffer.from(claims, 'base64url').toString()),
    exp: NOW / 1000 - 1,
  }
  const dead = [header, Buffer.from(JSON.stringify(payload)).toString('base64url'), mark].join('.')
  return { Cookie: `sAccessToken=${dead}; sAccessToken=${GOOD}` }
}
