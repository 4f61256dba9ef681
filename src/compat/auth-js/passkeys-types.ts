import type { CreationOptionsJson, RequestOptionsJson } from '../../providers/gotrue/webauthn.js'
import type { RequestResult, Session, User } from './types.js'

/** A passkey as the server knows it. */
export interface PasskeyItem {
  id: string
  friendly_name?: string
  created_at: string
  /** Of one that has signed somebody in. */
  last_used_at?: string
}

/** A credential by its id, in the JSON form of WebAuthn. */
export interface DescriptorJson {
  id: string
  type: PublicKeyCredentialType
  transports?: ('ble' | 'cable' | 'hybrid' | 'internal' | 'nfc' | 'smart-card' | 'usb')[]
}

type AttestationFormat =
  | 'packed'
  | 'tpm'
  | 'android-key'
  | 'android-safetynet'
  | 'fido-u2f'
  | 'apple'
  | 'none'

type Extensions = AuthenticationExtensionsClientInputs &
  NonNullable<CreationOptionsJson['extensions']>

/** What a browser is to be asked for a new passkey. */
export interface PasskeyCreationOptions
  extends Omit<
    CreationOptionsJson,
    'attestation' | 'authenticatorSelection' | 'excludeCredentials' | 'extensions'
  > {
  attestation?: AttestationConveyancePreference
  /** Of the registry of WebAuthn (RFC 8809). */
  attestationFormats?: AttestationFormat[]
  authenticatorSelection?: AuthenticatorSelectionCriteria
  excludeCredentials?: DescriptorJson[]
  extensions?: Extensions
}

/** What a browser is to be asked for a sign-in by a passkey. */
export interface PasskeyRequestOptions
  extends Omit<RequestOptionsJson, 'allowCredentials' | 'extensions' | 'userVerification'> {
  allowCredentials?: DescriptorJson[]
  extensions?: Extensions
  userVerification?: UserVerificationRequirement
}

/** What `toJSON()` of a credential gives. */
export interface CredentialJson {
  id: string
  rawId: string
  type: string
  response: object
}

/** A question to passkeys, in the JSON forms of WebAuthn. `expires_at`: seconds since the epoch. */
export interface PasskeyChallenge<Options> {
  challenge_id: string
  options: Options
  expires_at: number
}

/** The answer to such a question. */
export interface VerifyPasskeyParams {
  challengeId: string
  credential: CredentialJson
}

/** What a sign-in by a passkey brings. */
export type PasskeySignInResponse = RequestResult<{ session: Session | null; user: User | null }>

/** Signing in by a passkey, and making one. */
export interface PasskeySignInApi {
  /** Signs in whoever the chosen passkey is of. */
  signInWithPasskey(credentials?: {
    options?: {
      captchaToken?: string
      signal?: AbortSignal
      /** `conditional` offers passkeys where names are typed. */
      mediation?: CredentialMediationRequirement
    }
  }): Promise<PasskeySignInResponse>
  /** Makes a passkey for whoever is signed in. */
  registerPasskey(credentials?: {
    options?: { signal?: AbortSignal }
  }): Promise<RequestResult<PasskeyItem>>
}

/** Both ceremonies in steps, for apps that ask the browser themselves. */
export interface PasskeyStepsApi {
  /** What the browser is to be asked for a new passkey of whoever is signed in. */
  startRegistration(): Promise<RequestResult<PasskeyChallenge<PasskeyCreationOptions>>>
  /** Shows the server a new passkey. */
  verifyRegistration(params: VerifyPasskeyParams): Promise<RequestResult<PasskeyItem>>
  /** What the browser is to be asked for a sign-in. */
  startAuthentication(params?: {
    options?: { captchaToken?: string }
  }): Promise<RequestResult<PasskeyChallenge<PasskeyRequestOptions>>>
  /** Signs in whoever the proved passkey is of. */
  verifyAuthentication(params: VerifyPasskeyParams): Promise<PasskeySignInResponse>
}

/** The passkeys of whoever is signed in. */
export interface PasskeyApi extends PasskeyStepsApi {
  list(): Promise<RequestResult<PasskeyItem[]>>
  update(params: { passkeyId: string; friendlyName: string }): Promise<RequestResult<PasskeyItem>>
  delete(params: { passkeyId: string }): Promise<RequestResult<null>>
}
