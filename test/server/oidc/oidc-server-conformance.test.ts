import { describe, expect, it } from 'vitest'
import { userinfo } from '../../../src/providers/oidc/index.js'
import type { OidcServerOptions } from '../../../src/server/oidc/index.js'
import { makeKey, SIGNING_DOCUMENT, unsigned } from '../../support/oidc-issuer.js'
import { openSigningIssuer } from './signing-issuer.js'

type Issuer = Awaited<ReturnType<typeof openSigningIssuer>>

/** What became of it: an error's code and server code, or who is signed in. */
type Outcome = string

const NOT_BELIEVED = 'bad_response invalid_id_token'
const SIGNED_IN = 'ada is signed in'
const REFUSED = 'invalid_credentials'

/** As the rows of the page, in test/client/oidc-conformance.test.ts. */
interface Row {
  readonly module: string
  readonly demands: string
  readonly act: (issuer: Issuer) => Promise<Response>
  readonly options?: Partial<OidcServerOptions>
  readonly without: Outcome
  /** With `verifyIdToken`, where that is another. */
  readonly verified?: Outcome
  /** Why the two differ, or why the answer is what it is. */
  readonly because?: string
}

const OVER_TLS =
  'the token came from the token endpoint over TLS, where OIDC Core §3.1.3.7 (6) wants no signature looked at'

/** A sign-in with these claims changed. */
const changed =
  (claims: object): Row['act'] =>
  ({ signIn, key }) =>
    signIn((good) => key.sign({ ...good, ...claims }))

/** A sign-in with a token that the key named `key-1` signed, or another of its name. */
const signed =
  (alg: string, by: 'own' | 'other'): Row['act'] =>
  async ({ signIn, jwks }) => {
    const keys = { own: await makeKey('key-1', alg), other: await makeKey('key-1', alg) }
    jwks.keys = [keys.own.jwk]
    return signIn((claims) => keys[by].sign(claims))
  }

/** Signs in with a good token, then refreshes with these claims: the session has this id token then. */
const wentOn =
  (claims: object, kept: 'next' | 'former'): Row['act'] =>
  async (issuer) => {
    const tokens: unknown[] = []
    await issuer.signIn(async (good) => tokens[tokens.push(await issuer.key.sign(good)) - 1])
    const answer = await issuer.refresh(
      async (good) => tokens[tokens.push(await issuer.key.sign({ ...good, ...claims })) - 1],
    )
    const user = await issuer.whoIs()
    expect(await issuer.signOut()).toEqual({
      idToken: kept === 'next' ? tokens[1] : tokens[0],
      refreshToken: 'refresh-2',
    })
    expect(user).not.toMatchObject({ name: 'Eve' })
    return answer
  }

/** Comes back with these fields in the address. */
const cameBack =
  (fields: (state: string) => Readonly<Record<string, string>>): Row['act'] =>
  async ({ begin, comeBack }) =>
    comeBack(fields((await begin()).state))

const ISS_ANNOUNCED = {
  metadata: { ...SIGNING_DOCUMENT, authorization_response_iss_parameter_supported: true },
}

const ROWS: readonly Row[] = [
  {
    module: 'oidcc-client-test',
    demands: 'a sign-in by code',
    act: ({ signIn }) => signIn(),
    without: SIGNED_IN,
  },
  {
    module: 'oidcc-client-test-invalid-iss',
    demands: 'to refuse an id token of another issuer',
    act: changed({ iss: 'https://evil.example' }),
    without: NOT_BELIEVED,
  },
  {
    module: 'oidcc-client-test-missing-sub',
    demands: 'to refuse an id token without `sub`',
    act: changed({ sub: undefined }),
    without: NOT_BELIEVED,
  },
  {
    module: 'oidcc-client-test-invalid-aud',
    demands: 'to refuse an id token for another client',
    act: changed({ aud: 'other' }),
    without: NOT_BELIEVED,
  },
  {
    module: 'oidcc-client-test-missing-aud',
    demands: 'to refuse an id token without `aud`',
    act: changed({ aud: undefined }),
    without: NOT_BELIEVED,
  },
  {
    module: 'oidcc-client-test-missing-iat',
    demands: 'to refuse an id token without `iat`',
    act: changed({ iat: undefined }),
    without: NOT_BELIEVED,
  },
  {
    module: 'oidcc-client-test-nonce-invalid',
    demands: 'to refuse an id token with the nonce of another sign-in',
    act: changed({ nonce: 'other' }),
    without: NOT_BELIEVED,
  },
  {
    module: 'oidcc-client-test-idtoken-sig-none',
    demands:
      'to take it only where the client was registered for `none`: Holdfast is for no such client',
    act: ({ signIn }) => signIn((claims) => unsigned(claims)),
    without: NOT_BELIEVED,
  },
  {
    module: 'a good RS256 signature',
    demands: 'to be taken: a refusal of bad ones alone could be of all',
    act: signed('RS256', 'own'),
    without: SIGNED_IN,
  },
  {
    module: 'oidcc-client-test-invalid-sig-rs256',
    demands: 'to refuse a bad RS256 signature, where signatures are looked at',
    act: signed('RS256', 'other'),
    without: SIGNED_IN,
    verified: NOT_BELIEVED,
    because: OVER_TLS,
  },
  {
    module: 'oidcc-client-test-invalid-sig-es256',
    demands: 'to refuse a bad ES256 signature, where signatures are looked at',
    act: signed('ES256', 'other'),
    without: SIGNED_IN,
    verified: NOT_BELIEVED,
    because: OVER_TLS,
  },
  {
    module: 'oidcc-client-test-kid-absent-single-jwks',
    demands: 'to take an id token without `kid`, where one key is published',
    act: async ({ signIn, jwks }) => {
      const key = await makeKey(undefined)
      jwks.keys = [key.jwk]
      return signIn((claims) => key.sign(claims))
    },
    without: SIGNED_IN,
  },
  {
    module: 'oidcc-client-test-kid-absent-multiple-jwks',
    demands:
      'to refuse an id token without `kid`, where several keys are published, or to try each key',
    act: async ({ signIn, jwks }) => {
      const keys = [await makeKey('key-1'), await makeKey('key-2')]
      jwks.keys = keys.map(({ jwk }) => jwk)
      return signIn((claims) => keys[1]?.sign(claims, { kid: undefined }))
    },
    without: SIGNED_IN,
    because: 'each key is tried',
  },
  {
    module: 'oidcc-client-test-signing-key-rotation-just-before-signing',
    demands: 'to take an id token that is signed with a key which was not published a moment ago',
    act: async ({ signIn, jwks, clock }) => {
      await signIn()
      const next = await makeKey('key-2')
      jwks.keys = [next.jwk]
      await clock.advance(5_000)
      return signIn((claims) => next.sign(claims))
    },
    without: SIGNED_IN,
  },
  {
    module: 'oidcc-client-test-userinfo-invalid-sub',
    demands: 'to refuse what the userinfo endpoint says of somebody else',
    options: { loadUser: userinfo },
    act: async ({ begin, comeBack, answers, bodyWith, key, claimsOf }) => {
      const { state, nonce } = await begin()
      answers.push([200, bodyWith(await key.sign(claimsOf({ nonce })))], [200, { sub: 'eve' }])
      return comeBack({ code: 'code-1', state })
    },
    without: 'bad_response',
  },
  {
    module: 'oidcc-client-test-discovery-issuer-mismatch',
    demands: 'to refuse the discovery document of another issuer',
    options: { metadata: undefined },
    act: async ({ begin, told }) => {
      told.document = { ...SIGNING_DOCUMENT, issuer: 'https://evil.example' }
      return (await begin()).answer
    },
    without: 'bad_response',
  },
  {
    module: 'oidcc-client-test-refresh-token',
    demands: 'to take the tokens of a refresh',
    act: wentOn({}, 'next'),
    without: SIGNED_IN,
  },
  {
    module: 'oidcc-client-test-refresh-token-invalid-sub',
    demands: 'to refuse a refresh whose id token is of another person',
    act: async ({ signIn, refresh, key }) => {
      await signIn()
      return refresh((good) => key.sign({ ...good, sub: 'eve' }))
    },
    without: 'session_missing invalid_grant',
    because: 'the session ends: its refresh token is spent, and the answer is never served',
  },
  {
    module: 'oidcc-client-test-refresh-token-invalid-issuer',
    demands: 'to refuse the id token of a refresh that is of another issuer',
    act: wentOn({ iss: 'https://evil.example', name: 'Eve' }, 'former'),
    without: SIGNED_IN,
    because:
      'the id token is refused, and the one before stays: the new tokens are kept first, and judged afterwards',
  },
  {
    module: 'the callback without a state',
    demands: 'to refuse it (RFC 6749 §10.12)',
    act: cameBack(() => ({ code: 'code-1' })),
    without: REFUSED,
  },
  {
    module: 'the callback with a foreign state',
    demands: 'to refuse it (RFC 6749 §10.12)',
    act: cameBack(() => ({ code: 'code-1', state: 'foreign' })),
    without: REFUSED,
  },
  {
    module: 'the callback of another issuer',
    demands: 'to refuse a mixed-up `iss` (RFC 9207 §2.4)',
    act: cameBack((state) => ({ code: 'code-1', state, iss: 'https://evil.example' })),
    without: REFUSED,
  },
  {
    module: 'the callback without an issuer, where the server says it always',
    demands: 'to refuse it (RFC 9207 §2.4)',
    options: ISS_ANNOUNCED,
    act: cameBack((state) => ({ code: 'code-1', state })),
    without: REFUSED,
  },
]

/** What became of it, with these options. */
async function outcomeOf({ act, options }: Row, verifyIdToken: boolean): Promise<Outcome> {
  const issuer = await openSigningIssuer({ ...options, verifyIdToken })
  const answer = await act(issuer)
  // Without the option no key is looked at.
  if (!verifyIdToken) expect(issuer.jwks.asked).toBe(0)
  if (answer.status < 400 && !answer.headers.get('location')?.includes('again')) {
    // Some have signed out in the end, to see what the session had.
    if (issuer.revoked.length === 0) expect(await issuer.whoIs()).toMatchObject({ id: 'ada' })
    return SIGNED_IN
  }
  // Whatever is refused has left no session.
  expect(await issuer.whoIs()).toBeUndefined()
  const { code, serverCode } = await answer.json().catch(() => ({ code: REFUSED }))
  return [code, serverCode].filter(Boolean).join(' ')
}

describe.each(ROWS)('$module demands $demands', (row) => {
  const { without, verified = without, because } = row

  it(`and a server answers: ${without}${because ? `: ${because}` : ''}`, async () => {
    expect(await outcomeOf(row, false)).toBe(without)
  })

  it(`and with verifyIdToken: ${verified}`, async () => {
    expect(await outcomeOf(row, true)).toBe(verified)
  })
})

it('each difference of the two is explained', () => {
  for (const { verified, because } of ROWS) if (verified) expect(because).toBeTruthy()
})
