import { AuthError } from '../../core/errors.js'
import type { CallOptions } from '../../core/provider.js'
import { bridged } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { invalid } from '../shared/url.js'
import { holdsNo } from './wire.js'

/**
 * What asks passkeys and security keys, in the JSON forms of WebAuthn Level 3 (§5.1.8 to §5.1.10). Both
 * methods reject when nobody proves anything, and when the signal aborts: the caller waits for that.
 */
export interface WebAuthnAuthenticator {
  /** Makes a credential, and resolves to a `RegistrationResponseJSON`. */
  create(json: PublicKeyCredentialCreationOptionsJSON, signal: AbortSignal): Promise<unknown>
  /** Proves one, and resolves to an `AuthenticationResponseJSON`. */
  get(json: PublicKeyCredentialRequestOptionsJSON, signal: AbortSignal): Promise<unknown>
}

/** Options of `passkeys` and `webauthnFactors`. */
export interface WebAuthnOptions {
  /** @default navigator.credentials, in browsers whose WebAuthn speaks JSON */
  readonly authenticator?: WebAuthnAuthenticator | undefined
}

/** Which of the two: making a credential, or proving one. */
export type Ceremony = keyof WebAuthnAuthenticator

/** Asks the person, and gives their answer as the server takes it. */
export type Prove = (ceremony: Ceremony, json: unknown) => Promise<unknown>

/** A credential as the server takes it; nothing for what is none. */
const toJson = (credential: Credential | null): unknown =>
  credential instanceof PublicKeyCredential ? credential.toJSON() : null

/** The authenticators of this browser. */
const platform: WebAuthnAuthenticator = {
  async create(json, signal) {
    const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(json)
    return toJson(await navigator.credentials.create({ publicKey, signal }))
  },
  async get(json, signal) {
    const publicKey = PublicKeyCredential.parseRequestOptionsFromJSON(json)
    return toJson(await navigator.credentials.get({ publicKey, signal }))
  },
}

/**
 * Finds out, before anything is sent, who is to be asked. The person may then take their time, until the
 * call's signal aborts.
 * @throws AuthError `invalid_argument` where there is no WebAuthn, or one that speaks no JSON, and for an
 *   `authenticator` that lacks a method. What it returns throws `bad_response` for options that are none,
 *   `invalid_argument` for those of another site, and else `aborted`, with the platform's error as `cause`.
 */
export function needAuthenticator(
  options: WebAuthnOptions | undefined,
  call: CallOptions | undefined,
): Prove {
  const speaksJson = globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined
  const asked = options?.authenticator ?? (speaksJson ? platform : undefined)
  if (typeof asked?.create !== 'function' || typeof asked.get !== 'function') {
    return invalid('WebAuthn needs an `authenticator` here.')
  }
  return async (ceremony, json) => {
    if (!text(asObject(json)?.challenge)) return holdsNo('challenge')
    let cause: unknown
    // What else is in the options the authenticator checks itself, and throws.
    const answer: unknown = await bridged(call?.signal, async (own) =>
      Reflect.apply(asked[ceremony], asked, [json, own]),
    ).catch((error: unknown) => {
      cause = error
    })
    if (asObject(answer)) return answer
    // Without a field, or with one that is no base64url, the platform takes no options (§5.1.8).
    const told = cause instanceof Error && !call?.signal?.aborted ? `${cause}` : ''
    const code = /^Security/.test(told)
      ? 'invalid_argument'
      : /^(Type|Encoding)/.test(told)
        ? 'bad_response'
        : 'aborted'
    throw new AuthError(code, `No proof: ${told}`, { cause })
  }
}
