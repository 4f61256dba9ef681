import Keycloak from 'keycloak-js'
import type { Outcome } from '../../clients/peer.js'
import { failure, install, sessionOf } from '../page.js'

const { issuer, clientId, redirectUri, realm, scope, margin } = window.setup
const keycloak = realm
  ? new Keycloak({ url: realm.url, realm: realm.name, clientId })
  : new Keycloak({ oidcProvider: issuer, clientId })

/** `updateToken` before each request is how its documentation keeps tokens fresh. */
async function token(): Promise<Outcome> {
  if (!keycloak.authenticated) return { kind: 'none' }
  try {
    await keycloak.updateToken(margin)
  } catch (error) {
    return keycloak.authenticated ? failure(error ?? 'refused') : { kind: 'none' }
  }
  return sessionOf(keycloak.token)
}

install({
  // Its frame that hears of sign-outs is a thing of Keycloak's.
  start: () => keycloak.init({ redirectUri, scope, checkLoginIframe: realm !== null }),
  signIn: () => keycloak.login({ redirectUri }),
  token,
  signOut: () => keycloak.logout(),
})
