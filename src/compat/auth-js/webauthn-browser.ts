import { AuthUnknownError } from './errors.js'
import { type PublicKeyOptions, toWebAuthnError, WebAuthnError } from './webauthn-errors.js'

type Creation = PublicKeyCredentialCreationOptions
type Request = PublicKeyCredentialRequestOptions
type Fields = Readonly<Record<string, unknown>>

/** Checks that there is a browser that speaks JSON. @throws AuthUnknownError */
export function needBrowser(): void {
  if (globalThis.PublicKeyCredential?.parseRequestOptionsFromJSON !== undefined) return
  throw new AuthUnknownError('There is no WebAuthn here that speaks JSON.', undefined)
}

/** What a browser takes to make a credential, out of a server's JSON. @throws as `needBrowser` */
export function parseCreation(json: unknown): Creation {
  needBrowser()
  // Whatever the server sent: the browser looks at it, and throws.
  const parse = PublicKeyCredential.parseCreationOptionsFromJSON
  return Reflect.apply(parse, PublicKeyCredential, [json])
}

/** What a browser takes to prove one. @throws as `needBrowser` */
export function parseRequest(json: unknown): Request {
  needBrowser()
  const parse = PublicKeyCredential.parseRequestOptionsFromJSON
  return Reflect.apply(parse, PublicKeyCredential, [json])
}

const isPlain = (value: unknown): value is Fields =>
  Object.prototype.toString.call(value) === '[object Object]'

/** One object of several: what a later one says counts. Bytes and lists are replaced as a whole. */
function merged(...sources: readonly object[]): Fields {
  let result: Fields = {}
  for (const [name, value] of sources.flatMap(Object.entries)) {
    const before = result[name]
    const next = isPlain(value) ? merged(isPlain(before) ? before : {}, value) : value
    if (next !== undefined) result = { ...result, [name]: next }
  }
  return result
}

/** What auth-js asks for where neither the server nor the app says it. */
const CREATION: object = {
  hints: ['security-key'],
  authenticatorSelection: {
    authenticatorAttachment: 'cross-platform',
    requireResidentKey: false,
    userVerification: 'preferred',
    residentKey: 'discouraged',
  },
  attestation: 'direct',
}
const REQUEST: object = {
  userVerification: 'preferred',
  hints: ['security-key'],
  attestation: 'direct',
}

/** Adds what auth-js asks of security keys, and what the app does. */
export const forKeys = <Options extends PublicKeyOptions>(
  options: Options,
  overrides: object | undefined,
): Options =>
  Object.assign(options, merged('user' in options ? CREATION : REQUEST, options, overrides ?? {}))

let latest: AbortController | undefined

/** A browser shows one prompt at a time: without a signal of the app's, the next one ends this. */
function turn(signal: AbortSignal | undefined): AbortSignal {
  if (signal) return signal
  latest?.abort(new DOMException('Another prompt has been opened.', 'AbortError'))
  latest = new AbortController()
  return latest.signal
}

/** How a person is asked. */
export interface Asking {
  readonly signal?: AbortSignal | undefined
  readonly mediation?: CredentialMediationRequirement | undefined
}

/** Asks the person. @throws WebAuthnError when nobody proves anything. */
export async function askBrowser(
  publicKey: PublicKeyOptions,
  { signal, mediation }: Asking = {},
): Promise<PublicKeyCredential> {
  const shared = { signal: turn(signal) }
  const found = await ('user' in publicKey
    ? navigator.credentials.create({ publicKey, ...shared })
    : navigator.credentials.get({ publicKey, ...shared, ...(mediation && { mediation }) })
  ).catch((error: unknown) => {
    throw toWebAuthnError(error, publicKey)
  })
  if (found instanceof PublicKeyCredential) return found
  const message = 'The browser gave no credential.'
  throw new WebAuthnError(message, 'WebAuthnUnknownError', 'ERROR_PASSTHROUGH_SEE_CAUSE_PROPERTY')
}
