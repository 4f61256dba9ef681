import * as oauth from 'oauth4webapi'
import { describe, expect, it } from 'vitest'
import { makeKey, SIGNING_DOCUMENT, unsigned } from '../support/oidc-issuer.js'
import { DOCUMENT, ISSUER, oidcPage, tokenBody } from '../support/oidc-wire.js'

// panva's oauth4webapi is the strict reader of the standards: what it says of an answer, and what Holdfast
// says. Where they differ there is a reason.

const SERVER: oauth.AuthorizationServer = {
  ...SIGNING_DOCUMENT,
  id_token_signing_alg_values_supported: ['RS256', 'HS256', 'ES256'],
}
const CLIENT: oauth.Client = { client_id: 'app' }

type Verdict = 'takes it' | 'refuses it'

/** What oauth4webapi makes of it. */
const judged = async (work: () => Promise<unknown> | unknown): Promise<Verdict> => {
  try {
    await work()
    return 'takes it'
  } catch {
    return 'refuses it'
  }
}

/** By this device's clock. */
const now = (): number => Math.floor(Date.now() / 1000)
const ID = () => ({ iss: ISSUER, aud: 'app', sub: 'ada', iat: now(), exp: now() + 60 })
/** Neither of the two looks at the signature: it came over TLS. */
const idToken = (claims: object = {}): string =>
  unsigned({ ...ID(), ...claims }, { alg: 'RS256' }, 'AAAA')
const good = (changed: object = {}): object => ({ ...tokenBody(), id_token: idToken(), ...changed })

interface Row {
  readonly name: string
  readonly oracle: Verdict
  readonly holdfast: Verdict
  /** Why they differ. */
  readonly because?: string
}

interface Answer extends Row {
  readonly body: () => object
  readonly status?: number
}

const KEPT_FIRST = 'the new refresh token is kept first: it may be the only copy'

const REFRESHES: readonly Answer[] = [
  { name: 'a good one', body: good, oracle: 'takes it', holdfast: 'takes it' },
  ...[
    ['`expires_in` null', { expires_in: null }],
    ['`expires_in` empty', { expires_in: '' }],
    ['`expires_in` negative', { expires_in: -1 }],
    ['no `token_type`', { token_type: undefined }],
    ['an unknown `token_type`', { token_type: 'N_A' }],
    ['`scope` null', { scope: null }],
    ['`scope` as a list', { scope: ['openid'] }],
    ['`id_token` null', { id_token: null }],
    ['`id_token` empty', { id_token: '' }],
    ['`refresh_token` null', { refresh_token: null }],
    ['`refresh_token` empty', { refresh_token: '' }],
  ].map(
    ([name, changed]): Answer => ({
      name: `${name}`,
      body: () => good(Object(changed)),
      oracle: 'refuses it',
      holdfast: 'takes it',
      because: KEPT_FIRST,
    }),
  ),
  ...[
    ['that is over by this device’s clock', { iat: 1_000, exp: 1_060 }],
    ['whose `iss` differs by a slash', { iss: `${ISSUER}/` }],
    ['whose `iat` is a text', { iat: '1' }],
    ['for two audiences, without `azp`', { aud: ['app', 'api'] }],
  ].map(
    ([name, claims]): Answer => ({
      name: `an id token ${name}`,
      body: () => good({ id_token: idToken(Object(claims)) }),
      oracle: 'refuses it',
      holdfast: 'takes it',
      because: `${KEPT_FIRST}; the id token alone is not believed where it does not fit`,
    }),
  ),
  {
    name: 'the status 201',
    body: good,
    status: 201,
    oracle: 'refuses it',
    holdfast: 'takes it',
    because: KEPT_FIRST,
  },
  {
    name: 'another person',
    body: () => good({ id_token: idToken({ sub: 'eve' }) }),
    oracle: 'takes it',
    holdfast: 'refuses it',
    because: 'it knows no session: OIDC Core §12.2 wants the subject of the sign-in',
  },
  ...['3600', undefined, 0].map(
    (expires_in): Answer => ({
      name: `\`expires_in\` ${JSON.stringify(expires_in)}`,
      body: () => good({ expires_in }),
      oracle: 'takes it',
      holdfast: 'takes it',
    }),
  ),
  {
    name: 'no access token',
    body: () => good({ access_token: undefined }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'a refusal',
    body: () => ({ error: 'invalid_grant' }),
    status: 400,
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'an outage',
    body: () => ({ error: 'invalid_grant' }),
    status: 503,
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
]

const explained = (rows: readonly Row[]): void => {
  const odd = rows.filter(({ oracle, holdfast, because }) => (oracle !== holdfast) !== !!because)
  expect(odd.map(({ name }) => name)).toEqual([])
}

describe('an answer to a refresh, with', () => {
  it.each(REFRESHES)('$name: oauth4webapi $oracle', async ({ body, status = 200, oracle }) => {
    const answer = Response.json(body(), { status })
    const verdict = judged(() => oauth.processRefreshTokenResponse(SERVER, CLIENT, answer))
    expect(await verdict).toBe(oracle)
  })

  it.each(REFRESHES)('$name: Holdfast $holdfast', async ({ body, status = 200, holdfast }) => {
    const { auth, signIn, replies } = oidcPage({})
    await signIn()
    replies.push([status, body()])
    expect(await judged(() => auth.refreshSession())).toBe(holdfast)
  })

  it('a difference has a reason, and nothing else has', () => explained(REFRESHES))
})

interface IdTokenRow extends Row {
  readonly claims: object
}

const ID_TOKENS: readonly IdTokenRow[] = [
  { name: 'a good one', claims: {}, oracle: 'takes it', holdfast: 'takes it' },
  ...[
    ['another issuer', { iss: 'https://evil.example' }],
    ['another audience', { aud: 'other' }],
    ['no audience', { aud: undefined }],
    ['no subject', { sub: undefined }],
    ['no `iat`', { iat: undefined }],
    ['no `exp`', { exp: undefined }],
    ['another nonce', { nonce: 'other' }],
    ['no nonce', { nonce: undefined }],
    ['another `azp`', { aud: ['app', 'api'], azp: 'api' }],
  ].map(
    ([name, claims]): IdTokenRow => ({
      name: `${name}`,
      claims: Object(claims),
      oracle: 'refuses it',
      holdfast: 'refuses it',
    }),
  ),
  {
    name: 'two audiences, without `azp`',
    claims: { aud: ['app', 'api'] },
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'a time that is over by this device’s clock',
    claims: { iat: 1_000, exp: 1_060 },
    oracle: 'refuses it',
    holdfast: 'takes it',
    because: 'a device whose clock is wrong may sign in: the token comes straight from the server',
  },
]

describe('an id token of a sign-in, with', () => {
  it.each(ID_TOKENS)('$name: oauth4webapi $oracle', async ({ claims, oracle }) => {
    const answer = Response.json(good({ id_token: idToken({ nonce: 'n', ...claims }) }))
    const options = { expectedNonce: 'n', requireIdToken: true }
    const work = () => oauth.processAuthorizationCodeResponse(SERVER, CLIENT, answer, options)
    expect(await judged(work)).toBe(oracle)
  })

  it.each(ID_TOKENS)('$name: Holdfast $holdfast', async ({ claims, holdfast }) => {
    const { auth, signIn } = oidcPage({})
    await signIn({ ...ID(), ...claims })
    expect((await auth.getSession()) ? 'takes it' : 'refuses it').toBe(holdfast)
  })

  it('a difference has a reason, and nothing else has', () => explained(ID_TOKENS))

  it('a bad signature is refused by both, where they look at it', async () => {
    const [own, other] = [await makeKey('key-1'), await makeKey('key-1')]
    const fetchKeys = async () => Response.json({ keys: [own.jwk] })
    const client: oauth.Client = { client_id: 'app', id_token_signed_response_alg: 'ES256' }
    for (const [key, verdict] of [
      [own, 'takes it'],
      [other, 'refuses it'],
    ] as const) {
      const answer = Response.json(good({ id_token: await key.sign({ ...ID(), nonce: 'n' }) }))
      await oauth.processAuthorizationCodeResponse(SERVER, client, answer, { expectedNonce: 'n' })
      const work = () =>
        oauth.validateApplicationLevelSignature(SERVER, answer, { [oauth.customFetch]: fetchKeys })
      expect(await judged(work)).toBe(verdict)
    }
  })
})

interface Callback extends Row {
  readonly fields: (state: string) => Readonly<Record<string, string>>
  readonly announced?: boolean
}

const CALLBACKS: readonly Callback[] = [
  {
    name: 'the state',
    fields: (state) => ({ code: 'c', state }),
    oracle: 'takes it',
    holdfast: 'takes it',
  },
  { name: 'no state', fields: () => ({ code: 'c' }), oracle: 'refuses it', holdfast: 'refuses it' },
  {
    name: 'a foreign state',
    fields: () => ({ code: 'c', state: 'x' }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'the issuer',
    fields: (state) => ({ code: 'c', state, iss: ISSUER }),
    oracle: 'takes it',
    holdfast: 'takes it',
  },
  {
    name: 'another issuer',
    fields: (state) => ({ code: 'c', state, iss: 'https://evil.example' }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'no issuer, where it is announced',
    announced: true,
    fields: (state) => ({ code: 'c', state }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'a refusal',
    fields: (state) => ({ error: 'access_denied', state }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'an id token beside the code',
    fields: (state) => ({ code: 'c', state, id_token: idToken() }),
    oracle: 'refuses it',
    holdfast: 'takes it',
    because: 'it is not looked at: the one that counts comes from the token endpoint',
  },
]

describe('a callback with', () => {
  const documentFor = (announced = false) => ({
    ...DOCUMENT,
    ...(announced && { authorization_response_iss_parameter_supported: true }),
  })

  it.each(CALLBACKS)('$name: oauth4webapi $oracle', async ({ fields, announced, oracle }) => {
    const query = new URLSearchParams(fields('state'))
    const work = () => oauth.validateAuthResponse(documentFor(announced), CLIENT, query, 'state')
    expect(await judged(work)).toBe(oracle)
  })

  it.each(CALLBACKS)('$name: Holdfast $holdfast', async ({ fields, announced, holdfast }) => {
    const page = oidcPage({ metadata: documentFor(announced) })
    const { state = '', nonce } = (await page.begin()).parameters
    page.replies.push([200, tokenBody({ nonce })])
    await page.comeBack(fields(state))
    expect((await page.auth.getSession()) ? 'takes it' : 'refuses it').toBe(holdfast)
  })

  it('a difference has a reason, and nothing else has', () => explained(CALLBACKS))
})

interface Discovery extends Row {
  readonly answer: () => Response
}

const { token_endpoint: _, ...WITHOUT_TOKENS } = DOCUMENT

const DOCUMENTS: readonly Discovery[] = [
  {
    name: 'a good one',
    answer: () => Response.json(DOCUMENT),
    oracle: 'takes it',
    holdfast: 'takes it',
  },
  {
    name: 'that of another issuer',
    answer: () => Response.json({ ...DOCUMENT, issuer: 'https://evil.example' }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'one without an issuer',
    answer: () => Response.json({ ...DOCUMENT, issuer: undefined }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'a page',
    answer: () => new Response('<html>'),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  { name: 'a list', answer: () => Response.json([]), oracle: 'refuses it', holdfast: 'refuses it' },
  {
    name: 'nothing',
    answer: () => Response.json({}, { status: 404 }),
    oracle: 'refuses it',
    holdfast: 'refuses it',
  },
  {
    name: 'one without a token endpoint',
    answer: () => Response.json(WITHOUT_TOKENS),
    oracle: 'takes it',
    holdfast: 'refuses it',
    because: 'oauth4webapi says so at the first request that needs it',
  },
  {
    name: 'one with an http endpoint',
    answer: () => Response.json({ ...DOCUMENT, token_endpoint: 'http://id.example/token' }),
    oracle: 'takes it',
    holdfast: 'refuses it',
    because: 'oauth4webapi says so at the first request that goes there',
  },
  {
    name: 'one of another content type',
    answer: () =>
      new Response(JSON.stringify(DOCUMENT), { headers: { 'content-type': 'text/plain' } }),
    oracle: 'takes it',
    holdfast: 'takes it',
  },
]

describe('a discovery document:', () => {
  it.each(DOCUMENTS)('$name: oauth4webapi $oracle', async ({ answer, oracle }) => {
    const work = () => oauth.processDiscoveryResponse(new URL(ISSUER), answer())
    expect(await judged(work)).toBe(oracle)
  })

  it.each(DOCUMENTS)('$name: Holdfast $holdfast', async ({ answer, holdfast }) => {
    const page = oidcPage({ metadata: undefined, fetch: async () => answer() })
    expect(await judged(() => page.begin())).toBe(holdfast)
  })

  it('a difference has a reason, and nothing else has', () => explained(DOCUMENTS))
})
