import { OidcClient, OidcLocation } from '@axa-fr/oidc-client'
import type { Outcome } from '../../clients/peer.js'
import { failure, install, isReturn, sessionOf } from '../page.js'

const { issuer, clientId, redirectUri, scope, margin } = window.setup
const client = OidcClient.getOrCreate(
  () => fetch,
  new OidcLocation(),
)({
  client_id: clientId,
  redirect_uri: redirectUri,
  // It puts a slash behind it.
  authority: issuer.replace(/\/$/, ''),
  scope,
  // Its option for tabs that share a session; without it each tab has its own.
  storage: localStorage,
  refresh_time_before_tokens_expiration_in_second: margin,
})

async function token(): Promise<Outcome> {
  if (!client.tokens) return { kind: 'none' }
  const { isTokensValid, tokens } = await client.getValidTokenAsync()
  if (!tokens) return { kind: 'none' }
  return isTokensValid ? sessionOf(tokens.accessToken) : { kind: 'error', error: 'expired' }
}

install({
  async start() {
    if (isReturn() && location.search) await client.loginCallbackAsync()
    else await client.tryKeepExistingSessionAsync()
    return Boolean(client.tokens)
  },
  signIn: async () => void (await client.loginAsync()),
  token: () => token().catch(failure),
  signOut: () => client.logoutAsync(),
})
