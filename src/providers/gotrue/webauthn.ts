import { AuthError } from '../../core/errors.js'
import type { CallOptions } from '../../core/provider.js'
import { bridged } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { invalid } from '../shared/url.js'
import { holdsNo } from './wire.js'

/** What only newer browsers have; TypeScript knows of it since 5.7. */
type Parser<Name extends string> = typeof globalThis extends {
  readonly PublicKeyCredential: { readonly [_ in Name]: (options: infer Options) => unknown }
}
  ? Options
  : { readonly challenge: string; readonly extensions?: object; readonly [name: string]: unknown }

/** `PublicKeyCredentialCreationOptionsJSON` of WebAuthn Level 3, where the `lib` has it. */
export type CreationOptionsJson = Parser<'parseCreationOptionsFromJSON'>
/** `PublicKeyCredentialRequestOptionsJSON` of WebAuthn Level 3, where the `lib` has it. */
export type RequestOptionsJson = Parser<'parseRequestOptionsFromJSON'>

/**
 * What asks passkeys and security keys, in the JSON forms of WebAuthn Level 3 (§5.1.8 to §5.1.10). Both
 * methods reject when nobody proves anything, and when the signal aborts: the caller waits for that.
 */
export interface WebAuthnAuthenticator {
  /** Makes a credential, and resolves to a `RegistrationResponseJSON`. */
  create(json: CreationOptionsJson, signal: AbortSignal): Promise<unknown>
  /** Proves one, and resolves to an `AuthenticationResponseJSON`. */
  get(json: RequestOptionsJson, signal: AbortSignal): Promise<unknown>
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
const toJson = async (asked: Promise<Credential | null>): Promise<unknown> =>
  Object(await asked).toJSON?.()

/** The authenticators of this browser. */
const platform: WebAuthnAuthenticator = {
  create: (json, signal) =>
    toJson(
      navigator.credentials.create({
        publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(json),
        signal,
      }),
    ),
  get: (json, signal) =>
    toJson(
      navigator.credentials.get({
        publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(json),
        signal,
      }),
    ),
}

/** What else is in the options of a server the authenticator checks itself, and throws. */
const areOptions = (json: unknown): json is CreationOptionsJson & RequestOptionsJson =>
  !!text(asObject(json)?.challenge)

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
    return invalid('WebAuthn: `authenticator` is missing.')
  }
  return async (ceremony, json) => {
    if (!areOptions(json)) return holdsNo('challenge')
    let cause: unknown
    const answer = await bridged(call?.signal, async (own) => asked[ceremony](json, own)).catch(
      (error: unknown) => {
        cause = error
      },
    )
    if (asObject(answer)) return answer
    // Without a field, or with one that is no base64url, the platform takes no options (§5.1.8).
    const told = cause instanceof Error && !call?.signal?.aborted ? `${cause}` : 'aborted'
    const code = /^Security/.test(told)
      ? 'invalid_argument'
      : /^(Type|Encoding)/.test(told)
        ? 'bad_response'
        : 'aborted'
    throw new AuthError(code, `WebAuthn: ${told}`, { cause })
  }
}
