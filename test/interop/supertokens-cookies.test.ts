import { describe } from 'vitest'
import { openDesk, type Row } from './supertokens-desk.js'
import { refreshWith } from './supertokens-stories.js'

const RENEWED = '200 {}, {tokens}'
const UNAUTHORISED = '401 unauthorised'
const OVER = '401 unauthorised, cleared'
const LEFT = '500 left to the app'
const KNOWN = 'the front ends that know it wait for the header'
const RACE = 'a cookie that is not there may be on its way: nothing is erased'

describe('refreshes by cookies, as supertokens-node and we answer them', () => {
  const { table } = openDesk()

  describe('cookies of many kinds', () => {
    table(
      [
        [
          'an empty one',
          refreshWith(() => 'sRefreshToken='),
          { theirs: OVER, ours: UNAUTHORISED, why: RACE },
        ],
        [
          'one of broken percent signs',
          refreshWith(() => 'sRefreshToken=%E0%A4%A'),
          { theirs: OVER, ours: UNAUTHORISED, why: RACE },
        ],
        ['one of JSON', refreshWith((_, raw) => `sRefreshToken=j:"${raw}"`), RENEWED],
        ...['j:{"a":1}', 'j:["a"]'].map(
          (value): Row => [
            `${value}, which is no text`,
            refreshWith(() => `sRefreshToken=${value}`),
            { theirs: LEFT, ours: UNAUTHORISED, why: 'no cookie is a mistake of the app' },
          ],
        ),
        ['one in quotes', refreshWith((token) => `sRefreshToken="${token}"`), RENEWED],
        ['one among others', refreshWith((token) => `a=1; sRefreshToken=${token}; b=2`), RENEWED],
        ['two', refreshWith((token) => `sRefreshToken=${token}; sRefreshToken=b.c.V2`), LEFT],
        [
          'one, twice',
          refreshWith((token) => `sRefreshToken=${token}; sRefreshToken=${token}`),
          { theirs: LEFT, ours: RENEWED, why: 'both say the same: nothing is unclear' },
        ],
        [
          'one, and two access tokens',
          refreshWith((token) => `sRefreshToken=${token}; sAccessToken=a; sAccessToken=b`),
          LEFT,
        ],
      ],
      { antiCsrf: 'NONE', mode: 'cookie' },
    )
  })

  describe('the cookie that only older cores set', () => {
    const NONE_LEFT =
      'no sAccessToken at /, no sIdRefreshToken at /, no sRefreshToken at /auth/session/refresh'
    table(
      [
        [
          'is erased by a refresh',
          refreshWith((token) => `sRefreshToken=${token}; sIdRefreshToken=1`),
          '200 {}, sAccessToken at / for 365 days, no sIdRefreshToken at /, sRefreshToken at /auth/session/refresh for 100 days, front-token',
        ],
        [
          'goes where nothing is left to refresh by',
          refreshWith(() => 'sIdRefreshToken=1'),
          {
            theirs: `401 unauthorised, ${NONE_LEFT}, front-token remove, erases headers`,
            ours: `401 unauthorised, ${NONE_LEFT}, front-token remove, id-refresh-token, erases headers`,
            why: KNOWN,
          },
        ],
        [
          'goes with the others',
          refreshWith(() => 'sRefreshToken=garbage; sIdRefreshToken=1'),
          {
            theirs: `401 unauthorised, ${NONE_LEFT}, front-token remove, erases headers`,
            ours: `401 unauthorised, ${NONE_LEFT}, front-token remove, id-refresh-token, erases headers`,
            why: KNOWN,
          },
        ],
      ],
      { antiCsrf: 'NONE', mode: 'cookie' },
    )
  })
})

const THEIR_WORDS =
  'The request contains multiple session cookies. We are clearing the cookie from olderCookieDomain. Session will be refreshed in the next refresh call.'
const OUR_WORDS = 'The browser had several cookies of one name. They are erased: refresh again.'
const FORMER_ACCESS = 'no sAccessToken at / of example.test'
const FORMER_REFRESH = 'no sRefreshToken at /auth/session/refresh of example.test'
/** A cookie without a domain may be there too, and one of a path that was never set. */
const ALL_ACCESS = `no sAccessToken at /, ${FORMER_ACCESS}`
const ALL_REFRESH = `no sRefreshToken at / of example.test, no sRefreshToken at /auth/session/refresh, ${FORMER_REFRESH}`
const NEW_ACCESS = 'sAccessToken at / of api.example.test for 365 days'
const NEW_REFRESH = 'sRefreshToken at /auth/session/refresh of api.example.test for 100 days'
/** What a refresh sets, beside what it erases. */
const RENEWED_REFRESH = `no sRefreshToken at / of example.test, no sRefreshToken at /auth/session/refresh, ${NEW_REFRESH}, ${FORMER_REFRESH}, front-token`
const WHY = 'whatever the browser may have is erased, also without a domain'

describe('refreshes, after the cookies have got another domain', () => {
  const { table } = openDesk({ formerDomain: 'example.test' })
  table(
    [
      [
        'by one token',
        refreshWith((token) => `sRefreshToken=${token}`),
        {
          theirs: `200 {}, ${NEW_ACCESS}, ${NEW_REFRESH}, front-token`,
          ours: `200 {}, ${NEW_ACCESS}, ${RENEWED_REFRESH}`,
          why: 'a copy that is left would come beside the new one',
        },
      ],
      [
        'by two',
        refreshWith((token) => `sRefreshToken=${token}; sRefreshToken=b.c.V2`),
        {
          theirs: `200 ${THEIR_WORDS}, ${FORMER_REFRESH}`,
          ours: `200 ${OUR_WORDS}, ${ALL_REFRESH}`,
          why: WHY,
        },
      ],
      [
        'by one, beside two access tokens',
        refreshWith((token) => `sRefreshToken=${token}; sAccessToken=a; sAccessToken=b`),
        {
          theirs: `200 ${THEIR_WORDS}, ${FORMER_ACCESS}`,
          ours: `200 {}, no sAccessToken at /, ${NEW_ACCESS}, ${FORMER_ACCESS}, ${RENEWED_REFRESH}`,
          why: 'the refresh token is known: one refresh is enough',
        },
      ],
      [
        'by two, beside two access tokens',
        refreshWith(
          (token) => `sRefreshToken=${token}; sRefreshToken=b.c.V2; sAccessToken=a; sAccessToken=b`,
        ),
        {
          theirs: `200 ${THEIR_WORDS}, ${FORMER_ACCESS}, ${FORMER_REFRESH}`,
          ours: `200 ${OUR_WORDS}, ${ALL_ACCESS}, ${ALL_REFRESH}`,
          why: WHY,
        },
      ],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})
