import type { Challenge } from './accounts.js'
import type { ServerContext } from './context.js'
import { refuse } from './errors.js'
import { perServer } from './per-server.js'

/** An app that people can sign in to with this server. */
export interface OAuthApp {
  readonly id: string
  readonly name: string
  readonly redirectUris: readonly string[]
}

/** What an app asks of a person. */
export interface Authorization {
  readonly client: OAuthApp
  readonly redirectUri: string
  readonly scope: string
  readonly state: string | null
  /** `null` where the app began without PKCE. */
  readonly flow: Challenge | null
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Who has looked at it: nobody else can, from then on. */
  userId: string | null
  pending: boolean
}

/** What a person agreed to. */
export interface Consent {
  readonly client: OAuthApp
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** What an app trades for a session. */
export interface OAuthCode {
  readonly authorization: Authorization
  readonly userId: string
  /** When it was issued, in ms since the epoch. */
  readonly at: number
}

/** What a server remembers of other apps. */
export interface OAuthMemory {
  readonly clients: Map<string, OAuthApp>
  readonly authorizations: Map<string, Authorization>
  readonly codes: Map<string, OAuthCode>
  /** By person and client. */
  readonly consents: Map<string, Map<string, Consent>>
}

/** The memory of one server. */
export const memoryOf: (context: ServerContext) => OAuthMemory = perServer(() => ({
  clients: new Map(),
  authorizations: new Map(),
  codes: new Map(),
  consents: new Map(),
}))

/** Where people are asked for their consent. @throws GoTrueRefusal `feature_disabled` */
export function consentUrlOf({ options }: ServerContext): string {
  return (
    options.oauthServer?.consentUrl ?? refuse(404, 'feature_disabled', 'OAuth server is disabled')
  )
}
