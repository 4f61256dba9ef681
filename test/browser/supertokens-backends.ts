import type { ErrorRequestHandler, Request, RequestHandler, Response } from 'express'
import * as sdk from 'supertokens-node'
import * as sdkExpress from 'supertokens-node/framework/express/index.js'
import { verifySession } from 'supertokens-node/recipe/session/framework/express/index.js'
import * as Session from 'supertokens-node/recipe/session/index.js'
import { createExpressSuperTokens } from '../../src/express/index.js'
import {
  createSuperTokens,
  createSuperTokensSessions,
  type SuperTokensOptions,
} from '../../src/server/supertokens/index.js'

/** What an app makes its routes of. */
export interface Backend {
  /** Serves the refresh path and the sign-out path. */
  readonly middleware: RequestHandler
  readonly guard: RequestHandler
  readonly errorHandler: ErrorRequestHandler
  signIn(request: Request, response: Response, userId: string): Promise<unknown>
}

/** Makes a backend on the core at an address. */
export type MakeBackend = (core: string) => Backend

/** The helpers of this package. */
export const holdfastBackend =
  (options: Partial<SuperTokensOptions> = {}): MakeBackend =>
  (hosts) => {
    const superTokens = createSuperTokens({ hosts, cookies: { secure: false }, ...options })
    const helpers = createExpressSuperTokens({
      sessions: createSuperTokensSessions({ superTokens }),
    })
    return {
      middleware: helpers.middleware,
      guard: helpers.verifySession(),
      errorHandler: helpers.errorHandler,
      signIn: (request, response, userId) =>
        helpers.createNewSession(response, userId, { request }),
    }
  }

/** The SDK of SuperTokens, which can be set up once in a process. */
export const sdkBackend: MakeBackend = (core) => {
  const [apiDomain, apiBasePath] = ['http://127.0.0.1', '/auth']
  sdk.init({
    framework: 'express',
    supertokens: { connectionURI: core },
    appInfo: { appName: 'Shop', apiDomain, websiteDomain: apiDomain, apiBasePath },
    recipeList: [Session.init()],
    telemetry: false,
  })
  return {
    middleware: sdkExpress.middleware(),
    guard: verifySession(),
    errorHandler: sdkExpress.errorHandler(),
    signIn: (request, response, userId) =>
      Session.createNewSession(request, response, 'public', sdk.convertToRecipeUserId(userId)),
  }
}
