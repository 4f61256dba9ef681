import type { AuthError } from '../../core/errors.js'
import type { CallOptions, SignInResult } from '../../core/provider.js'
import type { SessionUser } from '../../core/session.js'
import type { HttpOptions } from '../shared/http.js'

declare module '../../core/session.js' {
  interface ProviderEvents {
    PASSWORD_RECOVERY: true
    MFA_CHALLENGE_VERIFIED: true
  }
}

/** Options of `gotrue`. `url` ends where GoTrue's paths begin, at Supabase in `/auth/v1`. */
export interface GoTrueOptions extends Omit<HttpOptions, 'credentials'> {
  /** Sent as `apikey`; Supabase's gateway wants the project's public key. */
  readonly apiKey?: string | undefined
  /**
   * Whether the refusal of a refresh ends the session, beyond the server's definite words: those of
   * an access token hook of yours, say. Asked about answers with a status of 400 to 499 only.
   * @default never
   */
  readonly terminal?: ((error: AuthError) => boolean) | undefined
  /**
   * Whether `actions.handleRedirect()` takes tokens from the fragment of an address, as links without
   * PKCE bring them. Anybody can send such a link, with their own session in it; it is never taken
   * over another person's. The flow `implicit` needs it.
   * @default false
   */
  readonly acceptFragmentTokens?: boolean | undefined
  /** @default Date.now */
  readonly now?: (() => number) | undefined
}

/** What an app keeps of its users, where it does not say. */
export type AnyMetadata = Readonly<Record<string, unknown>>

/**
 * A user as GoTrue describes them, the names of the fields in camelCase. `Metadata` is what the app
 * keeps of them; the server does not check it, and the user can change it.
 */
export interface GoTrueUser<Metadata extends object = AnyMetadata> extends SessionUser {
  readonly aud?: string
  readonly role?: string
  readonly isAnonymous?: boolean
  readonly emailConfirmedAt?: string | null
  readonly phoneConfirmedAt?: string | null
  readonly lastSignInAt?: string | null
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly appMetadata?: Readonly<Record<string, unknown>>
  readonly userMetadata?: Readonly<Metadata>
  readonly identities?: readonly unknown[] | null
  readonly factors?: readonly unknown[] | null
}

/** An address that codes and passwords belong to. */
export type Address = { readonly email: string } | { readonly phone: string }

interface Captcha {
  readonly captchaToken?: string | undefined
}

/** What kind of message a one-time code came with. */
export type OtpType =
  | 'email'
  | 'sms'
  | 'signup'
  | 'invite'
  | 'magiclink'
  | 'recovery'
  | 'email_change'
  | 'phone_change'

/** Every way to sign in. */
export type GoTrueCredentials =
  | (Address & { readonly password: string } & Captcha)
  | ({ readonly anonymous: true; readonly data?: Readonly<Record<string, unknown>> } & Captcha)
  /** A one-time code that `sendOtp` or a link sent. */
  | (Address & {
      readonly code: string
      /** @default 'email' or 'sms' */
      readonly type?: OtpType
    } & Captcha)
  | ({ readonly tokenHash: string; readonly type: OtpType } & Captcha)
  | ({
      readonly idToken: string
      readonly provider: string
      readonly accessToken?: string
      readonly nonce?: string
    } & Captcha)
  /** The code of a PKCE redirect. `actions.handleRedirect()` does this for you. */
  | { readonly authCode: string; readonly codeVerifier: string }

/**
 * How a link in a message brings the session: `pkce` by a code that only this browser can exchange,
 * `implicit` by the tokens themselves, on whichever device it is opened; that takes
 * `acceptFragmentTokens`.
 */
export type LinkFlow = 'pkce' | 'implicit'

interface Redirect {
  /** Where links in messages lead; the server must allow it. */
  readonly redirectTo?: string | undefined
  /**
   * What the links of a mail take; its code works with both. Without a `redirectTo` they lead to the
   * server's site URL, and where no secret can be made or kept, `pkce` is left out for the code's sake.
   * @default 'pkce'
   */
  readonly flow?: LinkFlow | undefined
}

interface Messenger {
  /** By what a code goes to a phone. @default what the server has, `sms` */
  readonly channel?: 'sms' | 'whatsapp' | undefined
}

/** What `signUp` takes. */
export type SignUpOptions = Address & {
  readonly password: string
  readonly data?: Readonly<Record<string, unknown>>
} & Redirect &
  Messenger &
  Captcha

/** What `sendOtp` takes. */
export type OtpOptions = Address & {
  /** Whether an unknown address gets an account. @default true */
  readonly createUser?: boolean
  readonly data?: Readonly<Record<string, unknown>>
} & Redirect &
  Messenger &
  Captcha

/**
 * What `resend` takes: which message, and the address that it went to. For a change of address that is
 * the old one.
 */
export type ResendOptions =
  | ({ readonly type: 'signup' | 'email_change'; readonly email: string } & Redirect & Captcha)
  | ({ readonly type: 'sms' | 'phone_change'; readonly phone: string } & Captcha)

/** What is known of a message that was sent. */
export interface MessageReceipt {
  /** What the service that texts phones calls it; `null` for a mail, and where the server does not say. */
  readonly messageId: string | null
}

/** What `updateUser` may change. `redirectTo` and `flow` are about the links to a new address. */
export interface UserChanges extends Redirect, Messenger {
  readonly email?: string
  readonly phone?: string
  readonly password?: string
  readonly data?: Readonly<Record<string, unknown>>
  /** The code that `reauthenticate()` sent, where the server wants one for a new password. */
  readonly nonce?: string
  /** Where the server wants the one that is to be replaced. */
  readonly currentPassword?: string
}

/** What an address held. */
export interface GoTrueRedirect<Metadata extends object = AnyMetadata>
  extends SignInResult<GoTrueUser<Metadata>> {
  /** What GoTrue says there, such as that the other of two links is still to be opened. */
  readonly message?: string | undefined
  /**
   * What looks like an answer and is not this client's to take: a code or an error of another
   * integration's, or tokens without `acceptFragmentTokens`. The address is as it was.
   */
  readonly ignored?: 'code' | 'error' | 'tokens' | undefined
}

/** What GoTrue can do beyond the contract: `auth.actions`. All throw AuthError. */
export interface GoTrueActions<Metadata extends object = AnyMetadata> {
  /** Registers somebody. `session` is `null` when the address has to be confirmed first. */
  signUp(options: SignUpOptions, call?: CallOptions): Promise<SignInResult<GoTrueUser<Metadata>>>
  /** Sends a one-time code, to be passed to `signIn({ email, code })`, and a link, by `pkce`. */
  sendOtp(options: OtpOptions, call?: CallOptions): Promise<MessageReceipt>
  /**
   * Sends a link that ends in `PASSWORD_RECOVERY`, after which `updateUser` sets a password; and a
   * code, for `signIn({ email, code, type: 'recovery' })`.
   */
  sendPasswordRecovery(
    options: { readonly email: string } & Redirect & Captcha,
    call?: CallOptions,
  ): Promise<void>
  /**
   * Sends a message again whose code or link was not used. It ends the same way for an address that
   * nobody has, and where there is nothing to send.
   * @throws AuthError `rate_limited` too soon after the one before, with `retryAfter` in ms.
   */
  resend(options: ResendOptions, call?: CallOptions): Promise<MessageReceipt>
  /**
   * Sends a code to the person who is signed in, for `updateUser({ password, nonce })`. A server that
   * wants one says `reauthentication_needed` to a new password of a session that is a day old.
   * @throws AuthError `rate_limited` too soon after the one before, with `retryAfter` in ms.
   */
  reauthenticate(call?: CallOptions): Promise<void>
  /** The address to navigate to for signing in with another provider. */
  authorizeUrl(options: {
    readonly provider: string
    readonly redirectTo?: string | undefined
    readonly scopes?: string | undefined
    readonly queryParams?: Readonly<Record<string, string>> | undefined
    /** @default 'pkce' */
    readonly flow?: LinkFlow | undefined
  }): Promise<string>
  /**
   * Finishes what a redirect began, and takes it off the page's address; one that is passed as `url`
   * is the app's to clean. `null` when the address holds nothing.
   * @throws AuthError when the server or the person refused, in the words of the address;
   *   `invalid_credentials` for a link that was asked for in another browser; `invalid_argument` for
   *   tokens of somebody else than is signed in, whose session stays.
   */
  handleRedirect(
    options?: { readonly url?: string | undefined },
    call?: CallOptions,
  ): Promise<GoTrueRedirect<Metadata> | null>
  /** The user as the server knows them now. */
  getUser(call?: CallOptions): Promise<GoTrueUser<Metadata>>
  /** Changes the user: `USER_UPDATED`. */
  updateUser(changes: UserChanges, call?: CallOptions): Promise<GoTrueUser<Metadata>>
}
