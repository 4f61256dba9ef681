import express, { type Express, type NextFunction, type Request, type Response } from 'express'
import type { SessionRequest } from 'supertokens-node/framework/express'
import { createExpressSuperTokens } from '../../src/express/index.js'
import {
  type AntiCsrf,
  createSuperTokens,
  createSuperTokensSessions,
  type SuperTokens,
} from '../../src/server/supertokens/index.js'
import { loadSuperTokensSdk, type SuperTokensSdk } from '../support/supertokens-sdk.js'
import { ourClaims, theirClaims } from './supertokens-claim-apps.js'

/** How an app is set. Both sides get the same. */
export interface AppSettings {
  /** The address of the core. */
  readonly core: string
  readonly antiCsrf: AntiCsrf
  /** The domain that cookies had in an earlier release. */
  readonly formerDomain?: string | undefined
}

/** The API's own origin, as browsers see it. */
const API = 'https://api.example.test'
export const USER = 'ada'
/** Their `iss` is of their own making. Ours has what the app puts there. */
export const PAYLOAD = { role: 'admin', iss: `${API}/auth` }
/** More than any cookie holds. */
const LARGE = { ...PAYLOAD, text: 'x'.repeat(4096) }

type Transfer = 'any' | 'cookie' | 'header'
/** Tests choose by a header what an app has in its configuration. */
const transferOf = (value: unknown): Transfer =>
  value === 'cookie' || value === 'header' ? value : 'any'

/** The error handler that an app has for all that nobody answers. */
function lastResort(_error: unknown, _req: Request, res: Response, _next: NextFunction): void {
  res.status(500).json({ message: 'left to the app' })
}

/** Makes an instance of the SDK, as an app does when it starts. */
export function startSdk({ core, antiCsrf, formerDomain }: AppSettings): SuperTokensSdk {
  const sdk = loadSuperTokensSdk()
  sdk.SuperTokens.init({
    framework: 'express',
    supertokens: { connectionURI: core },
    appInfo: { appName: 'app', apiDomain: API, websiteDomain: 'https://www.example.test' },
    telemetry: false,
    recipeList: [
      sdk.Session.init({
        antiCsrf,
        getTokenTransferMethod: ({ req }) => transferOf(req.getHeaderValue('x-transfer')),
        ...(formerDomain !== undefined && {
          cookieDomain: 'api.example.test',
          olderCookieDomain: formerDomain,
        }),
      }),
    ],
  })
  return sdk
}

/** An app on `supertokens-node`. */
export function theirApp(settings: AppSettings): Express {
  const { SuperTokens, Session, framework, guard } = startSdk(settings)
  const app = express()
  app.use(framework.middleware())
  app.post('/signin', async (req, res) => {
    const user = SuperTokens.convertToRecipeUserId(USER)
    await Session.createNewSession(req, res, 'public', user, PAYLOAD)
    res.json({ status: 'OK' })
  })
  app.post('/large', async (req, res) => {
    const user = SuperTokens.convertToRecipeUserId(USER)
    await Session.createNewSession(req, res, 'public', user, LARGE)
    res.json({ status: 'OK' })
  })
  app.post('/banned', async (req, res) => {
    const user = SuperTokens.convertToRecipeUserId(USER)
    const session = await Session.createNewSession(req, res, 'public', user, PAYLOAD)
    await session.revokeSession()
    res.json({})
  })
  const tell = (req: SessionRequest, res: Response): void => {
    res.json({ user: req.session?.getUserId(), role: req.session?.getAccessTokenPayload().role })
  }
  app.all('/me', guard.verifySession(), tell)
  app.all('/unchecked', guard.verifySession({ antiCsrfCheck: false }), tell)
  app.all('/asked', guard.verifySession({ checkDatabase: true }), tell)
  app.all('/maybe', guard.verifySession({ sessionRequired: false }), tell)
  theirClaims(app, { SuperTokens, Session, framework, guard })
  app.use(framework.errorHandler())
  app.use(lastResort)
  return app
}

/** Makes our side of what {@link startSdk} makes. */
export const startOurs = ({ core, antiCsrf, formerDomain }: AppSettings): SuperTokens =>
  createSuperTokens({
    hosts: core,
    antiCsrf,
    ...(formerDomain !== undefined && {
      cookies: { domain: 'api.example.test', formerly: [{ domain: formerDomain }] },
    }),
  })

/** The same app on Holdfast's helpers. */
export function ourApp(settings: AppSettings): Express {
  const superTokens = startOurs(settings)
  const make = (transfer: Transfer) => {
    const sessions = createSuperTokensSessions({ superTokens, transfer })
    return { ...createExpressSuperTokens({ sessions }), sessions }
  }
  const all = { any: make('any'), cookie: make('cookie'), header: make('header') }
  const by = (req: Request) => all[transferOf(req.headers['x-transfer'])]
  const app = express()
  app.use((req, res, next) => by(req).middleware(req, res, next))
  app.post('/signin', async (req, res) => {
    await by(req).createNewSession(res, USER, { request: req, jwtPayload: PAYLOAD })
    res.json({ status: 'OK' })
  })
  app.post('/large', async (req, res) => {
    await by(req).createNewSession(res, USER, { request: req, jwtPayload: LARGE })
    res.json({ status: 'OK' })
  })
  app.post('/banned', async (req, res) => {
    const session = await by(req).createNewSession(res, USER, { request: req, jwtPayload: PAYLOAD })
    await session.revokeSession()
    res.json({})
  })
  const route = (path: string, options: Parameters<typeof all.any.verifySession>[0]): void => {
    app.all(
      path,
      (req, res, next) => by(req).verifySession(options)(req, res, next),
      (req, res) => {
        const session = by(req).optionalSessionOf(req)
        res.json({ user: session?.getUserId(), role: session?.getJWTPayload().role })
      },
    )
  }
  route('/me', {})
  route('/unchecked', { antiCsrfCheck: false })
  route('/asked', { checkDatabase: true })
  route('/maybe', { sessionRequired: false })
  ourClaims(app, by)
  app.use(all.any.errorHandler)
  app.use(lastResort)
  return app
}
