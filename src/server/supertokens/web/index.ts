import { createClaimsByHandle } from './claims-by-handle.js'
import { createRendering } from './rendering.js'
import { createRoutes } from './routes.js'
import { createOperations } from './sessions.js'
import { readSettings } from './settings.js'
import type { SuperTokensSessions, SuperTokensSessionsOptions } from './types.js'

export { type AnswerHeaders, headersOf } from '../../requests/answer-headers.js'
export {
  type CorsRequest,
  corsHeaders,
  createSuperTokensCors,
  type SuperTokensCors,
  type SuperTokensCorsHeaders,
  type SuperTokensCorsOptions,
} from './cors.js'
export type {
  ClaimsByHandle,
  SessionForRendering,
  SessionObject,
  SessionReading,
} from './session-types.js'
export type {
  AllowedTransfer,
  ChooseTransfer,
  GetSessionOptions,
  NewSessionOptions,
  NewTokens,
  OverrideClaimValidators,
  SuperTokensSessions,
  SuperTokensSessionsOptions,
  TokenTransfer,
  WebExchange,
  WebRequest,
} from './types.js'

/**
 * Keeps sessions of SuperTokens in the cookies and headers of requests, for any framework that
 * knows the web's `Request` and `Headers`.
 * @example
 * ```ts
 * import { createSuperTokens, createSuperTokensSessions } from 'holdfast/server/supertokens'
 *
 * const superTokens = createSuperTokens({ hosts: 'https://core.example' })
 * const sessions = createSuperTokensSessions({ superTokens })
 * const me = sessions.withSession(async (_request, session) => Response.json(session.getUserId()))
 * const response = (await sessions.handle(request)) ?? (await me(request))
 * ```
 * @throws AuthError `invalid_argument` for settings that make no sense.
 */
export function createSuperTokensSessions(
  options: SuperTokensSessionsOptions,
): SuperTokensSessions {
  const settings = readSettings(options)
  const operations = createOperations(settings)
  return {
    ...operations,
    ...createClaimsByHandle(settings),
    ...createRoutes(settings, operations),
    getSessionForRendering: createRendering(settings),
  }
}
