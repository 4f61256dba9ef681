import type { AuthError, RequiredStep } from './errors.js'
import type { Awaitable, Crypto, KeyStore, Page, Signal } from './ports.js'
import type { SessionRecord } from './record.js'
import type { ExchangeEventName, Grant, Session, SessionUser } from './session.js'
import type { Resume } from './session-source.js'
import type { Held, Now } from './timing.js'

/** What every call to a provider gets. */
export interface RequestContext {
  /** Aborts when the answer is no longer wanted or its time is up. */
  readonly signal: Signal
  /**
   * Called right before each request leaves: one that had to wait for another one's answer is not sent any
   * more. What finishes a request that was answered leaves it out, or the tokens of that would be lost.
   * @throws AuthError `disposed`, once the client was disposed of.
   */
  readonly throwIfDisposed?: (() => void) | undefined
}

/** What an access token is wanted for, beside the session's own (RFC 8707, RFC 6749 §3.3). */
export interface TokenTarget {
  /** The address of the API (RFC 8707). */
  readonly resource?: string | undefined
  /** What some servers take instead of a resource. */
  readonly audience?: string | undefined
  /** Names of rights, with blanks between them. */
  readonly scope?: string | undefined
}

/** A token for a resource that has just arrived. `requestedAt`: wall time, ms. */
export interface IssuedToken {
  readonly name: string
  readonly grant: Grant
  readonly requestedAt: number
}

/** How a session keeps access tokens for several resources; made by `resourceTokens()`. */
export interface ResourceTokens {
  /** The name of a target's token; empty for the session's own. @throws AuthError `invalid_argument`. */
  nameOf(target: TokenTarget): string
  /** The token of a session in memory, its whole life and what is left of it, in ms. */
  find(
    held: Held<SessionUser>,
    name: string,
    now: Now,
  ): { readonly accessToken: string; readonly lifetime: number; readonly left: number } | null
  /** The record with one more token. @throws AuthError `bad_response` when the grant holds none. */
  add<User extends SessionUser>(base: SessionRecord<User>, issued: IssuedToken): SessionRecord<User>
}

/** What a refresh gets besides. */
export interface RefreshContext extends RequestContext, TokenTarget {
  /** The session that the token is of, with all that is known of it; `null` for one held elsewhere. */
  readonly session?: Session | null | undefined
  /** The organization that the new session is wanted for; by default the one it is in. */
  readonly organizationId?: string | undefined
}

/** How a token passed to `refreshSession` is treated. */
export interface RefreshOptions extends CallOptions {
  /** Whether the session of that token becomes the current one. @default true */
  readonly makeCurrent?: boolean | undefined
  /** The organization to switch to, where the server knows such. @default the session's own */
  readonly organizationId?: string | undefined
}

/** A request that brings the next tokens of the current session, such as the second factor. */
export interface Purpose<User extends SessionUser> {
  /** Runs inside the lock, with the session as it is then. `null`: the answer holds no session. */
  send(session: Session<User>, context: RequestContext): Promise<Grant<User> | null>
  /** What subscribers hear. @default 'TOKEN_REFRESHED' */
  readonly event?: ExchangeEventName | undefined
  /** Whether it carries no access token, so that one which is dead is no hindrance. @default false */
  readonly withoutToken?: boolean | undefined
  /** What the access token that it brings is for: see `ResourceTokens`. @default the session itself */
  readonly target?: TokenTarget | undefined
  /**
   * Whether it brings another session of the same person at the server, as linking an identity does,
   * not the next tokens of the same one. The one of the two that nobody holds any more is then ended
   * there, in the background, as `Provider.signOut` does with `local`. @default false
   */
  readonly startsSession?: boolean | undefined
}

/** A request that is about to carry a session. */
export interface OutgoingRequest {
  readonly url: string
  readonly method: string
}

/** What came back for it. */
export interface IncomingAnswer extends OutgoingRequest {
  readonly status: number
  readonly headers: { get(name: string): string | null }
  /** Makes a copy, in pages a `Response`: whoever reads its body leaves the app's own unread. */
  readonly copy?: (() => unknown) | undefined
}

/** What an answer of an app's API means for the session. */
export type AnswerMeaning<User extends SessionUser> =
  /** The access token was refused: refresh it, and send the request again. */
  | { readonly kind: 'refresh' }
  /** Send it again as it is: what `authorize` makes of it by now will do (a DPoP nonce). */
  | { readonly kind: 'repeat' }
  /** The server wants another step first: the call rejects with `step_required`. */
  | {
      readonly kind: 'step'
      readonly step: RequiredStep
      /** The newer state of the session that the answer brought as well. */
      readonly grant?: Grant<User> | undefined
    }
  /** The answer brought a newer state of the session. */
  | { readonly kind: 'update'; readonly grant: Grant<User> }
  | { readonly kind: 'none' }

/** `local` ends this session, `others` every other one of the user, `global` all of them. */
export type SignOutScope = 'local' | 'global' | 'others'

/** Tokens of a session that was kept elsewhere. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** A one-time secret that has to survive a redirect, such as a PKCE verifier. */
export interface Flow {
  readonly secret: string
  readonly purpose: string
}

/** What a client lends to its provider's actions. */
export interface ActionHost<User extends SessionUser = SessionUser> {
  readonly page: Page
  /** Runs a request that signs somebody in; `null` from it means that a step is still missing. */
  signIn(
    request: (context: RequestContext) => Promise<Grant<User> | null>,
    options?: CallOptions,
  ): Promise<SignInResult<User>>
  /**
   * Runs a request with a working session; once more where the server refuses its token, and gives
   * another for it (see `refusesToken`). @throws AuthSessionMissingError when signed out.
   */
  withSession<T>(
    request: (session: Session<User>, context: RequestContext) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>
  /** Runs a request for nobody in particular, within the time limit. */
  request<T>(request: (context: RequestContext) => Promise<T>, options?: CallOptions): Promise<T>
  /** As `withSession`, then makes what it returns the user of the current session. */
  updateUser(
    request: (session: Session<User>, context: RequestContext) => Promise<User>,
    options?: CallOptions,
  ): Promise<User>
  /**
   * Runs a request alone with the session, and makes what it brings the session's next tokens.
   * @throws AuthSessionMissingError when nobody is signed in.
   */
  exchange(purpose: Purpose<User>, options?: CallOptions): Promise<Session<User>>
  /** Where keys lie that never leave this device; `null` where the app has no such place. */
  readonly keys: KeyStore | null
  /** What makes secrets, where the app has passed it; `undefined` where the platform's own does. */
  readonly crypto: Crypto | undefined
  /** Keeps a secret across a redirect for a day; the newest few are kept. */
  saveFlow(flow: Flow): Promise<void>
  /** The secrets kept, newest first. */
  flows(): Promise<readonly Flow[]>
  removeFlow(flow: Flow): Promise<void>
  /** Runs work that no other context with this storage runs meanwhile, as far as locks work. */
  alone<T>(work: () => Promise<T>, options?: CallOptions): Promise<T>
}

/** Options of every call that waits. */
export interface CallOptions {
  /** Ends this caller's waiting. Work that others share, or that must not be lost, goes on. */
  readonly signal?: Signal | undefined
}

/** `session` is `null` when the server wants another step first, such as a confirmed address. */
export interface SignInResult<User extends SessionUser = SessionUser> {
  readonly session: Session<User> | null
  readonly user: User | null
}

/**
 * One wire protocol, translated. Knows nothing of storage, locks, timers or events.
 * Every method throws `AuthError` and nothing else.
 */
export interface Provider<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /** Names the server; the default storage key is derived from it. */
  readonly id: string
  /**
   * Trades a refresh token for a new session. `null` when the answer holds no session.
   * @throws AuthError with code `refresh_rejected` for the provider's terminal errors only; with the
   *   `serverCode` `subject_changed` where the answer is the session of another person, and `key_lost`
   *   where the key is gone that its tokens are bound to.
   */
  refresh(refreshToken: string, context: RefreshContext): Promise<Grant<User> | null>
  /**
   * For servers that give tokens for several resources: made by `resourceTokens()`.
   * @default getAccessToken() has the session’s own token only
   */
  readonly tokens?: ResourceTokens | undefined
  /** Signs somebody in. `null` when a further step is needed. */
  signIn?(credentials: Credentials, context: RequestContext): Promise<Grant<User> | null>
  /** Checks tokens that were kept elsewhere, refreshing them where that is needed. */
  restore?(tokens: Tokens, context: RequestContext): Promise<Grant<User> | null>
  /**
   * For servers that keep tokens in cookies which no script can read: whose session this browser has
   * is asked at each start. Made by `resumeWith()`.
   */
  readonly resume?: Resume<User> | undefined
  /** The headers by which a request carries the session. @default the access token as bearer */
  authorize?(
    session: Session<User>,
    request: OutgoingRequest,
  ): Awaitable<Readonly<Record<string, string>>>
  /**
   * Whether some of its sign-ins give way to whoever is signed in (`Grant.yields`): then all sign-ins are
   * saved one at a time, by all contexts, or one could come between such a one's look and its save.
   */
  readonly mayYield?: boolean | undefined
  /** Headers of `authorize` that are secrets of one origin: no redirect takes them to another. */
  readonly boundHeaders?: readonly string[] | undefined
  /**
   * What an answer to a request that carried the session means; `undefined` leaves it to the default.
   * @default a 401 asks for a refresh, unless it wants another sign-in (RFC 9470)
   */
  readAnswer?(
    answer: IncomingAnswer,
    session: Session<User>,
  ): Awaitable<AnswerMeaning<User> | undefined>
  /**
   * Whether the failure of an action says that the access token it carried is worth nothing any more,
   * whatever its clock says. It is then exchanged, and the action sent once more, or the session ends.
   * Not for what another step cures, such as a second factor.
   */
  refusesToken?(error: AuthError): boolean
  /**
   * Revokes at the server. Called again with the same session where it failed in a way that may pass,
   * and was `global`, or of a session that another one replaced.
   */
  signOut?(session: Session<User>, scope: SignOutScope, context: RequestContext): Promise<void>
  /** What this provider can do beyond the contract, as `client.actions`. */
  actions?(host: ActionHost<User>): Actions
}
