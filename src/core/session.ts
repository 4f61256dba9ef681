/** The person a session belongs to. Providers add their own fields. */
export interface SessionUser {
  readonly id: string
  readonly email?: string | undefined
  readonly phone?: string | undefined
}

/** Who acts as the user of a session. */
export interface Impersonator {
  readonly email: string
  readonly reason: string | null
}

/** One proof of who somebody is, such as `password` or `totp`. */
export interface AuthenticationMethod {
  readonly method: string
  /** When it was given, in ms since the epoch by the server's clock. */
  readonly at?: number | undefined
}

/** What a provider may know about a session beyond its tokens. */
export interface SessionFacts {
  readonly sessionId?: string | undefined
  readonly organizationId?: string | undefined
  readonly role?: string | undefined
  readonly roles?: readonly string[] | undefined
  readonly permissions?: readonly string[] | undefined
  readonly entitlements?: readonly string[] | undefined
  readonly featureFlags?: readonly string[] | undefined
  readonly impersonator?: Impersonator | undefined
  readonly authenticationMethod?: string | undefined
  /** How sure the server is of the person: `aal1` by one factor, `aal2` by two. */
  readonly aal?: string | undefined
  /** By what they proved who they are, the newest first where the server sorts them so. */
  readonly amr?: readonly AuthenticationMethod[] | undefined
  /** How long the session may last by its server's word: without use, and from the sign-in on; in ms. */
  readonly limits?:
    | { readonly idle?: number | undefined; readonly absolute?: number | undefined }
    | undefined
  /** The name of the key that the tokens are bound to, in the client's `keys`. */
  readonly keyId?: string | undefined
}

/** A signed-in session: plain, frozen data. */
export interface Session<User extends SessionUser = SessionUser> extends SessionFacts {
  readonly accessToken: string
  /** `null` when the server issued none: the session then ends with its access token. */
  readonly refreshToken: string | null
  /** Milliseconds since the epoch, by this device's clock. */
  readonly expiresAt: number
  /** `null` only when neither the server nor the token says whose session it is. */
  readonly user: User | null
  /** What the provider answered beyond the above, under the provider's own names. */
  readonly extras: Readonly<Record<string, unknown>>
}

/** Events that only some providers know: each adds the names of its own, by declaration merging. */
export interface ProviderEvents extends Record<never, true> {}

/** The name of an event that only some providers know. */
export type ProviderEventName = keyof ProviderEvents & string

/** What an exchange of a provider's own may be told as. */
export type ExchangeEventName = ProviderEventName | 'USER_UPDATED'

/** What a provider hands over after any successful authentication or refresh. */
export interface Grant<User extends SessionUser = SessionUser> extends SessionFacts {
  /**
   * Empty where the answer to a refresh holds the next refresh token and no access token: the session keeps
   * that one and all else it has, and the refresh fails with `bad_response`.
   */
  readonly accessToken: string
  /** Omitted when the server sent none, which keeps the old one (RFC 6749 §6). */
  readonly refreshToken?: string | undefined
  /** How long the access token lives from the moment it was requested, in ms; positive. */
  readonly lifetime: number
  /** Omitted when the answer names nobody, which keeps the user already known. */
  readonly user?: User | undefined
  /** Kept until a later answer replaces them. */
  readonly extras?: Readonly<Record<string, unknown>> | undefined
  /** Extras of this answer alone: the session that follows does not have them. */
  readonly once?: Readonly<Record<string, unknown>> | undefined
  /** An event to announce after `SIGNED_IN`. */
  readonly event?: ProviderEventName | undefined
  /**
   * Whether a sign-in gives way to another person who is signed in, as where somebody else may have brought
   * it about: it then rejects with `invalid_argument`, and their session stays.
   */
  readonly yields?: boolean | undefined
}
