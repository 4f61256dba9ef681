import { exportJWK, generateKeyPair, type JWK, SignJWT } from 'jose'
import type { OidcOptions } from '../../src/providers/oidc/index.js'
import { CALLBACK, DOCUMENT, ID_CLAIMS, oidcPage } from './oidc-wire.js'

/** A key of an issuer: what is published of it, and what signs by it. */
export interface IssuerKey {
  readonly jwk: JWK
  sign(claims: object, header?: object): Promise<string>
}

export async function makeKey(kid: string | undefined, alg = 'ES256'): Promise<IssuerKey> {
  const { privateKey, publicKey } = await generateKeyPair(alg)
  const name = kid === undefined ? {} : { kid }
  return {
    jwk: { ...(await exportJWK(publicKey)), ...name, alg, use: 'sig' },
    sign: (claims, header = {}) =>
      new SignJWT({ ...claims }).setProtectedHeader({ alg, ...name, ...header }).sign(privateKey),
  }
}

/** What the issuer tells of itself, with the place of its keys. */
export const SIGNING_DOCUMENT = {
  ...DOCUMENT,
  jwks_uri: 'https://id.example/jwks',
  id_token_signing_alg_values_supported: ['RS256', 'ES256', 'HS256', 'none'],
}

const coded = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token that nobody has signed: with this header, and no signature or this one. */
export const unsigned = (claims: object, header: object = { alg: 'none' }, mark = ''): string =>
  `${coded(header)}.${coded(claims)}.${mark}`

/** A tab with a client in it, and an issuer that signs; what it answers is decided by the test. */
export async function openIssuer(options: Partial<OidcOptions> = {}) {
  const key = await makeKey('key-1')
  /** `keys`: what is published; `outage`: what is answered instead. */
  const jwks = {
    keys: [key.jwk],
    asked: 0,
    /** Of each request, in order. */
    signals: [] as AbortSignal[],
    outage: null as (() => Promise<Response>) | null,
  }
  const answers: [number, object][] = []
  const sent: string[] = []
  let document: unknown = SIGNING_DOCUMENT
  const fetchBy: typeof fetch = async (input, init) => {
    const { url, signal } = new Request(input, init)
    sent.push(url)
    if (url === SIGNING_DOCUMENT.jwks_uri) {
      jwks.asked++
      jwks.signals.push(signal)
      return jwks.outage ? jwks.outage() : Response.json({ keys: jwks.keys })
    }
    if (url.includes('/.well-known/')) return Response.json(document)
    const [status, body] = answers.shift() ?? [500, {}]
    return Response.json(body, { status })
  }
  const page = oidcPage({ metadata: SIGNING_DOCUMENT, fetch: fetchBy, ...options })

  /** The claims of an id token of Ada's, with others instead. */
  const claimsOf = (changed: object = {}): object => ({ ...ID_CLAIMS, ...changed })

  /** What a token endpoint answers that gives this id token. */
  const bodyWith = (id_token: unknown, more: object = {}): object => ({
    access_token: 'access-1',
    refresh_token: 'refresh-1',
    expires_in: 60,
    token_type: 'Bearer',
    id_token,
    ...more,
  })

  /** Signs in, with the id token that `make` makes of the claims: by default a good one. */
  async function signIn(
    make: (claims: object) => Promise<unknown> | unknown = (claims) => key.sign(claims),
    more: object = {},
  ): Promise<unknown> {
    const { parameters } = await page.begin()
    const { state = '', nonce } = parameters
    answers.push([200, bodyWith(await make(claimsOf({ nonce })), more)])
    const back = await page.comeBack({ code: 'code-1', state })
    answers.length = 0
    return back
  }

  /** Refreshes, with the id token that `make` makes of the claims, which have no nonce. */
  async function refresh(
    make: (claims: object) => Promise<unknown> | unknown,
    more: object = {},
  ): Promise<unknown> {
    answers.push([200, bodyWith(await make(claimsOf()), { refresh_token: 'refresh-2', ...more })])
    return page.auth.refreshSession().catch((error: unknown) => error)
  }

  return {
    ...page,
    key,
    jwks,
    answers,
    bodyWith,
    claimsOf,
    asked: sent,
    signIn,
    refresh,
    callback: CALLBACK,
    tellOfItself(said: unknown) {
      document = said
    },
  }
}
