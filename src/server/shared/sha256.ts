import { encode } from 'jose/base64url'
import { findNodeCrypto, type NodeCrypto } from './node-crypto.js'

type Digest = (bytes: Uint8Array) => Uint8Array

/** A text, and its SHA-256 in base64url. */
const SAMPLE = { text: 'Zürich ☂', digest: '7_AXrUoWsXJx_77V3jnumu3_BnQ7JtRm97gJnSbQjLI' }

/**
 * What makes the SHA-256 of bytes by Node's crypto, where that is there and does as the web's does, or `null`. All
 * processes that share a Redis must come to the same, whatever runtime each is.
 */
export function findSha256(node: NodeCrypto | null = findNodeCrypto()): Digest | null {
  if (!node) return null
  const digest: Digest = (bytes) => node.createHash('sha256').update(bytes).digest()
  try {
    return encode(digest(new TextEncoder().encode(SAMPLE.text))) === SAMPLE.digest ? digest : null
  } catch {
    // A runtime may have the name, and nothing behind it.
    return null
  }
}

/** Looked for once, and not before it is needed: a module that is imported does nothing. */
let found: Digest | null | undefined

/** The SHA-256 of bytes. By the web's crypto, where there is no other, it goes to another thread and back. */
export async function sha256(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array> {
  if (found === undefined) found = findSha256()
  return found ? found(bytes) : new Uint8Array(await crypto.subtle.digest('SHA-256', bytes))
}
