import { AuthError } from '../../core/errors.js'
import type { ActionHost } from '../../core/provider.js'
import type { Tokens } from './tokens.js'
import type { OidcUser } from './types.js'

/** Where a client of `oidc()` keeps what its areas work on. */
export const AREA: unique symbol = Symbol('area')

/** What the areas of one client work on. */
export interface Area {
  readonly host: ActionHost<OidcUser>
  readonly tokens: Tokens
}

/** The actions of a client, as areas see them. */
export interface WithArea {
  readonly [AREA]: Area
}

/** A client of `oidc()`, or of a preset: what every area takes. */
export interface OidcClient {
  readonly actions: WithArea
}

/**
 * What an area works on. `area` is its name, for the message.
 * @throws AuthError `invalid_argument` for anything but a client of `oidc()`.
 */
export function areaOf(area: string, auth: OidcClient): Area {
  const found = auth?.actions?.[AREA]
  if (found) return found
  throw new AuthError('invalid_argument', `${area}() takes an AuthClient of oidc().`)
}
