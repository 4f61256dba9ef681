import type { Session, SessionFacts, SessionUser } from '../../core/session.js'
import type { AccessTokens, TokenWords } from './access-tokens.js'
import { type HeldContent, heldName, readHeldJson } from './held-sessions.js'
import { createKnownSeals } from './known-seals.js'
import { type CookieFailure, cookieFailure, type SealedSessionFailure } from './results.js'
import type { Password } from './seal.js'
import { parseSealedData, type SealedData } from './session-data.js'
import type { SessionStore } from './session-store.js'

/** What a seal held: a session whose parts belong to one person. */
export interface Opened<User extends SessionUser = SessionUser> {
  readonly data: SealedData<User>
  readonly token: TokenWords
  /** The name under which the store holds it, if it is not in the cookie itself. */
  readonly held?: string | undefined
}

/** A cookie as a request has it, and what opens it. */
export interface SealedCookie {
  /** The cookie's value; nothing when the request has none. */
  readonly value: string | null | undefined
  /** One, or several with the newest first; each of at least 32 characters. */
  readonly password: Password
  /**
   * The cookie in which `SealedSession.noteUse` was kept, where sessions end when nobody uses them; or all cookies of
   * that name, where other hosts and paths may have set it too: the newest that is this session's counts.
   * Without it the session was last used when its seal was made.
   */
  readonly lastUse?: string | readonly string[] | null | undefined
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
export interface Opener<User extends SessionUser> {
  open(cookie: SealedCookie): Promise<Opened<User> | SealedSessionFailure>
  /** What a session is called that is held elsewhere, also while it cannot be had; else `null`. */
  nameOfHeld(cookie: SealedCookie): Promise<string | null>
}

/** What opening works with. `now` in ms. */
export interface OpenDeps {
  readonly tokens: Pick<AccessTokens, 'read'>
  readonly store: SessionStore | null
  now(): number
}

/** What lies in a seal: a session, the key to one that is held elsewhere, or such a one. */
type Content<User extends SessionUser> =
  | { readonly type: 'session'; readonly data: SealedData<User> }
  | Exclude<HeldContent, { readonly type: 'entry' }>
  | { readonly type: 'entry'; readonly name: string; readonly data: SealedData<User> }

function readContent<User extends SessionUser>(json: string): Content<User> | null {
  const held = readHeldJson(json)
  if (held?.type === 'key') return held
  const data = readSealed<User>(held ? held.session : json)
  if (!data) return null
  return held ? { type: 'entry', name: held.name, data } : { type: 'session', data }
}

/** Nobody can tell now: the cookie is as good as before. */
const UNKNOWN = { signedIn: false, retryable: true, reason: 'server_error' } as const
const INVALID = cookieFailure('invalid_session_cookie')

/**
 * Makes what opens cookies. One that comes again is known; what its token says counts anew each time.
 * @throws AuthError `invalid_argument`, when used, for an unfit password.
 */
export function createOpener<User extends SessionUser>(deps: OpenDeps): Opener<User> {
  const { tokens, store, now } = deps
  const read = createKnownSeals({ read: readContent<User>, isGood: (content) => content !== null })

  function toOpened(data: SealedData<User>): Opened<User> | CookieFailure {
    const token = tokens.read(data)
    return token ? { data, token } : cookieFailure('invalid_jwt')
  }

  async function openHeld(
    key: string,
    { password }: SealedCookie,
  ): Promise<Opened<User> | SealedSessionFailure> {
    const held = await heldName(key)
    const sealed = await store?.get(held).catch(() => UNKNOWN)
    if (typeof sealed === 'object' && sealed !== null) return sealed
    // It is no forgery that the store has forgotten it.
    if (!sealed) return cookieFailure('session_expired')
    const content = await read(sealed, password, now)
    // What lies there under another name than its own was put there by somebody else.
    if (content?.type !== 'entry' || content.name !== held) return INVALID
    const opened = toOpened(content.data)
    return 'reason' in opened ? opened : { ...opened, held }
  }

  return {
    async open(cookie) {
      const { value, password } = cookie
      if (!value) return cookieFailure('no_session_cookie_provided')
      const content = await read(value, password, now)
      if (content?.type === 'key') return openHeld(content.key, cookie)
      return content?.type === 'session' ? toOpened(content.data) : INVALID
    },
    async nameOfHeld({ value, password }) {
      const content = value ? await read(value, password, now) : null
      return content?.type === 'key' ? content.session : null
    },
  }
}

/** What a session is called here: by a name of its own where it has one, else as its server calls it. */
export const sessionIdOf = (
  { id }: Pick<SealedData, 'id'>,
  token: Pick<TokenWords, 'facts'> | null,
): string | undefined => id ?? token?.facts.sessionId

/** What its server knows of a session, but its tokens. */
const factsOfOpened = <User extends SessionUser>({
  data: { user, impersonator, authenticationMethod },
  token,
}: Opened<User>): SessionFacts & { readonly user: User } => ({
  ...token.facts,
  user,
  impersonator,
  authenticationMethod,
})

/** What is known of a session, but its tokens. */
export function describeOpened<User extends SessionUser>(
  opened: Opened<User>,
): SessionFacts & { readonly user: User } {
  const sessionId = sessionIdOf(opened.data, opened.token)
  return { ...factsOfOpened(opened), ...(sessionId !== undefined && { sessionId }) }
}

/** A session as its provider is told of it. */
export const toSession = <User extends SessionUser>(opened: Opened<User>): Session<User> => {
  const { accessToken, refreshToken, extras = {} } = opened.data
  const { expiresAt } = opened.token
  return { ...factsOfOpened(opened), accessToken, refreshToken, expiresAt, extras }
}
