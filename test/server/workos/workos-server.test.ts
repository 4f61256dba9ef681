import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../../src/index.js'
import { createPkce } from '../../../src/providers/shared/pkce.js'
import {
  createWorkOSSessions,
  type WorkOSServer,
  type WorkOSServerOptions,
  workosServer,
} from '../../../src/server/workos/index.js'
import { createScriptedWorkOS } from '../../../src/testing/workos/index.js'
import { ADA, createStage, PASSWORD, signed } from '../sealed/sealed-sessions-stage.js'

const invalid = expect.objectContaining({ name: 'AuthError', code: 'invalid_argument' })
const CALLBACK = 'http://localhost:3000/callback'
const options: WorkOSServerOptions = { clientId: 'client_1', apiKey: 'sk_test_1' }
const signal = new AbortController().signal

/** A server app whose requests are recorded, each answered by the same. */
function recorded(answer: () => Response) {
  const sent: Request[] = []
  const workos = workosServer({
    ...options,
    fetch: async (input, init) => {
      sent.push(new Request(input, init))
      return answer()
    },
  })
  return { workos, sent }
}

const errorOf = async (work: Promise<unknown>): Promise<unknown> =>
  work.then(
    () => 'no error',
    (error: unknown) => error,
  )

describe('workosServer', () => {
  it('asks with its secret, in the body and the header', async () => {
    const { workos, sent } = recorded(() =>
      Response.json({ error: 'invalid_grant' }, { status: 400 }),
    )
    await errorOf(workos.refresh('token', { signal, organizationId: 'org_1' }))
    await errorOf(workos.exchangeCode({ code: 'code', codeVerifier: 'verifier' }))
    await errorOf(
      workos.selectOrganization({ pendingAuthenticationToken: 'pending', organizationId: 'org_2' }),
    )
    await errorOf(workos.revoke('session_1'))
    const client = { client_id: 'client_1', client_secret: 'sk_test_1' }
    expect(await Promise.all(sent.map((request) => request.json()))).toEqual([
      { ...client, grant_type: 'refresh_token', refresh_token: 'token', organization_id: 'org_1' },
      { ...client, grant_type: 'authorization_code', code: 'code', code_verifier: 'verifier' },
      {
        ...client,
        grant_type: 'urn:workos:oauth:grant-type:organization-selection',
        pending_authentication_token: 'pending',
        organization_id: 'org_2',
      },
      { session_id: 'session_1' },
    ])
    expect(new Set(sent.map(({ headers }) => headers.get('authorization')))).toEqual(
      new Set(['Bearer sk_test_1']),
    )
    expect(sent.map(({ url }) => url)).toEqual([
      ...Array(3).fill('https://api.workos.com/user_management/authenticate'),
      'https://api.workos.com/user_management/sessions/revoke',
    ])
  })

  it('is named by its place and client, and knows where the keys are', () => {
    expect(workosServer({ ...options, clientId: 'a/b' }).jwksUrl).toMatch(/\/sso\/jwks\/a%2Fb$/)
    const workos = workosServer({ ...options, url: 'https://auth.example.com/' })
    expect(workos).toMatchObject({
      id: 'workos.auth.example.com.client_1',
      jwksUrl: 'https://auth.example.com/sso/jwks/client_1',
    })
  })

  it('signs in by redirect, with state and proof', async () => {
    const { workos, server } = createStage()
    const { verifier, challenge } = await createPkce()
    const url = workos.authorizeUrl({
      redirectUri: CALLBACK,
      state: 'state',
      codeChallenge: challenge,
      loginHint: ADA.email,
      screenHint: 'sign-up',
      maxAge: 90_500,
    })
    expect(Object.fromEntries(new URL(url).searchParams)).toEqual({
      client_id: 'client_scripted',
      redirect_uri: CALLBACK,
      response_type: 'code',
      provider: 'authkit',
      state: 'state',
      code_challenge: challenge,
      code_challenge_method: 'S256',
      login_hint: ADA.email,
      screen_hint: 'sign-up',
      max_age: '90',
    })
    const { headers } = await server.fetch(url, { redirect: 'manual' })
    const back = new URL(headers.get('location') ?? '')
    expect(back.searchParams.get('state')).toBe('state')
    const code = back.searchParams.get('code') ?? ''
    expect(await errorOf(workos.exchangeCode({ code, codeVerifier: 'wrong' }))).toMatchObject({
      code: 'invalid_credentials',
    })
    const grant = await workos.exchangeCode({ code, codeVerifier: verifier }, { signal })
    expect(grant).toMatchObject({ organizationId: 'org_1', user: { email: ADA.email } })
  })

  it('goes without a provider to a connection, without a challenge where there is none', () => {
    const query = new URL(
      workosServer(options).authorizeUrl({
        redirectUri: CALLBACK,
        connectionId: 'conn_1',
        maxAge: 0,
      }),
    ).searchParams
    expect(Object.fromEntries(query)).toEqual({
      client_id: 'client_1',
      redirect_uri: CALLBACK,
      response_type: 'code',
      connection_id: 'conn_1',
      max_age: '0',
    })
  })

  it('lets people choose an organization', async () => {
    const { workos, server } = createStage({ organizationChoice: 'required' })
    const url = workos.authorizeUrl({ redirectUri: CALLBACK, loginHint: ADA.email })
    const { headers } = await server.fetch(url, { redirect: 'manual' })
    const code = new URL(headers.get('location') ?? '').searchParams.get('code') ?? ''
    const error = await errorOf(workos.exchangeCode({ code }))
    if (!isAuthError(error, 'step_required')) throw error
    expect(error.details).toMatchObject({
      step: 'organization_selection_required',
      organizations: [{ id: 'org_1' }, { id: 'org_2' }],
    })
    const { pendingAuthenticationToken = '' } = error.details ?? {}
    const choice = { pendingAuthenticationToken, organizationId: 'org_2' }
    expect(await workos.selectOrganization(choice)).toMatchObject({ organizationId: 'org_2' })
  })

  it.each<[number, unknown, string]>([
    [200, {}, 'no error'],
    [404, { message: "Session not found: 'session_1'." }, 'no error'],
    [401, { message: 'Unauthorized' }, 'rejected'],
    [429, { error: 'too_many_requests' }, 'rate_limited'],
    [503, {}, 'server_error'],
  ])('revokes a session, which may be gone: %i is %o', async (status, body, expected) => {
    const { workos } = recorded(() => Response.json(body, { status }))
    const error = await errorOf(workos.revoke('session_1'))
    expect(isAuthError(error) ? error.code : error).toBe(expected)
    if (expected === 'rejected') expect(error).toMatchObject({ retryable: false, status })
  })

  it('ends one session only', async () => {
    const { workos, signIn, server } = createStage()
    const { accessToken, user = null, sessionId } = await signIn()
    const session = { accessToken, refreshToken: null, expiresAt: 0, user, sessionId, extras: {} }
    for (const scope of ['global', 'others'] as const) {
      expect(await errorOf(workos.signOut(session, scope, { signal }))).toEqual(invalid)
    }
    expect(server.sessions()).toHaveLength(1)
    const sent = server.requests.length
    const nameless = workos.signOut({ ...session, sessionId: undefined }, 'local', { signal })
    expect(await errorOf(nameless)).toMatchObject({ code: 'rejected' })
    expect(server.requests).toHaveLength(sent)
    expect(server.sessions()).toHaveLength(1)
    await workos.signOut(session, 'local', { signal })
    expect(server.sessions()).toEqual([])
  })

  it('gives up when it is told to, or else after its time', async () => {
    const server = createScriptedWorkOS()
    server.fail({ type: 'hang' }, { times: 4 })
    const workos = workosServer({ ...options, fetch: server.fetch, requestTimeout: 1 })
    const context = { signal: AbortSignal.abort() }
    const { exchangeCode, revoke } = workos
    expect(await errorOf(exchangeCode({ code: 'x' }, context))).toMatchObject({ code: 'aborted' })
    expect(await errorOf(revoke('x', context))).toMatchObject({ code: 'aborted' })
    expect(await errorOf(exchangeCode({ code: 'x' }))).toMatchObject({ code: 'timeout' })
    expect(await errorOf(revoke('x'))).toMatchObject({ code: 'timeout' })
  })

  describe('when it refreshes', () => {
    const scripted = { clientId: 'client_scripted', apiKey: 'sk_test_scripted' }

    /** What becomes of a refresh whose first requests are answered by these. */
    async function refreshed(
      answers: readonly (() => Response)[],
      mayRepeat?: () => Promise<boolean>,
    ) {
      const sent: Request[] = []
      const { server, signIn } = createStage()
      const { refreshToken } = await signIn()
      const workos = workosServer({
        ...scripted,
        fetch: async (input, init) => {
          sent.push(new Request(input, init))
          const answer = answers[sent.length - 1]
          return answer ? answer() : server.fetch(input, init)
        },
      })
      const work = workos.refresh(refreshToken ?? '', { signal, mayRepeat })
      const result = await work.then((grant) => grant?.user?.email, errorWords)
      return { result, sent, server }
    }

    const errorWords = (error: unknown) =>
      isAuthError(error) ? `${error.code} ${error.status ?? ''}`.trim() : error
    const says =
      (status: number, headers: HeadersInit = {}) =>
      () =>
        Response.json({ message: 'Scripted.' }, { status, headers })
    const lost = (): Response => {
      throw new TypeError('fetch failed')
    }

    it.each([
      ['no network', lost],
      ['500', says(500)],
      ['502', () => new Response('<h1>Bad gateway', { status: 502 })],
      ['503', says(503)],
      ['408', says(408)],
    ])('sends it once more within the call after %s, by the same key', async (_, answer) => {
      const { result, sent } = await refreshed([answer])
      expect(result).toBe(ADA.email)
      const keys = sent.map(({ headers }) => headers.get('Idempotency-Key'))
      expect(keys).toEqual([keys[0], keys[0]])
      expect(keys[0]).toMatch(/^retry-[0-9a-f-]{36}$/)
      const bodies = await Promise.all(sent.map((request) => request.text()))
      expect(bodies[1]).toBe(bodies[0])
      const other = await refreshed([])
      expect(other.sent[0]?.headers.get('Idempotency-Key')).not.toBe(keys[0])
    })

    it('gets the pair that the lost answer had', async () => {
      const { server, signIn } = createStage()
      const { refreshToken = '' } = await signIn()
      server.fail({ type: 'lose-response' })
      const workos = workosServer({ ...scripted, fetch: server.fetch })
      const first = await workos.refresh(refreshToken, { signal })
      const again = await workos.refresh(refreshToken, { signal })
      expect(first?.refreshToken).toBe(again?.refreshToken)
      expect(server.count('refresh_token')).toBe(3)
    })

    it.each([
      ['twice', [says(503), says(503)], 2, 'server_error 503'],
      [
        'for as long as the server asks',
        [says(503, { 'Retry-After': '1' })],
        1,
        'server_error 503',
      ],
      ['when it comes too often', [says(429)], 1, 'rate_limited 429'],
      ['for a conflict', [says(409)], 1, 'server_error 409'],
      ['for a page of somebody else', [() => new Response('<h1>Wi-Fi')], 1, 'bad_response 200'],
    ])('gives up %s', async (_, answers, times, expected) => {
      const { result, sent } = await refreshed(answers)
      expect([result, sent.length]).toEqual([expected, times])
    })

    it('sends nothing once more while the server is left alone', async () => {
      const { result, sent } = await refreshed([lost], async () => false)
      expect([result, sent.length]).toEqual(['network', 1])
    })

    it('sends nothing once more when its time is up', async () => {
      const controller = new AbortController()
      let sent = 0
      const workos = workosServer({
        ...options,
        async fetch() {
          sent += 1
          controller.abort()
          return Response.json({}, { status: 503 })
        },
      })
      await errorOf(workos.refresh('token', { signal: controller.signal }))
      expect(sent).toBe(1)
    })
  })

  it.each([
    ['a code', ({ exchangeCode }: WorkOSServer) => exchangeCode({ code: 'code' })],
    ['a revocation', ({ revoke }: WorkOSServer) => revoke('session_1')],
  ])('sends %s once, whatever comes of it', async (_, send) => {
    const { workos, sent } = recorded(() => Response.json({}, { status: 503 }))
    await errorOf(send(workos))
    expect(sent.map(({ headers }) => headers.get('Idempotency-Key'))).toEqual([null])
  })

  it('says nothing of its secrets in an error', async () => {
    const { workos } = recorded(() => Response.json({ message: 'No.' }, { status: 401 }))
    const errors = [
      await errorOf(workos.refresh('secret-token', { signal })),
      await errorOf(workos.exchangeCode({ code: 'secret-code' })),
      await errorOf(workos.revoke('session_1')),
    ]
    const said = errors.map((error) => `${error} ${JSON.stringify(error)}`).join()
    expect(said).not.toMatch(/secret|sk_test/)
    expect(errors.every((error) => isAuthError(error))).toBe(true)
  })

  it.each<[string, Partial<WorkOSServerOptions>]>([
    ['without a client id', { clientId: '' }],
    ['without an API key', { apiKey: '' }],
    ['with an API key and the end of its line', { apiKey: 'sk_test_1\n' }],
    ['over plain http', { url: 'http://api.example.com' }],
    ['at no address', { url: 'api.workos.com' }],
    ['with no time', { requestTimeout: 0 }],
  ])('refuses to be made %s', (_, wrong) => {
    expect(() => workosServer({ ...options, ...wrong })).toThrow(invalid)
    expect(() => createWorkOSSessions({ ...options, ...wrong })).toThrow(invalid)
  })

  it.each([
    ['screenHint elsewhere than at AuthKit', { screenHint: 'sign-in', provider: 'GoogleOAuth' }],
    ['a maxAge that is no time', { maxAge: -1 }],
    ['a redirectUri that is none', { redirectUri: '/callback' }],
    ['a kind of proof, of which WorkOS would know nothing', { acrValues: 'gold' }],
    ['a language', { uiLocales: 'de' }],
    ['claims, of which it would know nothing', { claims: {} }],
  ] as const)('refuses %s', (_, wrong) => {
    const { authorizeUrl } = workosServer(options)
    expect(() => authorizeUrl({ redirectUri: CALLBACK, ...wrong })).toThrow(invalid)
  })
})

describe('createWorkOSSessions', () => {
  it('takes the issuers that it is told', async () => {
    const { client, cookie, clock, load } = createStage({
      ...signed,
      issuer: 'https://auth.example',
    })
    const sessionData = await cookie()
    expect(await load(sessionData).getSession()).toMatchObject({ signedIn: true })
    for (const [issuer, expected] of [
      ['https://api.workos.com', { reason: 'invalid_jwt' }],
      [['https://api.workos.com', 'https://auth.example'], { signedIn: true }],
    ] as const) {
      const sessions = createWorkOSSessions({ ...client, issuer, now: clock.now })
      const session = sessions.openSession({ value: sessionData, password: PASSWORD })
      expect(await session.getSession()).toMatchObject(expected)
    }
  })

  it('reads the keys again when they have changed', async () => {
    const { cookie, load, server, clock } = createStage(signed)
    const session = load(await cookie())
    expect(await session.getSession()).toMatchObject({ signedIn: true })
    server.rotateKeys({ withdraw: true })
    clock.time += 31_000
    await session.refreshSession()
    expect(await session.getSession()).toMatchObject({ signedIn: true })
  })
})
