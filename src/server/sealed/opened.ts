import type { SessionFacts, SessionUser } from '../../core/session.js'
import { fingerprint } from '../coordination/coordinator.js'
import type { AccessTokens, TokenWords } from './access-tokens.js'
import { createKnownSeals } from './known-seals.js'
import { type AuthenticateFailure, type CookieFailure, cookieFailure } from './results.js'
import type { Password } from './seal.js'
import { heldName, parseSealedData, type SealedData } from './session-data.js'
import type { SessionStore } from './session-store.js'

/** What a seal held: a session whose parts belong to one person. */
export interface Opened<User extends SessionUser> {
  readonly data: SealedData<User>
  readonly token: TokenWords
  /** Where it is held, if it is not in the cookie itself. */
  readonly held?: string | undefined
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
) => Promise<Opened<User> | AuthenticateFailure>

/** What opening works with. `now` in ms. */
export interface OpenDeps {
  readonly tokens: Pick<AccessTokens, 'read'>
  readonly store: SessionStore | null
  now(): number
}

/** What lies in a seal: a session, or the name of one that is held elsewhere. */
type Content<User extends SessionUser> =
  | { readonly type: 'session'; readonly data: SealedData<User> }
  | { readonly type: 'held'; readonly held: string }

function readContent<User extends SessionUser>(json: string): Content<User> | null {
  const held = heldName(json)
  if (held) return { type: 'held', held }
  const data = readSealed<User>(json)
  return data && { type: 'session', data }
}

/** Nobody can tell now: the cookie is as good as before. */
const UNKNOWN = { authenticated: false, retryable: true, reason: 'server_error' } as const

/**
 * Makes what opens cookies. One that comes again is known; what its token says counts anew each time.
 * @throws AuthError `invalid_argument`, when used, for an unfit password.
 */
export function createOpener<User extends SessionUser>(deps: OpenDeps): OpenSealed<User> {
  const { tokens, store, now } = deps
  const open = createKnownSeals({ read: readContent<User>, isGood: (content) => content !== null })

  function toOpened(content: Content<User> | null): Opened<User> | CookieFailure {
    if (content?.type !== 'session') return cookieFailure('invalid_session_cookie')
    const token = tokens.read(content.data)
    return token ? { data: content.data, token } : cookieFailure('invalid_jwt')
  }

  async function openHeld(
    held: string,
    { cookiePassword }: SealedCookie,
  ): Promise<Opened<User> | AuthenticateFailure> {
    const name = await fingerprint(held)
    // A store of the app's may throw anything.
    const sealed = await Promise.resolve(store?.get(name) ?? null).catch(() => undefined)
    if (sealed === undefined) return UNKNOWN
    // It is no forgery that the store has forgotten it.
    if (sealed === null) return cookieFailure('session_expired')
    const opened = toOpened(await open(sealed, cookiePassword, now))
    return 'reason' in opened ? opened : { ...opened, held: name }
  }

  return async (cookie) => {
    const { sessionData, cookiePassword } = cookie
    if (!sessionData) return cookieFailure('no_session_cookie_provided')
    const content = await open(sessionData, cookiePassword, now)
    return content?.type === 'held' ? openHeld(content.held, cookie) : toOpened(content)
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
