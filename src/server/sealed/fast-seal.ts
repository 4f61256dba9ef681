import { decode, encode } from 'jose/base64url'
import { findNodeCrypto, type NodeCrypto } from '../shared/node-crypto.js'

/** What every seal begins with (iron's `macPrefix`). */
const PREFIX = 'Fe26.2'
/** How many parts a seal has. */
const PARTS = 8
/** How long a seal still opens after its end, for clocks that differ, in ms (iron's `timestampSkewSec`). */
const SKEW = 60_000

/** Who seals a text, and until when it opens. */
export interface SealedBy {
  readonly secret: string
  /** The name that readers look the password up by. */
  readonly id: string
  /** Milliseconds since the epoch; `null` for never. */
  readonly end: number | null
}

/** Makes and opens seals of iron's format, without the mark that `iron-session` puts behind them. */
export interface FastSeals {
  seal(text: string, by: SealedBy): string
  /**
   * `now` in ms since the epoch. `null` for what does not open, and `undefined` for what no writer of
   * seals writes in this way: iron alone can say what it makes of that.
   */
  open(body: string, secret: string, now: number): string | null | undefined
}

/** 32 bytes in base64url, of which the two bits that are left over are zero. */
const MAC = /^[\w-]{42}[AEIMQUYcgkosw048]$/
/** 16 bytes in base64url. */
const IV = /^[\w-]{22}$/
const BASE64URL = /^[\w-]+$/

/** Whether a seal with this for its end opens `now`; one without an end always does. */
export const isWithin = (end: string, now: number): boolean =>
  end === '' || (/^[1-9]\d*$/.test(end) && Number.parseInt(end, 10) > now - SKEW)

function joined(start: Uint8Array, end: Uint8Array): Uint8Array {
  const all = new Uint8Array(start.length + end.length)
  all.set(start)
  all.set(end, start.length)
  return all
}

/** Makes what seals by Node's crypto. Each seal has salts of its own, so that no key serves twice. */
export function createFastSeals(node: NodeCrypto): FastSeals {
  /** As iron does it; with one round, what a password lacks in chance nothing makes up for. */
  const keyOf = (secret: string, salt: string): Uint8Array =>
    node.pbkdf2Sync(secret, salt, 1, 32, 'sha1')

  const newSalt = (): string => node.randomBytes(32).toString('hex')

  const macOf = (base: string, secret: string, salt: string) =>
    node.createHmac('sha256', keyOf(secret, salt)).update(base).digest()

  function decrypt(content: string, key: Uint8Array, iv: Uint8Array): string | null {
    try {
      const decipher = node.createDecipheriv('aes-256-cbc', key, iv)
      const text = new TextDecoder()
      const start = text.decode(decipher.update(decode(content)), { stream: true })
      return start + text.decode(decipher.final())
    } catch {
      // Whoever has the password sealed what is no text in blocks.
      return null
    }
  }

  return {
    seal(text, { secret, id, end }) {
      const [salt, macSalt] = [newSalt(), newSalt()]
      const iv = node.randomBytes(16)
      const cipher = node.createCipheriv('aes-256-cbc', keyOf(secret, salt), iv)
      const content = joined(cipher.update(new TextEncoder().encode(text)), cipher.final())
      const base = [PREFIX, id, salt, encode(iv), encode(content), end ?? ''].join('*')
      return `${base}*${macSalt}*${encode(macOf(base, secret, macSalt))}`
    },
    open(body, secret, now) {
      const parts = body.split('*')
      const [prefix, , salt = '', iv = '', content = '', end = '', macSalt = '', mac = ''] = parts
      if (parts.length !== PARTS || prefix !== PREFIX || !isWithin(end, now)) return null
      const plain = IV.test(iv) && BASE64URL.test(content) && content.length % 4 !== 1
      if (!plain || !MAC.test(mac) || !salt || !macSalt) return undefined
      const base = body.slice(0, body.length - macSalt.length - mac.length - 2)
      // First of all, and taking as long wherever it differs: what a stranger wrote is not decrypted.
      if (!node.timingSafeEqual(macOf(base, secret, macSalt), decode(mac))) return null
      return decrypt(content, keyOf(secret, salt), decode(iv))
    },
  }
}

/** A seal that iron has made, what lies in it, and its password. */
const SAMPLE = {
  text: 'Zürich ☂',
  secret: 'no secret: everybody can read this one',
  seal: [
    'Fe26.2*1*e4f3f116fe858ed2b7517513299fdefb1087415fa0a331823d8f8157c4f84dfb',
    'EFDbyZi2Sb4FB4vD2nzZoQ*Vp_o8K2dmtA_e3R-y83y0A*',
    '14d5b45a5b42ccf8c30ef5096bae52c60b34bc188319d01d8039c8d744cadbf1',
    '2etx7J7m1u-woSylKKgNGHgjcYTxrLr4yBjMVArv_V8',
  ].join('*'),
}

/** Whether a runtime that names all the functions also has them: it opens iron's seal, and its own. */
function works({ seal, open }: FastSeals): boolean {
  const { text, secret } = SAMPLE
  const long = text.repeat(500)
  try {
    const own = seal(long, { secret, id: '1', end: null })
    return open(SAMPLE.seal, secret, 0) === text && open(own, secret, 0) === long
  } catch {
    return false
  }
}

/** What seals by Node's crypto where that is there and does as iron does, or `null`. */
export function findFastSeals(node: NodeCrypto | null = findNodeCrypto()): FastSeals | null {
  const fast = node && createFastSeals(node)
  return fast && works(fast) ? fast : null
}
