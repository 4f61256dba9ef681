import { base64url, fromBase64url } from '../server/encoding.js'
import type { Hashes } from '../server/hashes.js'

/** What a presented token says before its signature is believed. */
export interface ReadToken {
  readonly sessionId: string
  readonly counter: number
  signedBy(key: string): Promise<boolean>
}

const MAC = 16
const CHECKSUM = 4

function uvarint(value: number): number[] {
  const bytes = []
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest]
    bytes.push((rest % 128) + 128)
  }
}

const uuidBytes = (id: string): number[] =>
  (id.replaceAll('-', '').match(/../g) ?? []).map((pair) => Number.parseInt(pair, 16))

function uuidText(bytes: Uint8Array): string {
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('')
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20),
  ].join('-')
}

/** What a token carries, and what it is signed with. */
export interface TokenV2 {
  readonly sessionId: string
  readonly counter: number
  readonly key: string
}

/** `0x00 ‖ session id ‖ uvarint(counter) ‖ HMAC[:16] ‖ SHA-256[:4]` in base64url. */
export async function createTokenV2(
  { sessionId, counter, key }: TokenV2,
  { hash, mac }: Hashes,
): Promise<string> {
  const head = Uint8Array.from([0, ...uuidBytes(sessionId), ...uvarint(counter)])
  const signed = Uint8Array.from([...head, ...(await mac(key, head)).slice(0, MAC)])
  return base64url(Uint8Array.from([...signed, ...(await hash(signed)).slice(0, CHECKSUM)]))
}

/** Takes a token apart; `null` when its form or its checksum is wrong. */
export async function readTokenV2(token: string, { hash, mac }: Hashes): Promise<ReadToken | null> {
  const bytes = fromBase64url(token)
  if (!bytes || bytes.length < 17 + 1 + MAC + CHECKSUM || bytes[0] !== 0) return null
  const signed = bytes.slice(0, -CHECKSUM)
  const checksum = (await hash(signed)).slice(0, CHECKSUM)
  if (base64url(checksum) !== base64url(bytes.slice(-CHECKSUM))) return null
  const head = signed.slice(0, -MAC)
  const signature = base64url(signed.slice(-MAC))
  const counter = [...head.slice(17)].reduce((sum, byte, i) => sum + (byte % 128) * 128 ** i, 0)
  return {
    sessionId: uuidText(head.slice(1, 17)),
    counter,
    signedBy: async (key) => base64url((await mac(key, head)).slice(0, MAC)) === signature,
  }
}
