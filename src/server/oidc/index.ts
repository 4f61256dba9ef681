export type { VerifyIdTokenOptions } from '../../providers/oidc/id-token-judge.js'
export type { KeySetLocation } from '../verification/key-set.js'
export {
  auth0Preset,
  cognitoPreset,
  entraPreset,
  googlePreset,
  keycloakPreset,
  type OidcPreset,
  oktaPreset,
  zitadelPreset,
} from './presets.js'
export { createOidc } from './server.js'
export {
  createOidcSessions,
  type OidcSessionsOptions,
  type OidcVerification,
} from './sessions.js'
export type {
  OidcClientAuthentication,
  OidcCodeExchange,
  OidcIntrospection,
  OidcNamedHint,
  OidcPrivateKey,
  OidcServer,
  OidcServerOptions,
  OidcSignInRequest,
  OidcSignOutRequest,
  OidcTokenExchange,
  OidcTokenRequest,
  OidcTokens,
  OidcTokenType,
} from './types.js'
