import { describe, expect, it } from 'vitest'
import { HOUR, LATER, openDesk, type Row, type Scene, type Story } from './supertokens-desk.js'
import { evictAll, forgetful, hold } from './supertokens-stories.js'
import { REFRESH, type Visitor } from './supertokens-visitor.js'

const { table, play, core } = openDesk()

const RENEWED = '200 {}, {tokens}'
const UNAUTHORISED = '401 unauthorised'
const OVER = '401 unauthorised, cleared'
const STOLEN = '401 token theft detected, cleared'
const RACE = 'a cookie that is not there may be on its way: nothing is erased'
const FORGED = "another site's page must not sign anybody out"

/** Refreshes with the token that was current before the last two refreshes. */
const retired: Story = async ({ visitor, pass }) => {
  const { held } = visitor
  await visitor.refresh()
  await visitor.get()
  pass(LATER)
  visitor.held = held
  return visitor.refresh()
}

describe('a refresh, as supertokens-node and we answer it', () => {
  table([
    [
      'of the token of a refresh',
      async ({ visitor, pass }) => {
        await visitor.refresh()
        pass(LATER)
        return visitor.refresh()
      },
      RENEWED,
    ],
    [
      'without a token',
      (scene) => forgetful(scene).refresh(),
      { theirs: OVER, ours: UNAUTHORISED, why: RACE },
    ],
    ['by a malformed token', ({ visitor }) => hold(visitor, { refresh: 'a.b.V2' }).refresh(), OVER],
    [
      'of a session that was revoked',
      ({ core, visitor }) => {
        evictAll(core)
        return visitor.refresh()
      },
      OVER,
    ],
    ['by a token that was retired', retired, STOLEN],
  ])
})

describe('a token', () => {
  table(
    [
      ['that is garbage', ({ visitor }) => hold(visitor, { refresh: 'garbage' }).refresh(), OVER],
      [
        'that is an access token',
        ({ visitor }) => hold(visitor, { refresh: visitor.held.access }).refresh(),
        OVER,
      ],
      [
        'of another core',
        async ({ visitor, another }) => {
          const { held } = await another({ core: 'foreign' })
          return hold(visitor, { refresh: held.refresh }).refresh()
        },
        OVER,
      ],
      [
        'that has expired',
        ({ visitor, pass }) => {
          pass(2401 * HOUR)
          return visitor.refresh()
        },
        OVER,
      ],
      [
        'of 9000 characters',
        ({ visitor }) => hold(visitor, { refresh: 'a'.repeat(9000) }).refresh(),
        OVER,
      ],
      [
        'that is not there, beside an access token',
        ({ visitor }) => hold(visitor, { refresh: undefined }).refresh(),
        { theirs: OVER, ours: UNAUTHORISED, why: 'the session lives, to the end of that token' },
      ],
      [
        'that came twice at once',
        async ({ visitor }) => {
          const { held } = visitor
          await visitor.refresh()
          visitor.held = held
          return visitor.refresh()
        },
        RENEWED,
      ],
      [
        'that comes again much later, and nobody has used what came of it',
        async ({ visitor, pass }) => {
          const { held } = visitor
          await visitor.refresh()
          visitor.held = held
          pass(LATER)
          return visitor.refresh()
        },
        RENEWED,
      ],
      [
        'of the owner, after the theft',
        async (scene) => {
          const { visitor } = scene
          const { held } = visitor
          await visitor.refresh()
          const owned = visitor.held
          visitor.held = held
          await retired(scene)
          visitor.held = owned
          return visitor.refresh()
        },
        OVER,
      ],
      [
        'of the thief, once more',
        async (scene) => {
          const { held } = scene.visitor
          await retired(scene)
          scene.pass(LATER)
          scene.visitor.held = held
          return scene.visitor.refresh()
        },
        OVER,
      ],
    ],
    { antiCsrf: 'NONE' },
  )

  const twice: Story = async ({ visitor }) => {
    const { held } = visitor
    await visitor.refresh()
    visitor.held = held
    return visitor.refresh()
  }
  it.each([
    ['theirs', 2],
    ['ours', 1],
  ] as const)('%s asks the core %i times about one that came twice', async (side, expected) => {
    core.clearLog()
    await play(side, twice, { mode: 'cookie', antiCsrf: 'NONE' })
    expect(core.count('/session/refresh')).toBe(expected)
  })
})

describe('an access token that is over, and no refresh token', () => {
  const leftBehind = (scene: Scene): Visitor => {
    scene.pass(HOUR)
    return hold(scene.visitor, { refresh: undefined })
  }
  table(
    [
      ['are cleared', (scene) => leftBehind(scene).refresh(), OVER],
      [
        'keep nobody from a page where no session is needed, after that',
        async (scene) => {
          const visitor = leftBehind(scene)
          await visitor.get('/maybe')
          await visitor.refresh()
          return visitor.get('/maybe')
        },
        '200 {}',
      ],
      [
        'are left by what may be a page of another site',
        (scene) => leftBehind(scene).ask('POST', REFRESH, { rid: null, 'st-auth-mode': null }),
        { theirs: OVER, ours: UNAUTHORISED, why: FORGED },
      ],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})

describe('refreshes that another site may have sent', () => {
  const without =
    (...headers: readonly string[]): Story =>
    ({ visitor }) =>
      visitor.ask('POST', REFRESH, Object.fromEntries(headers.map((name) => [name, null])))
  const forged = { theirs: OVER, ours: UNAUTHORISED, why: FORGED }
  const wrong: Story = ({ visitor }) => visitor.ask('POST', REFRESH, { 'anti-csrf': 'wrong' })
  table(
    [
      ['without anti-csrf', without('anti-csrf'), forged],
      ['without any header', without('anti-csrf', 'rid', 'st-auth-mode'), forged],
      ['with a wrong anti-csrf, which no other site can send', wrong, OVER],
      ['without rid', without('rid'), RENEWED],
    ],
    { antiCsrf: 'VIA_TOKEN', mode: 'cookie' },
  )
  table(
    [
      ['without rid', without('rid'), forged],
      ['without any header', without('rid', 'st-auth-mode'), forged],
    ],
    { antiCsrf: 'VIA_CUSTOM_HEADER', mode: 'cookie' },
  )
  const bare = without('rid', 'anti-csrf', 'st-auth-mode')
  const rows: readonly Row[] = [
    ['no other site can write a token into a header', bare, RENEWED],
    ['and a wrong anti-csrf says nothing there', wrong, RENEWED],
  ]
  table(rows, { antiCsrf: 'VIA_TOKEN', mode: 'header' })
  table(rows, { antiCsrf: 'VIA_CUSTOM_HEADER', mode: 'header' })
})

describe('what is at the path of the refresh', () => {
  table(
    [
      ['a GET is left to the app', ({ visitor }) => visitor.ask('GET', REFRESH), '404 page'],
      [
        'so is another case',
        ({ visitor }) => visitor.ask('POST', REFRESH.toUpperCase()),
        '404 page',
      ],
      [
        'a slash behind it is as none',
        ({ visitor }) => {
          const { refresh = '' } = visitor.held
          const Cookie = `sRefreshToken=${encodeURIComponent(refresh)}`
          return visitor.ask('POST', `${REFRESH}/`, { Cookie })
        },
        RENEWED,
      ],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})
