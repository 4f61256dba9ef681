import type { RequestResult, Session } from './types.js'

/** What a security key is enrolled with. */
export interface MFAEnrollWebauthnParams {
  factorType: 'webauthn'
  friendlyName?: string
}

/** A security key that waits for its first proof. */
export interface EnrolledWebauthn {
  id: string
  type: 'webauthn'
  friendly_name?: string
}

/** The pages that a credential is for. */
export interface WebauthnSite {
  /** The host of the pages, or one that it is below. */
  rpId: string
  rpOrigins?: string[]
}

/** Asks a security key. */
export interface MFAChallengeWebauthnParams {
  factorId: string
  webauthn: WebauthnSite
}

/** What a browser is to be asked. `expires_at`: seconds since the epoch. */
export interface WebauthnChallenge {
  id: string
  type: 'webauthn'
  expires_at: number
  webauthn:
    | { type: 'create'; credential_options: { publicKey: PublicKeyCredentialCreationOptions } }
    | { type: 'request'; credential_options: { publicKey: PublicKeyCredentialRequestOptions } }
}

/** What a browser answered: a credential that it made, or one that was proved. */
export interface WebauthnAnswer {
  type: 'create' | 'request'
  credential_response: PublicKeyCredential
}

/** What is sent of a credential: its JSON. */
export interface ProvedCredential {
  readonly id: string
  toJSON(): object
}

/** The answer of a security key. */
export interface MFAVerifyWebauthnParams {
  factorId: string
  challengeId: string
  webauthn: WebauthnSite & { type: 'create' | 'request'; credential_response: ProvedCredential }
}

/** A challenge that a browser has answered. */
export interface AnsweredChallenge {
  factorId: string
  challengeId: string
  webauthn: WebauthnAnswer
}

/** Where pages are, and how a person is asked. */
export interface WebauthnSettings {
  /** @default the host of the page */
  rpId?: string
  /** @default the origin of the page */
  rpOrigins?: string[]
  /** @default one that the next prompt aborts */
  signal?: AbortSignal
}

/** A credential by its id. `transports`: also those that TypeScript does not know yet. */
export interface CredentialDescriptor {
  id: BufferSource
  type: PublicKeyCredentialType
  transports?: string[]
}

/** What a browser is asked for a new credential, besides what the server asks it. */
export type CreationOverrides = Partial<
  Omit<PublicKeyCredentialCreationOptions, 'excludeCredentials'>
> & { excludeCredentials?: CredentialDescriptor[] }

/** What a browser is asked for a proof, besides what the server asks it. */
export type RequestOverrides = Partial<
  Omit<PublicKeyCredentialRequestOptions, 'allowCredentials'>
> & { allowCredentials?: CredentialDescriptor[] }

/** Security keys and passkeys as second factors. */
export interface MfaWebAuthnMethods {
  /** Enrols a key that waits for its first proof. */
  enroll(params: { friendlyName?: string }): Promise<RequestResult<EnrolledWebauthn>>
  /** Asks the server for a challenge, and has the browser answer it. */
  challenge(
    params: MFAChallengeWebauthnParams & { friendlyName?: string; signal?: AbortSignal },
    overrides?: { create?: CreationOverrides; request?: RequestOverrides },
  ): Promise<RequestResult<AnsweredChallenge>>
  /** Shows the server what the browser answered, which raises the session. */
  verify(params: MFAVerifyWebauthnParams): Promise<RequestResult<Session>>
  /** All three in one: makes a credential and enrols it, which raises the session. */
  register(
    params?: { friendlyName?: string; webauthn?: WebauthnSettings },
    overrides?: CreationOverrides,
  ): Promise<RequestResult<Session>>
  /** Proves a credential, which raises the session. */
  authenticate(
    params: { factorId: string; webauthn?: WebauthnSettings },
    overrides?: RequestOverrides,
  ): Promise<RequestResult<Session>>
}
