import { calculateJwkThumbprint, exportJWK, generateKeyPair, SignJWT } from 'jose'
import { createScriptedOidc, type ScriptedOidcOptions } from '../../../src/testing/index.js'

const CALLBACK = 'http://localhost:3000/callback'
export const ISSUER = 'https://id.example'
/** RFC 7636, appendix B. */
const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
const CHALLENGE = 'E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM'

export type Claims = Readonly<Record<string, unknown>>

let proofs = 0

/** A key, and the proofs that jose makes with it. */
export async function createKey() {
  const { privateKey, publicKey } = await generateKeyPair('ES256')
  const jwk = await exportJWK(publicKey)
  const prove = (claims: Claims, head: object = {}): Promise<string> =>
    new SignJWT({ jti: `jti-${proofs++}`, ...claims })
      .setProtectedHeader({ alg: 'ES256', typ: 'dpop+jwt', jwk, ...head })
      .sign(privateKey)
  return { jkt: await calculateJwkThumbprint(jwk), prove }
}

export type Key = Awaited<ReturnType<typeof createKey>>

const sha256 = async (text: string): Promise<string> =>
  Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(text))).toString('base64url')

/** A scripted server that takes proofs, and a client of it that is made of plain requests. */
export async function createLab(
  options: ScriptedOidcOptions = {},
  scope = 'openid offline_access',
) {
  const time = { now: 1_700_000_000_000 }
  const clock = { now: () => time.now }
  const server = createScriptedOidc({ clock, signing: 'digest', dpop: {}, ...options })
  const [key, other] = [await createKey(), await createKey()]
  const iat = (): number => time.now / 1000

  async function read(response: Response) {
    const text = await response.text()
    const body = text.startsWith('{') ? JSON.parse(text) : {}
    const { status, headers } = response
    const challenge = headers.get('www-authenticate') ?? ''
    const inHeader = (name: string): string => challenge.match(`${name}="([^"]*)"`)?.[1] ?? ''
    const told = body.error ?? body.token_type ?? Object.keys(body)[0] ?? inHeader('error')
    const why = body.error_description ?? inHeader('error_description')
    return { line: [status, told, why].filter(Boolean).join(' '), challenge, headers, body }
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
      scope,
      prompt: 'consent',
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

/** As the client of Keycloak was registered: its refusals of requests without a proof say so. */
const BOUND: Pick<ScriptedOidcOptions, 'clients'> = {
  clients: [{ id: 'app', boundAccessTokens: true }],
}

/** The servers that were asked for proofs, and how the scripted one is made to be each. */
export const SERVERS: Readonly<Record<string, ScriptedOidcOptions & { readonly scope?: string }>> =
  {
    'oidc-provider': { manners: 'oidc-provider', dpop: { nonces: 'offered' } },
    'oidc-provider-norotate': {
      manners: 'oidc-provider',
      rotation: { type: 'off' },
      dpop: { nonces: 'offered' },
    },
    'oidc-provider-nonces': { manners: 'oidc-provider', dpop: { nonces: 'everywhere' } },
    keycloak: { ...BOUND, manners: 'keycloak', scope: 'openid' },
    'keycloak-rotating': {
      ...BOUND,
      manners: 'keycloak',
      rotation: { type: 'on' },
      scope: 'openid',
    },
    'keycloak-reuse-1': {
      ...BOUND,
      manners: 'keycloak',
      rotation: { type: 'on', reuses: 1 },
      scope: 'openid',
    },
    'keycloak-offline': { ...BOUND, manners: 'keycloak' },
    'keycloak-rotating-offline': { ...BOUND, manners: 'keycloak', rotation: { type: 'on' } },
    'keycloak-reuse-1-offline': {
      ...BOUND,
      manners: 'keycloak',
      rotation: { type: 'on', reuses: 1 },
    },
  }

/** All that the real servers were asked about proofs, in order; what was answered, by its step. */
export async function story({
  scope,
  ...options
}: ScriptedOidcOptions & { readonly scope?: string }): Promise<ReadonlyMap<string, string>> {
  const lab = await createLab(options, scope)
  const { codeFor, codeGrant, refresh, ask, forToken, forResource, other, iat } = lab
  const seen = new Map<string, string>()
  type Answer = Awaited<ReturnType<typeof ask>>
  const note = (step: string, { line, challenge, headers, body }: Answer) => {
    const [scheme = ''] = challenge.split(' ')
    const [status, ...words] = line.split(' ')
    const told = [status, scheme, ...words].filter(Boolean).join(' ')
    seen.set(`dpop: ${step}`, headers.has('dpop-nonce') ? `${told}, and a nonce` : told)
    return body
  }
  const code = await codeFor()
  const first = await codeGrant(code, await forToken())
  note('code grant', first)
  const nonce = first.headers.get('dpop-nonce') ?? undefined
  const again = first.line.startsWith('400')
  const granted = again ? await codeGrant(code, await forToken({ nonce })) : first
  if (again) note('code grant with nonce', granted)
  const { refresh_token: token, access_token: access } = granted.body
  note('refresh without proof', await refresh(token))
  note('refresh with another key', await refresh(token, await forToken({ nonce }, other)))
  const late = await forToken({ nonce, iat: iat() - 86_400 })
  note('proof with iat a day off', await refresh(token, late))
  note('stale nonce', await refresh(token, await forToken({ nonce: 'stale' })))
  const proof = await forToken({ nonce })
  const next: unknown = note('refresh', await refresh(token, proof)).refresh_token
  const same = next === token ? 'same token' : 'new token'
  seen.set('dpop: refresh, rotated', next === undefined ? 'no rt' : same)
  note('the same proof again', await refresh(token, proof))
  note('userinfo as Bearer', await ask(`Bearer ${access}`))
  note('userinfo with proof', await ask(`DPoP ${access}`, await forResource(access, { nonce })))
  return seen
}

/** Those of them that were asked all else too. */
export const PROVED_SERVERS: readonly string[] = Object.keys(SERVERS).filter(
  (name) => name !== 'oidc-provider-nonces',
)
