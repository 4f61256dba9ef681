import type { ActionHost, RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import type { WorkOSUser } from './types.js'

/** What the actions of one client work on. */
export interface ActionDeps {
  readonly host: ActionHost<WorkOSUser>
  readonly clientId: string
  /** The server's address. */
  readonly base: string
  readonly redirectUri: string | undefined
  /** The sessions that a navigation is about to end at the server. */
  readonly leaving: Set<string>
  /** Trades what a sign-in brought for a session. */
  grant(
    grantType: string,
    fields: Readonly<Record<string, unknown>>,
    context: RequestContext,
  ): Promise<Grant<WorkOSUser>>
}
