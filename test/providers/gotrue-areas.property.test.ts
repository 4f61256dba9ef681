import { describe, expect, it } from 'vitest'
import { AuthClient, isAuthError, memoryStorage } from '../../src/index.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import { createDevice } from '../support/device.js'
import { fc } from '../support/fast-check.js'
import { jwt } from '../support/wire.js'

const ORIGIN = 'https://app.example'
const ID = '68943c48-2329-4d04-9122-1538a0fa69d5'
const USER = {
  id: 'ada',
  identities: [{ identity_id: ID, id: 'x', user_id: 'ada', provider: 'x' }],
}
const SESSION = {
  access_token: jwt({ sub: 'ada', session_id: 'one', iat: 100, exp: 3700 }),
  refresh_token: 'first-token',
  expires_in: 3600,
  user: USER,
}

const challenge = fc.record(
  {
    challenge_id: fc.oneof(fc.constant(ID), fc.jsonValue()),
    options: fc.oneof(
      fc.jsonValue(),
      fc.record(
        {
          challenge: fc.oneof(fc.constant('YWJj'), fc.string(), fc.jsonValue()),
          rp: fc.oneof(fc.constant({ id: 'app.example' }), fc.jsonValue()),
          user: fc.oneof(fc.constant({ id: 'YWJj' }), fc.jsonValue()),
          allowCredentials: fc.jsonValue(),
          excludeCredentials: fc.jsonValue(),
        },
        { requiredKeys: [] },
      ),
    ),
  },
  { requiredKeys: [] },
)
const passkey = fc.record({
  id: fc.oneof(fc.constant(ID), fc.jsonValue()),
  friendly_name: fc.jsonValue(),
  created_at: fc.oneof(fc.constant('2026-11-28T01:41:16.499913Z'), fc.jsonValue()),
  last_used_at: fc.oneof(fc.constant('2026-11-29T01:41:16.499913Z'), fc.jsonValue()),
})
const identity = fc.record(
  {
    identity_id: fc.oneof(fc.constant(ID), fc.jsonValue()),
    id: fc.oneof(fc.constant('x'), fc.jsonValue()),
    user_id: fc.jsonValue(),
    provider: fc.jsonValue(),
    identity_data: fc.jsonValue(),
    created_at: fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const user = fc.record({
  id: fc.oneof(fc.constantFrom('ada', 'mallory'), fc.jsonValue()),
  identities: fc.oneof(fc.array(identity), fc.jsonValue()),
})
const session = fc.record(
  {
    access_token: fc.oneof(
      fc.constantFrom(
        jwt({ sub: 'ada', session_id: 'two', iat: 100, exp: 3700 }),
        jwt({ sub: 'mallory', session_id: 'three', iat: 100, exp: 3700 }),
      ),
      fc.jsonValue(),
    ),
    refresh_token: fc.oneof(fc.constant('second-token'), fc.jsonValue()),
    expires_in: fc.jsonValue(),
    user: fc.oneof(user, fc.jsonValue()),
  },
  { requiredKeys: [] },
)
const refusal = fc.record({
  code: fc.constantFrom('bad_jwt', 'user_not_found', 'identity_not_found', 'passkey_disabled'),
  message: fc.jsonValue(),
})
const answer = fc.record({
  status: fc.oneof(
    { weight: 3, arbitrary: fc.constant(200) },
    { weight: 2, arbitrary: fc.constantFrom(204, 400, 401, 403, 404, 422, 429, 500, 503) },
    { weight: 1, arbitrary: fc.integer({ min: 200, max: 599 }) },
  ),
  body: fc.oneof(
    fc
      .oneof(challenge, passkey, fc.array(passkey), user, session, refusal, fc.jsonValue())
      .map((value) => JSON.stringify(value)),
    fc.string(),
  ),
})

/** Ada, signed in at a server that then answers as it likes, in turns, but for refreshes. */
async function signedIn(answers: readonly { readonly status: number; readonly body: string }[]) {
  let turn = -1
  const auth = new AuthClient({
    provider: gotrue({
      url: 'https://auth.example',
      async fetch(input) {
        const url = String(input)
        if (turn < 0 || url.endsWith('refresh_token')) return Response.json(SESSION)
        // What begins a link is answered well: what comes back is what is judged.
        if (url.includes('begun.example')) return Response.json({ url: 'https://id.example/' })
        if (url.includes('/logout')) return new Response(null, { status: 204 })
        const { status = 500, body = '' } = answers[turn++ % answers.length] ?? {}
        return new Response([204, 205, 304].includes(status) ? null : body, { status })
      },
    }),
    storage: memoryStorage(),
    autoRefresh: false,
  })
  await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
  turn = 0
  return auth
}

type Auth = Awaited<ReturnType<typeof signedIn>>

/** Whatever the server answers, the call has a result or an AuthError, and Ada stays signed in. */
async function judge(
  auth: Auth,
  call: () => Promise<unknown>,
  mayReplace: boolean,
): Promise<unknown> {
  const before = await auth.getSession()
  const outcome = await call().then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
  if ('error' in outcome && !isAuthError(outcome.error)) throw outcome.error
  const after = await auth.getSession()
  expect(after?.accessToken).toBeTruthy()
  expect(after?.refreshToken).toBeTruthy()
  if (!mayReplace || 'error' in outcome) expect(after?.user?.id).toBe(before?.user?.id)
  auth.dispose()
  return 'value' in outcome ? outcome.value : null
}

const CALLS: readonly (readonly [string, (auth: Auth) => Promise<unknown>, boolean])[] = [
  ['a sign-in by passkey', (auth) => device(auth).signIn(), true],
  ['a new passkey', (auth) => device(auth).register({ friendlyName: 'x' }), false],
  ['a list of passkeys', (auth) => device(auth).list(), false],
  ['another name', (auth) => device(auth).rename({ id: ID, friendlyName: 'x' }), false],
  ['a removal', (auth) => device(auth).remove({ id: ID }), false],
  ['a list of identities', (auth) => identities(auth).list(), false],
  ['the address of a link', (auth) => identities(auth).linkUrl({ provider: 'x' }), false],
  ['a link', (auth) => identities(auth).link({ provider: 'x', idToken: 'y' }), false],
  ['the code of a link', linkByCode, true],
  [
    'another address',
    (auth) => auth.actions.updateUser({ email: 'ada@work.example', redirectTo: ORIGIN }),
    false,
  ],
  ['an unlinking', (auth) => identities(auth).unlink({ identityId: ID }), false],
]

/** Links an account by a redirect that comes back with a code. */
async function linkByCode(auth: Auth): Promise<unknown> {
  await identities(auth).linkUrl({ provider: 'x', redirectTo: 'https://begun.example/' })
  return auth.actions.handleRedirect({ url: `${ORIGIN}/?code=${ID}` })
}

/** A device that has a passkey. */
function device(auth: Auth) {
  const own = createDevice({ origin: ORIGIN })
  return passkeys(auth, {
    authenticator: {
      ...own,
      async get(json) {
        await own.create({
          challenge: 'AA',
          rp: { name: 'x' },
          user: { id: 'AA', name: 'x', displayName: 'x' },
          pubKeyCredParams: [],
        })
        return own.get(json)
      },
    },
  })
}

describe('any answers of a server', () => {
  it.each(CALLS)(
    'to %s are a result or an AuthError, and nobody is signed out',
    async (_, call, may) => {
      await fc.assert(
        fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (answers) => {
          const auth = await signedIn(answers)
          await judge(auth, () => call(auth), may)
        }),
      )
    },
  )

  it('are passkeys only if they say so: an id, a name and a time', async () => {
    await fc.assert(
      fc.asyncProperty(answer, async (one) => {
        const auth = await signedIn([one])
        const found = await judge(auth, () => device(auth).list(), false)
        for (const each of Array.isArray(found) ? found : []) {
          expect(each).toEqual({
            id: expect.stringMatching(/./s),
            friendlyName: expect.any(String),
            createdAt: expect.any(Number),
            lastUsedAt: each.lastUsedAt === null ? null : expect.any(Number),
          })
          expect(each.createdAt).not.toBeNaN()
          expect(each.lastUsedAt).not.toBeNaN()
        }
      }),
    )
  })
})
