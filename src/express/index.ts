export { originGuard } from '../node/origin-guard.js'
export {
  createNodeSessions as createExpressSessions,
  type NodeExchange as ExpressExchange,
  type NodeSessions as ExpressSessions,
  type NodeSessionsOptions as ExpressSessionsOptions,
  type RequireSessionOptions,
} from '../node/sessions.js'
export type {
  NodeMiddleware as ExpressHandler,
  NodeNext as ExpressNext,
  NodeRequest as ExpressRequest,
  NodeResponse as ExpressResponse,
} from '../node/types.js'
export { backendHandler } from './backend-handler.js'
export { createExpressSuperTokens } from './supertokens.js'
export { superTokensCors } from './supertokens-cors.js'
export type {
  ExpressNewSessionOptions,
  ExpressSuperTokens,
  ExpressSuperTokensOptions,
  SuperTokensErrorAnswer,
  SuperTokensErrorAnswers,
  SuperTokensHandler,
} from './supertokens-types.js'
