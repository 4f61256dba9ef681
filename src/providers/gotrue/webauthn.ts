import { AuthError, type AuthErrorCode } from '../../core/errors.js'
import type { Signal } from '../../core/ports.js'
import { binaryOf } from '../shared/base64.js'
import { bridged } from '../shared/http.js'
import { asObject } from '../shared/json.js'
import { base64url } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'

/** What asks the person: `navigator.credentials`, or what stands in for it. */
export type Credentials = Pick<CredentialsContainer, 'create' | 'get'>

/** Which of the two ceremonies. */
export type Ceremony = keyof Credentials

/** What the platform's errors mean, by name (WebAuthn §5.1.3, §5.1.4); else `rejected`. */
const MEANINGS = new Map<string, AuthErrorCode>([
  // The person cancelled, or took too long: no page is told which.
  ['NotAllowedError', 'aborted'],
  ['AbortError', 'aborted'],
  // The server's passkeys are for another site than the page is of.
  ['SecurityError', 'invalid_argument'],
  // Options that are none.
  ['TypeError', 'bad_response'],
])

/** What a failure of the platform's is to the caller. */
function toError(cause: unknown): AuthError {
  const { name, message } = cause instanceof Error ? cause : new Error('it has none.')
  const code = MEANINGS.get(name) ?? 'rejected'
  return new AuthError(code, `The browser gave no passkey: ${message}`, { cause })
}

const bytes = (text: unknown): Uint8Array =>
  Uint8Array.from(binaryOf(String(text)), (char) => char.charCodeAt(0))

/** A field with its `id` as bytes, or a list of such. */
const withBytes = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(withBytes)
    : value && { ...asObject(value), id: bytes(asObject(value)?.id) }

/**
 * Options as the ceremony takes them, out of the server's JSON. By our own lines where the browser has
 * none: Safari before 18.4, Chromium before 129, Firefox before 119.
 */
function parse(ceremony: Ceremony, json: Readonly<Record<string, unknown>>): unknown {
  const Platform = globalThis.PublicKeyCredential
  const native =
    ceremony === 'get'
      ? Platform?.parseRequestOptionsFromJSON
      : Platform?.parseCreationOptionsFromJSON
  if (native) return Reflect.apply(native, Platform, [json])
  return {
    ...json,
    challenge: bytes(json.challenge),
    user: withBytes(json.user),
    allowCredentials: withBytes(json.allowCredentials),
    excludeCredentials: withBytes(json.excludeCredentials),
  }
}

const isPasskey = (value: unknown): value is PublicKeyCredential =>
  value instanceof Object && 'rawId' in value

/** A credential as the server takes it, by the browser's lines or ours. */
function toJson(credential: PublicKeyCredential): unknown {
  try {
    return credential.toJSON()
  } catch {
    // Older browsers have none, and what password managers put in its place throws.
    const { id, rawId, type, response } = credential
    const encoded: Record<string, string> = {}
    // All of its fields are its prototype's. Which there are depends on the ceremony.
    for (const name in response) {
      const value: unknown = Reflect.get(response, name)
      if (value instanceof ArrayBuffer) encoded[name] = base64url(new Uint8Array(value))
    }
    const raw = base64url(new Uint8Array(rawId))
    return { id, rawId: raw, type, clientExtensionResults: {}, response: encoded }
  }
}

/**
 * Asks the person, which takes as long as they do, and gives the answer as the server takes it.
 * @throws AuthError `aborted` when they cancel, or the signal aborts; `bad_response` for options that
 *   are none; `invalid_argument` for those of another site, and where there is no WebAuthn; else
 *   `rejected`.
 */
export async function prompt(
  credentials: Credentials,
  ceremony: Ceremony,
  options: {
    readonly json: Readonly<Record<string, unknown>>
    readonly signal?: Signal | undefined
  },
): Promise<unknown> {
  const { json, signal } = options
  const ask = async (own?: AbortSignal): Promise<unknown> =>
    // The platform checks each option itself, and throws.
    Reflect.apply(credentials[ceremony], credentials, [
      { publicKey: parse(ceremony, json), ...(own && { signal: own }) },
    ])
  try {
    const found = await (signal ? bridged(signal, ask) : ask())
    if (isPasskey(found)) return toJson(found)
    throw new Error('it has none.')
  } catch (error) {
    throw toError(error)
  }
}

/** @throws AuthError `invalid_argument` where there is no WebAuthn */
export function needCredentials(
  ceremony: Ceremony,
  credentials: Credentials | undefined = globalThis.navigator?.credentials,
): Credentials {
  if (credentials?.[ceremony] instanceof Function) return credentials
  return invalid('Passkeys need WebAuthn, which pages have on https: and localhost only.')
}
