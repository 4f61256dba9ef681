import { describe } from 'vitest'
import { HOUR, openDesk, type Row, type Story } from './supertokens-desk.js'
import { evictAll, forgetful } from './supertokens-stories.js'

const { table } = openDesk()

const MISTAKE = '500 left to the app'
const OVER = '401 unauthorised, cleared'
const change =
  (update: string): Story =>
  ({ visitor }) =>
    visitor.post(`/payload?update=${update}`)
const post =
  (path: string): Story =>
  ({ visitor }) =>
    visitor.post(path)

/** One thing after the other. */
const then =
  (...stories: readonly [...Story[], Story]): Story =>
  async (scene) => {
    let answer = await stories[0]?.(scene)
    for (const story of stories.slice(1)) answer = await story(scene)
    if (!answer) throw new Error('Nothing happens.')
    return answer
  }

const refresh: Story = ({ visitor }) => visitor.refresh()
const demote: Story = post('/demote')

describe('a payload that changes while its session lives', () => {
  const rows: readonly Row[] = [
    [
      'by a field more',
      change('theme'),
      '200 {"role":"admin","theme":"dark"}, {access with theme}',
    ],
    ['by nothing', change('nothing'), '200 {"role":"admin","theme":null}, {access}'],
    [
      'by null, which takes a field away',
      change('null'),
      '200 {"role":null,"theme":null}, {access without role}',
    ],
    [
      'and stays so when it is refreshed',
      then(change('null'), refresh, change('nothing')),
      '200 {"role":null,"theme":null}, {access without role}',
    ],
    ['by a field that is SuperTokens’ own', change('protected'), MISTAKE],
    [
      'by a field of no value',
      change('undefined'),
      {
        theirs: '200 {"role":null,"theme":null}, {access without role}',
        ours: '200 {"role":"admin","theme":null}, {access}',
        why: 'null takes a field away; what an app has no value for it says nothing of',
      },
    ],
    [
      'by a number that is none',
      change('number'),
      {
        theirs: '200 {"role":"admin","theme":null}, {access with theme}',
        ours: MISTAKE,
        why: 'JSON has null for it, which is not what the app said',
      },
    ],
    ['by the handle', demote, '200 {"changed":true}'],
    [
      'by the handle, which a request hears of by the refresh',
      then(demote, refresh, change('nothing')),
      '200 {"role":"reader","theme":null}, {access}',
    ],
    [
      'by a request, whose token says what has been changed by the handle',
      then(demote, change('theme')),
      {
        theirs: '200 {"role":"admin","theme":"dark"}, {access with theme}',
        ours: '200 {"role":"reader","theme":"dark"}, {access with theme}',
        why: 'a role that was taken comes back in theirs, for good',
      },
    ],
    [
      'of a session that was revoked',
      (scene) => {
        evictAll(scene.core)
        return change('theme')(scene)
      },
      OVER,
    ],
    [
      'of a session that was revoked, by the handle',
      (scene) => {
        evictAll(scene.core)
        return demote(scene)
      },
      {
        theirs: '200 {"changed":false}',
        ours: '401 unauthorised',
        why: 'what was to change is lost: no caller overlooks an error',
      },
    ],
    ['of nobody', (scene) => forgetful(scene).post('/payload?update=theme'), '401 unauthorised'],
  ]
  table(rows, { antiCsrf: 'NONE' })
  table(
    [
      [
        'by more than a cookie holds',
        change('large'),
        {
          theirs: '200 {"role":"admin","theme":null}, {access with text}',
          ours: MISTAKE,
          why: 'browsers drop such a cookie, and with it the session',
        },
      ],
    ],
    { antiCsrf: 'NONE', mode: 'cookie' },
  )
})

describe('a claim', () => {
  table(
    [
      [
        'is set, fetched and taken away',
        post('/claim'),
        '200 {"set":["writer"],"fetched":["reader"],"removed":true}, {access}',
      ],
      [
        'is asked for by the handle',
        post('/validated'),
        '200 [{"id":"st-role","reason":{"message":"wrong value","expectedToInclude":"admin","actualValue":["reader"]}}]',
      ],
    ],
    { antiCsrf: 'NONE' },
  )
})

const WRONG = '{"message":"wrong value","expectedToInclude":"admin","actualValue":["reader"]}'
const REFUSED = `403 {"message":"invalid claim","claimValidationErrors":[{"id":"st-role","reason":${WRONG}}]}`

describe('a route that asks for claims', () => {
  table(
    [
      [
        'lets pass who has them, and fetches them first',
        post('/readers'),
        '200 {}, {access with st-role}',
      ],
      ['does not fetch them twice', then(post('/readers'), post('/readers')), '200 {}'],
      ['refuses who has not', then(post('/readers'), post('/admins')), REFUSED],
      [
        'refuses at the first request too',
        post('/admins'),
        {
          theirs: REFUSED,
          ours: `${REFUSED}, {access with st-role}`,
          why: 'what was fetched for it need not be fetched again for the next',
        },
      ],
      [
        'says all that is wrong',
        then(post('/readers'), post('/both')),
        `403 {"message":"invalid claim","claimValidationErrors":[{"id":"st-role","reason":${WRONG}},{"id":"own","reason":{"message":"wrong value","expectedToNotInclude":"reader","actualValue":["reader"]}}]}`,
      ],
      [
        'lets nobody in by a validator that throws',
        post('/broken'),
        {
          theirs: MISTAKE,
          ours: '503 try again later',
          why: 'what it asked may be down; the error of ours has the cause',
        },
      ],
      [
        'asks for the session first',
        ({ visitor, pass }) => {
          pass(HOUR)
          return visitor.post('/admins')
        },
        '401 try refresh token',
      ],
      ['asks nobody for claims', (scene) => forgetful(scene).post('/admins'), '401 unauthorised'],
    ],
    { antiCsrf: 'NONE' },
  )
})
