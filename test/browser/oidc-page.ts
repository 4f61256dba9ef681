/** What runs in the page: the built package with the provider for OpenID Connect. */

import { AuthClient, indexedDBKeys } from 'holdfast'
import { oidc, pushRequest } from 'holdfast/providers/oidc'
import { dpop } from 'holdfast/providers/oidc/dpop'
import { handBack, popup } from 'holdfast/providers/oidc/popup'
import { silentRenewal, silentSignIn } from 'holdfast/providers/oidc/silent'
import type { OidcSettings } from './oidc-site.js'

interface Opening {
  /** Asks for no refresh token, and renews sessions in a frame. */
  readonly renewsInFrame?: boolean
  readonly autoRefresh?: boolean
  readonly requestTimeout?: number
}

function open(
  { issuer, pushed, bound, api }: OidcSettings,
  { renewsInFrame = false, ...options }: Opening = {},
) {
  const provider = oidc({
    issuer,
    clientId: 'spa',
    redirectUri: `${location.origin}/callback`,
    ...(renewsInFrame && { scope: 'openid profile email' }),
    // oidc-provider gives refresh tokens to those only who were asked.
    parameters: { prompt: 'consent', ...(api && { resource: api }) },
    ...(pushed && { pushRequest }),
    ...(bound && { dpop }),
  })
  const auth = new AuthClient({
    provider: renewsInFrame ? silentRenewal(provider) : provider,
    storageKey: 'app',
    ...(bound && { keys: indexedDBKeys() }),
    ...options,
  })
  const events: string[] = []
  auth.onAuthStateChange((event, _, detail) => {
    const ending = event === 'SIGNED_OUT' ? [detail.reason, detail.error?.serverCode] : []
    events.push([event, ...ending].join(' ').trim())
  })
  return {
    auth,
    events,
    window: popup(auth),
    signInSilently: () => silentSignIn(auth),
  }
}

declare global {
  interface Window {
    openLogin: typeof open
    login: ReturnType<typeof open>
  }
}

window.openLogin = open
// What a window or a frame was for goes to the page that waits; after a redirect it is for the test.
const handed = handBack()
if (location.search.includes('state=')) localStorage.setItem('handed back', String(handed))
