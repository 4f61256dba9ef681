declare namespace App {
  interface Locals {
    found: import('holdfast/server').RequestSession<import('holdfast/providers/oidc').OidcUser>
  }
}
