import { base64, fromBase64 } from '../server/base64.js'
import { sha256Hex, utf8, uuid } from '../server/encoding.js'
import { parseObject } from '../server/json.js'

/** What a refresh token holds, sealed. */
export interface RefreshTokenContents {
  readonly handle: string
  readonly userId: string
  /** The hash of the token that it came of. */
  readonly parentHash1: string | null
  readonly antiCsrf: string | null
}

/** A new refresh token, and its hash once and twice. */
export interface MintedToken {
  readonly token: string
  readonly hash1: string
  readonly hash2: string
}

/** Why a text is no refresh token of this core. */
export interface Unreadable {
  /** In the words of a core, which are those of Java. */
  readonly failure: string
  /** Whether it does not even look like one. Old cores break down over all others. */
  readonly foreign: boolean
}

/** Mints and reads the refresh tokens of one core. */
export interface RefreshTokens {
  mint(contents: RefreshTokenContents): Promise<MintedToken>
  read(token: string): Promise<RefreshTokenContents | Unreadable>
  /** Those that were minted so far cannot be read any more. */
  replaceKey(): void
}

const FORMAT = 'io.supertokens.session.refreshToken.RefreshToken$InvalidRefreshTokenFormatException'
const NOT_BASE64 =
  'java.lang.IllegalArgumentException: Input byte[] should at least have 2 bytes for base64 bytes'
const WRONG_KEY = 'javax.crypto.AEADBadTagException: Tag mismatch'
const IV_LENGTH = 12

const foreign = (failure: string): Unreadable => ({
  failure: `${FORMAT}: ${failure}`,
  foreign: true,
})
const broken = (failure: string): Unreadable => ({ failure, foreign: false })

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** Makes a core's refresh tokens: encrypted with a key of its own, as real ones are. */
export function createRefreshTokens(random: () => number): RefreshTokens {
  const randomBytes = (length: number): Uint8Array<ArrayBuffer> =>
    Uint8Array.from({ length }, () => Math.floor(random() * 256))
  let secret = randomBytes(32)
  const key = (): Promise<CryptoKey> =>
    crypto.subtle.importKey('raw', secret, 'AES-GCM', false, ['encrypt', 'decrypt'])

  async function seal(text: string): Promise<string> {
    const iv = randomBytes(IV_LENGTH)
    const sealed = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, await key(), utf8(text))
    return base64(Uint8Array.from([...iv, ...new Uint8Array(sealed)]))
  }

  async function open(bytes: Uint8Array<ArrayBuffer>): Promise<string | null> {
    const algorithm = { name: 'AES-GCM', iv: bytes.slice(0, IV_LENGTH) }
    const opened = crypto.subtle.decrypt(algorithm, await key(), bytes.slice(IV_LENGTH))
    return opened.then(
      (plain) => new TextDecoder().decode(plain),
      () => null,
    )
  }

  return {
    replaceKey() {
      secret = randomBytes(32)
    },
    async mint({ handle, userId, parentHash1, antiCsrf }) {
      const nonce = await sha256Hex(uuid(random))
      const payload = {
        sessionHandle: handle,
        userId,
        parentRefreshTokenHash1: parentHash1 ?? undefined,
        nonce,
        antiCsrfToken: antiCsrf ?? undefined,
      }
      const token = `${await seal(JSON.stringify(payload))}.${nonce}.V2`
      const hash1 = await sha256Hex(token)
      return { token, hash1, hash2: await sha256Hex(hash1) }
    },
    async read(token) {
      const parts = token.split('.')
      const [body = '', nonce] = parts
      if (parts.at(-1) !== 'V2') return foreign('version of refresh token not recognised')
      if (parts.length !== 3) {
        const length = `Refresh token split with dot yielded an array of length: ${parts.length}`
        return foreign(length)
      }
      const bytes = fromBase64(body)
      if (!bytes) return broken(NOT_BASE64)
      const contents = parseObject((await open(bytes)) ?? '')
      if (!contents) return broken(WRONG_KEY)
      if (contents.nonce !== nonce) return broken('Invalid refresh token')
      return {
        handle: String(contents.sessionHandle),
        userId: String(contents.userId),
        parentHash1: textOf(contents.parentRefreshTokenHash1),
        antiCsrf: textOf(contents.antiCsrfToken),
      }
    },
  }
}
