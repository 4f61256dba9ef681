import { describe, expect, it } from 'vitest'
import {
  createOidc,
  createOidcSessions,
  type OidcServerOptions,
} from '../../../src/server/oidc/index.js'
import { answering, DOCUMENT, ISSUER } from '../../support/oidc-wire.js'
import { context } from '../../support/wire.js'
import { createOidcServerWorld, errorOf, MINUTE, PASSWORD } from './oidc-server-world.js'

const OPTIONS: OidcServerOptions = { issuer: ISSUER, clientId: 'web', clientSecret: 'secret-1' }
const json = (body: unknown): Response => Response.json(body)

/** What a client says of a server whose document is this. */
async function refusalOf(answer: () => Response): Promise<unknown> {
  const oidc = createOidc({ ...OPTIONS, fetch: async () => answer() })
  return errorOf(oidc.metadata())
}

describe('the document of a server', () => {
  it.each<[string, () => Response]>([
    ['of another issuer', () => json({ ...DOCUMENT, issuer: 'https://evil.example' })],
    ['of nearly this issuer', () => json({ ...DOCUMENT, issuer: `${ISSUER}/` })],
    ['of no issuer', () => json({ ...DOCUMENT, issuer: undefined })],
    ['without a token endpoint', () => json({ ...DOCUMENT, token_endpoint: undefined })],
    ['without a page to sign in', () => json({ ...DOCUMENT, authorization_endpoint: '' })],
    ['with a token endpoint by http', () => json({ ...DOCUMENT, token_endpoint: 'http://a.b/t' })],
    ['with keys by http', () => json({ ...DOCUMENT, jwks_uri: 'http://a.b/keys' })],
    // What is by https: itself names nothing else, or it could have forms sent to what this host has at home.
    [
      'of https: with an endpoint by http: on this device',
      () => json({ ...DOCUMENT, token_endpoint: 'http://127.0.0.1:8080/admin' }),
    ],
    [
      'with a page whose query would be a fragment',
      () => json({ ...DOCUMENT, authorization_endpoint: `${ISSUER}/auth#top` }),
    ],
    [
      'with a page that no header can name',
      () => json({ ...DOCUMENT, authorization_endpoint: `${ISSUER}/auth\r\nSet-Cookie: a=b` }),
    ],
    ['with keys at no address', () => json({ ...DOCUMENT, jwks_uri: ['https://a.b/keys'] })],
    [
      'with an introspection endpoint by http',
      () => json({ ...DOCUMENT, introspection_endpoint: 'http://a.b/i' }),
    ],
    [
      'with credentials in an address',
      () => json({ ...DOCUMENT, revocation_endpoint: 'https://a:b@c.d' }),
    ],
    [
      'of megabytes',
      () => new Response(JSON.stringify({ ...DOCUMENT, more: 'x'.repeat(2 ** 21) })),
    ],
    ['that is a page', () => new Response('<!doctype html><title>Welcome</title>')],
    ['that is no object', () => json([DOCUMENT])],
    ['that is empty', () => new Response('')],
    [
      'that is elsewhere',
      () => new Response(null, { status: 302, headers: { location: 'https://evil.example' } }),
    ],
    ['that is not there', () => json({ error: 'not_found' })],
  ])('is not believed: one %s', async (_, answer) => {
    expect(await refusalOf(answer)).toMatchObject({ code: 'bad_response', retryable: true })
  })

  it('costs no session while it cannot be believed or had', async () => {
    const { seal, load, server, settings, sealedOptions, clock } = createOidcServerWorld()
    const value = await seal()
    // Another process of the app, which has not asked yet.
    const fresh = createOidcSessions({ ...sealedOptions, server: createOidc(settings) })
    const session = fresh.openSession({ value, password: PASSWORD })
    const path = '/.well-known/openid-configuration'
    const others = '/.well-known/oauth-authorization-server'
    await clock.advance(MINUTE)
    for (const fault of [
      { type: 'html', status: 200 },
      { type: 'status', status: 503 },
      { type: 'drop' },
      { type: 'body', body: '{"issuer":"https://evil.example"}' },
    ] as const) {
      server.fail(fault, { path })
      server.fail(fault, { path: others })
      expect(await session.refreshSession()).toMatchObject({
        signedIn: false,
        retryable: true,
      })
      server.heal()
      await clock.advance(MINUTE)
    }
    expect(await session.refreshSession()).toMatchObject({ signedIn: true })
    expect(await load(value).refreshSession()).toMatchObject({ signedIn: true })
  })

  it('is asked for once, whoever waits for it, and waited for as long as each wants', async () => {
    let answer = (_: Response): void => {}
    let asked = 0
    const oidc = createOidc({
      ...OPTIONS,
      fetch: () => {
        asked += 1
        return new Promise((resolve) => {
          answer = resolve
        })
      },
    })
    const waiting = Array.from({ length: 100 }, () => oidc.metadata())
    const impatient = new AbortController()
    const given = errorOf(oidc.metadata({ signal: impatient.signal }))
    const gone = errorOf(oidc.metadata({ signal: AbortSignal.abort() }))
    impatient.abort()
    expect(await given).toMatchObject({ code: 'aborted' })
    expect(await gone).toMatchObject({ code: 'aborted' })
    answer(json(DOCUMENT))
    expect(new Set(await Promise.all(waiting)).size).toBe(1)
    await oidc.metadata()
    expect(asked).toBe(1)
  })

  it('is believed again once it is put right', async () => {
    let time = 0
    const wrong = { ...DOCUMENT, token_endpoint: 'http://localhost/token' }
    const { fetch } = answering([200, wrong], [200, wrong], [200, DOCUMENT])
    const oidc = createOidc({ ...OPTIONS, fetch, now: () => time })
    expect(await errorOf(oidc.metadata())).toMatchObject({ code: 'bad_response' })
    time = 250
    expect(await oidc.metadata()).toMatchObject({ token_endpoint: DOCUMENT.token_endpoint })
  })

  it('is asked for as the server that fails wants it, however many want to sign in', async () => {
    const { server, send, clock } = createOidcServerWorld()
    const path = '/.well-known/openid-configuration'
    const outage = { type: 'status', status: 503, headers: { 'retry-after': '20' } } as const
    server.fail(outage, { path, times: 100 })
    const waits: (string | null)[] = []
    for (let second = 0; second < 20; second += 5) {
      const answers = await Promise.all(Array.from({ length: 5 }, () => send('/auth/sign-in')))
      expect(answers.map(({ status }) => status)).toEqual([503, 503, 503, 503, 503])
      waits.push(answers[0]?.headers.get('retry-after') ?? null)
      await clock.advance(5_000)
    }
    expect(waits).toEqual(['20', '15', '10', '5'])
    expect(server.requests).toHaveLength(1)
    server.heal()
    expect((await send('/auth/sign-in')).status).toBe(303)
  })

  it('is asked for again a moment after it could not be had, and when an endpoint has moved', async () => {
    let time = 0
    const moved = { ...DOCUMENT, token_endpoint: 'https://id.example/new-token' }
    const { sent, fetch } = answering(
      'lost',
      'lost',
      [200, DOCUMENT],
      [404, { error: 'not_found' }],
      [200, moved],
      [200, { access_token: 'a' }],
    )
    const oidc = createOidc({ ...OPTIONS, fetch, now: () => time })
    expect(await errorOf(oidc.refresh('r', context()))).toMatchObject({ code: 'network' })
    expect(await errorOf(oidc.refresh('r', context()))).toMatchObject({ code: 'network' })
    expect(sent).toHaveLength(2)
    time = 250
    expect(await errorOf(oidc.refresh('r', context()))).toMatchObject({ retryable: true })
    expect(await oidc.refresh('r', context())).toMatchObject({ accessToken: 'a' })
    expect(sent.map(({ url }) => url).at(-1)).toBe('https://id.example/new-token')
  })

  it('is not asked for where the app has it by hand', async () => {
    const { sent, fetch } = answering([200, { access_token: 'a' }])
    await createOidc({ ...OPTIONS, metadata: DOCUMENT, fetch }).refresh('r', context())
    expect(sent.map(({ url }) => url)).toEqual([DOCUMENT.token_endpoint])
  })

  it('does not come for ever: an issuer that does not answer is a timeout', async () => {
    const { server, settings } = createOidcServerWorld()
    server.fail({ type: 'hang' })
    const oidc = createOidc({ ...settings, requestTimeout: 1 })
    expect(await errorOf(oidc.metadata())).toMatchObject({ code: 'timeout' })
  })
})

describe('options of a client on a server', () => {
  it.each<[string, object]>([
    ['no options', { issuer: undefined }],
    ['an issuer by http', { issuer: 'http://id.example' }],
    ['an issuer that is no address', { issuer: 'id.example' }],
    ['an issuer with a query', { issuer: `${ISSUER}?a=b` }],
    ['no client id', { clientId: '' }],
    ['a client id with a line break', { clientId: 'web\n' }],
    ['metadata of another issuer', { metadata: { ...DOCUMENT, issuer: 'https://evil.example' } }],
    ['metadata without endpoints', { metadata: {} }],
    [
      'metadata with an endpoint by http: on this device',
      { metadata: { ...DOCUMENT, token_endpoint: 'http://127.0.0.1:8080/token' } },
    ],
    ['a page to sign out at by http', { endSessionEndpoint: 'http://id.example/sign-out' }],
    ['no time', { requestTimeout: 0 }],
    ['an option that nobody knows', { clientsecret: 'x' }],
    ['parameters that are none', { parameters: 'prompt=login' }],
  ])('are refused: %s', (_, wrong) => {
    expect(() => Reflect.apply(createOidc, null, [{ ...OPTIONS, ...wrong }])).toThrow(
      expect.objectContaining({ name: 'AuthError', code: 'invalid_argument' }),
    )
  })
})
