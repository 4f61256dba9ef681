import { describe, expect, it } from 'vitest'
import type { ScriptedOidcOptions } from '../../../src/testing/index.js'
import { capture } from './captured.js'
import {
  type Claims,
  createKey,
  createLab,
  ISSUER,
  type Key,
  SERVERS,
  story,
} from './dpop-story.js'

describe.each(Object.keys(SERVERS))('asked for proofs as the real %s was', (name) => {
  const run = story(SERVERS[name] ?? {})

  it.each([...capture(`dpop/${name}`)])('it answers alike: %s', async (step, answer) => {
    expect((await run).get(step)).toBe(answer)
  })

  it('it was asked nothing else', async () => {
    expect([...(await run).keys()]).toEqual([...capture(`dpop/${name}`).keys()])
  })
})

describe('the scripted server', () => {
  it('announces that it takes proofs where it does, and lets pages send them', async () => {
    const told = async (options: ScriptedOidcOptions) => {
      const { server } = await createLab(options)
      const document = await server.fetch(`${ISSUER}/.well-known/openid-configuration`)
      const preflight = new Request(`${ISSUER}/token`, {
        method: 'OPTIONS',
        headers: { origin: 'https://app.example' },
      })
      const { headers } = await server.fetch(preflight)
      return [
        (await document.json()).dpop_signing_alg_values_supported,
        headers.get('access-control-allow-headers'),
      ]
    }
    expect(await told({})).toEqual([['ES256'], 'Authorization, Content-Type, DPoP'])
    expect(await told({ dpop: undefined })).toEqual([undefined, 'Authorization, Content-Type'])
  })

  it.each<readonly [string, Claims, string]>([
    ['for another method', { htm: 'GET' }, 'DPoP proof htm mismatch'],
    ['for another address', { htu: 'https://other.example/token' }, 'DPoP proof htu mismatch'],
    ['for an address with a query', { htu: `${ISSUER}/token?a=b` }, 'DPoP proof htu mismatch'],
    ['for an access token', { ath: 'x' }, 'DPoP proof ath mismatch'],
    ['that is too old', { iat: 1_699_999_699 }, 'DPoP proof iat is not recent enough'],
    ['from the future', { iat: 1_700_000_301 }, 'DPoP proof iat is not recent enough'],
    ['without a time', { iat: undefined }, 'DPoP proof iat is not recent enough'],
  ])('refuses a proof %s', async (_, claims, description) => {
    const { codeFor, codeGrant, forToken } = await createLab()
    const { body } = await codeGrant(await codeFor(), await forToken(claims))
    expect(body).toEqual({ error: 'invalid_dpop_proof', error_description: description })
  })

  it.each<readonly [string, (key: Key, claims: Claims) => Promise<string>]>([
    ['of another type', (key, claims) => key.prove(claims, { typ: 'JWT' })],
    ['without its key', (key, claims) => key.prove(claims, { jwk: undefined })],
    [
      'with somebody else’s key',
      async (key, claims) => {
        const [, body, mark] = (await key.prove(claims)).split('.')
        const [head] = (await (await createKey()).prove(claims)).split('.')
        return [head, body, mark].join('.')
      },
    ],
    ['that is no JWT', async () => 'text'],
  ])('refuses a proof %s', async (_, make) => {
    const { codeFor, codeGrant, key, iat } = await createLab()
    const proof = await make(key, { htm: 'POST', htu: `${ISSUER}/token`, iat: iat() })
    const { body } = await codeGrant(await codeFor(), proof)
    expect(body).toMatchObject({ error: 'invalid_dpop_proof' })
  })

  it('redeems a code that is bound to a key for that key alone', async () => {
    const { codeFor, codeGrant, forToken, key, other } = await createLab()
    const code = await codeFor(key.jkt)
    expect((await codeGrant(code)).line).toMatch(/^400 invalid_grant/)
    expect((await codeGrant(code, await forToken({}, other))).line).toMatch(/^400 invalid_grant/)
    expect((await codeGrant(code, await forToken())).line).toBe('200 DPoP')
  })

  it('gives a client whose tokens must all be bound none without a proof', async () => {
    const { codeFor, codeGrant, forToken } = await createLab({
      clients: [{ id: 'app', boundAccessTokens: true }],
    })
    const code = await codeFor()
    expect((await codeGrant(code)).line).toBe('400 invalid_grant grant request is invalid')
    expect((await codeGrant(code, await forToken())).line).toBe('200 DPoP')
  })

  it('challenges those who ask an API without the right proof (RFC 9449 §7.1)', async () => {
    const { signIn, ask, forResource } = await createLab({ dpop: { nonces: 'resources' } })
    const api = 'https://api.example/invoices'
    const { access } = await signIn()
    const dpop = `DPoP ${access}`
    const challenged = await ask(dpop, await forResource(access, {}, api), api)
    expect(challenged.line).toMatch(/^401 use_dpop_nonce/)
    expect(challenged.headers.get('www-authenticate')).toMatch(/^DPoP error="use_dpop_nonce"/)
    const nonce = challenged.headers.get('dpop-nonce')
    const good = await forResource(access, { nonce }, api)
    expect((await ask(dpop, good, api)).line).toBe('200 invoices')
    expect((await ask(dpop, good, api)).line).toMatch(/^401 invalid_token/)
    expect((await ask(dpop, undefined, api)).line).toMatch(/^400 invalid_request/)
    const fresh = await forResource(access, { nonce }, api)
    expect((await ask(`Bearer ${access}`, fresh, api)).line).toMatch(/^401 invalid_token/)
    const wrong = await forResource('another token', { nonce }, api)
    expect((await ask(dpop, wrong, api)).line).toMatch(/^401 invalid_dpop_proof/)
    expect((await ask('Bearer unknown', undefined, api)).line).toMatch(/^401/)
  })

  it('gives out new nonces in time, takes the one before, and tells of the new one', async () => {
    const dpop = { nonces: 'token', nonceLifetime: 60_000 } as const
    const { codeFor, codeGrant, refresh, forToken, time } = await createLab({ dpop })
    const code = await codeFor()
    const nonce = (await codeGrant(code, await forToken())).headers.get('dpop-nonce')
    const { body, headers } = await codeGrant(code, await forToken({ nonce }))
    expect(headers.get('dpop-nonce')).toBeNull()
    time.now += 60_000
    const later = await refresh(body.refresh_token, await forToken({ nonce }))
    expect(later.line).toBe('200 DPoP')
    expect(later.headers.get('dpop-nonce')).not.toBe(nonce)
    time.now += 60_000
    const late = await refresh(body.refresh_token, await forToken({ nonce }))
    expect(late.line).toMatch(/^400 use_dpop_nonce/)
  })

  it('lets pages read what the real server does', async () => {
    const exposed = async (manners: 'oidc-provider' | 'keycloak') =>
      (await (await createLab({ manners })).refresh('x')).headers.get(
        'access-control-expose-headers',
      )
    expect(await exposed('oidc-provider')).toBe('DPoP-Nonce,WWW-Authenticate')
    expect(await exposed('keycloak')).toBeNull()
  })

  it.each<readonly [NonNullable<ScriptedOidcOptions['manners']>, boolean]>([
    ['oidc-provider', true],
    ['keycloak', true],
    ['spring', true],
    ['hydra', false],
    ['zitadel', false],
  ])('lets pages send proofs as the real %s does: %s', async (manners, may) => {
    const { server } = await createLab({ manners })
    const headers = { origin: 'https://app.example', 'access-control-request-headers': 'dpop' }
    const preflight = new Request(`${ISSUER}/token`, { method: 'OPTIONS', headers })
    const allowed = (await server.fetch(preflight)).headers.get('access-control-allow-headers')
    expect(/dpop/i.test(allowed ?? '')).toBe(may)
  })

  it('takes a bound token without a proof for a dead one, as Keycloak does where its client may have others', async () => {
    const { signIn, refresh } = await createLab({ manners: 'keycloak' })
    const { refresh: token } = await signIn()
    expect((await refresh(token)).line).toBe('400 invalid_grant DPoP proof is missing')
  })

  it('says that a nonce would do where an old proof holds none, and that it knows none where it gives none', async () => {
    const old = { iat: 1_699_999_699 }
    const offers = await createLab({ dpop: { nonces: 'offered' } })
    const refused = await offers.codeGrant(await offers.codeFor(), await offers.forToken(old))
    expect(refused.line).toMatch(/^400 use_dpop_nonce DPoP proof iat is not recent enough/)
    const nonce = refused.headers.get('dpop-nonce')
    const taken = await offers.forToken({ ...old, nonce })
    expect((await offers.codeGrant(await offers.codeFor(), taken)).line).toBe('200 DPoP')
    const none = await createLab()
    const needless = await none.forToken({ nonce: 'x' })
    expect((await none.codeGrant(await none.codeFor(), needless)).line).toBe(
      '400 invalid_dpop_proof DPoP nonces are not supported',
    )
  })

  it('names the key in its tokens, and to those who look them up', async () => {
    const clients = [{ id: 'app' }, { id: 'web', secret: 'web-secret' }]
    const { signIn, server, key } = await createLab({ manners: 'keycloak', clients })
    const { access } = await signIn()
    const payload = JSON.parse(Buffer.from(access.split('.')[1] ?? '', 'base64url').toString())
    expect(payload.cnf).toEqual({ jkt: key.jkt })
    const body = new URLSearchParams({
      token: access,
      client_id: 'web',
      client_secret: 'web-secret',
    })
    const answer = await server.fetch(`${ISSUER}/token/introspection`, { method: 'POST', body })
    expect(await answer.json()).toMatchObject({ active: true, cnf: { jkt: key.jkt } })
  })
})
