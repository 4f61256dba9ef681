/** What runs in the page: the built package with the provider for OpenID Connect. */

import { AuthClient } from 'holdfast'
import { oidc, pushRequest, userinfo } from 'holdfast/providers/oidc'
import { handBack, popup } from 'holdfast/providers/oidc/popup'
import { silentRenewal, silentSignIn } from 'holdfast/providers/oidc/silent'
import type { OidcSettings } from './oidc-site.js'

interface Opening {
  /** @default what the id token says */
  readonly asksUserinfo?: boolean
  /** Whether it asks for no refresh token, and gets its next tokens in frames. */
  readonly renewsSilently?: boolean
  readonly autoRefresh?: boolean
  readonly requestTimeout?: number
}

function open(
  { issuer, pushed, api }: OidcSettings,
  { asksUserinfo = false, renewsSilently = false, ...options }: Opening = {},
) {
  const provider = oidc({
    issuer,
    clientId: 'spa',
    redirectUri: `${location.origin}/callback`,
    // oidc-provider gives refresh tokens to those only who were asked.
    parameters: { prompt: 'consent', ...(api && { resource: api }) },
    ...(pushed && { pushRequest }),
    ...(asksUserinfo && { loadUser: userinfo }),
    ...(renewsSilently && { scope: 'openid' }),
  })
  const auth = new AuthClient({
    provider: renewsSilently ? silentRenewal(provider) : provider,
    storageKey: 'app',
    ...options,
  })
  const events: string[] = []
  auth.onAuthStateChange((event, _, detail) => {
    const ending = event === 'SIGNED_OUT' ? [detail.reason, detail.error?.serverCode] : []
    events.push([event, ...ending].join(' ').trim())
  })
  return { auth, events, popup: popup(auth), signInSilently: () => silentSignIn(auth) }
}

declare global {
  interface Window {
    openLogin: typeof open
    login: ReturnType<typeof open>
  }
}

window.openLogin = open
// In a window or a frame there is nothing else to do; what a redirect brought is left alone.
handBack()
