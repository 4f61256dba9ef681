import { type AuthErrorJson, CustomAuthError } from './errors.js'

// Apart from the others: only what is loaded later throws these.

/** What an address says about a failure. */
export interface RedirectErrorDetails {
  error: string
  code: string
}

/** A failure that a redirect brought; `details` are the words of the address. */
class RedirectError extends CustomAuthError {
  details: RedirectErrorDetails | null

  constructor(message: string, name: string, details: RedirectErrorDetails | null) {
    super(message, name, 500)
    this.details = details
  }

  override toJSON(): AuthErrorJson & { details: RedirectErrorDetails | null } {
    return { ...super.toJSON(), details: this.details }
  }
}

/** The server or the person refused, and the redirect says so. */
export class AuthImplicitGrantRedirectError extends RedirectError {
  constructor(message: string, details: RedirectErrorDetails | null = null) {
    super(message, 'AuthImplicitGrantRedirectError', details)
  }
}

/** The address is not that of a PKCE redirect. */
export class AuthPKCEGrantCodeExchangeError extends RedirectError {
  constructor(message: string, details: RedirectErrorDetails | null = null) {
    super(message, 'AuthPKCEGrantCodeExchangeError', details)
  }
}

/** This is no JWT, or not one of this server's. */
export class AuthInvalidJwtError extends CustomAuthError {
  constructor(message: string) {
    super(message, 'AuthInvalidJwtError', 400, 'invalid_jwt')
  }
}
