import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express'
import { PrimitiveArrayClaim } from 'supertokens-node/recipe/session/claims.js'
import { createExpressSuperTokens, superTokensCors } from '../../src/express/index.js'
import {
  createSuperTokens,
  createSuperTokensSessions,
  type SuperTokensOptions,
  userRoleClaim,
} from '../../src/server/supertokens/index.js'
import { loadSuperTokensSdk, type SuperTokensSdk } from '../support/supertokens-sdk.js'

/** What an app makes its routes of. */
export interface Backend {
  /** Serves the refresh path and the sign-out path. */
  readonly middleware: RequestHandler
  readonly guard: RequestHandler
  readonly errorHandler: ErrorRequestHandler
  signIn(request: Request, response: Response, userId: string): Promise<unknown>
  /** What answers before everything else. */
  readonly cors?: RequestHandler
  /** Routes of its own. */
  routes?(app: Express): void
}

/** Makes a backend on the core at an address, for pages of these origins. */
export type MakeBackend = (core: string, origins: readonly string[]) => Backend

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

/** The helpers of this package, with roles that people have, for pages of any of the site's origins. */
export const rolesBackend =
  (roles: Map<string, readonly string[]>): MakeBackend =>
  (hosts, allowedOrigins) => {
    const role = userRoleClaim({ fetchValue: ({ userId }) => roles.get(userId) ?? [] })
    const superTokens = createSuperTokens({ hosts, cookies: { secure: false } })
    const sessions = createSuperTokensSessions({ superTokens, claims: [role], allowedOrigins })
    const helpers = createExpressSuperTokens({ sessions })
    const guard = helpers.verifySession()
    const forAdmins = helpers.verifySession({
      overrideGlobalClaimValidators: (validators) => [
        ...validators,
        role.validators.includes('admin'),
      ],
    })
    return {
      middleware: helpers.middleware,
      guard,
      errorHandler: helpers.errorHandler,
      signIn: (request, response, userId) =>
        helpers.createNewSession(response, userId, { request }),
      cors: superTokensCors({ allowedOrigins }),
      routes(app) {
        app.get('/api/admin', forAdmins, (_, response) => void response.json({ secret: 42 }))
        app.post('/api/roles/:role', guard, (request, response, next) => {
          const session = helpers.sessionOf(request)
          const { role: name } = request.params
          if (name !== 'again') roles.set(session.getUserId(), [String(name)])
          session.fetchAndSetClaim(role).then(() => response.json({}), next)
        })
      },
    }
  }

/** The SDK of SuperTokens, in a copy of its own, as one can be set up once. */
function setUpSdk(core: string): SuperTokensSdk {
  const sdk = loadSuperTokensSdk()
  const [apiDomain, apiBasePath] = ['http://127.0.0.1', '/auth']
  sdk.SuperTokens.init({
    framework: 'express',
    supertokens: { connectionURI: core },
    appInfo: { appName: 'Shop', apiDomain, websiteDomain: apiDomain, apiBasePath },
    recipeList: [sdk.Session.init()],
    telemetry: false,
  })
  return sdk
}

const signInBy =
  ({ SuperTokens, Session }: SuperTokensSdk) =>
  (request: Request, response: Response, userId: string) => {
    const id = SuperTokens.convertToRecipeUserId(userId)
    return Session.createNewSession(request, response, 'public', id)
  }

/** The SDK of SuperTokens. */
export const sdkBackend: MakeBackend = (core) => {
  const sdk = setUpSdk(core)
  return {
    middleware: sdk.framework.middleware(),
    guard: sdk.guard.verifySession(),
    errorHandler: sdk.framework.errorHandler(),
    signIn: signInBy(sdk),
  }
}

/** The same, with roles that people have. */
export const sdkRolesBackend =
  (roles: Map<string, readonly string[]>): MakeBackend =>
  (core) => {
    const sdk = setUpSdk(core)
    const signIn = signInBy(sdk)
    const role = new PrimitiveArrayClaim<string>({
      key: 'st-role',
      fetchValue: (userId) => [...(roles.get(userId) ?? [])],
    })
    const guard = sdk.guard.verifySession()
    const forAdmins = sdk.guard.verifySession({
      overrideGlobalClaimValidators: (validators) => [
        ...validators,
        role.validators.includes('admin'),
      ],
    })
    return {
      middleware: sdk.framework.middleware(),
      guard,
      errorHandler: sdk.framework.errorHandler(),
      async signIn(request, response, userId) {
        const session = await signIn(request, response, userId)
        await session.fetchAndSetClaim(role)
      },
      routes(app) {
        app.get('/api/admin', forAdmins, (_, response) => void response.json({ secret: 42 }))
        app.post('/api/roles/:role', guard, async (request, response) => {
          const session = await sdk.Session.getSession(request, response)
          roles.set(session.getUserId(), [String(request.params.role)])
          await session.fetchAndSetClaim(role)
          response.json({})
        })
      },
    }
  }
