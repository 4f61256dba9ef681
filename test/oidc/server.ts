import type { IncomingMessage, ServerResponse } from 'node:http'
import { exportJWK, generateKeyPair, type JWK } from 'jose'
import Provider, {
  type AdapterFactory,
  type ClientMetadata,
  type Configuration,
  errors,
  type KoaContextWithOIDC,
  type ResourceServer,
} from 'oidc-provider'
import { listen } from '../support/node-server.js'
import { createMemory } from './memory.js'

const APP = 'https://app.example'
export const CALLBACK = `${APP}/callback`
export const BYE = `${APP}/bye`
export const WEB = { clientId: 'web', clientSecret: 'a-secret-of-the-confidential-client' }

/** How the real server is set up. */
export interface RealOidcOptions {
  readonly rotating: boolean
  /** In s. */
  readonly accessTokenLifetime?: number
  /** Whether proofs must hold its nonces, or may; by default it has none. */
  readonly nonces?: 'required' | 'offered' | undefined
  /** The origin of the pages that use it; without one they are nobody's. */
  readonly app?: string
  /** Where the world finds it, when something stands before it. */
  readonly issuer?: string
  /** Whether it takes only sign-ins that were pushed (RFC 9126). */
  readonly pushed?: boolean
  /** Further clients. */
  readonly clients?: readonly ClientMetadata[]
  /** Whether it tells its clients of the end of sessions. */
  readonly backChannelLogout?: boolean
  /** An API (RFC 8707), whose access tokens are JWTs. */
  readonly api?: string
}

/** What may change while it runs, and what stays when it starts anew. */
interface Running {
  readonly memory: AdapterFactory
  down: boolean
  /** In s. */
  lifetime: number
  /** The newest first. */
  keys: readonly JWK[]
}

/** A request for tokens as the server saw it. */
export interface TokenRequest {
  readonly at: number
  readonly token: string | null
  status: number
}

/** The right to all scopes for whoever is signed in. */
async function grantAll({
  oidc,
}: KoaContextWithOIDC): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { client, session, provider } = oidc
  if (!client || !session?.accountId) return undefined
  const known = session.grantIdFor(client.clientId)
  if (known) return provider.Grant.find(known)
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope('openid profile email offline_access')
  await grant.save()
  return grant
}

/** A key to sign with, which no server before it had. */
async function makeKey(): Promise<JWK> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  return { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }
}

/** The API that an access token may be for. @throws InvalidTarget for another one. */
function toApi(asked: string, api: string | undefined, lifetime: number): ResourceServer {
  if (asked !== api) throw new errors.InvalidTarget()
  const jwt = { sign: { alg: 'ES256' } } as const
  return { scope: '', audience: api, accessTokenFormat: 'jwt', accessTokenTTL: lifetime, jwt }
}

function configuration(options: RealOidcOptions, running: Running): Configuration {
  const { rotating, app = APP, pushed = false, api, nonces, clients = [] } = options
  const shared = {
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [`${app}/callback`],
    post_logout_redirect_uris: [`${app}/bye`],
  }
  return {
    adapter: running.memory,
    clients: [
      { ...shared, client_id: 'spa', token_endpoint_auth_method: 'none' },
      { ...shared, client_id: WEB.clientId, client_secret: WEB.clientSecret },
      ...clients,
    ],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    conformIdTokenClaims: false,
    cookies: { keys: ['the key of the cookies of a test'] },
    features: {
      backchannelLogout: { enabled: options.backChannelLogout === true },
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      dPoP: {
        enabled: true,
        requireNonce: () => nonces === 'required',
        ...(nonces && { nonceSecret: Buffer.alloc(32, 'the nonces of a test') }),
      },
      introspection: { enabled: true },
      pushedAuthorizationRequests: { enabled: true, requirePushedAuthorizationRequests: pushed },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo: (_, asked) => toApi(asked, api, running.lifetime),
      },
      revocation: { enabled: true },
      rpInitiatedLogout: {
        enabled: true,
        // That of oidc-provider asks for fonts from elsewhere.
        logoutSource(ctx, form) {
          const button = '<button form="op.logoutForm" name="logout" value="yes">Yes</button>'
          ctx.body = `<!doctype html>${form}${button}`
        },
      },
    },
    // Its own refuses addresses of this device, which is where its clients are.
    fetch: (url, options) => fetch(url, Object.assign({}, options, { dispatcher: undefined })),
    findAccount: (_, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, name: 'Ada', email: 'ada@example.com' }),
    }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    jwks: { keys: [...running.keys] },
    loadExistingGrant: grantAll,
    rotateRefreshToken: rotating,
    ttl: {
      AccessToken: () => running.lifetime,
      Grant: 3_600,
      IdToken: 60,
      Interaction: 600,
      RefreshToken: 3_600,
      Session: 3_600,
    },
  }
}

/** Whoever comes to sign in is Ada, and agrees; with the hint `nobody` she does not. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  const { prompt, params, session, grantId } = await provider.interactionDetails(request, response)
  if (params.login_hint === 'nobody') {
    const error_description = 'Ada said no.'
    const refusal = { error: 'access_denied', error_description }
    return provider.interactionFinished(request, response, refusal)
  }
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'ada' } })
  }
  const accountId = session?.accountId ?? 'ada'
  // As most do: what one client may of one person is one grant, for all sign-ins of a browser.
  const known = grantId === undefined ? undefined : await provider.Grant.find(grantId)
  const grant = known ?? new provider.Grant({ clientId: String(params.client_id), accountId })
  grant.addOIDCScope(String(params.scope))
  return provider.interactionFinished(request, response, {
    consent: { grantId: await grant.save() },
  })
}

/** Starts a real `oidc-provider` on a free port of the loopback. */
export async function startOidc(options: RealOidcOptions) {
  const { accessTokenLifetime: lifetime = 60 } = options
  const keys = [await makeKey()]
  const running: Running = { memory: createMemory(), down: false, lifetime, keys }
  const requests: TokenRequest[] = []
  let serve = async (_: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.writeHead(503).end()
  }
  const server = await listen((request, response) => serve(request, response))
  const { issuer = server.origin } = options

  function note(params: KoaContextWithOIDC['oidc']['params'], status: number): void {
    if (params?.grant_type !== 'refresh_token') return
    const { refresh_token: token } = params
    requests.push({ at: Date.now(), token: typeof token === 'string' ? token : null, status })
  }

  /** Starts it, or starts it anew. */
  function start(): void {
    const provider = new Provider(issuer, configuration(options, running))
    const answer = provider.callback()
    provider.on('grant.success', ({ oidc }) => note(oidc.params, 200))
    provider.on('grant.error', ({ oidc }) => note(oidc.params, 400))
    serve = async (request, response) => {
      if (running.down) {
        response.writeHead(503).end()
      } else if (request.url?.startsWith('/interaction/')) {
        await interact(provider, request, response)
      } else {
        await answer(request, response)
      }
    }
  }
  start()

  return {
    issuer,
    /** Where it listens itself. */
    origin: server.origin,
    requests,
    /** From now on it answers 503, or works again. */
    setDown(down: boolean): void {
      running.down = down
    },
    /** How long the access tokens live that it gives from now on, in s. */
    setLifetime(seconds: number): void {
      running.lifetime = seconds
    },
    /** From now on it signs with a new key; with `forget` nobody can check the old ones any more. */
    async rotateKeys({ forget = false } = {}): Promise<void> {
      running.keys = [await makeKey(), ...(forget ? [] : running.keys)]
      start()
    },
    close: server.close,
  }
}

/** A browser that goes where it is sent, with its cookies, up to the app's own pages. */
export function createBrowser() {
  const cookies = new Map<string, string>()
  return async function visit(href: string): Promise<string> {
    let address = href
    for (let hop = 0; hop < 20; hop++) {
      const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
      const response = await fetch(address, { redirect: 'manual', headers: { cookie } })
      for (const line of response.headers.getSetCookie()) {
        const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? []
        cookies.set(name, value)
      }
      const location = response.headers.get('location')
      if (!location) throw new Error(`${response.status} at ${address}: ${await response.text()}`)
      address = new URL(location, address).href
      if (address.startsWith(`${APP}/`)) return address
    }
    throw new Error('The server sends in circles.')
  }
}
