import { describe } from 'vitest'
import { HOUR, openDesk, type Row } from './supertokens-desk.js'
import { evictAll, forgetful, getWith, hold, tampered } from './supertokens-stories.js'

const { table } = openDesk()

const SESSION = '200 session'
const UNAUTHORISED = '401 unauthorised'
const TRY_REFRESH = '401 try refresh token'
const OVER = '401 unauthorised, cleared'

describe('a request for a guarded route, as supertokens-node and we answer it', () => {
  table([
    ['a GET', ({ visitor }) => visitor.get(), SESSION],
    ['a POST', ({ visitor }) => visitor.post(), SESSION],
    ['a GET without a token', (scene) => forgetful(scene).get(), UNAUTHORISED],
    ['a POST without a token', (scene) => forgetful(scene).post(), UNAUTHORISED],
    [
      'an expired token',
      ({ visitor, pass }) => {
        pass(HOUR)
        return visitor.get()
      },
      TRY_REFRESH,
    ],
    [
      'a tampered token',
      ({ visitor }) => hold(visitor, { access: tampered(visitor.held.access) }).get(),
      TRY_REFRESH,
    ],
    [
      'a token of another core',
      async ({ visitor, another }) => {
        const { held } = await another({ core: 'foreign' })
        return hold(visitor, { access: held.access }).get()
      },
      TRY_REFRESH,
    ],
    [
      'a POST without the headers that tell a page of the app, where nobody asks for them',
      ({ visitor }) => visitor.ask('POST', '/unchecked', { 'anti-csrf': null, rid: null }),
      SESSION,
    ],
  ])
})

describe('what is shown instead of a good token', () => {
  table(
    [
      ['nothing, where none is needed', (scene) => forgetful(scene).get('/maybe'), '200 {}'],
      ['garbage', ({ visitor }) => hold(visitor, { access: 'garbage' }).get(), UNAUTHORISED],
      [
        'garbage, where none is needed',
        ({ visitor }) => hold(visitor, { access: 'garbage' }).get('/maybe'),
        '200 {}',
      ],
      [
        'an expired one, where none is needed',
        ({ visitor, pass }) => {
          pass(HOUR)
          return visitor.get('/maybe')
        },
        TRY_REFRESH,
      ],
      [
        'a refresh token',
        ({ visitor }) => hold(visitor, { access: visitor.held.refresh }).get(),
        UNAUTHORISED,
      ],
      [
        'one of a session that was revoked, which nobody asks the core about',
        ({ core, visitor }) => {
          evictAll(core)
          return visitor.get()
        },
        SESSION,
      ],
      [
        'one of a session that was revoked, where the core is asked',
        ({ core, visitor }) => {
          evictAll(core)
          return visitor.get('/asked')
        },
        OVER,
      ],
      ['a good one, where the core is asked', ({ visitor }) => visitor.post('/asked'), SESSION],
    ],
    { antiCsrf: 'NONE' },
  )
})

describe('cookies of many kinds', () => {
  table(
    [
      ['an empty one', getWith(() => 'sAccessToken='), UNAUTHORISED],
      ['one of broken percent signs', getWith(() => 'sAccessToken=%E0%A4%A'), UNAUTHORISED],
      ['one of JSON', getWith((access) => `sAccessToken=j:"${access}"`), SESSION],
      ['one of JSON that is no text', getWith(() => 'sAccessToken=j:{"a":1}'), UNAUTHORISED],
      [
        'two',
        getWith((access) => `sAccessToken=${access}; sAccessToken=${tampered(access)}`),
        TRY_REFRESH,
      ],
      [
        'one, twice',
        getWith((access) => `sAccessToken=${access}; sAccessToken=${access}`),
        { theirs: TRY_REFRESH, ours: SESSION, why: 'both say the same: nothing is unclear' },
      ],
      [
        'garbage, and a good one',
        getWith((access) => `sAccessToken=garbage; sAccessToken=${access}`),
        {
          theirs: UNAUTHORISED,
          ours: SESSION,
          why: 'what no core can have written was planted, and says nothing of the other',
        },
      ],
      [
        'a good one, and one that only older cores set',
        getWith((access) => `sAccessToken=${access}; sIdRefreshToken=1`),
        {
          theirs: TRY_REFRESH,
          ours: SESSION,
          why: 'we still serve those cores, where the two come together',
        },
      ],
      ['only one that older cores set', getWith(() => 'sIdRefreshToken=1'), TRY_REFRESH],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})

describe('headers of many kinds', () => {
  const get =
    (authorization: (access: string) => string): Row[1] =>
    ({ visitor }) =>
      visitor.ask('GET', '/me', { Authorization: authorization(visitor.held.access ?? '') })
  table(
    [
      ["one of somebody else's", get(() => 'Basic YTpi'), UNAUTHORISED],
      ["a token of somebody else's", get(() => 'Bearer opaque'), UNAUTHORISED],
      [
        'one in small letters',
        get((access) => `bearer ${access}`),
        { theirs: UNAUTHORISED, ours: SESSION, why: 'case says nothing there (RFC 9110 §11.1)' },
      ],
    ],
    { antiCsrf: 'NONE', mode: 'header' },
  )
})

/** A request without the header that shows a page of the app. */
const without = (header: string): readonly Row[] => [
  ...['POST', 'PUT', 'DELETE'].map(
    (method): Row => [
      `a ${method} without it`,
      ({ visitor }) => visitor.ask(method, '/me', { [header]: null }),
      TRY_REFRESH,
    ],
  ),
  ['a GET without it', ({ visitor }) => visitor.ask('GET', '/me', { [header]: null }), SESSION],
  [
    'a HEAD without it',
    ({ visitor }) => visitor.ask('HEAD', '/me', { [header]: null }),
    { theirs: '401 ', ours: '200 ', why: 'it is a GET without a body' },
  ],
  [
    'an OPTIONS without it',
    ({ visitor }) => visitor.ask('OPTIONS', '/me', { [header]: null }),
    {
      theirs: '200 {}',
      ours: SESSION,
      why: 'their guard lets it pass unseen; what answers preflights comes before a guard',
    },
  ],
]

describe('requests that another site may have sent', () => {
  table(
    [
      ...without('anti-csrf'),
      [
        'a POST with a wrong one',
        ({ visitor }) => visitor.ask('POST', '/me', { 'anti-csrf': 'wrong' }),
        TRY_REFRESH,
      ],
    ],
    { antiCsrf: 'VIA_TOKEN', mode: 'cookie' },
  )
  table(without('rid'), { antiCsrf: 'VIA_CUSTOM_HEADER', mode: 'cookie' })
  const bare: Row[1] = ({ visitor }) => visitor.ask('POST', '/me', { rid: null, 'anti-csrf': null })
  const row: Row = ['no other site can write a token into a header', bare, SESSION]
  table([row], { antiCsrf: 'VIA_TOKEN', mode: 'header' })
  table([row], { antiCsrf: 'VIA_CUSTOM_HEADER', mode: 'header' })
  table(
    [
      [
        'an OPTIONS without a session',
        (scene) => forgetful(scene).ask('OPTIONS', '/me'),
        {
          theirs: '200 {}',
          ours: UNAUTHORISED,
          why: 'as above: no route behind a guard is run without a session',
        },
      ],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})
