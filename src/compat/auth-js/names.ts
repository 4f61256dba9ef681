import type {
  AuthenticatorAssuranceLevel,
  EnrolledPhone,
  EnrolledTotp,
  Factors,
  MFAChallenge,
  MFAChallengeParams,
  MFAEnrollPhoneParams,
  MFAEnrollTOTPParams,
  MFAVerifyParams,
  RecoveryCodes,
  RecoveryCodesStatus,
} from './mfa-types.js'
import type { OAuthAuthorizationDetails, OAuthGrant, OAuthRedirect } from './oauth-types.js'
import type { VerifyOtpParams } from './parameters.js'
import type {
  PasskeyApi,
  PasskeyChallenge,
  PasskeyCreationOptions,
  PasskeyItem,
  PasskeyRequestOptions,
  PasskeySignInApi,
} from './passkeys-types.js'
import type {
  AuthChangeEvent,
  RequestResult,
  RequestResultSafeDestructure,
  Session,
  User,
  WeakPassword,
} from './types.js'
import type { Web3Credentials } from './web3-types.js'
import type {
  EnrolledWebauthn,
  MFAEnrollWebauthnParams,
  MFAVerifyWebauthnParams,
  WebauthnChallenge,
} from './webauthn-types.js'

// Types that apps of auth-js know by these names: what methods take and give, a second time.

/** What only apps with second factors hear. */
export type AuthChangeEventMFA = Extract<AuthChangeEvent, 'MFA_CHALLENGE_VERIFIED'>
/** How links come back. */
export type AuthFlowType = 'implicit' | 'pkce' | (string & {})
/** A lock of an app's own, which means nothing here. */
export type LockFunc = <R>(name: string, acquireTimeout: number, fn: () => Promise<R>) => Promise<R>
/** What auth-js tries out; it is always there here. */
export interface ExperimentalFeatureFlags {
  passkey?: boolean
  recoveryCodes?: boolean
  appendPkceFlowIdToRedirects?: boolean
}
/** What a sign-in with a password says under the server's own names. */
export type AuthResponsePassword = RequestResultSafeDestructure<{
  user: User | null
  session: Session | null
  weak_password?: WeakPassword | null
}>
/** A session, or why a refresh brought none. */
export type CallRefreshTokenResult = RequestResult<Session>
/** Whose sessions end. */
export type SignOutScope = 'global' | 'local' | 'others'

/** A code to a phone. */
export type VerifyMobileOtpParams = Extract<VerifyOtpParams, { phone: string }>
/** A code by mail. */
export type VerifyEmailOtpParams = Extract<VerifyOtpParams, { email: string }>
/** The hash of a link. */
export type VerifyTokenHashParams = Extract<VerifyOtpParams, { token_hash: string }>
/** A wallet of Ethereum, or what it has signed. */
export type EthereumWeb3Credentials = Extract<Web3Credentials, { chain: 'ethereum' }>
/** A wallet of Solana, or what it has signed. */
export type SolanaWeb3Credentials = Extract<Web3Credentials, { chain: 'solana' }>

/** How somebody has proved who they are; a hook may add names. */
export type AMRMethod = string
/** How sure the server is of a person. */
export type AuthenticatorAssuranceLevels = 'aal1' | 'aal2' | (string & {})
/** By what a code goes to a phone. */
export type MFATOTPChannel = 'sms' | 'whatsapp'
/** What `mfa.enroll` takes. */
export type MFAEnrollParams = MFAEnrollTOTPParams | MFAEnrollPhoneParams | MFAEnrollWebauthnParams
/** Which factor is to be removed. */
export interface MFAUnenrollParams {
  factorId: string
}
/** Asks an authenticator app. */
export type MFAChallengeTOTPParams = Pick<MFAChallengeParams, 'factorId'>
/** Asks a phone. */
export type MFAChallengePhoneParams = Required<MFAChallengeParams>
/** A code of an authenticator app. */
export type MFAVerifyTOTPParams = MFAVerifyParams
/** A code to a phone. */
export type MFAVerifyPhoneParams = MFAVerifyParams
/** What a security key answers with. */
export type MFAVerifyWebauthnParamFields = Pick<MFAVerifyWebauthnParams, 'webauthn'>
/** A code that answers a challenge not asked for yet. */
export type MFAChallengeAndVerifyParams = Omit<MFAVerifyParams, 'challengeId'>
/** How a set of recovery codes is called. */
export interface MFARecoveryCodesGenerateParams {
  friendlyName?: string
}
/** One recovery code. */
export interface MFARecoveryCodesVerifyParams {
  code: string
}

/** What a proof brings: the next tokens of the session. */
export type AuthMFAVerifyResponseData = Session
/** A factor of an authenticator app that waits for its first code, or a failure. */
export type AuthMFAEnrollTOTPResponse = RequestResult<EnrolledTotp>
/** A phone that waits for its first code, or a failure. */
export type AuthMFAEnrollPhoneResponse = RequestResult<EnrolledPhone>
/** A security key that waits for its first proof, or a failure. */
export type AuthMFAEnrollWebauthnResponse = RequestResult<EnrolledWebauthn>
/** A factor that waits for its first proof, or a failure. */
export type AuthMFAEnrollResponse =
  | AuthMFAEnrollTOTPResponse
  | AuthMFAEnrollPhoneResponse
  | AuthMFAEnrollWebauthnResponse
/** The factor that was removed, or a failure. */
export type AuthMFAUnenrollResponse = RequestResult<{ id: string }>
/** A question to an authenticator app, or a failure. */
export type AuthMFAChallengeTOTPResponse = RequestResult<MFAChallenge>
/** A question to a phone, or a failure. */
export type AuthMFAChallengePhoneResponse = RequestResult<MFAChallenge>
/** A question to a security key, or a failure. */
export type AuthMFAChallengeWebauthnResponse = RequestResult<WebauthnChallenge>
/** A question to a factor, or a failure. */
export type AuthMFAChallengeResponse =
  | AuthMFAChallengeTOTPResponse
  | AuthMFAChallengeWebauthnResponse
/** The factors of a user, or a failure. */
export type AuthMFAListFactorsResponse = RequestResult<Factors>
/** How sure the server is of a person, or a failure. */
export type AuthMFAGetAuthenticatorAssuranceLevelResponse =
  RequestResult<AuthenticatorAssuranceLevel>
/** How many recovery codes there are, or a failure. */
export type AuthMFARecoveryCodesStatusResponse = RequestResult<RecoveryCodesStatus>
/** A new set of recovery codes, or a failure. */
export type AuthMFARecoveryCodesGenerateResponse = RequestResult<RecoveryCodes>

/** What an app asks for, or where to go when it was agreed to before; or a failure. */
export type AuthOAuthAuthorizationDetailsResponse = RequestResult<
  OAuthAuthorizationDetails | OAuthRedirect
>
/** Where to go after a decision, or a failure. */
export type AuthOAuthConsentResponse = RequestResult<OAuthRedirect>
/** The apps that a user has agreed to, or a failure. */
export type AuthOAuthGrantsResponse = RequestResult<OAuthGrant[]>
/** Nothing, or a failure. */
export type AuthOAuthRevokeGrantResponse = RequestResult<object>

/** How a sign-in by a passkey is asked for. */
export type SignInWithPasskeyCredentials = NonNullable<
  Parameters<PasskeySignInApi['signInWithPasskey']>[0]
>
/** How a new passkey is asked for. */
export type RegisterPasskeyCredentials = NonNullable<
  Parameters<PasskeySignInApi['registerPasskey']>[0]
>
/** How the question for a sign-in is asked for. */
export type StartPasskeyAuthenticationParams = NonNullable<
  Parameters<PasskeyApi['startAuthentication']>[0]
>
/** A passkey, and its new name. */
export type PasskeyUpdateParams = Parameters<PasskeyApi['update']>[0]
/** A passkey that is to be removed. */
export type PasskeyDeleteParams = Parameters<PasskeyApi['delete']>[0]
/** What the browser is to be asked for a new passkey. */
export type PasskeyRegistrationOptionsResponse = PasskeyChallenge<PasskeyCreationOptions>
/** What the browser is to be asked for a sign-in. */
export type PasskeyAuthenticationOptionsResponse = PasskeyChallenge<PasskeyRequestOptions>
/** `PasskeyRegistrationOptionsResponse`, or a failure. */
export type AuthPasskeyRegistrationOptionsResponse =
  RequestResult<PasskeyRegistrationOptionsResponse>
/** `PasskeyAuthenticationOptionsResponse`, or a failure. */
export type AuthPasskeyAuthenticationOptionsResponse =
  RequestResult<PasskeyAuthenticationOptionsResponse>
/** A new passkey, or a failure. */
export type AuthPasskeyRegistrationVerifyResponse = RequestResult<PasskeyItem>
/** The passkeys of a user, or a failure. */
export type AuthPasskeyListResponse = RequestResult<PasskeyItem[]>
/** A passkey under its new name, or a failure. */
export type AuthPasskeyUpdateResponse = RequestResult<PasskeyItem>
/** Nothing, or a failure. */
export type AuthPasskeyDeleteResponse = RequestResult<null>
