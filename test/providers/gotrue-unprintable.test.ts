import { describe, expect, it } from 'vitest'
import { AuthClient, isAuthError, memoryStorage } from '../../src/index.js'
import { claims } from '../../src/providers/gotrue/claims.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { mfa, recoveryCodes } from '../../src/providers/gotrue/mfa.js'
import { oauthConsent } from '../../src/providers/gotrue/oauth-consent.js'
import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import { sso } from '../../src/providers/gotrue/sso.js'
import { jwt } from '../support/wire.js'

/** JSON that throws where a text or a number is made of it. */
const UNPRINTABLE = { toString: 1, valueOf: 1 }
const ID = '68943c48-2329-4d04-9122-1538a0fa69d5'
const USER = { id: 'ada' }
const SESSION = {
  access_token: jwt({ sub: 'ada', iat: 100, exp: 3700 }),
  refresh_token: 'first-token',
  expires_in: 3600,
  user: USER,
}
const headed = (header: object): string => {
  const [, ...rest] = jwt({ sub: 'ada', exp: 9e9 }).split('.')
  return [Buffer.from(JSON.stringify(header)).toString('base64url'), ...rest].join('.')
}
const authenticator = { create: async () => null, get: async () => null }

/** Ada's client, and what the server answers from then on. */
async function signedIn(body: unknown) {
  let answer: unknown = SESSION
  const auth = new AuthClient({
    provider: gotrue({ url: 'https://auth.example', fetch: async () => Response.json(answer) }),
    storage: memoryStorage(),
    autoRefresh: false,
  })
  await auth.signIn({ email: 'ada@example.com', password: 'secret-1' })
  answer = body
  return auth
}

type Auth = Awaited<ReturnType<typeof signedIn>>

const factor = { id: ID, factor_type: 'totp', status: 'verified' }
const CALLS: readonly (readonly [string, unknown, (auth: Auth) => Promise<unknown>])[] = [
  [
    'the factors',
    { ...USER, factors: [{ ...factor, created_at: UNPRINTABLE }] },
    (auth) => mfa(auth).list(),
  ],
  [
    'a challenge',
    { id: ID, expires_at: UNPRINTABLE },
    (auth) => mfa(auth).challenge({ factorId: ID }),
  ],
  [
    'a proof',
    { ...SESSION, expires_in: UNPRINTABLE, expires_at: UNPRINTABLE, user: UNPRINTABLE },
    (auth) => mfa(auth).verify({ factorId: ID, challengeId: ID, code: '1' }),
  ],
  [
    'recovery codes',
    { id: ID, total: UNPRINTABLE, remaining: 1 },
    (auth) => recoveryCodes(auth).status(),
  ],
  [
    'passkeys',
    [{ id: ID, created_at: UNPRINTABLE }],
    (auth) => passkeys(auth, { authenticator }).list(),
  ],
  [
    'identities',
    { ...USER, identities: [{ ...UNPRINTABLE, identity_id: UNPRINTABLE }] },
    (auth) => identities(auth).list(),
  ],
  [
    'grants',
    [{ client: { id: ID }, granted_at: UNPRINTABLE, scopes: UNPRINTABLE }],
    (auth) => oauthConsent(auth).grants(),
  ],
  [
    'consent',
    { redirect_url: UNPRINTABLE },
    (auth) => oauthConsent(auth).details({ authorizationId: ID }),
  ],
  ['an address', { url: UNPRINTABLE }, (auth) => sso(auth).signInUrl({ domain: 'corp.example' })],
  [
    'keys',
    { keys: [{ kid: 'k', kty: UNPRINTABLE, alg: UNPRINTABLE }] },
    (auth) => claims(auth).verify(headed({ alg: 'ES256', kid: 'k' })),
  ],
  [
    'a token whose header names an algorithm so',
    USER,
    (auth) => claims(auth).verify(headed({ alg: UNPRINTABLE, kid: 'k' })),
  ],
]

describe('JSON of which no text can be made', () => {
  it.each(CALLS)('is no TypeError where it describes %s', async (_, body, call) => {
    const auth = await signedIn(body)
    const error = await call(auth).then(
      () => null,
      (failure: unknown) => failure,
    )
    expect(error === null || isAuthError(error), String(error)).toBe(true)
    expect((await auth.getSession())?.user?.id).toBe('ada')
  })
})
