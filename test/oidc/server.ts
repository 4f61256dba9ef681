import type { IncomingMessage, ServerResponse } from 'node:http'
import Provider, {
  type ClientMetadata,
  type Configuration,
  type KoaContextWithOIDC,
} from 'oidc-provider'
import { listen } from '../support/node-server.js'

export const CALLBACK = 'https://app.example/callback'
export const BYE = 'https://app.example/bye'
export const WEB = { clientId: 'web', clientSecret: 'a-secret-of-the-confidential-client' }

/** How the real server is set up. */
export interface RealOidcOptions {
  readonly rotating: boolean
  /** In s. */
  readonly accessTokenLifetime?: number
  /** Further clients. */
  readonly clients?: readonly ClientMetadata[]
  /** The API that access tokens are for, which are JWTs then. */
  readonly api?: string
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
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope('openid profile email offline_access')
  await grant.save()
  return grant
}

/** Access tokens for one API, as JWTs. */
const tokensFor = (api: string) => ({
  enabled: true,
  defaultResource: () => api,
  useGrantedResource: () => true,
  getResourceServerInfo: () => ({
    scope: 'read',
    audience: api,
    accessTokenFormat: 'jwt' as const,
    jwt: { sign: { alg: 'RS256' as const } },
  }),
})

function configuration({
  rotating,
  accessTokenLifetime = 60,
  clients = [],
  api,
}: RealOidcOptions): Configuration {
  const shared = {
    grant_types: ['authorization_code', 'refresh_token'],
    redirect_uris: [CALLBACK],
    post_logout_redirect_uris: [BYE],
  }
  return {
    clients: [
      { ...shared, client_id: 'spa', token_endpoint_auth_method: 'none' },
      { ...shared, client_id: WEB.clientId, client_secret: WEB.clientSecret },
      ...clients,
    ],
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['the key of the cookies of a test'] },
    features: {
      devInteractions: { enabled: false },
      introspection: { enabled: true },
      revocation: { enabled: true },
      clientCredentials: { enabled: true },
      ...(api && { resourceIndicators: tokensFor(api) }),
    },
    findAccount: (_, accountId) => ({
      accountId,
      claims: async () => ({ sub: accountId, name: 'Ada', email: 'ada@example.com' }),
    }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    loadExistingGrant: grantAll,
    rotateRefreshToken: rotating,
    ttl: {
      AccessToken: accessTokenLifetime,
      Grant: 3_600,
      IdToken: 60,
      Interaction: 600,
      RefreshToken: 3_600,
      Session: 3_600,
    },
  }
}

/** Whoever comes to sign in is Ada, and agrees. */
async function interact(provider: Provider, request: IncomingMessage, response: ServerResponse) {
  const { prompt, params, session } = await provider.interactionDetails(request, response)
  if (prompt.name === 'login') {
    return provider.interactionFinished(request, response, { login: { accountId: 'ada' } })
  }
  const accountId = session?.accountId ?? 'ada'
  const grant = new provider.Grant({ clientId: String(params.client_id), accountId })
  grant.addOIDCScope(String(params.scope))
  const grantId = await grant.save()
  return provider.interactionFinished(request, response, { consent: { grantId } })
}

/** Starts a real `oidc-provider` on a free port of the loopback. */
export async function startOidc(options: RealOidcOptions) {
  const state = { down: false }
  const requests: TokenRequest[] = []
  let serve = async (_: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.writeHead(503).end()
  }
  const server = await listen((request, response) => serve(request, response))
  const provider = new Provider(server.origin, configuration(options))
  const answer = provider.callback()
  provider.on('grant.success', ({ oidc }) => note(oidc.params, 200))
  provider.on('grant.error', ({ oidc }) => note(oidc.params, 400))

  function note(params: KoaContextWithOIDC['oidc']['params'], status: number): void {
    if (params?.grant_type !== 'refresh_token') return
    const { refresh_token: token } = params
    requests.push({ at: Date.now(), token: typeof token === 'string' ? token : null, status })
  }

  serve = async (request, response) => {
    if (state.down) {
      response.writeHead(503).end()
    } else if (request.url?.startsWith('/interaction/')) {
      await interact(provider, request, response)
    } else {
      await answer(request, response)
    }
  }

  return {
    issuer: server.origin,
    requests,
    /** From now on it answers 503, or works again. */
    setDown(down: boolean): void {
      state.down = down
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
      if (address.startsWith('https://app.example/')) return address
    }
    throw new Error('The server sends in circles.')
  }
}
