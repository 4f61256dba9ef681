import { describe, vi } from 'vitest'
import type { ScriptedSuperTokensCore } from '../../src/testing/supertokens/index.js'
import { openDesk, type Row, type Scene } from './supertokens-desk.js'
import type { Visitor } from './supertokens-visitor.js'

const { table } = openDesk()

type Fault = Parameters<ScriptedSuperTokensCore['fail']>[0]

const LEFT = '500 left to the app'
const LATER = '503 try again later'
const TRY_REFRESH = '401 try refresh token'
const SESSION = '200 session'
const UNKNOWN = 'nothing is known about the session, and it may work in a moment'
const GOOD = 'the token is good without the word of the core'

/** What can become of a core. */
const FAULTS: readonly (readonly [string, Fault])[] = [
  ['is gone', { type: 'drop' }],
  ['answers, and the answer is lost', { type: 'lose-response' }],
  ['answers 500', { type: 'status', status: 500 }],
  ['answers 502', { type: 'status', status: 502, body: '<html>Bad Gateway</html>' }],
  ['answers HTML', { type: 'html' }],
  ['answers nothing', { type: 'body', body: '' }],
  ['answers an unknown status', { type: 'body', body: '{"status":"WHAT"}' }],
  ['answers OK and no more', { type: 'body', body: '{"status":"OK"}' }],
]
/** What their verification makes of a text that is no answer: its `status` is none of those known. */
const MISREAD = /HTML|unknown/

const during =
  (fault: Fault, path: string | undefined, ask: (visitor: Visitor) => ReturnType<Visitor['get']>) =>
  ({ core, visitor }: Scene) => {
    core.fail(fault, { times: 9, ...(path !== undefined && { path }) })
    return ask(visitor)
  }

describe.each(FAULTS)('while the core %s', (what, fault) => {
  const general = { theirs: LEFT, ours: LATER, why: UNKNOWN }
  const verified = MISREAD.test(what) ? { ...general, theirs: TRY_REFRESH } : general
  const rows: readonly Row[] = [
    [
      'a token whose key is known is good',
      async (scene) => {
        await scene.visitor.get()
        return during(fault, undefined, (visitor) => visitor.get())(scene)
      },
      SESSION,
    ],
    [
      'the first use after a refresh is a session',
      async (scene) => {
        await scene.visitor.refresh()
        return during(fault, '/recipe/session/verify', (visitor) => visitor.get())(scene)
      },
      { ...verified, ours: SESSION, why: GOOD },
    ],
    [
      'nobody can say whether a session was revoked',
      during(fault, '/recipe/session/verify', (visitor) => visitor.get('/asked')),
      verified,
    ],
    [
      'a refresh ends nothing',
      during(fault, '/recipe/session/refresh', (visitor) => visitor.refresh()),
      general,
    ],
    [
      'nobody signs out',
      during(fault, '/recipe/session/remove', (visitor) => visitor.signOut()),
      general,
    ],
    ['nobody signs in', during(fault, '/recipe/session', (visitor) => visitor.signIn()), general],
    [
      'nothing is lost: the next refresh works',
      async (scene) => {
        await during(fault, '/recipe/session/refresh', (visitor) => visitor.refresh())(scene)
        scene.core.heal()
        // One that has failed is left alone for a while.
        return vi.waitUntil(
          async () => {
            const answer = await scene.visitor.refresh()
            return answer.status === 503 ? null : answer
          },
          { timeout: 50_000, interval: 100 },
        )
      },
      '200 {}, {tokens}',
    ],
  ]
  table(rows, { antiCsrf: 'NONE', mode: 'cookie' })
})

describe('while the core refuses', () => {
  const refused = during(
    { type: 'status', status: 400, body: 'No.' },
    '/recipe/session/refresh',
    (visitor) => visitor.refresh(),
  )
  const wrongKey = during(
    { type: 'status', status: 401, body: 'Invalid API key' },
    '/recipe/session/refresh',
    (visitor) => visitor.refresh(),
  )
  table(
    [
      ['a request, the app has to answer', refused, LEFT],
      ['the key of the app, the app has to answer', wrongKey, LEFT],
    ],
    { antiCsrf: 'NONE' },
  )
})
