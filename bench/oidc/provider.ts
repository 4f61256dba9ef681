import type { IncomingMessage, ServerResponse } from 'node:http'
import Provider, { type Configuration, type KoaContextWithOIDC } from 'oidc-provider'
import { listen, type NodeServer } from '../../test/support/node-server.js'

/** How a server for pages is set up. Lives in s, by the name of the client. */
export interface ProviderOptions {
  /** With a slash at its end: auth0-spa-js takes no other. */
  readonly issuer: string
  readonly rotating: boolean
  readonly lives: Readonly<Record<string, number>>
  readonly redirectUriOf: (clientId: string) => string
}

const SCOPE = 'openid profile email'

/** The right to all scopes for whoever is signed in: nobody is asked for consent. */
async function grantAll({
  oidc,
}: KoaContextWithOIDC): Promise<InstanceType<Provider['Grant']> | undefined> {
  const { client, session, provider } = oidc
  if (!client || !session?.accountId) return undefined
  const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId })
  grant.addOIDCScope(SCOPE)
  await grant.save()
  return grant
}

function configuration(options: ProviderOptions): Configuration {
  const { lives, redirectUriOf, rotating } = options
  const lifeOf = (clientId: string | undefined): number => lives[clientId ?? ''] ?? 60
  return {
    clients: Object.keys(lives).map((id) => ({
      client_id: id,
      token_endpoint_auth_method: 'none',
      grant_types: ['authorization_code', 'refresh_token'],
      redirect_uris: [redirectUriOf(id)],
    })),
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    clientBasedCORS: () => true,
    cookies: { keys: ['the key of the cookies of a benchmark'] },
    features: { devInteractions: { enabled: false }, revocation: { enabled: true } },
    findAccount: (_, accountId) => ({ accountId, claims: async () => ({ sub: accountId }) }),
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    // All get one, as at Keycloak.
    issueRefreshToken: () => true,
    loadExistingGrant: grantAll,
    rotateRefreshToken: rotating,
    // The addresses that auth0-spa-js knows by heart; the others ask.
    routes: { authorization: '/authorize', token: '/oauth/token', end_session: '/v2/logout' },
    ttl: {
      AccessToken: (_, __, client) => lifeOf(client?.clientId),
      IdToken: (_, __, client) => lifeOf(client?.clientId),
      Grant: 3_600,
      Interaction: 600,
      RefreshToken: 3_600,
      Session: 3_600,
    },
  }
}

/** Starts a real `oidc-provider`, at which whoever comes is Ada. */
export async function startProvider(options: ProviderOptions): Promise<NodeServer> {
  const provider = new Provider(options.issuer, configuration(options))
  const answer = provider.callback()
  return listen(async (request: IncomingMessage, response: ServerResponse) => {
    if (!request.url?.startsWith('/interaction/')) return void (await answer(request, response))
    return provider.interactionFinished(request, response, { login: { accountId: 'ada' } })
  })
}
