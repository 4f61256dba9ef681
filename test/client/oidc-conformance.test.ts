import { describe, expect, it } from 'vitest'
import { userinfo } from '../../src/providers/oidc/index.js'
import { verifyIdToken } from '../../src/providers/oidc/verify-id-token.js'
import { makeKey, openIssuer, SIGNING_DOCUMENT, unsigned } from '../support/oidc-issuer.js'

type Issuer = Awaited<ReturnType<typeof openIssuer>>
type Options = NonNullable<Parameters<typeof openIssuer>[0]>

/** What became of it: an error's code and server code, or who is signed in. */
type Outcome = string

const NOT_BELIEVED = 'bad_response invalid_id_token'
const SIGNED_IN = 'ada is signed in'

interface Row {
  /** As the plans for relying parties of the OpenID Foundation call it. */
  readonly module: string
  /** What the plan demands. */
  readonly demands: string
  readonly act: (issuer: Issuer) => Promise<unknown>
  readonly options?: Options
  readonly without: Outcome
  /** With `verifyIdToken`, where that is another. */
  readonly verified?: Outcome
  /** Why the two differ, or why the answer is what it is. */
  readonly because?: string
  /** Why the answer with `verifyIdToken` is what it is. */
  readonly verifiedBecause?: string
}

const OVER_TLS =
  'the token came from the token endpoint over TLS, where OIDC Core §3.1.3.7 (6) wants no signature looked at'

/** A sign-in with these claims changed. */
const changed =
  (claims: object): Row['act'] =>
  ({ signIn, key }) =>
    signIn((good) => key.sign({ ...good, ...claims }))

/** Signs in with a good token, then refreshes with these claims. */
const refreshed =
  (claims: object): Row['act'] =>
  async ({ signIn, refresh, key }) => {
    await signIn()
    return refresh((good) => key.sign({ ...good, ...claims }))
  }

/** The same, where the session goes on: with the next refresh token, and with this id token. */
const wentOn =
  (claims: object, idToken: 'next' | 'former'): Row['act'] =>
  async (issuer) => {
    let next: unknown
    await issuer.signIn()
    const former = (await issuer.auth.getSession())?.extras.id_token
    const error = await issuer.refresh(async (good) => {
      next = await issuer.key.sign({ ...good, ...claims })
      return next
    })
    const session = await issuer.auth.getSession()
    expect(session?.refreshToken).toBe('refresh-2')
    expect(former).toBeTruthy()
    expect(session?.extras.id_token).toBe(idToken === 'next' ? next : former)
    return error
  }

/** Signs in with a good token that a key of this kind signed. */
const signed =
  (alg: string): Row['act'] =>
  async ({ signIn, jwks }) => {
    const key = await makeKey('key-1', alg)
    jwks.keys = [key.jwk]
    return signIn((claims) => key.sign(claims))
  }

/** Signs in with a token that another key of the same name signed. */
const forged =
  (alg: string): Row['act'] =>
  async ({ signIn, jwks }) => {
    const [own, other] = [await makeKey('key-1', alg), await makeKey('key-1', alg)]
    jwks.keys = [own.jwk]
    return signIn((claims) => other.sign(claims))
  }

/** Comes back with these fields in the address. */
const cameBack =
  (fields: (state: string) => Readonly<Record<string, string>>): Row['act'] =>
  async ({ begin, comeBack }) => {
    const { state = '' } = (await begin()).parameters
    return comeBack(fields(state))
  }

const documentOf =
  (document: unknown): Row['act'] =>
  async ({ signIn, tellOfItself }) => {
    tellOfItself(document)
    return signIn().catch((error: unknown) => error)
  }

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
    act: signed('RS256'),
    without: SIGNED_IN,
  },
  {
    module: 'oidcc-client-test-invalid-sig-rs256',
    demands: 'to refuse a bad RS256 signature, where signatures are looked at',
    act: forged('RS256'),
    without: SIGNED_IN,
    verified: NOT_BELIEVED,
    because: OVER_TLS,
  },
  {
    module: 'oidcc-client-test-invalid-sig-es256',
    demands: 'to refuse a bad ES256 signature, where signatures are looked at',
    act: forged('ES256'),
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
    verifiedBecause: 'each key is tried',
  },
  {
    module: 'oidcc-client-test-signing-key-rotation-just-before-signing',
    demands: 'to take an id token that is signed with a key which was not published a moment ago',
    act: async ({ signIn, jwks }) => {
      await signIn()
      const next = await makeKey('key-2')
      jwks.keys = [next.jwk]
      return signIn((claims) => next.sign(claims))
    },
    without: SIGNED_IN,
  },
  {
    module: 'oidcc-client-test-userinfo-invalid-sub',
    demands: 'to refuse what the userinfo endpoint says of somebody else',
    options: { loadUser: userinfo },
    act: async ({ begin, comeBack, answers, key }) => {
      const { state = '', nonce } = (await begin()).parameters
      const { issuer: iss } = SIGNING_DOCUMENT
      const about = { iss, aud: 'app', sub: 'ada', iat: 1_000, exp: 1_060, nonce }
      answers.push(
        [200, { access_token: 'a', token_type: 'Bearer', id_token: await key.sign(about) }],
        [200, { sub: 'eve' }],
      )
      return comeBack({ code: 'code-1', state })
    },
    without: 'bad_response',
  },
  {
    module: 'oidcc-client-test-discovery-issuer-mismatch',
    demands: 'to refuse the discovery document of another issuer',
    options: { metadata: undefined },
    act: documentOf({ ...SIGNING_DOCUMENT, issuer: 'https://evil.example' }),
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
    act: refreshed({ sub: 'eve' }),
    without: 'refresh_rejected subject_changed',
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
    without: 'invalid_credentials',
  },
  {
    module: 'the callback with a foreign state',
    demands: 'to refuse it (RFC 6749 §10.12)',
    act: cameBack(() => ({ code: 'code-1', state: 'foreign' })),
    without: 'invalid_credentials',
  },
  {
    module: 'the callback of another issuer',
    demands: 'to refuse a mixed-up `iss` (RFC 9207 §2.4)',
    act: cameBack((state) => ({ code: 'code-1', state, iss: 'https://evil.example' })),
    without: 'invalid_credentials',
  },
  {
    module: 'the callback without an issuer, where the server says it always',
    demands: 'to refuse it (RFC 9207 §2.4)',
    options: ISS_ANNOUNCED,
    act: cameBack((state) => ({ code: 'code-1', state })),
    without: 'invalid_credentials',
  },
]

/** What became of it, with these options. */
async function outcomeOf({ act, options }: Row, more: Options): Promise<Outcome> {
  const issuer = await openIssuer({ ...options, ...more })
  const { code, serverCode } = Object(await act(issuer))
  const session = await issuer.auth.getSession().catch(() => null)
  // Without the option no key is looked at.
  if (!more.verifyIdToken) expect(issuer.jwks.asked).toBe(0)
  // Whatever is refused has left no session, and whatever is taken is of nobody else.
  if (code) expect(session).toBeNull()
  expect(session?.user?.name).not.toBe('Eve')
  expect(session?.user?.id ?? 'ada').toBe('ada')
  if (session && !code) return SIGNED_IN
  return [code, serverCode].filter(Boolean).join(' ')
}

describe.each(ROWS)('$module demands $demands', (row) => {
  const { without, verified = without, because, verifiedBecause } = row
  const why = (reason?: string): string => (reason ? `: ${reason}` : '')

  it(`and Holdfast answers: ${without}${why(because)}`, async () => {
    expect(await outcomeOf(row, {})).toBe(without)
  })

  it(`and with verifyIdToken: ${verified}${why(verifiedBecause)}`, async () => {
    expect(await outcomeOf(row, { verifyIdToken: verifyIdToken() })).toBe(verified)
  })
})

it('each difference of the two is explained', () => {
  for (const { verified, because } of ROWS) if (verified) expect(because).toBeTruthy()
})
