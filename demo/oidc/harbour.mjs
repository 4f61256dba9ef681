// The auth server: a real oidc-provider. Yours takes its place: Keycloak, Auth0, Entra, …
import express from 'express'
import { exportJWK, generateKeyPair } from 'jose'
import Provider, { errors, interactionPolicy } from 'oidc-provider'
import { createMemoryAdapter } from 'oidc-provider/lib/adapters/memory_adapter.js'
import { BY_CODE, BY_NAME, createDesk } from './desk.mjs'
import { downPage, signOutPage } from './pages.mjs'

/** Access tokens live half a minute, so that a visitor sees them change; in s. */
const LIFETIME = 30
const DAY = 86_400

const PEOPLE = new Map([
  ['ada', { name: 'Ada Lovelace', email: 'ada@example.com', work: 'Bookkeeper, three invoices.' }],
  ['grace', { name: 'Grace Hopper', email: 'grace@example.com', work: 'Buyer, two invoices.' }],
])

/** Asks once more whose sign-in is not the one that was asked for: oidc-provider leaves that to us. */
function createPolicy() {
  const { base, Check } = interactionPolicy
  const policy = base()
  const check = ({ oidc }) => {
    const wanted = oidc.params.acr_values?.split(' ')
    return wanted !== undefined && !wanted.includes(oidc.acr)
  }
  policy
    .get('login')
    .checks.add(new Check('acr_values', 'Another proof was asked for.', 'login_required', check))
  return policy
}

/** What this server can do besides signing people in; `api` is the name of the API for its tokens. */
const features = (api) => ({
  devInteractions: { enabled: false },
  resourceIndicators: {
    enabled: true,
    getResourceServerInfo(_ctx, resource) {
      if (resource !== api) throw new errors.InvalidTarget()
      const jwt = { accessTokenFormat: 'jwt', jwt: { sign: { alg: 'ES256' } } }
      return { audience: api, scope: 'pay', accessTokenTTL: LIFETIME, ...jwt }
    },
  },
  revocation: {
    enabled: true,
    allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
  },
  rpInitiatedLogout: {
    enabled: true,
    logoutSource(ctx, form) {
      ctx.body = signOutPage(form)
    },
  },
})

/** The app: a page, which keeps no secret. */
const client = (app) => ({
  client_id: 'purser',
  token_endpoint_auth_method: 'none',
  grant_types: ['authorization_code', 'refresh_token'],
  redirect_uris: [`${app}/`],
  post_logout_redirect_uris: [`${app}/`],
})

async function configure({ app, api }) {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const jwk = { ...(await exportJWK(privateKey)), alg: 'ES256', use: 'sig' }
  return {
    acrValues: [BY_NAME.acr, BY_CODE.acr],
    adapter: createMemoryAdapter(),
    claims: { openid: ['sub'], profile: ['name'], email: ['email'] },
    clientBasedCORS: (_ctx, origin) => origin === app,
    clientDefaults: { id_token_signed_response_alg: 'ES256' },
    clients: [client(app)],
    conformIdTokenClaims: false,
    cookies: { keys: [crypto.randomUUID()] },
    // How and when somebody proved who they are, for the API (RFC 9068 §2.2.1).
    extraTokenClaims({ oidc }, { kind }) {
      const { AuthorizationCode, RefreshToken } = oidc.entities
      const { acr, authTime } = AuthorizationCode ?? RefreshToken ?? {}
      return kind === 'AccessToken' ? { acr, auth_time: authTime } : undefined
    },
    features: features(api),
    findAccount(_ctx, accountId) {
      const person = PEOPLE.get(accountId)
      return person && { accountId, claims: () => ({ sub: accountId, ...person }) }
    },
    interactions: { policy: createPolicy(), url: (_ctx, { uid }) => `/sign-in/${uid}` },
    jwks: { keys: [jwk] },
    rotateRefreshToken: true,
    ttl: {
      AccessToken: LIFETIME,
      AuthorizationCode: 60,
      Grant: DAY,
      IdToken: 60,
      Interaction: 600,
      RefreshToken: DAY,
      Session: DAY,
    },
  }
}

/** Makes the auth server. `issuer` is its own origin, `app` that of the page, `api` the API's name. */
export async function createHarbour({ issuer, app, api }) {
  const provider = new Provider(issuer, await configure({ app, api }))
  const state = { down: false, exchanges: 0 }
  provider.on('grant.success', ({ oidc }) => {
    if (oidc.params.grant_type === 'refresh_token') state.exchanges += 1
  })
  const routes = express.Router()
  routes.use((_request, response, next) => {
    if (state.down) response.status(503).send(downPage())
    else next()
  })
  routes.use(createDesk(provider, { people: PEOPLE, api }))
  routes.use(provider.callback())
  return { routes, state }
}
