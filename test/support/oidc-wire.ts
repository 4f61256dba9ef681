import { AuthClient } from '../../src/index.js'
import { type OidcOptions, oidc } from '../../src/providers/oidc/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { jwt, type Reply } from './wire.js'

export const ISSUER = 'https://id.example/realms/one'
export const CALLBACK = 'https://app.example/callback'

/** What the server tells of itself. */
export const DOCUMENT = {
  issuer: ISSUER,
  authorization_endpoint: 'https://id.example/authorize',
  token_endpoint: 'https://id.example/token/?tenant=one',
  userinfo_endpoint: 'https://id.example/userinfo',
  revocation_endpoint: 'https://id.example/revoke',
  end_session_endpoint: 'https://id.example/logout?realm=one',
}

/** What a session keeps of it. */
export const ENDPOINTS = DOCUMENT

/** The claims of an id token of Ada's. */
export const ID_CLAIMS = { iss: ISSUER, aud: 'app', sub: 'ada', iat: 1_000, exp: 1_060 }

/** An answer of the token endpoint with an id token of these claims. */
export const tokenBody = (claims: Readonly<Record<string, unknown>> = {}) => ({
  access_token: 'access-1',
  refresh_token: 'refresh-1',
  expires_in: 60,
  token_type: 'Bearer',
  scope: 'openid profile',
  id_token: jwt({ ...ID_CLAIMS, ...claims }),
})

/** One request as it left. */
export interface SentToOidc {
  readonly method: string
  readonly url: string
  readonly headers: Headers
  readonly form: Readonly<Record<string, string>>
  readonly keepalive: boolean
}

/** A `fetch` that records what is sent, and answers by hand, in order. */
export function answering(...replies: Reply[]) {
  const sent: SentToOidc[] = []
  const fetchBy: typeof fetch = async (input, init) => {
    const request = new Request(input, init)
    sent.push({
      method: request.method,
      url: request.url,
      headers: request.headers,
      form: Object.fromEntries(new URLSearchParams(await request.text())),
      keepalive: request.keepalive,
    })
    const reply = replies.shift()
    if (reply === undefined) throw new Error(`No reply was prepared for ${request.url}.`)
    if (reply === 'lost') throw new TypeError('fetch failed')
    if (reply instanceof Response) return reply
    return new Response(JSON.stringify(reply[1]), { status: reply[0] })
  }
  return { sent, fetch: fetchBy, replies }
}

/** A provider whose requests are recorded and answered by hand. It knows its endpoints. */
export function oidcWire(options: Partial<OidcOptions>, ...replies: Reply[]) {
  const { sent, fetch } = answering(...replies)
  const provider = oidc({
    issuer: ISSUER,
    clientId: 'app',
    redirectUri: CALLBACK,
    metadata: DOCUMENT,
    fetch,
    ...options,
  })
  return { provider, sent }
}

/** A tab with a client in it, whose server answers by hand. */
export function oidcPage(options: Partial<OidcOptions>, ...given: Reply[]) {
  const { sent, fetch, replies } = answering(...given)
  const browser = createFakeBrowser()
  const tab = browser.tab({ href: 'https://app.example/start' })
  const provider = oidc({
    issuer: ISSUER,
    clientId: 'app',
    redirectUri: CALLBACK,
    metadata: DOCUMENT,
    fetch,
    ...options,
  })
  const { storage, environment } = tab
  const auth = new AuthClient({ provider, storage, environment })
  const ends: unknown[] = []
  auth.onAuthStateChange((event, _session, detail) => {
    if (event === 'SIGNED_OUT' && 'reason' in detail) ends.push([detail.reason, detail.error])
  })

  /** Begins a sign-in; the parameters that the server is asked with. */
  async function begin(wish?: Parameters<typeof auth.actions.signInUrl>[0]) {
    const url = new URL(await auth.actions.signInUrl(wish))
    return { url, parameters: Object.fromEntries(url.searchParams) }
  }

  /** Comes back from the server with these fields in the address. */
  function comeBack(fields: Readonly<Record<string, string>>): Promise<unknown> {
    tab.navigate(`${CALLBACK}?${new URLSearchParams(fields)}`)
    return auth.actions.handleRedirect().catch((error: unknown) => error)
  }

  /** Signs Ada in; what her tokens say besides is given. */
  async function signIn(
    claims: Readonly<Record<string, unknown>> = {},
    wish?: Parameters<typeof auth.actions.signInUrl>[0],
  ) {
    const { parameters } = await begin(wish)
    const { state = '', nonce } = parameters
    replies.unshift([200, tokenBody({ nonce, ...claims })])
    return comeBack({ code: 'code-1', state })
  }

  return { browser, tab, auth, provider, sent, replies, ends, begin, comeBack, signIn }
}
