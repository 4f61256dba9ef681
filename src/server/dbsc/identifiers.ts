import * as base64url from 'jose/base64url'
import { parseJson } from '../../core/json.js'
import { asObject, text } from '../../providers/shared/json.js'
import { checkPassword, type Password } from '../sealed/seal.js'
import { type DeviceKey, readDeviceKey, thumbprintOf } from './keys.js'

/** What the browser calls one of its bound sessions. */
export interface DeviceSession {
  /** Our session. */
  readonly sessionId: string
  readonly publicKey: DeviceKey
  /** The thumbprint of that. */
  readonly key: string
  /**
   * Whether we gave it this name. One by a password that is used no more is not known to be ours: whoever has its key
   * can prove it, and bind no session to it.
   */
  readonly isOurs: boolean
}

/**
 * Names of bound sessions. A browser sends one with each renewal, and sometimes nothing else, no cookie at all: where
 * another site has led somebody here. So the name itself says all there is to know: which session, and which key. A
 * browser keeps it as long as the session, which may be longer than a password is used. That is why it is no seal:
 * anybody may read it, and what its signature is needed for is said at `isOurs`.
 */
export interface Identifiers {
  write(sessionId: string, publicKey: DeviceKey): Promise<string>
  /** `null` for what is none. */
  read(identifier: string): Promise<DeviceSession | null>
}

/** The longest: one with an RSA key of 4096 bits takes 1.1 kB. */
const LONGEST = 4_096
const FORM = /^([\w-]+)\.([\w-]{43})$/
/** What the passwords sign here, and nowhere else. */
const PURPOSE = 'holdfast dbsc identifier'

const bytesOf = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words)

const hmacKey = (password: string): Promise<CryptoKey> =>
  crypto.subtle.importKey('raw', bytesOf(password), { name: 'HMAC', hash: 'SHA-256' }, false, [
    'sign',
    'verify',
  ])

/** Base64url in bytes that are surely not shared with other threads, as WebCrypto wants them. */
const decode = (words: string): Uint8Array<ArrayBuffer> => new Uint8Array(base64url.decode(words))

function parse(content: string): Pick<DeviceSession, 'sessionId' | 'publicKey'> | null {
  try {
    const fields = asObject(parseJson(new TextDecoder().decode(decode(content)))) ?? {}
    const [sessionId, publicKey] = [text(fields.session), readDeviceKey(fields.key)]
    return sessionId === undefined || !publicKey ? null : { sessionId, publicKey }
  } catch {
    return null
  }
}

/** Makes the names of one app's bound sessions. @throws AuthError `invalid_argument`, when used, for an unfit password. */
export function createIdentifiers(password: Password): Identifiers {
  const signed = (content: string): Uint8Array<ArrayBuffer> => bytesOf(`${PURPOSE}\n${content}`)

  async function isOurs(content: string, signature: string): Promise<boolean> {
    for (const secret of checkPassword(password)) {
      const key = await hmacKey(secret)
      if (await crypto.subtle.verify('HMAC', key, decode(signature), signed(content))) return true
    }
    return false
  }

  return {
    async write(sessionId, { alg: _, ...key }) {
      const content = base64url.encode(JSON.stringify({ session: sessionId, key }))
      const [secret = ''] = checkPassword(password)
      const signature = await crypto.subtle.sign('HMAC', await hmacKey(secret), signed(content))
      return `${content}.${base64url.encode(new Uint8Array(signature))}`
    },
    async read(identifier) {
      const [, content = '', signature = ''] =
        identifier.length > LONGEST ? [] : (FORM.exec(identifier) ?? [])
      const named = parse(content)
      if (!named) return null
      const key = await thumbprintOf(named.publicKey)
      return { ...named, key, isOurs: await isOurs(content, signature) }
    },
  }
}
