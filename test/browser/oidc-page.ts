/** What runs in the page: the built package with the provider for OpenID Connect. */

import { AuthClient } from 'holdfast'
import { oidc, pushRequest, userinfo } from 'holdfast/providers/oidc'
import type { OidcSettings } from './oidc-site.js'

interface Opening {
  /** @default what the id token says */
  readonly asksUserinfo?: boolean
  readonly autoRefresh?: boolean
  readonly requestTimeout?: number
}

function open(
  { issuer, pushed, api }: OidcSettings,
  { asksUserinfo = false, ...options }: Opening = {},
) {
  const auth = new AuthClient({
    provider: oidc({
      issuer,
      clientId: 'spa',
      redirectUri: `${location.origin}/callback`,
      // oidc-provider gives refresh tokens to those only who were asked.
      parameters: { prompt: 'consent', ...(api && { resource: api }) },
      ...(pushed && { pushRequest }),
      ...(asksUserinfo && { loadUser: userinfo }),
    }),
    storageKey: 'app',
    ...options,
  })
  const events: string[] = []
  auth.onAuthStateChange((event, _, detail) => {
    const ending = event === 'SIGNED_OUT' ? [detail.reason, detail.error?.serverCode] : []
    events.push([event, ...ending].join(' ').trim())
  })
  return { auth, events }
}

declare global {
  interface Window {
    openLogin: typeof open
    login: ReturnType<typeof open>
  }
}

window.openLogin = open
