import { createRequire } from 'node:module'
import type { Express, NextFunction, Request, Response } from 'express'
import type { SessionRequest } from 'supertokens-node/framework/express'
import type { ExpressSuperTokens } from '../../src/express/index.js'
import {
  type ClaimValidator,
  type SuperTokensSessions,
  userRoleClaim,
} from '../../src/server/supertokens/index.js'
import type { SuperTokensSdk } from '../support/supertokens-sdk.js'

const load = createRequire(import.meta.url)
const { PrimitiveArrayClaim }: typeof import('supertokens-node/recipe/session/claims') = load(
  'supertokens-node/recipe/session/claims',
)

/** The roles that the database of both apps has. */
const ROLES = ['reader']

type Field = string | number | null | undefined

/** What a route changes of a payload. */
export const UPDATES: Readonly<Record<string, Readonly<Record<string, Field>>>> = {
  theme: { theme: 'dark' },
  nothing: {},
  null: { role: null },
  protected: { sub: 'eve' },
  number: { theme: Number.NaN },
  large: { text: 'x'.repeat(4096) },
  undefined: { role: undefined },
}

const nameOf = ({ query }: Request): string => String(query.update)
/** What both tell of a payload. */
const tell = (res: Response, payload: Readonly<Record<string, unknown>>): void => {
  const { role = null, theme = null } = payload
  res.json({ role, theme })
}
const broken = { id: 'broken', validate: () => Promise.reject(new Error('The app’s own.')) }

/** What an app on `supertokens-node` does with payloads and claims. */
export function theirClaims(app: Express, { Session, guard }: SuperTokensSdk): void {
  const roles = new PrimitiveArrayClaim<string>({ key: 'st-role', fetchValue: () => ROLES })
  const sessionOf = ({ session }: SessionRequest) => {
    if (!session) throw new Error('There is no session.')
    return session
  }
  app.post('/payload', guard.verifySession(), async (req: SessionRequest, res) => {
    const session = sessionOf(req)
    await session.mergeIntoAccessTokenPayload({ ...UPDATES[nameOf(req)] })
    tell(res, session.getAccessTokenPayload())
  })
  app.post('/demote', guard.verifySession(), async (req: SessionRequest, res) => {
    const changed = await Session.mergeIntoAccessTokenPayload(sessionOf(req).getHandle(), {
      role: 'reader',
    })
    res.json({ changed })
  })
  app.post('/claim', guard.verifySession(), async (req: SessionRequest, res) => {
    const session = sessionOf(req)
    await session.setClaimValue(roles, ['writer'])
    const set = await session.getClaimValue(roles)
    await session.fetchAndSetClaim(roles)
    const fetched = await session.getClaimValue(roles)
    await session.removeClaim(roles)
    res.json({ set, fetched, removed: (await session.getClaimValue(roles)) === undefined })
  })
  app.post('/validated', guard.verifySession(), async (req: SessionRequest, res) => {
    const found = await Session.validateClaimsForSessionHandle(sessionOf(req).getHandle(), () => [
      roles.validators.includes('admin'),
    ])
    res.json('invalidClaims' in found ? found.invalidClaims : found.status)
  })
  const guarded = (path: string, ...validators: Theirs): void => {
    app.all(
      path,
      guard.verifySession({ overrideGlobalClaimValidators: withAll(validators) }),
      (_, res) => void res.json({}),
    )
  }
  guarded('/readers', roles.validators.includes('reader'))
  guarded('/admins', roles.validators.includes('admin'))
  guarded(
    '/both',
    roles.validators.includes('admin'),
    roles.validators.excludes('reader', 0, 'own'),
  )
  guarded('/broken', broken)
}

type Theirs = import('supertokens-node/recipe/session').SessionClaimValidator[]

/** Adds validators to those of all routes. */
const withAll =
  (validators: Theirs) =>
  (all: Theirs): Theirs => [...all, ...validators]

/** What serves a request on our side. */
type Ours = ExpressSuperTokens & { readonly sessions: SuperTokensSessions }

/** The same on Holdfast's helpers. */
export function ourClaims(app: Express, by: (req: Request) => Ours): void {
  const roles = userRoleClaim({ fetchValue: () => ROLES })
  const guard =
    (...validators: readonly ClaimValidator[]) =>
    (req: Request, res: Response, next: NextFunction): void =>
      by(req).verifySession({
        overrideGlobalClaimValidators: (all) => [...all, ...validators],
      })(req, res, next)
  app.post('/payload', guard(), async (req, res) => {
    const session = by(req).sessionOf(req)
    await session.mergeIntoAccessTokenPayload({ ...UPDATES[nameOf(req)] })
    tell(res, session.getJWTPayload())
  })
  app.post('/demote', guard(), async (req, res) => {
    await by(req).sessions.mergeIntoAccessTokenPayload(by(req).sessionOf(req).getHandle(), {
      role: 'reader',
    })
    res.json({ changed: true })
  })
  app.post('/claim', guard(), async (req, res) => {
    const session = by(req).sessionOf(req)
    await session.setClaimValue(roles, ['writer'])
    const set = session.getClaimValue(roles)
    await session.fetchAndSetClaim(roles)
    const fetched = session.getClaimValue(roles)
    await session.removeClaim(roles)
    res.json({ set, fetched, removed: session.getClaimValue(roles) === undefined })
  })
  app.post('/validated', guard(), async (req, res) => {
    const { sessions, sessionOf } = by(req)
    const handle = sessionOf(req).getHandle()
    res.json(
      await sessions.validateClaimsForSessionHandle(handle, () => [
        roles.validators.includes('admin'),
      ]),
    )
  })
  const guarded = (path: string, ...validators: readonly ClaimValidator[]): void => {
    app.all(path, guard(...validators), (_req, res) => void res.json({}))
  }
  guarded('/readers', roles.validators.includes('reader'))
  guarded('/admins', roles.validators.includes('admin'))
  guarded(
    '/both',
    roles.validators.includes('admin'),
    roles.validators.excludes('reader', 0, 'own'),
  )
  guarded('/broken', broken)
}
