import type { AuthError } from '../../core/errors.js'
import type { CallOptions, SignInResult } from '../../core/ports.js'
import type { SessionUser } from '../../core/session.js'
import type { HttpOptions } from '../shared/http.js'

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
  /** @default Date.now */
  readonly now?: (() => number) | undefined
}

/** A user as GoTrue describes them, the names of the fields in camelCase. */
export interface GoTrueUser extends SessionUser {
  readonly aud?: string
  readonly role?: string
  readonly isAnonymous?: boolean
  readonly emailConfirmedAt?: string | null
  readonly phoneConfirmedAt?: string | null
  readonly lastSignInAt?: string | null
  readonly createdAt?: string
  readonly updatedAt?: string
  readonly appMetadata?: Readonly<Record<string, unknown>>
  readonly userMetadata?: Readonly<Record<string, unknown>>
  readonly identities?: readonly unknown[] | null
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
  /** A one-time code that `sendOtp` or a link sent. @default type 'email' or 'sms' */
  | (Address & { readonly code: string; readonly type?: OtpType } & Captcha)
  | { readonly tokenHash: string; readonly type: OtpType }
  | {
      readonly idToken: string
      readonly provider: string
      readonly accessToken?: string
      readonly nonce?: string
    }
  /** The code of a PKCE redirect. `actions.handleRedirect()` does this for you. */
  | { readonly authCode: string; readonly codeVerifier: string }

interface Redirect {
  /** Where links in messages lead; the server must allow it. */
  readonly redirectTo?: string | undefined
}

/** What `signUp` takes. */
export type SignUpOptions = Address & {
  readonly password: string
  readonly data?: Readonly<Record<string, unknown>>
} & Redirect &
  Captcha

/** What `sendOtp` takes. */
export type OtpOptions = Address & {
  /** Whether an unknown address gets an account. @default true */
  readonly createUser?: boolean
  readonly data?: Readonly<Record<string, unknown>>
} & Redirect &
  Captcha

/** What `updateUser` may change. */
export interface UserChanges {
  readonly email?: string
  readonly phone?: string
  readonly password?: string
  readonly data?: Readonly<Record<string, unknown>>
  /** From `reauthenticate` mails, where the server wants one for a new password. */
  readonly nonce?: string
}

/** What GoTrue can do beyond the contract: `auth.actions`. All throw AuthError. */
export interface GoTrueActions {
  /** Registers somebody. `session` is `null` when the address has to be confirmed first. */
  signUp(options: SignUpOptions, call?: CallOptions): Promise<SignInResult<GoTrueUser>>
  /** Sends a one-time code, to be passed to `signIn({ email, code })`. */
  sendOtp(options: OtpOptions, call?: CallOptions): Promise<void>
  /** Sends a link that ends in `PASSWORD_RECOVERY`, after which `updateUser` sets a password. */
  sendPasswordRecovery(
    options: { readonly email: string } & Redirect & Captcha,
    call?: CallOptions,
  ): Promise<void>
  /** The address to navigate to for signing in with another provider. */
  authorizeUrl(options: {
    readonly provider: string
    readonly redirectTo?: string | undefined
    readonly scopes?: string | undefined
    readonly queryParams?: Readonly<Record<string, string>> | undefined
  }): Promise<string>
  /**
   * Finishes what a redirect began, and cleans the address. `null` when the address holds nothing.
   * @throws AuthError when the server or the person refused.
   */
  handleRedirect(
    options?: { readonly url?: string | undefined },
    call?: CallOptions,
  ): Promise<SignInResult<GoTrueUser> | null>
  /** The user as the server knows them now. */
  getUser(call?: CallOptions): Promise<GoTrueUser>
  /** Changes the user: `USER_UPDATED`. */
  updateUser(changes: UserChanges, call?: CallOptions): Promise<GoTrueUser>
}
