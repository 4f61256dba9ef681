import { invalid } from './url.js'

/** A proof key for code exchange (RFC 7636). */
export interface Pkce {
  /** The secret: 43 characters of base64url. */
  readonly verifier: string
  /** Its SHA-256, for the server to see first. */
  readonly challenge: string
}

/** Bytes as base64url without padding. Of some ten thousand bytes at the most. */
export const base64url = (bytes: Uint8Array): string =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replace(/={1,2}$/, '')

/**
 * The S256 challenge of a verifier (RFC 7636 §4.2).
 * @throws AuthError `invalid_argument` where the platform has no SHA-256: on insecure origins, and in
 *   React Native without a polyfill.
 */
export async function challengeOf(verifier: string): Promise<string> {
  const { subtle } = globalThis.crypto ?? {}
  if (!subtle) {
    return invalid('PKCE needs `crypto.subtle`, which pages have on https: and localhost only.')
  }
  const bytes = Uint8Array.from(verifier, (char) => char.charCodeAt(0))
  return base64url(new Uint8Array(await subtle.digest('SHA-256', bytes)))
}

/** Makes a fresh pair by S256. @throws AuthError `invalid_argument` as `challengeOf` does. */
export async function createPkce(): Promise<Pkce> {
  const { crypto } = globalThis
  const verifier = crypto?.subtle ? base64url(crypto.getRandomValues(new Uint8Array(32))) : ''
  return { verifier, challenge: await challengeOf(verifier) }
}
