import type { JWTPayload } from 'jose'
import type { SessionFacts, SessionUser } from '../../core/session.js'
import { readClaims } from '../../providers/shared/jwt.js'
import type { SealReader } from './known-seals.js'
import { type CookieFailure, cookieFailure } from './results.js'
import { type Password, unsealText } from './seal.js'
import { parseSealedData, type SealedData } from './session-data.js'
import { factsOf } from './session-facts.js'

/** What a seal held: a session whose parts belong to one person. */
export interface Opened<User extends SessionUser> {
  readonly data: SealedData<User>
  /** Of the access token, unverified. */
  readonly claims: JWTPayload
}

/** A cookie as a request has it, and what opens it. */
export interface SealedCookie {
  /** The cookie's value; nothing when the request has none. */
  readonly sessionData: string | null | undefined
  /** One, or several with the newest first; each of at least 32 characters. */
  readonly cookiePassword: Password
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

/**
 * Reads what was in the seal of a cookie: a session, or why it is none. It depends on the text alone,
 * for what it gives is remembered (`createKnownSeals`): what time or a sign-out tells is for others.
 */
export function readOpened<User extends SessionUser>(json: string): Opened<User> | CookieFailure {
  const data = readSealed<User>(json)
  if (!data) return cookieFailure('invalid_session_cookie')
  const claims = readClaims(data.accessToken)
  return claims?.sub === data.user.id ? { data, claims } : cookieFailure('invalid_jwt')
}

async function openAnew<User extends SessionUser>(
  sealed: string,
  password: Password,
  now: () => number,
): Promise<Opened<User> | CookieFailure | null> {
  const text = await unsealText(sealed, password, { now })
  return text === null ? null : readOpened<User>(text)
}

/**
 * Opens a cookie, anew or by a reader that remembers. Never throws for what is in it.
 * @throws AuthError `invalid_argument` for an unfit password.
 */
export async function openSealed<User extends SessionUser>(
  { sessionData, cookiePassword }: SealedCookie,
  now: () => number,
  open: SealReader<Opened<User> | CookieFailure> = openAnew,
): Promise<Opened<User> | CookieFailure> {
  if (!sessionData) return cookieFailure('no_session_cookie_provided')
  return (await open(sessionData, cookiePassword, now)) ?? cookieFailure('invalid_session_cookie')
}

/** What is known of a session, but its tokens. */
export const describeOpened = <User extends SessionUser>({
  data: { user, impersonator, authenticationMethod },
  claims,
}: Opened<User>): SessionFacts & { readonly user: User } => ({
  ...factsOf(claims),
  user,
  impersonator,
  authenticationMethod,
})
