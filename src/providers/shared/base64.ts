/**
 * The bytes of base64 or base64url, with or without padding, a character each.
 * @throws whatever the platform throws at what is none.
 */
export const binaryOf = (encoded: string): string =>
  atob(encoded.replaceAll('-', '+').replaceAll('_', '/'))

/** As `binaryOf`, for what takes bytes. @throws whatever the platform throws at what is none. */
export const bytesOf = (encoded: string): Uint8Array<ArrayBuffer> =>
  Uint8Array.from(binaryOf(encoded), (sign) => sign.charCodeAt(0))

/**
 * The text in base64 or base64url of UTF-8, with or without padding. Without `TextDecoder`, which
 * React Native's engine lacks.
 * @throws whatever the platform throws at what is none.
 */
export function decodeBase64(encoded: string): string {
  const hex = (byte: string): string => `%${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
  // What can be printed, besides the sign of escapes, stands for itself: nearly all of a token does.
  return decodeURIComponent(binaryOf(encoded).replace(/[^ -$&-~]/g, hex))
}
