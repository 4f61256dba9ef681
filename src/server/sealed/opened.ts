import type { SessionFacts, SessionUser } from '../../core/session.js'
import type { AccessTokens, TokenWords } from './access-tokens.js'
import { createKnownSeals } from './known-seals.js'
import { type CookieFailure, cookieFailure } from './results.js'
import type { Password } from './seal.js'
import { parseSealedData, type SealedData } from './session-data.js'

/** What a seal held: a session whose parts belong to one person. */
export interface Opened<User extends SessionUser> {
  readonly data: SealedData<User>
  readonly token: TokenWords
}

/** A cookie as a request has it, and what opens it. */
export interface SealedCookie {
  /** The cookie's value; nothing when the request has none. */
  readonly sessionData: string | null | undefined
  /** One, or several with the newest first; each of at least 32 characters. */
  readonly cookiePassword: Password
  /**
   * The cookie in which `SealedSession.noteUse` was kept, where sessions end when nobody uses them.
   * Without it the session was last used when its seal was made.
   */
  readonly useData?: string | null | undefined
  /** What `onReuse` and `onSecurityEvent` are told besides, such as the request. */
  readonly request?: unknown
}

// Whoever holds a password wrote it, and for the same provider.
const isOf = <User extends SessionUser>(data: SealedData | null): data is SealedData<User> =>
  data !== null

/** Reads what was sealed, or shared under a seal; `null` for what is no session. */
export function readSealed<User extends SessionUser>(json: string): SealedData<User> | null {
  const data = parseSealedData(json)
  return isOf<User>(data) ? data : null
}

/** Opens cookies. Never throws for what is in them. */
export type OpenSealed<User extends SessionUser> = (
  cookie: SealedCookie,
) => Promise<Opened<User> | CookieFailure>

/** What opening works with. `now` in ms. */
export interface OpenDeps {
  readonly tokens: Pick<AccessTokens, 'read'>
  now(): number
}

/**
 * Makes what opens cookies. One that comes again is known; what its token says counts anew each time.
 * @throws AuthError `invalid_argument`, when used, for an unfit password.
 */
export function createOpener<User extends SessionUser>({
  tokens,
  now,
}: OpenDeps): OpenSealed<User> {
  const open = createKnownSeals({ read: readSealed<User>, isGood: (data) => data !== null })
  return async ({ sessionData, cookiePassword }) => {
    if (!sessionData) return cookieFailure('no_session_cookie_provided')
    const data = await open(sessionData, cookiePassword, now)
    if (!data) return cookieFailure('invalid_session_cookie')
    const token = tokens.read(data)
    return token ? { data, token } : cookieFailure('invalid_jwt')
  }
}

/** What is known of a session, but its tokens. */
export const describeOpened = <User extends SessionUser>({
  data: { user, impersonator, authenticationMethod },
  token,
}: Opened<User>): SessionFacts & { readonly user: User } => ({
  ...token.facts,
  user,
  impersonator,
  authenticationMethod,
})
