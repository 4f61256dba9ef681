import type { Crypto } from '../../core/ports.js'
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

const ofPlatform = (): globalThis.Crypto =>
  globalThis.crypto?.subtle
    ? globalThis.crypto
    : invalid(
        'PKCE needs `crypto.subtle`, which pages have on https: and localhost only: else pass `environment.crypto`.',
      )

const platform: Crypto = {
  randomBytes: (length) => ofPlatform().getRandomValues(new Uint8Array(length)),
  sha256: (bytes) => ofPlatform().subtle.digest('SHA-256', bytes),
}

/** Text in place of bytes, or too few of them, would make a secret that can be guessed. */
const encode = (bytes: Uint8Array | ArrayBuffer | undefined): string =>
  bytes?.byteLength === 32
    ? base64url(new Uint8Array(bytes))
    : invalid('`environment.crypto` gave no 32 bytes.')

/**
 * The S256 challenge of a verifier (RFC 7636 §4.2).
 * @throws AuthError `invalid_argument` where neither the platform nor the app has SHA-256: on insecure
 *   origins, and in React Native.
 */
export async function challengeOf(verifier: string, crypto: Crypto = platform): Promise<string> {
  return encode(await crypto.sha256?.(Uint8Array.from(verifier, (char) => char.charCodeAt(0))))
}

/** Makes a fresh pair by S256. @throws AuthError `invalid_argument` as `challengeOf` does. */
export async function createPkce(crypto: Crypto = platform): Promise<Pkce> {
  const verifier = encode(await crypto.randomBytes?.(32))
  return { verifier, challenge: await challengeOf(verifier, crypto) }
}
