import type { OidcUser } from 'holdfast/providers/oidc'
import type { RequestSession } from 'holdfast/server'

declare module 'h3' {
  interface H3EventContext {
    /** Who is signed in. */
    found?: RequestSession<OidcUser>
  }
}
