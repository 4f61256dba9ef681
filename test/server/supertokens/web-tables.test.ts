import { describe, expect, it } from 'vitest'
import {
  bearer,
  cookies,
  createStage,
  EXPIRED,
  effectOf,
  failureOf,
  GOOD,
  REFRESH,
  toldBy,
} from './web-stage.js'

type Allowed = 'any' | 'cookie' | 'header'
const BOTH = [false, true] as const
const ALLOWED = ['any', 'cookie', 'header'] as const

/** As supertokens-node's own test of auth modes has them: which token is looked at. */
function verified(allowed: Allowed, header: boolean, cookie: boolean): string {
  const row = `${allowed} ${header ? 'header' : '-'} ${cookie ? 'cookie' : '-'}`
  const table: Readonly<Record<string, string>> = {
    'any - -': 'none',
    'cookie - -': 'none',
    'header - -': 'none',
    'cookie header -': 'none',
    'header - cookie': 'none',
    'any header cookie': 'header',
    'header header cookie': 'header',
    'cookie header cookie': 'cookie',
    'any header -': 'header',
    'header header -': 'header',
    'any - cookie': 'cookie',
    'cookie - cookie': 'cookie',
  }
  return table[row] ?? 'no such row'
}

const VERIFY = ALLOWED.flatMap((allowed) =>
  BOTH.flatMap((sessionRequired) =>
    BOTH.flatMap((header) =>
      BOTH.map((cookie) => ({
        allowed,
        sessionRequired,
        header,
        cookie,
        looked: verified(allowed, header, cookie),
      })),
    ),
  ),
)

describe('the table of tokens that getSession looks at', () => {
  it('has every row', () => {
    expect(VERIFY).toHaveLength(24)
  })

  it.each(VERIFY)(
    '$allowed, required $sessionRequired, header $header, cookie $cookie: $looked',
    async (row) => {
      const { allowed, sessionRequired, header, cookie, looked } = row
      const shown = (ours: 'header' | 'cookie', token: string, other: string): string =>
        looked === ours ? token : other
      const carried = (token: string, other: string) => ({
        ...(header && bearer(shown('header', token, other))),
        ...(cookie && cookies({ sAccessToken: shown('cookie', token, other) })),
      })

      const good = createStage({}, { transfer: allowed })
      const asked = good.ask(carried(GOOD, EXPIRED), 'GET')
      const result = good.sessions.getSession(asked, { sessionRequired })
      const missing = { type: 'UNAUTHORISED', code: 'session_missing' }
      if (looked === 'none' && sessionRequired) expect(await failureOf(result)).toEqual(missing)
      else if (looked === 'none') expect(await result).toBe(undefined)
      else expect((await result)?.getHandle()).toBe('h-good')
      expect(toldBy(asked.answer)).toEqual([])

      const bad = createStage({}, { transfer: allowed })
      const again = bad.ask(carried(EXPIRED, GOOD), 'GET')
      const failure = await failureOf(bad.sessions.getSession(again, { sessionRequired }))
      const expected = sessionRequired ? missing : undefined
      expect(failure).toEqual(
        looked === 'none' ? expected : { type: 'TRY_REFRESH_TOKEN', code: 'rejected' },
      )
      expect(toldBy(again.answer)).toEqual([])
    },
  )
})

const REFRESHES = [
  // allowed, header, cookie: output; set; cleared
  ['any', false, false, 401, [], []],
  ['header', false, false, 401, [], []],
  ['cookie', false, false, 401, [], []],
  ['header', false, true, 401, [], []],
  ['cookie', true, false, 401, [], []],
  ['any', false, true, 'cookie', ['cookies'], []],
  ['cookie', false, true, 'cookie', ['cookies'], []],
  ['any', true, false, 'header', ['headers'], []],
  ['header', true, false, 'header', ['headers'], []],
  ['any', true, true, 'header', ['headers'], ['cookies']],
  ['header', true, true, 'header', ['headers'], ['cookies']],
  ['cookie', true, true, 'cookie', ['cookies'], ['headers']],
] as const

describe('the table of tokens that refreshSession trades', () => {
  it('has every row', () => {
    const rows = REFRESHES.map(([allowed, header, cookie]) => `${allowed} ${header} ${cookie}`)
    expect(new Set(rows).size).toBe(12)
  })

  // The SDK clears both ways where it answers 401 for want of a token. We clear nothing then: the
  // token may be on its way in another answer (supertokens-node#17).
  it.each(REFRESHES)(
    '%s, header %s, cookie %s: %s',
    async (transfer, header, cookie, output, set, cleared) => {
      const carried = (token: string, other: string) => ({
        ...(header && bearer(output === 'header' ? token : other)),
        ...(cookie && cookies({ sRefreshToken: output === 'cookie' ? token : other })),
      })

      const good = createStage({}, { transfer })
      const asked = good.ask(carried(REFRESH, 'other'))
      const result = good.sessions.refreshSession(asked)
      if (output === 401) {
        expect(await failureOf(result)).toEqual({ type: 'UNAUTHORISED', code: 'session_missing' })
        expect(good.calls).toEqual([])
      } else {
        expect((await result).getUserId()).toBe('ada')
      }
      expect(effectOf(asked.answer)).toEqual({ set, cleared })

      const bad = createStage({}, { transfer })
      const again = bad.ask(carried('bad', REFRESH))
      const failure = await failureOf(bad.sessions.refreshSession(again))
      expect(failure?.type).toBe('UNAUTHORISED')
      const all = transfer === 'cookie' && !header ? ['cookies'] : ['cookies', 'headers']
      expect(effectOf(again.answer)).toEqual({ set: [], cleared: output === 401 ? [] : all })
    },
  )
})
