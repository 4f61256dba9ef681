import type {
  ActionHost,
  AnswerMeaning,
  CallOptions,
  IncomingAnswer,
  Provider,
  RequestContext,
  ResourceTokens,
} from '../../core/provider.js'
import type { Session, SessionUser } from '../../core/session.js'
import type { HttpOptions, HttpRequest } from '../shared/http.js'
import type { HandleRedirect } from '../shared/redirect.js'
import type { OidcAnswer } from './answer.js'

/** The server's discovery document (RFC 8414 §2), or the part of it that is used. */
export interface OidcMetadata {
  readonly issuer?: string | undefined
  readonly authorization_endpoint: string
  readonly token_endpoint: string
  readonly userinfo_endpoint?: string | undefined
  readonly revocation_endpoint?: string | undefined
  readonly end_session_endpoint?: string | undefined
  readonly pushed_authorization_request_endpoint?: string | undefined
  readonly require_pushed_authorization_requests?: boolean | undefined
  readonly authorization_response_iss_parameter_supported?: boolean | undefined
  readonly [name: string]: unknown
}

/** Texts that are sent as they are, by the server's own names. */
export type OidcParameters = Readonly<Record<string, string>>

/** The claims of an id token, or what the userinfo endpoint says. */
export type OidcClaims = Readonly<Record<string, unknown>>

/** A user as the server describes them (OIDC Core §5.1), names that are one word in camelCase. */
export interface OidcUser extends SessionUser {
  readonly emailVerified?: boolean
  readonly name?: string
  readonly givenName?: string
  readonly familyName?: string
  readonly preferredUsername?: string
  readonly picture?: string
  readonly locale?: string
  /** Whatever else the server says. */
  readonly [claim: string]: unknown
}

/** What a user is loaded with. */
export interface OidcUserSource extends OidcContext {
  readonly accessToken: string
  /** Those of the id token; `null` where there is none. */
  readonly claims: OidcClaims | null
  readonly metadata: OidcMetadata
  readonly send: OidcSend
}

/** Sends one request to an endpoint, whose address is taken as it is: with its query and slashes. */
export type OidcSend = (
  endpoint: string,
  request: Omit<HttpRequest, 'path' | 'query'> & Pick<HttpOptions, 'headers'>,
  context: OidcContext,
) => Promise<OidcAnswer>

/** For whom a request is sent. */
export interface OidcContext extends RequestContext {
  readonly session?: Session | null | undefined
  /** What was kept for the sign-in that the request is part of. */
  readonly kept?: Readonly<Record<string, unknown>> | undefined
}

/** The key of a sign-in, and then of its session. */
export interface OidcKey {
  /** The name under which it lies in the client's `keys`. */
  readonly key: string
  /** Its thumbprint (RFC 7638). */
  readonly jkt: string
}

/** What binds the sessions of one provider to keys. */
export interface OidcBinding {
  /** Sends as `OidcSend` does, with a proof where the session or the sign-in has a key. */
  readonly send: OidcSend
  readonly signer: Pick<Provider<never, OidcUser>, 'authorize' | 'boundHeaders'>
  /** The host of one client, whose keys are used. @throws AuthError `invalid_argument` without keys. */
  attach(host: ActionHost<OidcUser>): ActionHost<OidcUser>
  /** Makes the key of a sign-in; `null` for a server that does not announce that it takes one. */
  begin(metadata: OidcMetadata): Promise<OidcKey | null>
  /** Keeps the key of a sign-in that brought a session; until then it is nobody's. */
  keep(name: string | undefined): Promise<void>
  /** What an answer of an API means; `undefined` for nothing of its own. */
  readAnswer(answer: IncomingAnswer): AnswerMeaning<never> | undefined
}

/** How a sign-in is pushed to the server (RFC 9126); resolves to the address to navigate to. */
export type OidcPush = (
  parameters: OidcParameters,
  source: {
    readonly metadata: OidcMetadata
    readonly send: OidcSend
    readonly context: RequestContext
  },
) => Promise<string>

/** What every part of a provider speaks to its server through. */
export interface OidcChannel {
  readonly send: OidcSend
  /** What binds sessions to keys, where the app wants it. */
  readonly binding: OidcBinding | undefined
  /** Where its endpoints are: by hand, found before, or `kept` with a session; else it is asked. */
  find(context: RequestContext, kept?: unknown): Promise<OidcMetadata>
  /**
   * Says that an address may be nobody's any more: the issuer is asked before the next request. `unheard`:
   * nobody was heard there, as in an outage, so that it is used all the same where the issuer cannot tell.
   */
  moved(unheard?: boolean): void
}

/**
 * What makes a server whose id tokens are verified; made by `verifyIdToken()`. An answer whose id token
 * is not genuine, or not known to be, fails a sign-in; else it comes with an unsigned one, which nobody
 * believes.
 */
export type OidcVerifier = (options: OidcOptions) => OidcChannel

/** Options of `oidc`: a public client, which has no secret. */
export interface OidcOptions extends Omit<HttpOptions, 'url' | 'credentials'> {
  /** As the server writes it, byte for byte: with a slash at its end where it has one. */
  readonly issuer: string
  readonly clientId: string
  /** Where the server sends people back to; it must be on its list. */
  readonly redirectUri: string
  /**
   * What is asked for, with blanks in between. Without `openid` the server need know OAuth 2 only.
   * @default 'openid profile email offline_access'
   */
  readonly scope?: string | undefined
  /** For servers whose document pages cannot read. @default asked of the issuer, once */
  readonly metadata?: OidcMetadata | undefined
  /** Sent with every sign-in. @default none */
  readonly parameters?: OidcParameters | undefined
  /**
   * Loads the user at a sign-in, where the id token says too little: `userinfo`, or what asks a server
   * of your own. @default the id token says who it is
   */
  readonly loadUser?: ((source: OidcUserSource) => Promise<OidcUser>) | undefined
  /**
   * `resourceTokens()`, for access tokens of several resources.
   * @default the session has its own token only
   */
  readonly resourceTokens?: ResourceTokens | undefined
  /**
   * `stepUp`, for APIs that want a fresher or stronger sign-in (RFC 9470).
   * @default their 401 is handed to the app
   */
  readonly stepUp?: ((answer: IncomingAnswer) => AnswerMeaning<OidcUser>) | undefined
  /** `pushRequest`, for servers that take pushed sign-ins (RFC 9126). @default they are in the address */
  readonly pushRequest?: OidcPush | undefined
  /**
   * `dpop`, for tokens that are worth nothing without a key of this browser (RFC 9449); the client
   * then needs `keys`. @default tokens are bearer tokens
   */
  readonly dpop?: ((send: OidcSend) => OidcBinding) | undefined
  /**
   * `verifyIdToken()`, for id tokens that are verified by the issuer's keys.
   * @default they are believed as they come from the token endpoint over TLS (OIDC Core §3.1.3.7)
   */
  readonly verifyIdToken?: OidcVerifier | undefined
  /** What the end-session page calls the page to return to. @default 'post_logout_redirect_uri' */
  readonly postLogoutParameter?: string | undefined
  /** The page that ends a session, where the server's document names none. */
  readonly endSessionEndpoint?: string | undefined
}

/** What a sign-in may be asked for. */
export interface OidcSignInOptions {
  /** Such as `login`, `consent`, `select_account`, `create` or `none`. */
  readonly prompt?: string | undefined
  readonly loginHint?: string | undefined
  /** With blanks in between. The sign-in fails unless the id token names one of them as its `acr`. */
  readonly acrValues?: string | undefined
  /** How long ago, in ms, somebody may have proved who they are. The id token must say so. */
  readonly maxAge?: number | undefined
  readonly uiLocales?: string | undefined
  /** Single claims (OIDC Core §5.5), as Entra's challenges ask for; an `acr` that is `essential` is checked. */
  readonly claims?: Readonly<Record<string, unknown>> | undefined
  /** The API that the session's own token is for (RFC 8707). */
  readonly resource?: string | undefined
  /** The same, for servers that take no `resource`. */
  readonly audience?: string | undefined
  readonly organization?: string | undefined
  /** @default that of the provider */
  readonly scope?: string | undefined
  /** Any others, by the server's names. What this client sends itself, they do not replace. */
  readonly parameters?: OidcParameters | undefined
  /** Your own text. It stays in this browser; `handleRedirect` gives it back. */
  readonly state?: string | undefined
  /** The page of this origin to return to; `handleRedirect` gives it back as an absolute URL. */
  readonly returnTo?: string | undefined
}

/** What a sign-in without a redirect may be asked for: the page stays, and has its own state. */
export type OidcStayOptions = Omit<OidcSignInOptions, 'state' | 'returnTo'>

/** What the end of a session at the server may be asked for. */
export interface OidcSignOutOptions {
  /** Where people return to; it must be on the server's list. */
  readonly postLogoutRedirectUri?: string | undefined
  /** Given back with that address. */
  readonly state?: string | undefined
  /** Whether it holds the id token, by which servers do not ask; the history may keep it. @default true */
  readonly idTokenHint?: boolean | undefined
  /** Any others, by the server's names: `logout_hint`, `ui_locales`, Auth0's `federated`. */
  readonly parameters?: OidcParameters | undefined
}

/** What OpenID Connect can do beyond the contract: `auth.actions`. All throw AuthError. */
export interface OidcActions {
  /** The address to navigate to for signing in. Several may be under way at once. */
  signInUrl(options?: OidcSignInOptions, call?: CallOptions): Promise<string>
  /**
   * Finishes what a redirect began, and cleans the address. `null` when the address is not the
   * redirect URI with an answer. What this browser did not begin is refused, and left as it is.
   * @throws AuthError when the server or the person refused; `step_required` when the server wants
   *   somebody to be asked (`login_required`, …); `invalid_credentials` for answers that are not the
   *   expected one; `bad_response` for an id token that does not fit.
   */
  readonly handleRedirect: HandleRedirect<OidcUser>
  /**
   * Where to navigate when somebody signs out, so that the server forgets them too. Ask for it while
   * the session is there; then `await auth.signOut()`; then navigate. See `idTokenHint`.
   * @throws AuthError `rejected` where the server has no such page; as `getSession` when the token is
   *   dead and nobody can be asked: sign out all the same.
   * @throws AuthSessionMissingError when nobody is signed in.
   */
  signOutUrl(options?: OidcSignOutOptions, call?: CallOptions): Promise<string>
  /**
   * Loads the user anew, by `loadUser`: USER_UPDATED where it changed.
   * @throws AuthError `invalid_argument` without that option.
   */
  reloadUser(call?: CallOptions): Promise<OidcUser>
  /**
   * Sends a grant of the server's own that brings the session's next tokens; no refresh is sent
   * meanwhile. For the second factor that Auth0 asks for in a refresh there is `secondFactor`.
   */
  exchange(fields: OidcParameters, call?: CallOptions): Promise<Session<OidcUser>>
}
