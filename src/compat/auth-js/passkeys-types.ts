import type { RequestResult, Session, User } from './types.js'

/** A passkey as the server knows it. */
export interface PasskeyItem {
  id: string
  friendly_name?: string
  created_at: string
}

/** Signing in by a passkey, and making one. */
export interface PasskeySignInApi {
  /** Signs in whoever the chosen passkey is of. */
  signInWithPasskey(credentials?: {
    options?: { captchaToken?: string; signal?: AbortSignal; mediation?: string }
  }): Promise<RequestResult<{ session: Session | null; user: User | null }>>
  /** Makes a passkey for whoever is signed in. */
  registerPasskey(credentials?: {
    options?: { signal?: AbortSignal }
  }): Promise<RequestResult<PasskeyItem>>
}

/** The passkeys of whoever is signed in. */
export interface PasskeyApi {
  list(): Promise<RequestResult<PasskeyItem[]>>
  update(params: { passkeyId: string; friendlyName: string }): Promise<RequestResult<PasskeyItem>>
  delete(params: { passkeyId: string }): Promise<RequestResult<null>>
}
