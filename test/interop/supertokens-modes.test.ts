import { describe } from 'vitest'
import { HOUR, openDesk, type Row, type Scene, type Story } from './supertokens-desk.js'
import { cookiesOf, type Held, REFRESH } from './supertokens-visitor.js'

const { table } = openDesk()

/** What a request shows in a header or cookie: a good token, one that expired, or none. */
type Shown = 'good' | 'expired' | 'none'
const ALLOWED = ['any', 'cookie', 'header'] as const
type Allowed = (typeof ALLOWED)[number]

/** Two sessions of the two kinds, as a request shows them. */
async function sessions({ visitor, another, pass }: Scene, header: Shown, cookie: Shown) {
  const [old, older] = [visitor.held, (await another({ mode: 'header' })).held]
  pass(HOUR)
  const [young, younger] = [
    (await another({ mode: 'cookie' })).held,
    (await another({ mode: 'header' })).held,
  ]
  const pick = (shown: Shown, expired: Held, good: Held): Held | undefined =>
    ({ good, expired, none: undefined })[shown]
  return { inCookie: pick(cookie, old, young), inHeader: pick(header, older, younger) }
}

/** Which token counts (facts of `supertokens-node`: its table for `verifySession`). */
function chosen(allowed: Allowed, header: Shown, cookie: Shown): Shown {
  if (allowed !== 'cookie' && header !== 'none') return header
  return allowed === 'header' ? 'none' : cookie
}

const verify =
  (allowed: Allowed, path: string, header: Shown, cookie: Shown): Story =>
  async (scene) => {
    const { inCookie, inHeader } = await sessions(scene, header, cookie)
    return scene.visitor.ask('GET', path, {
      'x-transfer': allowed,
      Cookie: inCookie ? cookiesOf(inCookie, path) : null,
      Authorization: inHeader ? `Bearer ${inHeader.access}` : null,
    })
  }

const SHOWN = ['good', 'expired', 'none'] as const
const SEEN = { good: '200 session', expired: '401 try refresh token' }

describe('a guarded route tells by which token', () => {
  const rows = (path: string, none: string): readonly Row[] =>
    ALLOWED.flatMap((allowed) =>
      SHOWN.flatMap((header) =>
        SHOWN.map((cookie): Row => {
          const words = { ...SEEN, none }[chosen(allowed, header, cookie)]
          const title = `${path}, ${allowed} allowed, ${header} in a header, ${cookie} in a cookie`
          return [title, verify(allowed, path, header, cookie), words]
        }),
      ),
    )
  table(rows('/me', '401 unauthorised'), { antiCsrf: 'NONE', mode: 'cookie' })
  table(rows('/maybe', '200 {}'), { antiCsrf: 'NONE', mode: 'cookie' })
})

const refresh =
  (allowed: Allowed, header: boolean, cookie: boolean): Story =>
  async (scene) => {
    const { inCookie, inHeader } = await sessions(
      scene,
      header ? 'good' : 'none',
      cookie ? 'good' : 'none',
    )
    return scene.visitor.ask('POST', REFRESH, {
      'x-transfer': allowed,
      Cookie: inCookie ? cookiesOf(inCookie, REFRESH) : null,
      Authorization: inHeader ? `Bearer ${inHeader.refresh}` : null,
    })
  }

const NONE = {
  theirs: '401 unauthorised, cleared',
  ours: '401 unauthorised',
  why: 'a cookie that is not there may be on its way: nothing is erased',
}
const COOKIES = '200 {}, sets cookies, front-token'
const HEADERS = '200 {}, front-token, sets headers'
const COOKIES_ONLY = '200 {}, sets cookies, front-token, erases headers'
const HEADERS_ONLY = '200 {}, erases cookies, front-token, sets headers'

describe('a refresh takes one token, and the other away', () => {
  const rows: readonly (readonly [Allowed, boolean, boolean, Row[2]])[] = [
    ['any', false, false, NONE],
    ['cookie', false, false, NONE],
    ['header', false, false, NONE],
    ['header', false, true, NONE],
    ['cookie', true, false, NONE],
    ['any', false, true, COOKIES],
    ['cookie', false, true, COOKIES],
    ['any', true, false, HEADERS],
    ['header', true, false, HEADERS],
    ['any', true, true, HEADERS_ONLY],
    ['header', true, true, HEADERS_ONLY],
    ['cookie', true, true, COOKIES_ONLY],
  ]
  table(
    rows.map(([allowed, header, cookie, words]) => [
      `${allowed} allowed, ${header ? 'one' : 'none'} in a header, ${cookie ? 'one' : 'none'} in a cookie`,
      refresh(allowed, header, cookie),
      words,
    ]),
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})
