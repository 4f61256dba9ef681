export { backendHandler } from './backend-handler.js'
export { originGuard } from './origin-guard.js'
export {
  createExpressSessions,
  type ExpressExchange,
  type ExpressSessions,
  type ExpressSessionsOptions,
  type RequireSessionOptions,
} from './sessions.js'
export { createExpressSuperTokens } from './supertokens.js'
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
