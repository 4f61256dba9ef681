import type { AccountApi, ClaimsApi, IdentityApi, SignInApi, SsoApi, Web3Api } from './api.js'
import type { ClientOptions } from './base.js'
import { lazily } from './lazy.js'
import type { MfaApi } from './mfa-types.js'
import type { OAuthApi } from './oauth-types.js'
import type { PasskeyApi, PasskeySignInApi } from './passkeys-types.js'
import { Sessions } from './sessions.js'
import { NOBODY } from './types.js'

/**
 * What auth-js calls `GoTrueClient`, and supabase-js `supabase.auth`: its methods, names and results on
 * an `AuthClient` of Holdfast. `docs/moving/auth-js.md` says what differs on purpose. Its methods are bound.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast/compat/auth-js'
 *
 * const auth = new AuthClient({ url: 'https://project.example/auth/v1', headers: { apikey } })
 * const { data, error } = await auth.signInWithPassword({ email, password })
 * ```
 */
export class GoTrueClient
  extends Sessions
  implements SignInApi, AccountApi, IdentityApi, PasskeySignInApi, SsoApi, Web3Api, ClaimsApi
{
  declare readonly signUp: SignInApi['signUp']
  declare readonly signInWithPassword: SignInApi['signInWithPassword']
  declare readonly signInAnonymously: SignInApi['signInAnonymously']
  declare readonly signInWithOtp: SignInApi['signInWithOtp']
  declare readonly verifyOtp: SignInApi['verifyOtp']
  declare readonly signInWithIdToken: SignInApi['signInWithIdToken']
  declare readonly signInWithOAuth: SignInApi['signInWithOAuth']
  declare readonly exchangeCodeForSession: SignInApi['exchangeCodeForSession']
  declare readonly getUser: AccountApi['getUser']
  declare readonly updateUser: AccountApi['updateUser']
  declare readonly resetPasswordForEmail: AccountApi['resetPasswordForEmail']
  declare readonly resend: AccountApi['resend']
  declare readonly reauthenticate: AccountApi['reauthenticate']
  declare readonly getUserIdentities: AccountApi['getUserIdentities']
  declare readonly signInWithSSO: SsoApi['signInWithSSO']
  declare readonly signInWithWeb3: Web3Api['signInWithWeb3']
  declare readonly getClaims: ClaimsApi['getClaims']
  declare readonly linkIdentity: IdentityApi['linkIdentity']
  declare readonly unlinkIdentity: IdentityApi['unlinkIdentity']
  declare readonly signInWithPasskey: PasskeySignInApi['signInWithPasskey']
  declare readonly registerPasskey: PasskeySignInApi['registerPasskey']
  /** Second factors. */
  readonly mfa: MfaApi
  /** The passkeys of whoever is signed in. */
  readonly passkey: PasskeyApi
  /** The consent page of an app whose users sign in to other apps with it. */
  readonly oauth: OAuthApi

  /** @throws AuthError for options that cannot work. */
  constructor(options?: ClientOptions) {
    super(options)
    const { face } = this
    const signIns = lazily(face, async () => (await import('./sign-in.js')).signIns, {
      signUp: NOBODY,
      signInWithPassword: NOBODY,
      signInAnonymously: NOBODY,
      signInWithOtp: NOBODY,
      verifyOtp: NOBODY,
      signInWithIdToken: NOBODY,
      signInWithOAuth: { url: null },
      exchangeCodeForSession: NOBODY,
    })
    const accounts = lazily(face, async () => (await import('./account.js')).accounts, {
      getUser: { user: null },
      updateUser: { user: null },
      resetPasswordForEmail: null,
      resend: NOBODY,
      reauthenticate: NOBODY,
      getUserIdentities: null,
    })
    const passkeys = () => import('./passkeys.js')
    Object.assign(this, {
      ...lazily(face, async () => (await import('./identities.js')).identityApi, {
        linkIdentity: NOBODY,
        unlinkIdentity: null,
      }),
      ...lazily(face, async () => (await passkeys()).passkeySignIns, {
        signInWithPasskey: null,
        registerPasskey: null,
      }),
      ...signIns,
      ...accounts,
      ...lazily(face, async () => (await import('./sso.js')).ssoApi, { signInWithSSO: null }),
      ...lazily(face, async () => (await import('./web3.js')).web3Api, { signInWithWeb3: NOBODY }),
      ...lazily(face, async () => (await import('./claims.js')).claimsApi, { getClaims: null }),
    })
    const mfa = () => import('./mfa.js')
    const keys = async () => (await import('./mfa-webauthn.js')).webauthnApi
    this.mfa = {
      ...lazily(face, async () => (await mfa()).mfaApi, {
        enroll: null,
        challenge: null,
        verify: null,
        challengeAndVerify: null,
        unenroll: null,
        listFactors: null,
        getAuthenticatorAssuranceLevel: null,
      }),
      webauthn: lazily(face, keys, {
        enroll: null,
        challenge: null,
        verify: null,
        register: null,
        authenticate: null,
      }),
      recoveryCodes: lazily(face, async () => (await mfa()).recoveryCodesApi, {
        getStatus: null,
        generate: null,
        regenerate: null,
        verify: null,
        unenroll: null,
      }),
    }
    this.passkey = lazily(face, async () => (await passkeys()).passkeyApi, {
      startRegistration: null,
      verifyRegistration: null,
      startAuthentication: null,
      verifyAuthentication: null,
      list: null,
      update: null,
      delete: null,
    })
    this.oauth = lazily(face, async () => (await import('./oauth.js')).oauthApi, {
      getAuthorizationDetails: null,
      approveAuthorization: null,
      denyAuthorization: null,
      listGrants: null,
      revokeGrant: null,
    })
  }
}
