// What the scripted server takes of the web: it runs beside the app here, and is no part of it.
import { sha256 } from '@noble/hashes/sha2.js'
import CoreURL from 'core-js-pure/actual/url'
import CoreURLSearchParams from 'core-js-pure/actual/url-search-params'

export const URL = CoreURL
export const URLSearchParams = CoreURLSearchParams

export class TextEncoder {
  encode(text) {
    return Uint8Array.from(unescape(encodeURIComponent(text)), (char) => char.charCodeAt(0))
  }
}
export class TextDecoder {
  decode(bytes) {
    return decodeURIComponent(escape(String.fromCharCode(...new Uint8Array(bytes))))
  }
}
export const crypto = {
  subtle: { digest: async (_, bytes) => sha256(new Uint8Array(bytes)).buffer },
  getRandomValues: (bytes) => bytes.map(() => Math.floor(Math.random() * 256)),
}
