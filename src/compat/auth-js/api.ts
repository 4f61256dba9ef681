import type { ClaimsData, ClaimsOptions } from './claims-types.js'
import type { AuthError } from './errors.js'
import type * as Params from './parameters.js'
import type * as Types from './types.js'
import type { Web3Credentials } from './web3-types.js'

/** The ways to sign in. */
export interface SignInApi {
  /** Registers somebody. There is no session while the address has to be confirmed. */
  signUp(credentials: Params.SignUpWithPasswordCredentials): Promise<Types.AuthResponse>
  /** Signs in with a password. */
  signInWithPassword(
    credentials: Params.SignInWithPasswordCredentials,
  ): Promise<Types.AuthTokenResponsePassword>
  /** Makes an account without an address. */
  signInAnonymously(credentials?: Params.SignInAnonymouslyCredentials): Promise<Types.AuthResponse>
  /** Sends a code or a link. */
  signInWithOtp(
    credentials: Params.SignInWithPasswordlessCredentials,
  ): Promise<Types.AuthOtpResponse>
  /** Signs in with a code, or the hash of a link. */
  verifyOtp(params: Params.VerifyOtpParams): Promise<Types.AuthResponse>
  /** Signs in with the token of another provider. */
  signInWithIdToken(
    credentials: Params.SignInWithIdTokenCredentials,
  ): Promise<Types.AuthTokenResponse>
  /** Goes to another provider, and comes back to `redirectTo`. */
  signInWithOAuth(credentials: Params.SignInWithOAuthCredentials): Promise<Types.OAuthResponse>
  /**
   * Signs in with the code of a redirect that `initialize` did not take. `flowId` means nothing: the
   * code's own verifier is found.
   */
  exchangeCodeForSession(
    authCode: string,
    options?: { flowId?: string },
  ): Promise<Types.AuthCodeResponse>
}

/** What is done with an account. */
export interface AccountApi {
  /** The user as the server knows them now: the one that is signed in, or that of a token. */
  getUser(jwt?: string): Promise<Types.UserResponse>
  /** Changes the user that is signed in. */
  updateUser(
    attributes: Params.UserAttributes,
    options?: { emailRedirectTo?: string | undefined },
  ): Promise<Types.UserResponse>
  /** Sends a link to a new password, and a code. */
  resetPasswordForEmail(
    email: string,
    options?: { redirectTo?: string; captchaToken?: string },
  ): Promise<Types.RequestResult<object>>
  /** Sends a message again. */
  resend(params: Params.ResendParams): Promise<Types.AuthOtpResponse>
  /** Sends a code for a new password, which `updateUser` takes as `nonce`. */
  reauthenticate(): Promise<Types.AuthResponse>
  /** The accounts that the user signs in with. */
  getUserIdentities(): Promise<Types.RequestResult<{ identities: Types.UserIdentity[] }>>
}

/** Signing in by the provider of an organization. */
export interface SsoApi {
  /** Goes to the provider of an organization. */
  signInWithSSO(params: Params.SignInWithSSO): Promise<Types.SSOResponse>
}

/** Signing in by a wallet. */
export interface Web3Api {
  /** Signs in by a wallet, or by what one has signed. */
  signInWithWeb3(credentials: Web3Credentials): Promise<Types.AuthTokenResponse>
}

/** What tokens say. */
export interface ClaimsApi {
  /** What a token says, for certain: the current one unless one is passed. No session, no data. */
  getClaims(
    jwt?: string,
    options?: ClaimsOptions,
  ): Promise<{ data: ClaimsData | null; error: null } | { data: null; error: AuthError }>
}

/** Accounts at other providers. */
export interface IdentityApi {
  /**
   * Goes to another provider, and comes back to `redirectTo` with that account linked: always with a
   * code, whatever the flow of sign-ins is.
   */
  linkIdentity(credentials: Params.SignInWithOAuthCredentials): Promise<Types.OAuthResponse>
  /** Links an account of which the app has an id token. */
  linkIdentity(credentials: Params.SignInWithIdTokenCredentials): Promise<Types.AuthTokenResponse>
  /** Takes an account from the user. */
  unlinkIdentity(identity: Types.UserIdentity): Promise<Types.RequestResult<object>>
}
