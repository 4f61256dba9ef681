/** Not run: it compiles. The types that both libraries export by one name mean the same. */

import type * as Theirs from '@supabase/auth-js'
import type * as Ours from '../../src/compat/auth-js/index.js'

/** Whatever auth-js's type allows to be passed can be passed. */
type Takes<Their extends Our, Our> = [Their, Our]
/** Whatever comes is of auth-js's type. */
type Gives<Our extends Their, Their> = [Our, Their]
/** Of a result, the data: error classes are each library's own. */
type Data<Result> = Result extends { data: infer Its } ? Its : never

/** What is passed. */
export type Taken = [
  Takes<Theirs.EthereumWeb3Credentials, Ours.EthereumWeb3Credentials>,
  Takes<Theirs.ExperimentalFeatureFlags, Ours.ExperimentalFeatureFlags>,
  Takes<Theirs.LockFunc, Ours.LockFunc>,
  Takes<Theirs.MFAChallengeAndVerifyParams, Ours.MFAChallengeAndVerifyParams>,
  Takes<Theirs.MFAChallengeParams, Ours.MFAChallengeParams | Ours.MFAChallengeWebauthnParams>,
  Takes<Theirs.MFAChallengePhoneParams, Ours.MFAChallengePhoneParams>,
  Takes<Theirs.MFAChallengeTOTPParams, Ours.MFAChallengeTOTPParams>,
  Takes<Theirs.MFAEnrollParams, Ours.MFAEnrollParams>,
  Takes<Theirs.MFARecoveryCodesGenerateParams, Ours.MFARecoveryCodesGenerateParams>,
  Takes<Theirs.MFARecoveryCodesVerifyParams, Ours.MFARecoveryCodesVerifyParams>,
  Takes<Theirs.MFATOTPChannel, Ours.MFATOTPChannel>,
  Takes<Theirs.MFAUnenrollParams, Ours.MFAUnenrollParams>,
  Takes<Theirs.MFAVerifyPhoneParams, Ours.MFAVerifyPhoneParams>,
  Takes<Theirs.MFAVerifyTOTPParams, Ours.MFAVerifyTOTPParams>,
  Takes<Theirs.MFAVerifyWebauthnParamFields, Ours.MFAVerifyWebauthnParamFields>,
  Takes<Theirs.PasskeyDeleteParams, Ours.PasskeyDeleteParams>,
  Takes<Theirs.PasskeyUpdateParams, Ours.PasskeyUpdateParams>,
  Takes<Theirs.RegisterPasskeyCredentials, Ours.RegisterPasskeyCredentials>,
  Takes<Theirs.SignInWithPasskeyCredentials, Ours.SignInWithPasskeyCredentials>,
  Takes<Theirs.SignOutScope, Ours.SignOutScope>,
  Takes<Theirs.SolanaWeb3Credentials, Ours.SolanaWeb3Credentials>,
  Takes<Theirs.StartPasskeyAuthenticationParams, Ours.StartPasskeyAuthenticationParams>,
  Takes<Theirs.VerifyEmailOtpParams, Ours.VerifyEmailOtpParams>,
  Takes<Theirs.VerifyMobileOtpParams, Ours.VerifyMobileOtpParams>,
  Takes<Theirs.VerifyTokenHashParams, Ours.VerifyTokenHashParams>,
]

/** What comes. */
export type Given = [
  Gives<Ours.AMRMethod, Theirs.AMRMethod>,
  Gives<Ours.AuthChangeEvent, Theirs.AuthChangeEvent>,
  Gives<Ours.AuthChangeEventMFA, Theirs.AuthChangeEventMFA>,
  Gives<Ours.AuthenticatorAssuranceLevels, Theirs.AuthenticatorAssuranceLevels>,
  Gives<Ours.AuthMFAVerifyResponseData, Theirs.AuthMFAVerifyResponseData>,
  Gives<Ours.PasskeyListItem, Theirs.PasskeyListItem>,
  Gives<Ours.PasskeyMetadata, Theirs.PasskeyMetadata>,
  Gives<Ours.RequiredClaims, Theirs.RequiredClaims>,
  Gives<Data<Ours.AuthMFAChallengePhoneResponse>, { id: string; expires_at: number } | null>,
  Gives<Data<Ours.AuthMFAEnrollResponse>, Data<Theirs.AuthMFAEnrollResponse>>,
  Gives<Data<Ours.AuthMFAListFactorsResponse>, Data<Theirs.AuthMFAListFactorsResponse>>,
  Gives<
    Data<Ours.AuthMFAGetAuthenticatorAssuranceLevelResponse>,
    Data<Theirs.AuthMFAGetAuthenticatorAssuranceLevelResponse>
  >,
  Gives<
    Data<Ours.AuthMFARecoveryCodesGenerateResponse>,
    Data<Theirs.AuthMFARecoveryCodesGenerateResponse>
  >,
  Gives<
    Data<Ours.AuthMFARecoveryCodesStatusResponse>,
    Data<Theirs.AuthMFARecoveryCodesStatusResponse>
  >,
  Gives<
    Data<Ours.AuthOAuthAuthorizationDetailsResponse>,
    Data<Theirs.AuthOAuthAuthorizationDetailsResponse>
  >,
  Gives<Data<Ours.AuthOAuthGrantsResponse>, Data<Theirs.AuthOAuthGrantsResponse>>,
  Gives<Data<Ours.AuthPasskeyListResponse>, Data<Theirs.AuthPasskeyListResponse>>,
  Gives<
    Data<Ours.AuthPasskeyRegistrationOptionsResponse>,
    Data<Theirs.AuthPasskeyRegistrationOptionsResponse>
  >,
  Gives<
    Data<Ours.AuthPasskeyAuthenticationOptionsResponse>,
    Data<Theirs.AuthPasskeyAuthenticationOptionsResponse>
  >,
  Gives<Data<Ours.AuthResponsePassword>, Data<Theirs.AuthResponsePassword>>,
  Gives<Data<Ours.CallRefreshTokenResult>, Data<Theirs.CallRefreshTokenResult>>,
]
