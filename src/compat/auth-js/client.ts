import { loaded, run } from './face.js'
import type * as Params from './parameters.js'
import { NOBODY, Sessions } from './sessions.js'
import type * as Types from './types.js'

// Loaded at their first use.
const signIns = () => loaded(() => import('./sign-in.js'))
const accounts = () => loaded(() => import('./account.js'))

/**
 * What auth-js calls `GoTrueClient`, and supabase-js `supabase.auth`: its methods, names and results on
 * an `AuthClient` of Holdfast. `docs/auth-js.md` says what differs on purpose.
 */
export class GoTrueClient extends Sessions {
  /** Registers somebody. There is no session while the address has to be confirmed. */
  signUp(credentials: Params.SignUpWithPasswordCredentials): Promise<Types.AuthResponse> {
    return run(this.face, async (face) => (await signIns()).signUp(face, credentials), NOBODY)
  }

  /** Signs in with a password. */
  signInWithPassword(
    credentials: Params.SignInWithPasswordCredentials,
  ): Promise<Types.AuthTokenResponsePassword> {
    return run(
      this.face,
      async (face) => (await signIns()).signInWithPassword(face, credentials),
      NOBODY,
    )
  }

  /** Makes an account without an address. */
  signInAnonymously(
    credentials?: Params.SignInAnonymouslyCredentials,
  ): Promise<Types.AuthResponse> {
    return run(
      this.face,
      async (face) => (await signIns()).signInAnonymously(face, credentials),
      NOBODY,
    )
  }

  /** Sends a code or a link. */
  signInWithOtp(
    credentials: Params.SignInWithPasswordlessCredentials,
  ): Promise<Types.AuthOtpResponse> {
    return run(
      this.face,
      async (face) => (await signIns()).signInWithOtp(face, credentials),
      NOBODY,
    )
  }

  /** Signs in with a code, or the hash of a link. */
  verifyOtp(params: Params.VerifyOtpParams): Promise<Types.AuthResponse> {
    return run(this.face, async (face) => (await signIns()).verifyOtp(face, params), NOBODY)
  }

  /** Signs in with the token of another provider. */
  signInWithIdToken(
    credentials: Params.SignInWithIdTokenCredentials,
  ): Promise<Types.AuthTokenResponse> {
    return run(
      this.face,
      async (face) => (await signIns()).signInWithIdToken(face, credentials),
      NOBODY,
    )
  }

  /** Goes to another provider, and comes back to `redirectTo`. */
  signInWithOAuth(credentials: Params.SignInWithOAuthCredentials): Promise<Types.OAuthResponse> {
    return run(this.face, async (face) => (await signIns()).signInWithOAuth(face, credentials), {
      provider: credentials?.provider,
      url: null,
    })
  }

  /** Signs in with the code of a redirect that `initialize` did not take. */
  exchangeCodeForSession(authCode: string): Promise<Types.AuthCodeResponse> {
    return run(
      this.face,
      async (face) => (await signIns()).exchangeCodeForSession(face, authCode),
      { ...NOBODY, redirectType: null },
    )
  }

  /** The user as the server knows them now: the one that is signed in, or that of a token. */
  getUser(jwt?: string): Promise<Types.UserResponse> {
    return run(this.face, async (face) => (await accounts()).getUser(face, jwt), { user: null })
  }

  /** Changes the user that is signed in. */
  updateUser(
    attributes: Params.UserAttributes,
    options?: { emailRedirectTo?: string | undefined },
  ): Promise<Types.UserResponse> {
    return run(
      this.face,
      async (face) => (await accounts()).updateUser(face, attributes, options),
      { user: null },
    )
  }

  /** Sends a link to a new password, and a code. */
  resetPasswordForEmail(
    email: string,
    options?: { redirectTo?: string; captchaToken?: string },
  ): Promise<Types.RequestResult<object>> {
    return run(
      this.face,
      async (face) => (await accounts()).resetPasswordForEmail(face, email, options),
      null,
    )
  }

  /** The accounts that the user signs in with. */
  getUserIdentities(): Promise<Types.RequestResult<{ identities: Types.UserIdentity[] }>> {
    return run(this.face, async (face) => (await accounts()).getUserIdentities(face), null)
  }
}
