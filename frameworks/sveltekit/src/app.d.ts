import type { OidcUser } from 'holdfast/providers/oidc'
import type { RequestSession } from 'holdfast/server'

declare global {
  namespace App {
    interface Locals {
      found: RequestSession<OidcUser>
    }
  }
}
