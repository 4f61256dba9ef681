import { describe, expect, it } from 'vitest'
import { type OidcOptions, oidc } from '../../src/providers/oidc/index.js'
import {
  answering,
  CALLBACK,
  DOCUMENT,
  ENDPOINTS,
  ISSUER,
  tokenBody,
} from '../support/oidc-wire.js'
import { context, type Reply } from '../support/wire.js'

const OIDC_PATH = `${ISSUER}/.well-known/openid-configuration`
const OAUTH_PATH = 'https://id.example/.well-known/oauth-authorization-server/realms/one'
const KEPT = { server: DOCUMENT, subject: 'ada' }

/** A provider that has to ask where the endpoints are. */
function asking(options: Partial<OidcOptions>, ...replies: Reply[]) {
  const { sent, fetch } = answering(...replies)
  const provider = oidc({
    issuer: ISSUER,
    clientId: 'app',
    redirectUri: CALLBACK,
    fetch,
    ...options,
  })
  const refresh = (oidcExtras?: object) =>
    provider
      .refresh('r', {
        ...context(),
        session: oidcExtras
          ? {
              accessToken: 'a',
              refreshToken: 'r',
              expiresAt: 0,
              user: null,
              extras: { oidc: oidcExtras },
            }
          : null,
      })
      .catch((error: unknown) => error)
  return { refresh, sent, urls: () => sent.map(({ url }) => url) }
}

const FINE: Reply = [200, tokenBody()]

describe('where the endpoints are', () => {
  it('is asked of the issuer, once', async () => {
    const { refresh, urls } = asking({}, [200, DOCUMENT], FINE, FINE)
    expect(await refresh()).toMatchObject({ accessToken: 'access-1' })
    expect(await refresh()).toMatchObject({ accessToken: 'access-1' })
    expect(urls()).toEqual([OIDC_PATH, DOCUMENT.token_endpoint, DOCUMENT.token_endpoint])
  })

  it('is asked as OAuth has it where the server does not speak OpenID Connect', async () => {
    const { refresh, urls } = asking({}, [404, { error: 'not_found' }], [200, DOCUMENT], FINE)
    await refresh()
    expect(urls()).toEqual([OIDC_PATH, OAUTH_PATH, DOCUMENT.token_endpoint])
  })

  it('is asked as OAuth has it also where a page may not read that the other place has none', async () => {
    const { refresh, urls } = asking({}, 'lost', [200, DOCUMENT], FINE)
    expect(await refresh()).toMatchObject({ accessToken: 'access-1' })
    expect(urls()).toEqual([OIDC_PATH, OAUTH_PATH, DOCUMENT.token_endpoint])
  })

  it('is asked below the issuer with one slash, where the issuer ends with one', async () => {
    const issuer = 'https://tenant.example/'
    const { refresh, urls } = asking({ issuer }, [200, { ...DOCUMENT, issuer }], FINE)
    expect(await refresh()).toMatchObject({ accessToken: 'access-1' })
    expect(urls()[0]).toBe('https://tenant.example/.well-known/openid-configuration')
  })

  it('is kept with the session: no refresh has to ask, after a reload neither', async () => {
    const { refresh, urls } = asking({}, FINE)
    expect(await refresh(KEPT)).toMatchObject({ extras: { oidc: { server: ENDPOINTS } } })
    expect(urls()).toEqual([DOCUMENT.token_endpoint])
  })

  it.each<readonly [string, () => Reply]>([
    ['nobody is at the kept address any more', () => [404, {}]],
    ['a framework says so', () => [404, { status: 404, error: 'Not Found' }]],
    ['a page says so', () => new Response('<h1>Not found</h1>', { status: 404 })],
    ['nothing says so', () => new Response(null, { status: 410 })],
    ['it redirects', () => new Response(null, { status: 308, headers: { location: '/new' } })],
    ['its domain is for sale', () => new Response('<h1>Buy me</h1>')],
    ['it redirects, which pages do not see', () => Response.error()],
  ])('is asked again where %s', async (_, gone) => {
    const moved = { ...ENDPOINTS, token_endpoint: 'https://id.example/new-token' }
    const { refresh, urls } = asking({}, gone(), [200, { ...moved, issuer: ISSUER }], FINE)
    expect(await refresh(KEPT)).toMatchObject({ code: 'bad_response', retryable: true })
    expect(await refresh(KEPT)).toMatchObject({ extras: { oidc: { server: moved } } })
    expect(urls().at(-1)).toBe(moved.token_endpoint)
  })

  it('is not asked again for an answer that says nothing of the address', async () => {
    for (const reply of [
      new Response('<h1>Sorry</h1>', { status: 503 }),
      Response.json({ error: 'invalid_client' }, { status: 401 }),
    ]) {
      const { refresh, urls } = asking({}, reply, FINE)
      await refresh(KEPT)
      await refresh(KEPT)
      expect(urls()).toEqual([DOCUMENT.token_endpoint, DOCUMENT.token_endpoint])
    }
  })

  it('is the kept address all the same where the server cannot be asked, once at a time', async () => {
    const { refresh, urls } = asking({}, [404, {}], 'lost', 'lost', FINE)
    expect(await refresh(KEPT)).toMatchObject({ code: 'bad_response' })
    expect(await refresh(KEPT)).toMatchObject({ code: 'network', retryable: true })
    expect(await refresh(KEPT)).toMatchObject({ accessToken: 'access-1' })
    expect(urls()).toEqual([
      DOCUMENT.token_endpoint,
      OIDC_PATH,
      OAUTH_PATH,
      DOCUMENT.token_endpoint,
    ])
  })

  it('is asked again where nobody is heard at the kept address, whose name may be gone', async () => {
    const moved = { ...ENDPOINTS, token_endpoint: 'https://new.example/token' }
    const { refresh, urls } = asking({}, 'lost', [200, { ...moved, issuer: ISSUER }], FINE)
    expect(await refresh(KEPT)).toMatchObject({ code: 'network' })
    expect(await refresh(KEPT)).toMatchObject({ extras: { oidc: { server: moved } } })
    expect(urls()).toEqual([DOCUMENT.token_endpoint, OIDC_PATH, moved.token_endpoint])
  })

  it('is that address at once after an outage that leaves the issuer’s document behind', async () => {
    const { refresh, urls } = asking({}, 'lost', [503, {}], FINE, FINE)
    expect(await refresh(KEPT)).toMatchObject({ code: 'network' })
    expect(await refresh(KEPT)).toMatchObject({ accessToken: 'access-1' })
    expect(await refresh(KEPT)).toMatchObject({ accessToken: 'access-1' })
    const { token_endpoint: own } = DOCUMENT
    expect(urls()).toEqual([own, OIDC_PATH, own, own])
  })

  it('is asked once in an outage, and the token endpoint alone after that', async () => {
    const lost = Array.from({ length: 5 }, (): Reply => 'lost')
    const { refresh, urls } = asking({}, ...lost, FINE)
    for (let tries = 0; tries < 3; tries++) await refresh(KEPT)
    expect(await refresh(KEPT)).toMatchObject({ accessToken: 'access-1' })
    const { token_endpoint: own } = DOCUMENT
    expect(urls()).toEqual([own, OIDC_PATH, OAUTH_PATH, own, own, own])
  })

  it('is asked again where nobody is heard at an address that was found again after an outage', async () => {
    const moved = { ...ENDPOINTS, token_endpoint: 'https://new.example/token' }
    const outage: Reply[] = ['lost', 'lost', 'lost', 'lost']
    const { refresh, urls } = asking({}, ...outage, FINE, 'lost', [200, moved], FINE)
    for (let tries = 0; tries < 2; tries++) await refresh(KEPT)
    expect(await refresh(KEPT)).toMatchObject({ accessToken: 'access-1' })
    // Months later the name is gone.
    expect(await refresh(KEPT)).toMatchObject({ code: 'network' })
    expect(await refresh(KEPT)).toMatchObject({ extras: { oidc: { server: moved } } })
    expect(urls().slice(-3)).toEqual([DOCUMENT.token_endpoint, OIDC_PATH, moved.token_endpoint])
  })

  it('is not taken from what storage holds where tokens must not go there', async () => {
    const server = { ...DOCUMENT, token_endpoint: 'http://id.example/token' }
    const { refresh, urls } = asking({}, [200, DOCUMENT], FINE)
    await refresh({ ...KEPT, server })
    expect(urls()).toEqual([OIDC_PATH, DOCUMENT.token_endpoint])
  })

  it('is asked again after an outage', async () => {
    const { refresh } = asking({}, 'lost', 'lost', [503, {}], [200, DOCUMENT], FINE)
    expect(await refresh()).toMatchObject({ code: 'network' })
    expect(await refresh()).toMatchObject({ code: 'server_error' })
    expect(await refresh()).toMatchObject({ accessToken: 'access-1' })
  })

  it.each<readonly [string, () => Reply]>([
    ['another issuer’s document', () => [200, { ...DOCUMENT, issuer: 'https://id.example' }]],
    ['an issuer with one more slash', () => [200, { ...DOCUMENT, issuer: `${ISSUER}/` }]],
    ['no endpoints', () => [200, { issuer: ISSUER }]],
    ['an endpoint over http', () => [200, { ...DOCUMENT, token_endpoint: 'http://id.example/t' }]],
    [
      'an endpoint over http on this device',
      () => [200, { ...DOCUMENT, token_endpoint: 'http://localhost:8080/admin' }],
    ],
    [
      'an endpoint over http at an address of this device',
      () => [200, { ...DOCUMENT, userinfo_endpoint: 'http://127.0.0.1/t' }],
    ],
    [
      'a page whose query would be a fragment',
      () => [200, { ...DOCUMENT, authorization_endpoint: 'https://id.example/a#b' }],
    ],
    [
      'an address with a blank',
      () => [200, { ...DOCUMENT, token_endpoint: 'https://id.example/a b' }],
    ],
    ['endpoints that are no texts', () => [200, { ...DOCUMENT, token_endpoint: ['https://a.b'] }]],
    ['a page', () => new Response('<!doctype html>', { status: 200 })],
    ['megabytes', () => new Response(JSON.stringify({ ...DOCUMENT, x: 'x'.repeat(2 ** 21) }))],
    ['a list', () => [200, [DOCUMENT]]],
  ])('is not known from %s, and nothing is sent there', async (_name, reply) => {
    const { refresh, sent } = asking({}, reply(), reply())
    expect(await refresh()).toMatchObject({ code: 'bad_response', retryable: true })
    expect(sent.map(({ method }) => method)).toEqual(['GET', 'GET'])
  })
})
