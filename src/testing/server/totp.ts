/** Letters of base32 (RFC 4648 §6). */
const BASE32 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'

/** How long a code counts, in ms (RFC 6238 §4.1). */
const PERIOD = 30_000

/** A secret of 20 bytes, in base32. */
export const newSecret = (random: () => number): string =>
  Array.from({ length: 32 }, () => BASE32[Math.floor(random() * 32)]).join('')

function bytesOf(secret: string): Uint8Array<ArrayBuffer> {
  const bits = [...secret.replaceAll('=', '').toUpperCase()]
    .map((letter) => BASE32.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}

/**
 * The code that an authenticator app shows for a secret: six digits of HMAC-SHA-1 (RFC 6238).
 * `at`: ms since the epoch.
 */
export async function totp(secret: string, at: number): Promise<string> {
  const counter = new DataView(new ArrayBuffer(8))
  counter.setBigUint64(0, BigInt(Math.floor(at / PERIOD)))
  const algorithm = { name: 'HMAC', hash: 'SHA-1' }
  const key = await crypto.subtle.importKey('raw', bytesOf(secret), algorithm, false, ['sign'])
  const mac = new DataView(await crypto.subtle.sign('HMAC', key, counter))
  const offset = mac.getUint8(19) & 0xf
  const number = mac.getUint32(offset) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

/** Whether a code is that of now, or of the period before or after, as servers take them. */
export async function isTotp(code: string, secret: string, at: number): Promise<boolean> {
  for (const skew of [-PERIOD, 0, PERIOD]) {
    if ((await totp(secret, at + skew)) === code) return true
  }
  return false
}

/** The address that an authenticator app reads out of a QR code. */
export function totpUri(issuer: string, account: string, secret: string): string {
  const query = `algorithm=SHA1&digits=6&issuer=${encodeURIComponent(issuer)}&period=30`
  return `otpauth://totp/${encodeURIComponent(issuer)}:${account}?${query}&secret=${secret}`
}
