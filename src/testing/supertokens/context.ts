import type { Fields } from '../server/json.js'
import { refuse } from './answers.js'
import { flag } from './fields.js'
import type { Keys } from './keys.js'
import type { RefreshTokens } from './refresh-tokens.js'
import type { Lineage } from './rotation.js'
import type { SuperTokensCoreCookie, SuperTokensCoreSession, SuperTokensRotation } from './types.js'
import type { Dialect } from './versions.js'

/** A session, as the core stores it. */
export interface SessionRow extends SuperTokensCoreSession {
  userDataInJWT: Fields
  userDataInDatabase: Fields
  expiry: number
  lineage: Lineage
  /** Whether its access tokens are signed by the static key. */
  staticKey: boolean
}

/** All that the routes of one core share. */
export interface CoreContext {
  readonly versions: readonly string[]
  readonly rows: Map<string, SessionRow>
  readonly keys: Keys
  readonly tokens: RefreshTokens
  readonly rotation: {
    readonly [Name in keyof SuperTokensRotation]-?: NonNullable<SuperTokensRotation[Name]>
  }
  readonly tenants: readonly string[]
  readonly accessTokenValidity: number
  readonly refreshTokenValidity: number
  readonly antiCsrf: boolean
  readonly cookie: SuperTokensCoreCookie
  now(): number
  newId(): string
}

/** One request, taken apart. */
export interface Call {
  readonly url: URL
  readonly body: Fields
  readonly dialect: Dialect
  readonly tenantId: string
}

/** What serves an operation. */
export type Handler = (context: CoreContext, call: Call) => Promise<Fields>

/** Whether anti-CSRF is on: the core's own setting once, each request's word since 2.6. */
export const antiCsrfOf = (context: CoreContext, { body, dialect }: Call): boolean =>
  dialect.antiCsrfPerRequest ? flag(body, 'enableAntiCsrf') : context.antiCsrf

/** @throws CoreRefusal 403 for what only the tenant that all have may do. */
export function checkPublic(tenantId: string): void {
  if (tenantId !== 'public') refuse(403, 'Only public tenantId can call this app specific API')
}

/** A session, as answers name it. */
export const identityOf = (
  { handle, userId, tenantId }: Pick<SessionRow, 'handle' | 'userId' | 'tenantId'>,
  userDataInJWT: Fields,
  dialect: Dialect,
): Fields => ({
  handle,
  userId,
  ...(dialect.recipeUserId && { recipeUserId: userId }),
  userDataInJWT,
  ...(dialect.tenantId && { tenantId }),
})
