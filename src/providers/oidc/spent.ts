import type { TokenTarget } from '../../core/provider.js'

/** A refresh that was refused by a step, and has spent its token all the same. */
export interface SpentRefresh {
  readonly refreshToken: string
  /** What the access token was wanted for; nothing but empty fields for the session's own. */
  readonly target: TokenTarget
}

/**
 * What is known of such a refresh, by the details of the step's error. It is kept beside them, for an app
 * may write an error down anywhere, and there must be no token in it.
 */
export const SPENT: WeakMap<object, SpentRefresh> = new WeakMap()
