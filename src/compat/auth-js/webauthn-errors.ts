import { CustomAuthError } from './errors.js'

/** Why nobody proved anything, in the words of auth-js. */
export type WebAuthnErrorCode =
  | 'ERROR_CEREMONY_ABORTED'
  | 'ERROR_INVALID_DOMAIN'
  | 'ERROR_INVALID_RP_ID'
  | 'ERROR_INVALID_USER_ID_LENGTH'
  | 'ERROR_MALFORMED_PUBKEYCREDPARAMS'
  | 'ERROR_AUTHENTICATOR_GENERAL_ERROR'
  | 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'
  | 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT'
  | 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'
  | 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG'
  | 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY'

/** What a browser was asked for. */
export type PublicKeyOptions =
  | PublicKeyCredentialCreationOptions
  | PublicKeyCredentialRequestOptions

/** Nobody proved anything: `name` is that of the browser's own error, which is the `cause`. */
export class WebAuthnError extends CustomAuthError {
  declare code: WebAuthnErrorCode

  constructor(message: string, name: string, code: WebAuthnErrorCode) {
    super(message, name, undefined, code)
    Object.assign(this, { __isWebAuthnError: true })
  }
}

/** Whether WebAuthn is for this host: not for addresses of machines (WebAuthn §5.1.3). */
const isDomain = (host: string): boolean =>
  host === 'localhost' || (host.includes('.') && !/[\d\]]$/.test(host))

function ofSite(rpId: string | undefined): WebAuthnErrorCode | undefined {
  const host = globalThis.location?.hostname ?? ''
  if (!isDomain(host)) return 'ERROR_INVALID_DOMAIN'
  return rpId === host ? undefined : 'ERROR_INVALID_RP_ID'
}

/** What only a new credential fails of. */
function ofCreation(
  name: string,
  { authenticatorSelection, pubKeyCredParams, user }: PublicKeyCredentialCreationOptions,
): WebAuthnErrorCode | undefined {
  const { requireResidentKey, userVerification } = authenticatorSelection ?? {}
  const size = user.id.byteLength
  if (name === 'InvalidStateError') return 'ERROR_AUTHENTICATOR_PREVIOUSLY_REGISTERED'
  if (name === 'ConstraintError' && requireResidentKey) {
    return 'ERROR_AUTHENTICATOR_MISSING_DISCOVERABLE_CREDENTIAL_SUPPORT'
  }
  if (name === 'ConstraintError' && userVerification === 'required') {
    return 'ERROR_AUTHENTICATOR_MISSING_USER_VERIFICATION_SUPPORT'
  }
  if (name === 'NotSupportedError') {
    return pubKeyCredParams.some(({ type }) => type === 'public-key')
      ? 'ERROR_AUTHENTICATOR_NO_SUPPORTED_PUBKEYCREDPARAMS_ALG'
      : 'ERROR_MALFORMED_PUBKEYCREDPARAMS'
  }
  const wrongSize = name === 'TypeError' && (size < 1 || size > 64)
  return wrongSize ? 'ERROR_INVALID_USER_ID_LENGTH' : undefined
}

function codeOf(name: string, options: PublicKeyOptions): WebAuthnErrorCode | undefined {
  const creates = 'user' in options
  if (name === 'AbortError') return 'ERROR_CEREMONY_ABORTED'
  if (name === 'UnknownError') return 'ERROR_AUTHENTICATOR_GENERAL_ERROR'
  if (name === 'SecurityError') return ofSite(creates ? options.rp.id : options.rpId)
  return creates ? ofCreation(name, options) : undefined
}

/** What auth-js would say of an error of the browser's. */
export function toWebAuthnError(cause: unknown, options: PublicKeyOptions): WebAuthnError {
  const { name, message } = cause instanceof Error ? cause : new Error('The browser said no.')
  const code = codeOf(name, options) ?? 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY'
  const error = new WebAuthnError(message, name, code)
  error.cause = cause
  return error
}
