import type { Grant, SessionFacts, SessionUser } from '../../core/session.js'
import type { TransientReason } from '../shared/failure-words.js'
import type { SealedData } from './session-data.js'

/** What is known of a session's access token before anybody has checked it. */
export interface TokenWords {
  readonly facts: SessionFacts
  /** When it was issued, in ms since the epoch; 0 where nobody knows. Tells the newer of two. */
  readonly issuedAt: number
  /** When it is over, in ms since the epoch by this server's clock. */
  readonly expiresAt: number
  /** How long it lives, in ms, where that is known. */
  readonly life: number | undefined
}

/**
 * What came of checking an access token. `retryable`: nothing is known now, and the session is as good
 * as before.
 */
export type TokenCheck =
  | { readonly ok: true }
  | { readonly ok: false; readonly retryable: false }
  | { readonly ok: false; readonly retryable: true; readonly reason: TransientReason }

/** Whose access token it is by its own words: nobody knows of one that cannot be read. */
export type TokenOwner = 'same' | 'other' | 'unreadable'

/**
 * What sealed sessions must know of access tokens. Some say all of it themselves (JWTs), of others
 * only the auth server knows, or the seal.
 */
export interface AccessTokens {
  /** `null` for a token that cannot be of this session. */
  read(data: SealedData): TokenWords | null
  /** Whether a token is of the person whom the session is of. */
  ownerOf(accessToken: string, userId: string): TokenOwner
  /** Adds to a session that came `at` ms since the epoch what its new token does not say. */
  note<User extends SessionUser>(
    data: SealedData<User>,
    grant: Grant<User>,
    at: number,
  ): SealedData<User>
  /** Whether the token is genuine and alive. Never rejects. */
  check(data: SealedData): Promise<TokenCheck>
  /** Says that the auth server gave this token just now, or a moment ago to another request. */
  hurry(data: SealedData): Promise<void>
}
