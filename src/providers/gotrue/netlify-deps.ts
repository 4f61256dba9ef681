import type { ActionHost, CallOptions, RequestContext, Tokens } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import type { NetlifyCredentials, NetlifyUser } from './netlify-types.js'

/** What the actions of one client of Netlify Identity work on. */
export interface NetlifyDeps<Metadata extends object> {
  readonly host: ActionHost<NetlifyUser<Metadata>>
  readonly acceptFragmentTokens: boolean
  signIn(
    credentials: NetlifyCredentials,
    context: RequestContext,
  ): Promise<Grant<NetlifyUser<Metadata>>>
  restore(tokens: Tokens, context: RequestContext): Promise<Grant<NetlifyUser<Metadata>> | null>
  /** Sends what is to change of whoever is signed in, under the server's names. */
  changeUser(changes: object, call?: CallOptions): Promise<NetlifyUser<Metadata>>
}
