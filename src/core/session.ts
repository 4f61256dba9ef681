/** The person a session belongs to. Providers add their own fields. */
export interface SessionUser {
  readonly id: string
  readonly email?: string | undefined
  readonly phone?: string | undefined
}

/** A signed-in session: plain, frozen data. */
export interface Session<User extends SessionUser = SessionUser> {
  readonly accessToken: string
  /** `null` when the server issued none: the session then ends with its access token. */
  readonly refreshToken: string | null
  /** Milliseconds since the epoch, by this device's clock. */
  readonly expiresAt: number
  /** `null` only when neither the server nor the token says whose session it is. */
  readonly user: User | null
  readonly sessionId?: string | undefined
  readonly role?: string | undefined
  /** What the provider answered beyond the above, under the provider's own names. */
  readonly extras: Readonly<Record<string, unknown>>
}

/** What a provider hands over after any successful authentication or refresh. */
export interface Grant<User extends SessionUser = SessionUser> {
  readonly accessToken: string
  /** Omitted when the server sent none, which keeps the old one (RFC 6749 §6). */
  readonly refreshToken?: string | undefined
  /** How long the access token lives from the moment it was requested, in ms; positive. */
  readonly lifetime: number
  /** Omitted when the answer names nobody, which keeps the user already known. */
  readonly user?: User | undefined
  readonly sessionId?: string | undefined
  readonly role?: string | undefined
  readonly extras?: Readonly<Record<string, unknown>> | undefined
  /** An event to announce after `SIGNED_IN`, such as `PASSWORD_RECOVERY`. */
  readonly event?: ProviderEventName | undefined
}

/** Events that only some providers know. */
export type ProviderEventName = 'PASSWORD_RECOVERY'

/**
 * A session as contexts share it.
 * `lineage` names the sign-in it descends from; `revision` counts what was saved since.
 */
export interface SessionRecord<User extends SessionUser = SessionUser> {
  readonly lineage: string
  readonly revision: number
  /** The access token's whole life in ms, from the moment it was requested. */
  readonly lifetime: number
  readonly session: Session<User>
}
