export { answerHeadersOf } from '../server/requests/answer-headers.js'
export type { AddressOptions } from './address.js'
export {
  type NodeHandler,
  type NodeHandlerOptions,
  nodeHandler,
  type WebHandler,
} from './handler.js'
export { originGuard } from './origin-guard.js'
export { toWebRequest, type WebRequestOptions } from './request.js'
export { sendWebResponse } from './response.js'
export {
  createNodeSessions,
  type NodeExchange,
  type NodeSessions,
  type NodeSessionsOptions,
  type RequireSessionOptions,
} from './sessions.js'
export type { NodeMiddleware, NodeNext, NodeRequest, NodeResponse } from './types.js'
