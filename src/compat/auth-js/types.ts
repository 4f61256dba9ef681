import type { AuthError, WeakPasswordReasons } from './errors.js'

// What an app writes freely has any shape here as in auth-js: `user.user_metadata.name` must compile.
// biome-ignore lint/suspicious/noExplicitAny: the types of an app that was written for auth-js
type Free = any

/** What listeners hear. */
export type AuthChangeEvent =
  | 'INITIAL_SESSION'
  | 'PASSWORD_RECOVERY'
  | 'SIGNED_IN'
  | 'SIGNED_OUT'
  | 'TOKEN_REFRESHED'
  | 'USER_UPDATED'
  | 'MFA_CHALLENGE_VERIFIED'

/** What the server keeps of a user, and the user cannot change. */
export interface UserAppMetadata {
  provider?: string
  providers?: string[]
  [key: string]: Free
}

/** What the app keeps of a user, and the user can change. */
export interface UserMetadata {
  [key: string]: Free
}

/** An account at a provider that a user signs in with. */
export interface UserIdentity {
  id: string
  user_id: string
  identity_data?: { [key: string]: Free }
  /** By this `unlinkIdentity` knows it. */
  identity_id: string
  provider: string
  created_at?: string
  last_sign_in_at?: string
  updated_at?: string
}

/** What a second factor is. */
export type FactorType = 'totp' | 'phone' | 'webauthn' | 'recovery_code'

/** A second factor of a user. */
export interface Factor<
  Type extends FactorType = FactorType,
  Status extends 'verified' | 'unverified' = 'verified' | 'unverified',
> {
  id: string
  friendly_name?: string
  factor_type: Type
  status: Status
  created_at: string
  updated_at: string
  last_challenged_at?: string
}

/** A user, under the server's own names. */
export interface User {
  id: string
  app_metadata: UserAppMetadata
  user_metadata: UserMetadata
  aud: string
  confirmation_sent_at?: string
  recovery_sent_at?: string
  email_change_sent_at?: string
  new_email?: string
  new_phone?: string
  invited_at?: string
  action_link?: string
  email?: string
  phone?: string
  created_at: string
  confirmed_at?: string
  email_confirmed_at?: string
  phone_confirmed_at?: string
  last_sign_in_at?: string
  role?: string
  updated_at?: string
  identities?: UserIdentity[]
  is_anonymous?: boolean
  is_sso_user?: boolean
  factors?: (Factor<FactorType, 'verified'> | Factor<FactorType, 'unverified'>)[]
  deleted_at?: string
  banned_until?: string
}

/** A session. Times are seconds: `expires_at` since the epoch by this device's clock. */
export interface Session {
  provider_token?: string | null
  provider_refresh_token?: string | null
  access_token: string
  refresh_token: string
  /** The whole life of the access token, in seconds. */
  expires_in: number
  expires_at?: number
  token_type: 'bearer'
  user: User
}

/** Why a password is weak, said of a sign-in that succeeded. */
export interface WeakPassword {
  reasons: WeakPasswordReasons[]
  message: string
}

/** The data of a sign-in that failed. */
export const NOBODY: { user: null; session: null } = { user: null, session: null }

/** A success, or a failure with `null` for the data. */
export type RequestResult<Data> = { data: Data; error: null } | { data: null; error: AuthError }

/** A success, or a failure with `null` for each field of the data. */
export type RequestResultSafeDestructure<Data> =
  | { data: Data; error: null }
  | { data: { [Name in keyof Data]: null }; error: AuthError }

/** A result of what may sign in. */
export type AuthResponse = RequestResultSafeDestructure<{
  user: User | null
  session: Session | null
}>

/** A result of what signs in. */
export type AuthTokenResponse = RequestResultSafeDestructure<{ user: User; session: Session }>

/** A result of `signInWithPassword`. */
export type AuthTokenResponsePassword =
  | { data: { user: User; session: Session; weakPassword?: WeakPassword }; error: null }
  | { data: { user: null; session: null; weakPassword?: null }; error: AuthError }

/** A result of `exchangeCodeForSession`. `redirectType`: `recovery` for a link to a new password. */
export type AuthCodeResponse =
  | { data: { user: User; session: Session; redirectType?: string | null }; error: null }
  | { data: { user: null; session: null; redirectType?: string | null }; error: AuthError }

/** A result of what sends a message. `messageId`: of one to a phone, where the server says it. */
export type AuthOtpResponse =
  | { data: { user: null; session: null; messageId?: string | null }; error: null }
  | { data: { user: null; session: null; messageId?: null }; error: AuthError }

/** Where to sign in with another provider. `flowId` is never told: a code finds its own verifier. */
export type OAuthResponse =
  | { data: { provider: Provider; url: string; flowId?: string | null }; error: null }
  | { data: { provider: Provider; url: null; flowId?: string | null }; error: AuthError }

/** Where to sign in with the provider of an organization. */
export type SSOResponse = RequestResult<{ url: string }>

/** A result about a user. */
export type UserResponse = RequestResultSafeDestructure<{ user: User }>

/** A result of `getSession`: no session is no error. */
export type SessionResponse =
  | { data: { session: Session | null }; error: null }
  | { data: { session: null }; error: AuthError }

/** A result of which only the failure matters. */
export interface ErrorResponse {
  error: AuthError | null
}

/** The listener that was given, and the way to end it. */
export interface Subscription {
  id: string | symbol
  callback: AuthStateListener
  unsubscribe: () => void
}

/** Hears of changes. What it returns is not waited for. */
export type AuthStateListener = (event: AuthChangeEvent, session: Session | null) => void

/** Providers that GoTrue knows. */
export type Provider =
  | 'apple'
  | 'azure'
  | 'bitbucket'
  | 'discord'
  | 'facebook'
  | 'figma'
  | 'github'
  | 'gitlab'
  | 'google'
  | 'kakao'
  | 'keycloak'
  | 'linkedin'
  | 'linkedin_oidc'
  | 'notion'
  | 'slack'
  | 'slack_oidc'
  | 'spotify'
  | 'twitch'
  | 'twitter'
  | 'x'
  | 'workos'
  | 'zoom'
  | 'fly'
  | `custom:${string}`
