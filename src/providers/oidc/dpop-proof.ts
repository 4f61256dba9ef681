import { base64url } from '../shared/pkce.js'

/** The one algorithm that every browser signs by, and every server that was looked at takes: ES256. */
export const ES256 = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }

const utf8 = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words)
const encode = (value: object): string => base64url(utf8(JSON.stringify(value)))

/** The SHA-256 of a text, as base64url. */
export const digest = async (words: string): Promise<string> =>
  base64url(new Uint8Array(await crypto.subtle.digest('SHA-256', utf8(words))))

/** The public half, its members in the order of thumbprints (RFC 7638 §3.2). */
async function jwkOf({ publicKey }: CryptoKeyPair): Promise<object> {
  const { crv, kty, x, y } = await crypto.subtle.exportKey('jwk', publicKey)
  return { crv, kty, x, y }
}

/** The thumbprint of a pair (RFC 7638). @throws whatever the platform throws at what is none. */
export const thumbprintOf = async (pair: CryptoKeyPair): Promise<string> =>
  digest(JSON.stringify(await jwkOf(pair)))

/** A proof of these claims (RFC 9449 §4.2). */
export async function signProof(pair: CryptoKeyPair, claims: object): Promise<string> {
  const head = encode({ typ: 'dpop+jwt', alg: 'ES256', jwk: await jwkOf(pair) })
  const signed = `${head}.${encode(claims)}`
  const mark = await crypto.subtle.sign(ES256, pair.privateKey, utf8(signed))
  return `${signed}.${base64url(new Uint8Array(mark))}`
}
