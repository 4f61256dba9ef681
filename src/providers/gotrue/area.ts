import { AuthError } from '../../core/errors.js'
import type { ActionDeps } from './action-deps.js'

/** Where a client of `gotrue()` keeps what its areas work on. */
export const AREA: unique symbol = Symbol('area')

/** The actions of a client, as areas see them. */
export interface WithArea<Metadata extends object> {
  readonly [AREA]: ActionDeps<Metadata>
}

/** A client of `gotrue()`: what every area takes. */
export interface GoTrueClient<Metadata extends object> {
  readonly actions: WithArea<Metadata>
}

/**
 * What an area works on. `area` is its name, for the message.
 * @throws AuthError `invalid_argument` for anything but a client of `gotrue()`.
 */
export function depsOf<Metadata extends object>(
  area: string,
  auth: GoTrueClient<Metadata>,
): ActionDeps<Metadata> {
  const deps = auth?.actions?.[AREA]
  if (deps) return deps
  throw new AuthError('invalid_argument', `${area}() takes an AuthClient of gotrue().`)
}
