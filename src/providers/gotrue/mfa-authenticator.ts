import { AuthError, isAuthError } from '../../core/errors.js'
import type { Signal } from '../../core/ports.js'
import { bridged } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { invalid } from '../shared/url.js'
import { bad, fieldsOf } from './mfa-answers.js'
import type { WebAuthnAuthenticator } from './mfa-types.js'

const toJson = (credential: Credential | null): unknown =>
  credential instanceof PublicKeyCredential ? credential.toJSON() : null

/** @throws AuthError `invalid_argument` where there is no WebAuthn, or one that speaks no JSON. */
function platform(): typeof PublicKeyCredential {
  const here: typeof PublicKeyCredential | undefined = globalThis.PublicKeyCredential
  if (here && 'parseRequestOptionsFromJSON' in here) return here
  return invalid('There is no WebAuthn here.')
}

/** The authenticators of this browser. */
export const platformAuthenticator: WebAuthnAuthenticator = {
  async create(options, signal) {
    const publicKey = platform().parseCreationOptionsFromJSON(options)
    return toJson(await navigator.credentials.create({ publicKey, ...(signal && { signal }) }))
  },
  async get(options, signal) {
    const publicKey = platform().parseRequestOptionsFromJSON(options)
    return toJson(await navigator.credentials.get({ publicKey, ...(signal && { signal }) }))
  },
}

const isRequest = (options: unknown): options is PublicKeyCredentialRequestOptionsJSON =>
  text(asObject(options)?.challenge) !== undefined

/** The browser itself looks at what is within. */
const isCreation = (options: unknown): options is PublicKeyCredentialCreationOptionsJSON =>
  isRequest(options) && 'rp' in options && 'user' in options && 'pubKeyCredParams' in options

/** What an authenticator answered to a challenge, as the server wants it back. */
export interface Proof {
  /** As the challenge says. */
  readonly type: unknown
  readonly credential_response: unknown
}

/**
 * Asks for what the answer to a challenge says.
 * @throws AuthError `bad_response` where it says nothing, `aborted` when nothing was proved.
 */
export async function askAuthenticator(
  challenge: unknown,
  authenticator: WebAuthnAuthenticator,
  signal?: Signal,
): Promise<Proof> {
  const { type, credential_options } = fieldsOf(fieldsOf(challenge).webauthn)
  const { publicKey } = fieldsOf(credential_options)
  const ask = (own?: AbortSignal): Promise<unknown> =>
    type === 'create' && isCreation(publicKey)
      ? authenticator.create(publicKey, own)
      : isRequest(publicKey)
        ? authenticator.get(publicKey, own)
        : bad()
  let cause: unknown
  try {
    const answer = asObject(await (signal ? bridged(signal, async (own) => ask(own)) : ask()))
    if (answer) return { type, credential_response: answer }
  } catch (error) {
    if (isAuthError(error)) throw error
    cause = error
  }
  throw new AuthError('aborted', 'The authenticator proved nothing.', { cause })
}
