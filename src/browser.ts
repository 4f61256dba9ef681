// All that a page without a bundler needs, with every provider: the build makes one file of it.
export {
  AuthClient,
  AuthError,
  AuthSessionMissingError,
  indexedDBKeys,
  indexedDBStorage,
  isAuthError,
  isAuthSessionMissingError,
  isRetryableAuthError,
  memoryStorage,
  onUserChange,
  resourceTokens,
  sessionTimeouts,
  takeOver,
  webStorage,
} from './index.js'
export { backend } from './providers/backend/index.js'
export { gotrue } from './providers/gotrue/index.js'
export { oidc } from './providers/oidc/index.js'
export { supertokens } from './providers/supertokens/index.js'
export { workos } from './providers/workos/index.js'
