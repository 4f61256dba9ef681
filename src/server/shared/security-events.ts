/** A refresh token that was spent already, and came again while its successor is handed out. */
export interface TokenReuse {
  readonly sessionId: string | undefined
  readonly userId: string
  /** How long its successor had been there, in ms. */
  readonly age: number
  /** What came with the call, such as the request. */
  readonly request: unknown
}

/**
 * What a security log wants to know (ASVS 5.0, 16.3.1). None of it holds a token or a cookie.
 * `theft`: a token was used after its successor was. `refresh-refused`: the auth server said that a
 * session is over. `forged-cookie`: a value that none of the passwords sealed. `revocation-failed`:
 * the auth server could not be told of a sign-out. `device-missing`: a request had the cookie of a session that is
 * bound to a device, and no proof of it: somebody may have copied the cookie. `device-refused`: what a browser sent
 * to prove its key, or to bind a session to it, proves nothing. `device-required`: the app wants a session that is bound
 * for a request, and its own never was; only told of while that refuses nobody (`reportOnly`).
 */
export interface SecurityEvent {
  readonly type:
    | 'theft'
    | 'refresh-refused'
    | 'forged-cookie'
    | 'revocation-failed'
    | 'device-missing'
    | 'device-refused'
    | 'device-required'
  readonly sessionId?: string | undefined
  readonly userId?: string | undefined
  /** The code of the AuthError behind it. */
  readonly code?: string | undefined
  /** The auth server's own word for it. */
  readonly serverCode?: string | undefined
  readonly status?: number | undefined
  /** What came with the call, such as the request. */
  readonly request?: unknown
}

/** Who hears of what may be an attack. What they throw is dropped. */
export interface SecurityListeners {
  /**
   * Hears of spent refresh tokens that came again within the `reuseWindow`. Tabs do that, and so does
   * a thief who is quick: one of a session that comes from elsewhere is worth a look.
   */
  readonly onReuse?: ((reuse: TokenReuse) => void) | undefined
  /** Hears of thefts, refused refreshes, forged cookies, failed revocations and devices that prove nothing. */
  readonly onSecurityEvent?: ((event: SecurityEvent) => void) | undefined
}

/** Tells a listener, whose mistakes are its own. */
export function tell<Event>(listener: ((event: Event) => void) | undefined, event: Event): void {
  if (!listener) return
  Promise.resolve(event)
    .then(listener)
    .catch(() => {})
}

/** What an error may say in an event: no message, for that may repeat what it is about. */
export function wordsOf(error: {
  readonly code: string
  readonly serverCode?: string | undefined
  readonly status?: number | undefined
}): Pick<SecurityEvent, 'code' | 'serverCode' | 'status'> {
  const { code, serverCode, status } = error
  return { code, serverCode, status }
}
