import type { ActionHost, RequestContext, Tokens } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import type { GoTrueUser } from './types.js'
import type { Send } from './wire.js'

/** What the actions of one client work on. */
export interface ActionDeps<Metadata extends object> {
  readonly host: ActionHost<GoTrueUser<Metadata>>
  readonly send: Send
  /** The server's address. */
  readonly base: string
  readonly acceptFragmentTokens: boolean
  /** Milliseconds since the epoch. */
  now(): number
  restore(tokens: Tokens, context: RequestContext): Promise<Grant<GoTrueUser<Metadata>> | null>
}
