import type { SessionUser } from '../core/session.js'
import type { PathPattern } from './paths.js'
import type { Who } from './user-info.js'

/** Options of `proxy`. */
export interface ProxyOptions {
  /**
   * The pages that only somebody who is signed in may see: all, or these. Others are sent to the
   * sign-in, and their background requests answered with 401. Paths are matched without the
   * `basePath` of Next, as they are written and decoded; one that cannot be read is protected. So is a request that
   * says in `Next-Url` that it comes from such a page, as Next may show the answer within that page's layouts. A
   * pattern that is a text means capital and small letters alike, as rewrites of Next do; a `RegExp` says that by its
   * flag `i`.
   * @default none, or all when there are `unauthenticatedPaths`
   */
  readonly protect?: boolean | readonly PathPattern[] | undefined
  /** The pages that anybody may see: a path counts only if every way to read it leads there. */
  readonly unauthenticatedPaths?: readonly PathPattern[] | undefined
}

/** A request as a proxy of the app's own finds it. */
export interface ProxySession<User extends SessionUser = SessionUser> {
  /** Who is signed in, as `withAuth({ onOutage: 'return' })` says it further on. */
  readonly who: Who<User>
  /** Whether this is one of the routes of the sign-in, which look after the session themselves: let it pass. */
  readonly isSignInRoute: boolean
  /**
   * Whether the request may lead to one of these pages, however its path is written, as for `protect`; also when nobody
   * can tell, or when it says in `Next-Url` that it comes from one, within whose layouts Next may show what it asks for.
   * @throws AuthError `invalid_argument` for a pattern that is none.
   */
  leadsTo(patterns: readonly PathPattern[]): boolean
  /** The headers to pass on, by which the readers of this request know: `{ request: { headers } }`. */
  readonly headers: Headers
  /** Puts on the app's answer the cookies that are due, and what keeps it out of shared caches. */
  apply(response: Response): Response
  /**
   * The answer to somebody who is not signed in and would have to be: the way to the sign-in for a page and for a Server
   * Action, 401 for what scripts ask for; and 503 while nobody can tell.
   */
  turnAway(): Response
}
