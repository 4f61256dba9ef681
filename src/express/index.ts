export { backendHandler } from './backend-handler.js'
export {
  type ExpressExchange,
  type ExpressSessions,
  type ExpressSessionsOptions,
  expressSessions,
  type RequireSessionOptions,
} from './sessions.js'
export type {
  ExpressHandler,
  ExpressNext,
  ExpressRequest,
  ExpressResponse,
} from './types.js'
