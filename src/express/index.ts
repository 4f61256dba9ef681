export { backendHandler } from './backend-handler.js'
export { originGuard } from './origin-guard.js'
export {
  type ExpressExchange,
  type ExpressSessions,
  type ExpressSessionsOptions,
  expressSessions,
  type RequireSessionOptions,
} from './sessions.js'
export { expressSuperTokens } from './supertokens.js'
export type {
  ExpressNewSessionOptions,
  ExpressSuperTokens,
  ExpressSuperTokensOptions,
  SuperTokensErrorAnswer,
  SuperTokensErrorAnswers,
  SuperTokensHandler,
  SuperTokensResponse,
} from './supertokens-types.js'
export type {
  ExpressHandler,
  ExpressNext,
  ExpressRequest,
  ExpressResponse,
} from './types.js'
