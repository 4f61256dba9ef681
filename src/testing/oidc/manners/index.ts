import type { OidcManners } from '../types.js'
import { auth0 } from './auth0.js'
import { entra } from './entra.js'
import { hydra } from './hydra.js'
import { keycloak } from './keycloak.js'
import type { Manners } from './manners.js'
import { oidcProvider } from './oidc-provider.js'
import { spring } from './spring.js'
import { zitadel } from './zitadel.js'

/** How a server behaves of which nothing is said. */
export const USUAL: Manners = { ...oidcProvider, wantsConsent: false }

/** How each server behaves. */
export const MANNERS: Readonly<Record<OidcManners, Manners>> = {
  'oidc-provider': oidcProvider,
  keycloak,
  hydra,
  spring,
  zitadel,
  auth0,
  entra,
}
