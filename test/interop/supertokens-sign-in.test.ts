import { describe } from 'vitest'
import { HOUR, openDesk, type Row } from './supertokens-desk.js'
import { evictAll, forgetful, hold } from './supertokens-stories.js'

const { table } = openDesk()

const OK = '200 {"status":"OK"}'
const SIGNED_IN = `${OK}, {tokens}`
const TRY_REFRESH = '401 try refresh token'
const OVER = '401 unauthorised, cleared'
/** A sign-out, as they answer it and we. */
const SIGNED_OUT = {
  theirs: `${OK}, {erased}`,
  ours: `${OK}, cleared`,
  why: 'tokens that came the other way are taken too',
}
const DONE = { theirs: '401 unauthorised', why: 'what was asked for is so already' }

describe('a sign-in, as supertokens-node and we answer it', () => {
  table([
    ['of somebody new', (scene) => forgetful(scene).signIn(), SIGNED_IN],
    ['of somebody who is signed in', ({ visitor }) => visitor.signIn(), SIGNED_IN],
  ])
})

describe('a sign-in whose payload no cookie can hold', () => {
  const large: Row[1] = (scene) => forgetful(scene).ask('POST', '/large')
  table(
    [
      [
        'is told to the app, which no browser would do',
        large,
        {
          theirs: `${OK}, {tokens with text}`,
          ours: '500 left to the app',
          why: 'browsers drop that cookie without a word, and nobody is signed in',
        },
      ],
      [
        'costs no session',
        async (scene) => {
          const { length } = scene.core.sessions()
          const answer = await large(scene)
          const begun = scene.core.sessions().length - length
          return { ...answer, status: 200, setCookies: [], headers: {}, text: `${begun} begun` }
        },
        { theirs: '200 1 begun', ours: '200 0 begun', why: 'nobody could ever use it' },
      ],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})

describe('a sign-in that the app takes back', () => {
  const banned: Row[1] = (scene) => forgetful(scene).ask('POST', '/banned')
  const { why } = SIGNED_OUT
  table(
    [['leaves nothing', banned, { theirs: '200 {}, {erased}', ours: '200 {}, cleared', why }]],
    {
      antiCsrf: 'NONE',
    },
  )
  const EXPOSED = 'exposes anti-csrf front-token'
  table(
    [
      [
        'leaves no anti-csrf, only its name among those that pages may read',
        banned,
        {
          theirs: `200 {}, {erased}, ${EXPOSED}`,
          ours: `200 {}, cleared, ${EXPOSED} st-access-token st-refresh-token`,
          why,
        },
      ],
    ],
    { antiCsrf: 'VIA_TOKEN', mode: 'cookie' },
  )
})

/** How the tokens of a new session go out, by what the app allows and the front end wants. */
const TRANSFERS = [
  ['any', 'cookie', 'cookie'],
  ['any', 'COOKIE', 'cookie'],
  ['any', 'header', 'header'],
  ['any', 'junk', 'header'],
  ['any', null, 'header'],
  ['cookie', 'cookie', 'cookie'],
  ['cookie', 'header', 'cookie'],
  ['cookie', null, 'cookie'],
  ['header', 'header', 'header'],
  ['header', 'cookie', 'header'],
  ['header', null, 'header'],
] as const
const OUT = { cookie: 'sets cookies, front-token', header: 'front-token, sets headers' }

const wish = (allowed: string, wanted: string | null, words: string): Row => [
  `${wanted} of ${allowed}`,
  (scene) =>
    scene.visitor.ask('POST', '/signin', { 'st-auth-mode': wanted, 'x-transfer': allowed }),
  `${OK}, ${words}`,
]

describe('a front end that had a session in cookies and wants', () => {
  const other = { cookie: OUT.cookie, header: `erases cookies, ${OUT.header}` }
  const rows = TRANSFERS.map(([allowed, wanted, used]) => wish(allowed, wanted, other[used]))
  table(rows, { antiCsrf: 'NONE', mode: 'cookie' })
})

describe('a front end that had a session in headers and wants', () => {
  const other = { cookie: `${OUT.cookie}, erases headers`, header: OUT.header }
  const rows = TRANSFERS.map(([allowed, wanted, used]) => wish(allowed, wanted, other[used]))
  table(rows, { antiCsrf: 'NONE', mode: 'header' })
})

describe('a sign-out', () => {
  table([
    ['with a session', ({ visitor }) => visitor.signOut(), SIGNED_OUT],
    ['without one', (scene) => forgetful(scene).signOut(), { ...DONE, ours: `${OK}, cleared` }],
    [
      'twice, with the same tokens',
      async ({ visitor }) => {
        const { held } = visitor
        await visitor.signOut()
        visitor.held = held
        return visitor.signOut()
      },
      SIGNED_OUT,
    ],
  ])

  table(
    [
      [
        'after a refresh',
        async ({ visitor }) => {
          await visitor.refresh()
          return visitor.signOut()
        },
        SIGNED_OUT,
      ],
      [
        'of a session that was revoked',
        ({ core, visitor }) => {
          evictAll(core)
          return visitor.signOut()
        },
        SIGNED_OUT,
      ],
      [
        'with an expired token',
        ({ visitor, pass }) => {
          pass(HOUR)
          return visitor.signOut()
        },
        TRY_REFRESH,
      ],
      [
        'with garbage',
        ({ visitor }) => hold(visitor, { access: 'garbage' }).signOut(),
        { ...DONE, ours: `${OK}, cleared` },
      ],
      [
        'without a session, by what may be a page of another site',
        (scene) =>
          forgetful(scene).ask('POST', '/auth/signout', { rid: null, 'st-auth-mode': null }),
        { ...DONE, ours: OK },
      ],
      [
        'by GET is left to the app',
        ({ visitor }) => visitor.ask('GET', '/auth/signout'),
        '404 page',
      ],
    ],
    { antiCsrf: 'NONE' },
  )

  const without = (header: string): readonly Row[] => [
    [
      `without ${header}`,
      ({ visitor }) => visitor.ask('POST', '/auth/signout', { [header]: null }),
      TRY_REFRESH,
    ],
  ]
  table(without('anti-csrf'), { antiCsrf: 'VIA_TOKEN', mode: 'cookie' })
  table(without('rid'), { antiCsrf: 'VIA_CUSTOM_HEADER', mode: 'cookie' })
})

describe('the tokens of somebody who has signed out', () => {
  const afterwards =
    (ask: Row[1]): Row[1] =>
    async (scene) => {
      const { held } = scene.visitor
      await scene.visitor.signOut()
      scene.visitor.held = held
      return ask(scene)
    }
  table(
    [
      [
        'still open a route that does not ask the core',
        afterwards(({ visitor }) => visitor.get()),
        '200 session',
      ],
      ['open none that asks the core', afterwards(({ visitor }) => visitor.get('/asked')), OVER],
      ['refresh no more', afterwards(({ visitor }) => visitor.refresh()), OVER],
      [
        'refresh no more, not even by an answer of before',
        async ({ visitor }) => {
          const { held } = visitor
          await visitor.refresh()
          await visitor.signOut()
          visitor.held = held
          return visitor.refresh()
        },
        OVER,
      ],
    ],
    { antiCsrf: 'NONE' },
  )
})
