import { bytesOf } from '../shared/base64.js'
import { text } from '../shared/json.js'
import { type Fields, fieldsOf } from './fields.js'

/** The secret that msal-browser keeps in a cookie until the browser is closed. */
function secretIn(cookies: string): unknown {
  const [, value = ''] = /(?:^|; )msal\.cache\.encryption=([^;]*)/.exec(cookies) ?? []
  return fieldsOf(decodeURIComponent(value)).key
}

/** Whether msal-browser has encrypted what lies under a key, and for this client, whose id the key has between marks. */
export const isSealed = (key: string, { nonce, data }: Fields, clientId: string): boolean =>
  !!text(nonce) &&
  !!text(data) &&
  ['|', '-'].some((mark) => key.includes(mark + clientId.toLowerCase() + mark))

/** The key of one entry, whose nonce is the salt. `context`: the client's id where the name of the entry has it, else nothing. */
async function keyOf(secret: unknown, nonce: unknown, context: string): Promise<CryptoKey> {
  const { subtle } = crypto
  const base = await subtle.importKey('raw', bytesOf(String(secret)), 'HKDF', false, ['deriveKey'])
  const info = new TextEncoder().encode(context)
  const derivation = { name: 'HKDF', hash: 'SHA-256', salt: bytesOf(String(nonce)), info }
  return subtle.deriveKey(derivation, base, { name: 'AES-GCM', length: 256 }, false, ['decrypt'])
}

/**
 * The text of what msal-browser 4 and 5 keep in localStorage, where they have encrypted it (their
 * `LocalStorage.ts` and `BrowserCrypto.ts`). It stays as it is where it is not encrypted, and where the
 * browser was closed since: the key is gone then, and another one opens nothing.
 */
export async function unsealed(key: string, value: string, clientId: string): Promise<string> {
  try {
    const { nonce, data } = fieldsOf(value)
    const context = key.includes(clientId) ? clientId : ''
    const own = await keyOf(secretIn(document.cookie), nonce, context)
    // No two entries have the same key, so all of them have the same iv.
    const way = { name: 'AES-GCM', iv: new Uint8Array(12) }
    return new TextDecoder().decode(await crypto.subtle.decrypt(way, own, bytesOf(String(data))))
  } catch {
    return value
  }
}
