/** Options of `withAuth`. */
export interface WithAuthOptions {
  /** Whether to redirect to the sign-in when nobody is signed in. @default false */
  readonly ensureSignedIn?: boolean | undefined
  /**
   * What to do while nobody can tell whether somebody is signed in: throw the TokenRefreshError, or return it as the
   * `outage`, for a page that says so.
   * @default 'throw'
   */
  readonly onOutage?: 'throw' | 'return' | undefined
}

/** Options of `refreshSession`. */
export interface NextRefreshOptions extends Pick<WithAuthOptions, 'ensureSignedIn'> {}

/** Options of `refreshSession`, where the auth server has organizations. */
export interface RefreshSessionOptions extends NextRefreshOptions {
  /** The organization to switch to. @default the one that the session is in */
  readonly organizationId?: string | undefined
}

/** Options that promise a session. */
export interface EnsureSignedIn {
  readonly ensureSignedIn: true
}

/** Options by which an outage is an answer. */
export interface ReturnOutage {
  readonly onOutage: 'return'
}

/** Options by which an outage is thrown. */
export interface ThrowOutage {
  readonly onOutage?: 'throw' | undefined
}
