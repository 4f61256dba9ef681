import type { OidcServerOptions } from '../../../src/server/oidc/index.js'
import { makeKey, SIGNING_DOCUMENT } from '../../support/oidc-issuer.js'
import { ID_CLAIMS } from '../../support/oidc-wire.js'
import { CALLBACK, createOidcServerWorld } from './oidc-server-world.js'

/** What makes an id token of these claims. */
export type Make = (claims: object) => Promise<unknown> | unknown

/** An app with a backend and a browser, whose issuer signs; what that answers is decided by the test. */
export async function openSigningIssuer(options: Partial<OidcServerOptions> = {}) {
  const key = await makeKey('key-1')
  /** `keys`: what is published; `outage`: what is answered instead. */
  const jwks = { keys: [key.jwk], asked: 0, outage: null as (() => Promise<Response>) | null }
  const answers: [number, object][] = []
  const asked: string[] = []
  /** The tokens that were revoked. */
  const revoked: string[] = []
  const told = { document: SIGNING_DOCUMENT as object }
  const fetchBy: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    const { url } = request
    asked.push(url)
    if (url === SIGNING_DOCUMENT.revocation_endpoint) {
      revoked.push(new URLSearchParams(await request.text()).get('token') ?? '')
      return new Response()
    }
    if (url === SIGNING_DOCUMENT.jwks_uri) {
      jwks.asked++
      return jwks.outage ? jwks.outage() : Response.json({ keys: jwks.keys })
    }
    if (url.includes('/.well-known/')) return Response.json(told.document)
    const [status, body] = answers.shift() ?? [500, {}]
    return Response.json(body, { status })
  }
  const { issuer } = SIGNING_DOCUMENT
  const world = createOidcServerWorld({
    oidc: { issuer, clientId: 'app', metadata: SIGNING_DOCUMENT, fetch: fetchBy, ...options },
  })

  /** Begins a sign-in; its state, and the nonce that its id token must have. */
  async function begin() {
    const answer = await world.send('/auth/sign-in')
    const { searchParams } = new URL(answer.headers.get('location') ?? 'about:blank')
    const { state = '', nonce } = Object.fromEntries(searchParams)
    return { state, nonce, answer }
  }

  /** Comes back with these fields; how it ended. */
  const comeBack = (fields: Readonly<Record<string, string>>): Promise<Response> =>
    world.comeBack(new URL(`${CALLBACK}?${new URLSearchParams(fields)}`))

  /** What a token endpoint answers that gives this id token. */
  const bodyWith = (id_token: unknown, more: object = {}): object => ({
    access_token: 'access-1',
    refresh_token: 'refresh-1',
    expires_in: 60,
    token_type: 'Bearer',
    id_token,
    ...more,
  })

  /** The claims of an id token of Ada's, with others instead. */
  const claimsOf = (changed: object = {}): object => ({ ...ID_CLAIMS, ...changed })

  const good: Make = (claims) => key.sign(claims)

  let signIns = 0
  async function signIn(make = good): Promise<Response> {
    const { state, nonce } = await begin()
    const more = { refresh_token: `refresh-1.${++signIns}` }
    answers.push([200, bodyWith(await make(claimsOf({ nonce })), more)])
    const back = await comeBack({ code: 'code-1', state })
    answers.length = 0
    return back
  }

  async function refresh(make = good, more: object = {}): Promise<Response> {
    answers.push([200, bodyWith(await make(claimsOf()), { refresh_token: 'refresh-2', ...more })])
    const answer = await world.call('/auth/refresh', 'POST')
    answers.length = 0
    return answer
  }

  /** Who is signed in in this browser. */
  async function whoIs() {
    return (await world.sessions.getSession(world.jar.header())).session?.user
  }

  /** Signs out; the id token and the refresh token that the session had. */
  async function signOut() {
    const { logoutUrl } = await (await world.call('/auth/sign-out', 'POST')).json()
    return {
      idToken: new URL(logoutUrl).searchParams.get('id_token_hint'),
      refreshToken: revoked.at(-1),
    }
  }

  return {
    ...world,
    ...{
      key,
      jwks,
      answers,
      asked,
      revoked,
      told,
      begin,
      comeBack,
      bodyWith,
      claimsOf,
      signIn,
      refresh,
      whoIs,
      signOut,
    },
  }
}
