import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createScriptedOidc, type ScriptedOidcOptions } from '../../../src/testing/index.js'

const CALLBACK = 'http://localhost:3000/callback'
const ISSUER = 'https://id.example'
/** RFC 7636, appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

type Claims = Readonly<Record<string, unknown>>

let proofs = 0

/** A key, and the proofs that jose makes with it. */
async function createKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const prove = (claims: Claims, head: object = {}): Promise<string> =>
    new SignJWT({ jti: `jti-${proofs++}`, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...head })
      .sign(privateKey)
  return { jkt: await calculateJwkThumbprint(jwk), prove }
}

type Key = Awaited<ReturnType<typeof createKey>>

const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')

/** A scripted server that takes proofs, and a client of it that is made of plain requests. */
async function createLab(options: ScriptedOidcOptions = {}) {
  const time = { now: 1_700_000_000_000 }
  const clock = { now: () => time.now }
  const server = createScriptedOidc({ clock, signing: 'digest', dpop: {}, ...options })
  const [key, other] = [await createKey(), await createKey()]
  const iat = (): number => time.now / 1000

  async function read(response: Response) {
    const text = await response.text()
    const body = text.startsWith('{') ? JSON.parse(text) : {}
    const { status, headers } = response
    const told = body.error ?? body.token_type ?? Object.keys(body)[0] ?? ''
    return { line: [status, told, body.error_description ?? ''].join(' ').trim(), headers, body }
  }

  async function post(form: Readonly<Record<string, string>>, proof?: string) {
    const init = {
      method: 'POST',
      body: new URLSearchParams({ client_id: 'app', ...form }),
      headers: { ...(proof && { dpop: proof }) },
    }
    return read(await server.fetch(`${ISSUER}/token`, init))
  }

  /** A proof for the token endpoint. */
  const forToken = (claims: Claims = {}, by: Key = key): Promise<string> =>
    by.prove({ htm: 'POST', htu: `${ISSUER}/token`, iat: iat(), ...claims })

  async function codeFor(jkt?: string): Promise<string> {
    const query = new URLSearchParams({
      client_id: 'app',
      redirect_uri: CALLBACK,
      response_type: 'code',
      scope: 'openid offline_access',
      state: 'state',
      code_challenge: CHALLENGE,
      code_challenge_method: 'S256',
      ...(jkt && { dpop_jkt: jkt }),
    })
    const page = await server.fetch(`${ISSUER}/auth?${query}`, { redirect: 'manual' })
    return new URL(page.headers.get('location') ?? '').searchParams.get('code') ?? ''
  }

  const codeGrant = (code: string, proof?: string) =>
    post(
      {
        grant_type: 'authorization_code',
        code,
        redirect_uri: CALLBACK,
        code_verifier: VERIFIER,
      },
      proof,
    )
  const refresh = (token: string, proof?: string) =>
    post({ grant_type: 'refresh_token', refresh_token: token }, proof)

  /** Asks userinfo, or an API at `url`. */
  async function ask(authorization: string, proof?: string, url = `${ISSUER}/me`) {
    const request = new Request(url, { headers: { authorization, ...(proof && { dpop: proof }) } })
    const answer = url.startsWith(ISSUER)
      ? server.fetch(request)
      : server.guard(request, () => Response.json({ invoices: 1 }))
    return read(await answer)
  }

  async function signIn() {
    const { body } = await codeGrant(await codeFor(key.jkt), await forToken())
    return { access: String(body.access_token), refresh: String(body.refresh_token), body }
  }

  /** A proof for a resource. */
  const forResource = async (token: string, claims: Claims = {}, url = `${ISSUER}/me`) =>
    key.prove({ htm: 'GET', htu: url, iat: iat(), ath: await sha256(token), ...claims })

  return {
    server,
    time,
    key,
    other,
    iat,
    codeFor,
    codeGrant,
    refresh,
    ask,
    signIn,
    forToken,
    forResource,
  }
}

/**
 * What the real servers answered, by what they were asked: oidc-provider 9.13.3 without nonces and
 * with, and Keycloak 26.7.3.
 */
const CAPTURED = {
  'oidc-provider': {
    options: { manners: 'oidc-provider' },
    answers: {
      'code grant': '200 DPoP',
      'refresh without proof': '400 invalid_grant grant request is invalid',
      'refresh with another key': '400 invalid_grant grant request is invalid',
      refresh: '200 DPoP',
      'the refresh token after it': 'same token',
      'the same proof again': '400 invalid_grant grant request is invalid',
      'userinfo as Bearer': '401 invalid_token invalid token provided',
      'userinfo with proof': '200 sub',
    },
  },
  'oidc-provider with nonces': {
    options: { manners: 'oidc-provider', dpop: { nonces: 'everywhere' } },
    answers: {
      'code grant': '400 use_dpop_nonce nonce is required in the DPoP proof',
      'code grant with nonce': '200 DPoP',
      'refresh without proof': '400 invalid_grant grant request is invalid',
      'refresh with another key': '400 invalid_grant grant request is invalid',
      'proof with iat a day off': '200 DPoP',
      'stale nonce': '400 use_dpop_nonce invalid nonce in DPoP proof',
      refresh: '200 DPoP',
      'the refresh token after it': 'same token',
      'the same proof again': '400 invalid_grant grant request is invalid',
      'userinfo as Bearer': '401 invalid_token invalid token provided',
      'userinfo with proof': '200 sub',
    },
  },
  keycloak: {
    options: { manners: 'keycloak' },
    answers: {
      'code grant': '200 DPoP',
      'refresh without proof': '400 invalid_request DPoP proof is missing',
      'refresh with another key': "400 invalid_grant DPoP confirmation doesn't match DPoP proof",
      'proof with iat a day off': '400 invalid_request DPoP proof is not active',
      refresh: '200 DPoP',
      'the refresh token after it': 'new token',
      'the same proof again': '400 invalid_request DPoP proof has already been used',
      'userinfo with proof': '200 sub',
    },
  },
} as const satisfies Readonly<
  Record<
    string,
    { readonly options: ScriptedOidcOptions; readonly answers: Readonly<Record<string, string>> }
  >
>

/** All that the real servers were asked, in order. */
async function story(options: ScriptedOidcOptions): Promise<Readonly<Record<string, string>>> {
  const lab = await createLab(options)
  const { codeFor, codeGrant, refresh, ask, forToken, forResource, other, iat } = lab
  const seen: Record<string, string> = {}
  const code = await codeFor()
  const first = await codeGrant(code, await forToken())
  seen['code grant'] = first.line
  const nonce = first.headers.get('dpop-nonce') ?? undefined
  const granted = nonce ? await codeGrant(code, await forToken({ nonce })) : first
  if (nonce) seen['code grant with nonce'] = granted.line
  const { refresh_token: token, access_token: access } = granted.body
  const note = async (step: string, proof?: string) => {
    const answer = await refresh(token, proof)
    seen[step] = answer.line
    return answer.body
  }
  await note('refresh without proof')
  await note('refresh with another key', await forToken({ nonce }, other))
  await note('proof with iat a day off', await forToken({ nonce, iat: iat() - 86_400 }))
  await note('stale nonce', await forToken({ nonce: 'stale' }))
  const proof = await forToken({ nonce })
  const next = (await note('refresh', proof)).refresh_token
  seen['the refresh token after it'] = next === token ? 'same token' : 'new token'
  await note('the same proof again', proof)
  seen['userinfo as Bearer'] = (await ask(`Bearer ${access}`)).line
  const proved = await ask(`DPoP ${access}`, await forResource(access, { nonce }))
  seen['userinfo with proof'] = proved.line
  return seen
}

describe.each(Object.entries(CAPTURED))('asked for proofs as the real %s was', (_, captured) => {
  const run = story(captured.options)

  it.each(Object.entries(captured.answers))('it answers alike: %s', async (step, answer) => {
    expect((await run)[step]).toBe(answer)
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
