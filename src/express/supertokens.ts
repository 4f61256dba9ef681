import { AuthError } from '../core/errors.js'
import { pathOf } from '../node/address.js'
import { sendWebResponse } from '../node/response.js'
import type { NodeNext, NodeRequest, NodeResponse } from '../node/types.js'
import { checkMethods, checkObject } from '../server/shared/arguments.js'
import {
  GeneralError,
  isSuperTokensError,
  UnauthorisedError,
} from '../server/supertokens/errors.js'
import type {
  GetSessionOptions,
  SessionObject,
  SuperTokensSessions,
} from '../server/supertokens/web/index.js'
import { exchangeOf } from './supertokens-exchange.js'
import type {
  ExpressSuperTokens,
  ExpressSuperTokensOptions,
  SuperTokensErrorAnswers,
  SuperTokensHandler,
} from './supertokens-types.js'

/** Tokens that cannot be sent are lost: a refresh then looks like theft to the next one. */
function checkOpen(response: NodeResponse): void {
  if (!response.headersSent) return
  const message = 'The response has begun: new tokens cannot be put into it any more.'
  throw new GeneralError(message, { code: 'invalid_argument' })
}

/** The names of the app's own answers. One that is misspelt would never be given. */
const ANSWERS: readonly string[] = [
  'unauthorised',
  'tryRefreshToken',
  'tokenTheftDetected',
  'invalidClaims',
  'generalError',
] satisfies (keyof SuperTokensErrorAnswers)[]

/** @throws AuthError `invalid_argument` for sessions that are none, and for answers that nobody could give. */
function checkOptions(options: ExpressSuperTokensOptions): void {
  checkObject('options', options)
  const { sessions, on = {} } = options
  const message = '`sessions` are none; use createSuperTokensSessions().'
  checkMethods(sessions, ['createNewSession', 'getSession', 'serve', 'toResponse'], message)
  checkObject('on', on)
  for (const [name, answer] of Object.entries(on)) {
    const known = answer === undefined || typeof answer === 'function'
    if (ANSWERS.includes(name) && known) continue
    throw new AuthError('invalid_argument', `\`on\` has functions named ${ANSWERS.join(', ')}.`)
  }
}

/** Sends an answer, unless somebody else has answered meanwhile, such as a time limit of the app. */
async function send(response: NodeResponse, answer: Response): Promise<void> {
  if (!response.headersSent) await sendWebResponse(answer, response)
}

/** The app's own answer to an error, if it has one. */
function ownAnswer(
  error: unknown,
  on: SuperTokensErrorAnswers,
): ((...rest: [NodeRequest, NodeResponse, NodeNext]) => unknown) | undefined {
  const { unauthorised, tryRefreshToken, tokenTheftDetected, invalidClaims, generalError } = on
  if (unauthorised && isSuperTokensError(error, 'UNAUTHORISED')) {
    return (...rest) => unauthorised(error, ...rest)
  }
  if (tryRefreshToken && isSuperTokensError(error, 'TRY_REFRESH_TOKEN')) {
    return (...rest) => tryRefreshToken(error, ...rest)
  }
  if (tokenTheftDetected && isSuperTokensError(error, 'TOKEN_THEFT_DETECTED')) {
    return (...rest) => tokenTheftDetected(error, ...rest)
  }
  if (invalidClaims && isSuperTokensError(error, 'INVALID_CLAIMS')) {
    return (...rest) => invalidClaims(error, ...rest)
  }
  if (generalError && isSuperTokensError(error, 'GENERAL_ERROR')) {
    return (...rest) => generalError(error, ...rest)
  }
  return undefined
}

function createErrorHandler(
  sessions: SuperTokensSessions,
  on: SuperTokensErrorAnswers,
): ExpressSuperTokens['errorHandler'] {
  // Express knows a handler of errors by its four parameters.
  return (error, request, response, next) => {
    if (response.headersSent) return next(error)
    const answer = sessions.toResponse(error)
    // A refresh that asks for another one is no refusal: a front end would sign out by it.
    const own = answer?.ok ? undefined : ownAnswer(error, on)
    if (own) {
      const answered = async (): Promise<unknown> => own(request, response, next)
      answered().catch(next)
    } else if (answer) {
      send(response, answer).catch(next)
    } else {
      next(error)
    }
  }
}

/**
 * Puts sessions of SuperTokens into an app on Express, 4 or 5.
 * @example
 * ```ts
 * import { createExpressSuperTokens } from 'holdfast/express'
 * import express from 'express'
 *
 * const { middleware, verifySession, sessionOf, errorHandler } = createExpressSuperTokens({ sessions: appSessions })
 * const app = express()
 * app.use(middleware)
 * app.get('/me', verifySession(), (req, res) => void res.json(sessionOf(req).getUserId()))
 * app.use(errorHandler)
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function createExpressSuperTokens(options: ExpressSuperTokensOptions): ExpressSuperTokens {
  checkOptions(options)
  const { sessions, on = {} } = options
  const found = new WeakMap<NodeRequest, SessionObject>()
  const errorHandler = createErrorHandler(sessions, on)

  function getSession(
    request: NodeRequest,
    response: NodeResponse,
    options?: GetSessionOptions & { readonly sessionRequired?: true | undefined },
  ): Promise<SessionObject>
  function getSession(
    request: NodeRequest,
    response: NodeResponse,
    options?: GetSessionOptions,
  ): Promise<SessionObject | undefined>
  async function getSession(
    request: NodeRequest,
    response: NodeResponse,
    options: GetSessionOptions = {},
  ): Promise<SessionObject | undefined> {
    return sessions.getSession(exchangeOf(request, response), options)
  }

  const verifySession =
    (options?: GetSessionOptions): SuperTokensHandler =>
    (request, response, next) => {
      getSession(request, response, options).then(
        (session) => {
          if (session) found.set(request, session)
          next()
        },
        (error: unknown) => errorHandler(error, request, response, next),
      )
    }

  return {
    getSession,
    verifySession,
    errorHandler,
    async createNewSession(response, userId, { request, ...options } = {}) {
      checkOpen(response)
      return sessions.createNewSession(exchangeOf(request, response), userId, options)
    },
    async refreshSession(request, response) {
      checkOpen(response)
      return sessions.refreshSession(exchangeOf(request, response))
    },
    async attachToRequestResponse(request, response, tokens) {
      checkOpen(response)
      return sessions.attachToRequestResponse(exchangeOf(request, response), tokens)
    },
    middleware(request, response, next) {
      const [path = ''] = pathOf(request).split('?')
      sessions.serve(exchangeOf(request, response), path).then(
        (answer) => (answer ? send(response, answer) : next()),
        (error: unknown) => errorHandler(error, request, response, next),
      )
    },
    optionalSessionOf: (request) => found.get(request),
    sessionOf(request) {
      const session = found.get(request)
      if (session) return session
      const message = 'There is no session here. Guard the route with `verifySession()`.'
      throw new UnauthorisedError(message, { code: 'session_missing' })
    },
  }
}
