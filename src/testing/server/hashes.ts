import { sha256, utf8 } from './encoding.js'

/** By the words of every TypeScript: the buffer of an array has a type since 5.7 only. */
type Bytes = ReturnType<InstanceType<typeof TextEncoder>['encode']>

/** The hash functions of one server. */
export interface Hashes {
  hash(bytes: Bytes): Promise<Uint8Array>
  mac(key: string, bytes: Bytes): Promise<Uint8Array>
}

/** SHA-256, and HMAC with it. */
export const realHashes: Hashes = {
  hash: sha256,
  async mac(key, bytes) {
    const algorithm = { name: 'HMAC', hash: 'SHA-256' }
    const secret = await crypto.subtle.importKey('raw', utf8(key), algorithm, false, ['sign'])
    return new Uint8Array(await crypto.subtle.sign('HMAC', secret, bytes))
  },
}

/** Four lanes of 32-bit FNV-1a, each from another basis. */
function checksum(bytes: Uint8Array): Uint8Array {
  const lanes = new Uint32Array([0x811c9dc5, 0x1b873593, 0xcc9e2d51, 0xe6546b64])
  for (const byte of bytes) {
    for (let lane = 0; lane < 4; lane++) {
      lanes[lane] = Math.imul((lanes[lane] ?? 0) ^ byte, 0x01000193)
    }
  }
  return new Uint8Array(lanes.buffer)
}

/**
 * No cryptography, but promises that are settled already: a simulation can run every step of a
 * server without waiting for the platform.
 */
export const cheapHashes: Hashes = {
  hash: async (bytes) => checksum(bytes),
  mac: async (key, bytes) => checksum(Uint8Array.from([...utf8(key), ...bytes])),
}
