import { defaults, type SealOptions, seal, unseal } from 'iron-webcrypto'
import { AuthError } from '../../core/errors.js'
import { type FastSeals, findFastSeals } from './fast-seal.js'

/** One password, or several with the newest first; each of at least 32 characters. */
export type Password = string | readonly string[]

/** How long a seal holds, and by whose clock. */
export interface SealTextOptions {
  /**
   * Milliseconds until the seal stops opening; 0 is never. Readers add 60 s for clocks that differ.
   * @default 0
   */
  readonly ttl?: number | undefined
  /** Milliseconds since the epoch. @default Date.now */
  readonly now?: (() => number) | undefined
}

/** What opening a seal may be told. */
export type UnsealTextOptions = Pick<SealTextOptions, 'now'>

/** The shortest password that iron, and so every other reader of these seals, takes. */
const SHORTEST = 32
/** The longest seal. A real session takes 2 to 6 kB. */
const LARGEST = 65_536
/** The name that `iron-session` and the SDKs of WorkOS look a single password up by. */
const PASSWORD_ID = '1'
/** How `iron-session` marks a seal with nothing around its data. */
const VERSION = '~2'

/** The passwords as a list, newest first. @throws AuthError `invalid_argument` for an unfit one. */
export function checkPassword(password: Password): readonly string[] {
  const passwords = typeof password === 'string' ? [password] : password
  const fit = (one: unknown): boolean => typeof one === 'string' && one.length >= SHORTEST
  if (!Array.isArray(passwords) || passwords.length === 0 || !passwords.every(fit)) {
    throw new AuthError(
      'invalid_argument',
      `A cookie password has at least ${SHORTEST} characters; make one with \`openssl rand -base64 32\`.`,
    )
  }
  return passwords
}

let found: FastSeals | null | undefined

/** Node's crypto where it is there, looked for once; else iron, by the web's. */
function fastSeals(): FastSeals | null {
  if (found === undefined) found = findFastSeals()
  return found
}

/** Milliseconds since the epoch, whole as they stand in a seal. */
function timeOf({ now = Date.now }: UnsealTextOptions): number {
  const time = Math.round(now())
  // A clock that says nothing must not make a seal that opens for ever.
  return Number.isNaN(time) ? Date.now() : time
}

function ironOptions(now: number): SealOptions {
  return {
    ...defaults,
    localtimeOffsetMsec: now - Date.now(),
    // The text is the content: whoever seals JSON seals what JSON.parse of other readers expects.
    encode: String,
    decode: (text) => text,
  }
}

/**
 * Seals a text by the newest password, as `iron-session` and `@workos-inc/node` do. They parse
 * what they open as JSON, so a text that they shall read must be JSON.
 * @throws AuthError `invalid_argument` for an unfit password or ttl, or too long a text.
 */
export async function sealText(
  text: string,
  password: Password,
  options: SealTextOptions = {},
): Promise<string> {
  const [secret = ''] = checkPassword(password)
  const { ttl = 0 } = options
  if (!Number.isSafeInteger(ttl) || ttl < 0) {
    throw new AuthError('invalid_argument', '`ttl` is a whole number of milliseconds, or 0.')
  }
  const by = { id: PASSWORD_ID, secret }
  const now = timeOf(options)
  const body =
    fastSeals()?.seal(String(text), { ...by, end: ttl ? now + ttl : null }) ??
    (await seal(text, by, { ...ironOptions(now), ttl }))
  const sealed = `${body}${VERSION}`
  if (sealed.length > LARGEST) {
    throw new AuthError(
      'invalid_argument',
      `The text is too large: sealed it has ${sealed.length} characters of at most ${LARGEST}.`,
    )
  }
  return sealed
}

function decodePercent(text: string): string {
  return text.includes('%') ? decodeURIComponent(text) : text
}

/** As every writer of seals writes them: two salts of 32 bytes, an IV of 16, whole blocks, a MAC of 32. */
const FORM =
  /^Fe26\.2\*\w*\*[\da-f]{64}\*[\w-]{22}\*[\w-]{22,}\*\d*\*[\da-f]{64}\*[\w-]{43}(~\d+)?$/

/**
 * Whether a text may be a seal, without opening it: nearly everything else is told apart so. What passes has more
 * than 220 characters, so that whoever plants such values soon fills what a server takes of headers.
 */
export function looksSealed(text: string): boolean {
  if (text.length > LARGEST) return false
  try {
    return FORM.test(decodePercent(text))
  } catch {
    // Wrong percent-encoding.
    return false
  }
}

/** When a seal that has opened ends, as it stands in it: ms since the epoch, or nothing for never. */
export const endOf = (sealed: string): string => decodePercent(sealed).split('*')[5] ?? ''

/** Seals of old wrap their data; the one sign of it is that `~2` is missing. */
function unwrap(text: string): string {
  const value: unknown = JSON.parse(text)
  const wrapped = typeof value === 'object' && value !== null && 'persistent' in value
  return wrapped ? JSON.stringify(value.persistent) : text
}

async function openWith(secret: string, body: string, now: number): Promise<unknown> {
  const text = fastSeals()?.open(body, secret, now)
  if (text !== undefined) return text
  try {
    return await unseal(body, secret, ironOptions(now))
  } catch {
    // Iron throws for whatever does not open, and in many words.
    return null
  }
}

/**
 * Opens what `sealText`, `iron-session` or an SDK of WorkOS sealed by any of the passwords, under
 * whatever password id; percent-encoded or not. `null` for everything else.
 * @throws AuthError `invalid_argument` for an unfit password, and never for what is in `sealed`.
 */
export async function unsealText(
  sealed: string,
  password: Password,
  options: UnsealTextOptions = {},
): Promise<string | null> {
  const passwords = checkPassword(password)
  if (typeof sealed !== 'string' || sealed.length > LARGEST) return null
  try {
    const [, body = '', version] = /^([^~]*)(~\d+)?$/.exec(decodePercent(sealed)) ?? []
    const now = timeOf(options)
    for (const secret of passwords) {
      const text = await openWith(secret, body, now)
      if (typeof text === 'string') return version === VERSION ? text : unwrap(text)
    }
  } catch {
    // Wrong percent-encoding, or an old seal around what is no JSON.
  }
  return null
}
