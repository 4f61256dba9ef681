import type { Provider } from './types.js'

interface Captcha {
  captchaToken?: string
}

interface Channel {
  /** By what a code goes to a phone. @default 'sms' */
  channel?: 'sms' | 'whatsapp'
}

interface Password {
  password: string
}

/** What `signUp` takes. */
export type SignUpWithPasswordCredentials = ({ email: string } | { phone: string }) &
  Password & { options?: { emailRedirectTo?: string; data?: object } & Captcha & Channel }

/** What `signInWithPassword` takes. */
export type SignInWithPasswordCredentials = ({ email: string } | { phone: string }) &
  Password & { options?: Captcha }

/** What `signInAnonymously` takes. */
export interface SignInAnonymouslyCredentials {
  options?: { data?: object } & Captcha
}

interface OtpOptions extends Captcha {
  /** @default true */
  shouldCreateUser?: boolean
  data?: object
}

/** What `signInWithOtp` takes. */
export type SignInWithPasswordlessCredentials =
  | { email: string; options?: OtpOptions & { emailRedirectTo?: string } }
  | { phone: string; options?: OtpOptions & Channel }

/** What a code to a phone was for. */
export type MobileOtpType = 'sms' | 'phone_change' | (string & {})

/** What a code in a mail was for. */
export type EmailOtpType =
  | 'signup'
  | 'invite'
  | 'magiclink'
  | 'recovery'
  | 'email_change'
  | 'email'
  | (string & {})

/** What `verifyOtp` takes. `options.redirectTo` is for links, and means nothing here. */
export type VerifyOtpParams =
  | {
      phone: string
      token: string
      type: MobileOtpType
      options?: { redirectTo?: string } & Captcha
    }
  | {
      email: string
      token: string
      type: EmailOtpType
      options?: { redirectTo?: string } & Captcha
    }
  | { token_hash: string; type: EmailOtpType }

/** What `resend` takes. */
export type ResendParams =
  | {
      type: 'signup' | 'email_change'
      email: string
      options?: { emailRedirectTo?: string } & Captcha
    }
  | { type: 'sms' | 'phone_change'; phone: string; options?: Captcha }

/** What `signInWithOAuth` and `linkIdentity` take. */
export interface SignInWithOAuthCredentials {
  provider: Provider
  options?: {
    redirectTo?: string
    scopes?: string
    queryParams?: { [key: string]: string }
    /** Whether the page stays where it is, and the app goes to `data.url` itself. @default false */
    skipBrowserRedirect?: boolean
  }
}

/** What `signInWithIdToken` and `linkIdentity` take. */
export interface SignInWithIdTokenCredentials {
  provider: 'google' | 'apple' | 'azure' | 'facebook' | 'kakao' | `custom:${string}` | (string & {})
  token: string
  access_token?: string
  nonce?: string
  options?: Captcha
}

/** What `signInWithSSO` takes. */
export type SignInWithSSO = ({ providerId: string } | { domain: string }) & {
  options?: { redirectTo?: string; skipBrowserRedirect?: boolean } & Captcha
}

/** What `updateUser` takes. */
export interface UserAttributes {
  current_password?: string
  email?: string
  phone?: string
  password?: string
  nonce?: string
  data?: object
}

/** What `setSession` takes. */
export interface CurrentSession {
  access_token: string
  refresh_token: string
}

/** What `signOut` takes. */
export interface SignOut {
  /** Which sessions end. @default 'global' */
  scope?: 'global' | 'local' | 'others'
}

/** All that can be said of a message. */
export interface MessageOptions extends OtpOptions, Channel {
  emailRedirectTo?: string
}
