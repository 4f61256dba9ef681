import { UserManager, WebStorageStateStore } from 'oidc-client-ts'
import type { Outcome } from '../../clients/peer.js'
import { failure, install, isReturn, sessionOf } from '../page.js'

const { issuer, clientId, redirectUri, scope, margin } = window.setup
const manager = new UserManager({
  authority: issuer,
  client_id: clientId,
  redirect_uri: redirectUri,
  scope,
  // Its own store for tabs that share a session; without it each tab has its own.
  userStore: new WebStorageStateStore({ store: localStorage }),
  accessTokenExpiringNotificationTimeInSeconds: margin,
})

async function token(): Promise<Outcome> {
  const user = await manager.getUser()
  if (!user) return { kind: 'none' }
  return user.expired ? { kind: 'error', error: 'expired' } : sessionOf(user.access_token)
}

install({
  async start() {
    if (isReturn() && location.search) {
      await manager.signinRedirectCallback()
      history.replaceState(null, '', redirectUri)
    }
    return (await manager.getUser()) !== null
  },
  signIn: () => manager.signinRedirect(),
  token: () => token().catch(failure),
  signOut: () => manager.signoutRedirect(),
})
