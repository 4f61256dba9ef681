import type { Provider, RefreshContext, RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import type { SignInHints } from '../../providers/backend/types.js'
import type {
  AnyMetadata,
  GoTrueCredentials,
  GoTrueOptions,
  GoTrueUser,
  MessageReceipt,
  OtpOptions,
  ResendOptions,
  SignUpOptions,
  UserChanges,
} from '../../providers/gotrue/index.js'
import type { Handler, RouteTools, SignInExchange } from '../backend/types.js'
import type { KeySetLocation } from '../verification/key-set.js'

/** Options of `createGotrue`. `url` ends where GoTrue's paths begin, at Supabase in `/auth/v1`. */
export interface GoTrueServerOptions extends Omit<GoTrueOptions, 'acceptFragmentTokens'> {
  /** Where somebody signs in who names no `provider`, such as `google`. @default nowhere: one must be named */
  readonly provider?: string | undefined
  /**
   * The page of the app that asks, in the person's language, whether to go on by the link of a message that
   * this browser did not ask for: a path. It gets the query of the link, and its button sends a form without
   * fields to the `/confirm` of the backend with that query, by POST. @default a page of ours, in English
   */
  readonly confirmPage?: string | undefined
  /** Milliseconds for a call that is given no signal, and for each request of a sign-in. @default 10_000 */
  readonly requestTimeout?: number | undefined
}

/** A sign-in by another provider as GoTrue is asked for it. */
export interface GoTrueSignInRequest extends SignInHints {
  /** Where people come back to; the server must allow it, also with the `state` in its query. */
  readonly redirectUri: string
  /** Comes back in the query of `redirectUri`. */
  readonly state: string
  /** The S256 challenge of the verifier that `exchangeCode` gets (RFC 7636). */
  readonly codeChallenge: string
  readonly screenHint?: 'sign-up' | undefined
  /** What the provider is to allow besides, with blanks in between. @default as the server has it */
  readonly scopes?: string | undefined
  /** Any others, which GoTrue passes on to the provider. */
  readonly parameters?: Readonly<Record<string, string>> | undefined
  /** For single sign-on at a server that wants the proof of a captcha; the backend's `POST /sso` takes one. */
  readonly captchaToken?: string | undefined
}

/** By what a link in a message becomes a session of this browser alone. */
export interface LinkProof {
  /**
   * The S256 challenge of the verifier that `exchangeCode` gets.
   * @default none: the message is for its code, or for its `token_hash`
   */
  readonly codeChallenge?: string | undefined
}

/** What `updateUser` of a GoTrue server takes. */
export interface ServerUserChanges extends Omit<UserChanges, 'flow'>, LinkProof {}

/** What a server asks for without the page's own part, which is `flow`. */
type OnServer<Options> = Options extends unknown ? Omit<Options, 'flow'> & LinkProof : never

/** What `signUp` of a GoTrue server takes. */
export type ServerSignUp = OnServer<SignUpOptions>

/** What `sendOtp` of a GoTrue server takes. */
export type ServerOtp = OnServer<OtpOptions>

/** What `resend` of a GoTrue server takes. */
export type ServerResend = OnServer<ResendOptions>

/** What `sendPasswordRecovery` of a GoTrue server takes. */
export interface ServerRecovery extends LinkProof {
  readonly email: string
  /** Where the link leads; the server must allow it. */
  readonly redirectTo?: string | undefined
  readonly captchaToken?: string | undefined
}

/** What came of a registration. */
export interface SignedUp<Metadata extends object = AnyMetadata> {
  /** `null` when the address has to be confirmed first. */
  readonly grant: Grant<GoTrueUser<Metadata>> | null
  readonly user: GoTrueUser<Metadata> | null
}

/** GoTrue (Supabase Auth) as a server app speaks to it. All throw AuthError. */
export interface GoTrueServer<Metadata extends object = AnyMetadata>
  extends Required<Pick<Provider<never, GoTrueUser<Metadata>>, 'id' | 'signOut'>> {
  /** Its address, without a slash at the end. */
  readonly url: string
  /** How long the requests of a sign-in may take, in ms. */
  readonly requestTimeout: number
  /** There are no seals of older releases and other libraries that could be its own. */
  readonly ownSealsOnly: true
  /** It is told of a session by an access token, which names it. */
  readonly revokesSessions: true
  /** Where the keys of its tokens are, for `createVerifier`; there are none while a secret signs them. */
  readonly keys: KeySetLocation
  /** @throws AuthError `refresh_rejected` for the server's definite words, which end a session. */
  refresh(
    refreshToken: string,
    context: RefreshContext,
  ): Promise<Grant<GoTrueUser<Metadata>> | null>
  /**
   * Where to send the browser for signing in by another provider, or by the identity provider of a company:
   * that of an email domain (`domainHint`), or one by its id (`connectionId`).
   * @throws AuthError `invalid_argument` for what cannot be asked for.
   */
  authorizeUrl(request: GoTrueSignInRequest, context?: RequestContext): Promise<string>
  /**
   * Trades the code of a redirect, or of a link in a message, for a session.
   * @throws AuthError `invalid_credentials` for a wrong code, or a verifier that is not its own.
   */
  exchangeCode(
    exchange: SignInExchange | Pick<SignInExchange, 'code' | 'codeVerifier'>,
    context?: RequestContext,
  ): Promise<Grant<GoTrueUser<Metadata>>>
  /**
   * Signs somebody in: by a password, a one-time code, the hash of a link, an id token, or as nobody in
   * particular. `null` after the first of the two codes by which an address is changed.
   * @throws AuthError `invalid_credentials` for wrong ones, `rate_limited` too soon after others.
   */
  signIn(
    credentials: GoTrueCredentials,
    context?: RequestContext,
  ): Promise<Grant<GoTrueUser<Metadata>> | null>
  /** Registers somebody. */
  signUp(options: ServerSignUp, context?: RequestContext): Promise<SignedUp<Metadata>>
  /** Sends a one-time code, for `signIn({ email, code })`, and a link where there is a `redirectTo`. */
  sendOtp(options: ServerOtp, context?: RequestContext): Promise<MessageReceipt>
  /** Sends a link, and a code, by which somebody sets a new password. */
  sendPasswordRecovery(options: ServerRecovery, context?: RequestContext): Promise<void>
  /** Sends a message again whose code or link was not used. */
  resend(options: ServerResend, context?: RequestContext): Promise<MessageReceipt>
  /** Whose access token it is, by the server's word. @throws AuthError `rejected` for a dead one. */
  getUser(accessToken: string, context?: RequestContext): Promise<GoTrueUser<Metadata>>
  /**
   * Changes whoever has this access token: `data`, an address, the password. `redirectTo` is where the links to
   * a new address lead.
   * @throws AuthError `rejected` in GoTrue's words, such as `weak_password`; `step_required` where a second
   *   factor is wanted first.
   */
  updateUser(
    accessToken: string,
    changes: ServerUserChanges,
    context?: RequestContext,
  ): Promise<GoTrueUser<Metadata>>
  /** The routes of a backend whose `signIn` this is, besides those that every backend has. */
  routes(tools: RouteTools<GoTrueUser<Metadata>>): Readonly<Record<string, Handler>>
}
