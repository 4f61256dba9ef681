import type { Provider, RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import type { HttpOptions } from '../../providers/shared/http.js'
import type { AuthorizeOptions, WorkOSUser } from '../../providers/workos/index.js'
import type { SealedRefreshContext } from '../sealed/sealed-sessions-types.js'
import type { WorkOSSignIns } from './sign-in-types.js'

/** Options of `workosServer`: a confidential client, which has a secret. */
export interface WorkOSServerOptions extends Omit<HttpOptions, 'url' | 'credentials'> {
  readonly clientId: string
  /** The secret key of your environment, `sk_…`. Keep it on the server. */
  readonly apiKey: string
  /** Your custom authentication domain, where you have one. @default 'https://api.workos.com' */
  readonly url?: string | undefined
  /** Milliseconds for a call that is given no signal, and for each request of a sign-in. @default 10_000 */
  readonly requestTimeout?: number | undefined
}

/** What a sign-in may be asked for by a server. */
export interface ServerAuthorizeOptions extends Omit<AuthorizeOptions, 'state' | 'returnTo'> {
  /** Where WorkOS sends people back to; it must be on its list. */
  readonly redirectUri: string
  /** Comes back with the code. It must be a secret of this browser's, or anybody signs it in. */
  readonly state?: string | undefined
  /** The S256 challenge of a verifier that `exchangeCode` gets (RFC 7636). */
  readonly codeChallenge?: string | undefined
}

/** WorkOS as a server app speaks to it. All methods throw AuthError. */
export interface WorkOSServer
  extends WorkOSSignIns,
    Required<Pick<Provider<never, WorkOSUser>, 'id' | 'signOut'>> {
  /** How long the requests of a sign-in may take, in ms. */
  readonly requestTimeout: number
  /** How long a spent refresh token is forgiven, in ms. */
  readonly reuseWindow: number
  /** It is told of a session by its id. */
  readonly revokesSessions: true
  /** Where the keys are that its access tokens are signed by. */
  readonly jwksUrl: string
  /**
   * Trades a refresh token. A request that nothing came of (a network that failed, a status of 5xx or 408, without
   * `Retry-After`) is sent once more within the call, with the same `Idempotency-Key`: WorkOS gives the same pair again.
   * @throws AuthError `refresh_rejected` for the one answer that ends a session.
   */
  refresh(refreshToken: string, context: SealedRefreshContext): Promise<Grant<WorkOSUser> | null>
  /**
   * Where to send the browser for signing in.
   * @throws AuthError `invalid_argument` for a `redirectUri` that is no URL, and for what cannot be.
   */
  authorizeUrl(options: ServerAuthorizeOptions): string
  /**
   * Where to send the browser to end a session, so that AuthKit forgets the person too.
   * @throws AuthError `invalid_argument` for a `returnTo` that is no absolute http(s) URL.
   */
  signOutUrl(options: {
    readonly sessionId: string
    readonly returnTo?: string | undefined
  }): string
  /** Ends a session; one that is over already is what was asked for. */
  revoke(sessionId: string, context?: RequestContext): Promise<void>
}
