import type { SessionUser } from '../../core/session.js'

/** A refresh token that was exchanged. It holds neither the old tokens nor the new ones. */
export interface RefreshEvent {
  readonly sessionId: string | undefined
  readonly organizationId: string | undefined
  /** As the auth server described them in its answer. */
  readonly user: SessionUser
  /** What came with the call, such as the request. */
  readonly request: unknown
}

/** An exchange that failed. */
export interface RefreshErrorEvent {
  readonly sessionId: string | undefined
  readonly userId: string
  /** Whether the session is as good as before, and the exchange is tried again. */
  readonly retryable: boolean
  /** The code of the AuthError behind it. */
  readonly code: string
  /** The auth server's own word for it. */
  readonly serverCode?: string | undefined
  readonly status?: number | undefined
  readonly request: unknown
}

/**
 * Who hears of refreshes: once for each request to the auth server, however many requests of browsers share
 * its answer. What they throw is dropped.
 */
export interface RefreshListeners {
  readonly onRefresh?: ((event: RefreshEvent) => void) | undefined
  readonly onRefreshError?: ((event: RefreshErrorEvent) => void) | undefined
}
