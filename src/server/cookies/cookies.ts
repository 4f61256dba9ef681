import { AuthError } from '../../core/errors.js'
import { checkCookieHeader, checkObject } from '../shared/arguments.js'
import { stripBlanks } from './blanks.js'

/** Where a browser keeps a cookie: another place is another cookie. */
export interface CookiePlace {
  /** The site whose hosts all get the cookie. @default this host only */
  readonly domain?: string | undefined
  /** @default '/' */
  readonly path?: string | undefined
}

/** What a cookie is called, where it goes and how long it stays. It is always `HttpOnly`. */
export interface CookieOptions extends CookiePlace {
  /** @default '__Host-holdfast'; '__Secure-holdfast' with a path or domain; 'holdfast' where it is not secure */
  readonly name?: string | undefined
  /** @default 'lax' */
  readonly sameSite?: 'lax' | 'strict' | 'none' | undefined
  /** @default true */
  readonly secure?: boolean | undefined
  /** Milliseconds; more than 400 days is 400 days (RFC 6265bis §5.5). @default 400 days */
  readonly maxAge?: number | undefined
  /** Places it had in earlier releases, so that it is erased there too. */
  readonly formerly?: readonly CookiePlace[] | undefined
}

/** A cookie whose options were checked. */
export interface Cookie {
  readonly name: string
  /** `Path` and `Domain`, as attributes. */
  readonly place: string
  /** Other places that it may have been left in. */
  readonly formerPlaces: readonly string[]
  /** All other attributes. */
  readonly attributes: string
  /** Seconds, as on the wire. */
  readonly maxAge: number
}

/** The cookies of a request by name. A name has several values when several places have it. */
export type CookieJar = ReadonlyMap<string, readonly string[]>

/** The longest that browsers keep a cookie, in ms (RFC 6265bis §5.5). */
export const LONGEST_COOKIE_LIFE: number = 400 * 24 * 3_600_000
/** What every browser keeps is 4096 bytes, here with the header's name. */
const LARGEST = 4096 - 'Set-Cookie: '.length
/** A session this large fits no server's limit on headers. */
const MOST_CHUNKS = 20
/** Values to try of one name, by default; more are an attack. */
const MOST_VALUES = 4
/**
 * The same of values that are fit. Chromium and Firefox keep no more cookies of a site, ours among them, and of seals
 * far fewer fill the 16 kB that Node takes of headers: nobody can plant so many that ours is not reached.
 */
export const MOST_FIT = 180

const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,256}$/
/** RFC 6265 §4.1.1 cookie-octet. */
const OCTETS = /^[!#-+\--:<-[\]-~]*$/
/** RFC 6265bis §5.6 ignores attributes of more than 1024 bytes. */
const PATH = /^\/[ -:<-~]{0,1023}$/
const DOMAIN = /^(?=.{1,253}$)[a-z\d]([a-z\d-]*[a-z\d])?(\.[a-z\d]([a-z\d-]*[a-z\d])?)*$/i

/** What the cookie holds in place of a value that lies in `name.0`, `name.1`, …: count and tag. */
const MARKER = /^chunks\.([1-9]|1\d|20)\.([\da-z]{1,7})$/

function reject(message: string): never {
  throw new AuthError('invalid_argument', message)
}

function placeOf(place: CookiePlace): string {
  checkObject('cookie', place)
  const { domain, path = '/' } = place
  if (domain !== undefined && typeof domain !== 'string')
    reject('The domain of a cookie is a text.')
  const host = domain?.replace(/^\./, '')
  if (!PATH.test(path)) reject('The path of a cookie begins with `/` and holds no `;`.')
  if (host !== undefined && !DOMAIN.test(host)) reject('The domain of a cookie is a host name.')
  return `; Path=${path}${host ? `; Domain=${host}` : ''}`
}

function checkPrefix(name: string, place: string, secure: boolean): void {
  if (/^__(host|secure)-/i.test(name) && !secure) {
    reject('A cookie named `__Host-` or `__Secure-` is secure.')
  }
  if (/^__host-/i.test(name) && place !== '; Path=/') {
    reject('A cookie named `__Host-` has the path `/` and no domain.')
  }
}

/** The most that a name may promise of its cookie (RFC 6265bis §4.1.3): who can set it. */
function prefixOf(place: string, secure: boolean): string {
  if (!secure) return ''
  return place === '; Path=/' ? '__Host-' : '__Secure-'
}

/** Checks what a cookie is to be. @throws AuthError `invalid_argument` */
export function defineCookie(options: CookieOptions = {}): Cookie {
  const place = placeOf(options)
  const { sameSite = 'lax', secure = true, maxAge = LONGEST_COOKIE_LIFE, formerly = [] } = options
  if (typeof secure !== 'boolean') reject('`secure` of a cookie is `true` or `false`.')
  if (!Array.isArray(formerly)) reject('`formerly` is a list of places.')
  const name = options.name ?? `${prefixOf(place, secure)}holdfast`
  if (!TOKEN.test(name)) reject('The name of a cookie is a token of at most 256 characters.')
  if (!/^(lax|strict|none)$/.test(sameSite)) reject('`sameSite` is lax, strict or none.')
  if (sameSite === 'none' && !secure) reject('A cookie with `sameSite: none` is secure.')
  if (!(maxAge >= 1000)) reject('`maxAge` is a number of milliseconds, a second or more.')
  checkPrefix(name, place, secure)
  // Without its domain it is another cookie, and browsers send both.
  const former = [...(options.domain ? [{ path: options.path }] : []), ...formerly].map(placeOf)
  return {
    name,
    place,
    formerPlaces: [...new Set(former)].filter((other) => other !== place),
    attributes: `; HttpOnly${secure ? '; Secure' : ''}; SameSite=${sameSite}`,
    maxAge: Math.floor(Math.min(maxAge, LONGEST_COOKIE_LIFE) / 1000),
  }
}

/**
 * Reads a `Cookie` header: all values of every name, in the order sent. Of blanks around a name only
 * those go that browsers take for such, or a sibling host's cookie could pass for one of `__Host-`.
 */
export function parseCookies(header: string | null | undefined): CookieJar {
  checkCookieHeader(header)
  const jar = new Map<string, string[]>()
  for (const pair of (header ?? '').split(';')) {
    const end = pair.indexOf('=')
    const name = stripBlanks(pair.slice(0, Math.max(end, 0)))
    const value = stripBlanks(pair.slice(end + 1))
    const values = jar.get(name) ?? []
    values.push(/^".*"$/.test(value) ? value.slice(1, -1) : value)
    if (name !== '') jar.set(name, values)
  }
  return jar
}

function joinChunks(jar: CookieJar, name: string, [, count, tag]: readonly string[]): string[] {
  const chunks: string[] = []
  for (let index = 0; index < Number(count); index += 1) {
    const chunk = jar.get(`${name}.${index}`)?.find((value) => value.startsWith(`${tag}.`))
    if (chunk === undefined) return []
    chunks.push(chunk.slice(`${tag}.`.length))
  }
  return [chunks.join('')]
}

/**
 * The values that a cookie may have, whole. Mostly one; several when other places or hosts set
 * the name too: then only opening tells which is meant. What does not suit counts for nothing, or
 * whoever planted a few values would push the good one out.
 */
export function readCookie(
  jar: CookieJar,
  name: string,
  suits?: (value: string) => boolean,
): readonly string[] {
  const values: string[] = []
  const most = suits ? MOST_FIT : MOST_VALUES
  for (const value of suits ? new Set(jar.get(name)) : (jar.get(name) ?? [])) {
    if (values.length === most) break
    const marker = MARKER.exec(value)
    const whole = marker ? joinChunks(jar, name, marker) : [value]
    values.push(...whole.filter((one) => !suits || suits(one)))
  }
  return values
}

const serialize = (cookie: Cookie, name: string, value: string): string =>
  `${name}=${value}${cookie.place}; Max-Age=${cookie.maxAge}${cookie.attributes}`

/** FNV-1a, in base 36: tells the chunks of one value from those of another. */
function tagOf(value: string): string {
  let hash = 0x811c9dc5
  for (let index = 0; index < value.length; index += 1) {
    hash = Math.imul(hash ^ value.charCodeAt(index), 0x01000193)
  }
  return (hash >>> 0).toString(36)
}

/** A value as the cookies that hold it. @throws AuthError `invalid_argument` when too large. */
function split(cookie: Cookie, value: string): ReadonlyMap<string, string> {
  const { name } = cookie
  if (serialize(cookie, name, value).length <= LARGEST && !MARKER.test(value)) {
    return new Map([[name, value]])
  }
  const tag = tagOf(value)
  const chunks = new Map<string, string>()
  for (let rest = value; rest !== ''; ) {
    const chunk = `${name}.${chunks.size}`
    const room = LARGEST - serialize(cookie, chunk, `${tag}.`).length
    chunks.set(chunk, `${tag}.${rest.slice(0, room)}`)
    rest = rest.slice(room)
    if (chunks.size > MOST_CHUNKS) reject(`The value is too large for ${MOST_CHUNKS} cookies.`)
  }
  // Who wrote this one last has the word: a value left by others is not looked at.
  return chunks.set(name, `chunks.${chunks.size}.${tag}`)
}

/** The names of this cookie and its chunks that the browser has. */
function present(cookie: Cookie, jar: CookieJar): string[] {
  const { name } = cookie
  return [...jar.keys()].filter(
    (key) =>
      key === name || (key.startsWith(`${name}.`) && /^\d\d?$/.test(key.slice(name.length + 1))),
  )
}

const erase = (cookie: Cookie, name: string, places: readonly string[]): string[] =>
  places.map((place) => `${name}=${place}; Max-Age=0${cookie.attributes}`)

/**
 * The `Set-Cookie` values that store `value`, each of at most 4096 bytes as a header. What else the
 * request's `jar` has under this name is erased: chunks too many, and the cookie at other places.
 * @throws AuthError `invalid_argument` when `value` is no cookie's, or too large for 20 cookies.
 */
export function writeCookie(cookie: Cookie, value: string, jar: CookieJar): readonly string[] {
  if (!OCTETS.test(value)) reject('The value of a cookie holds a character that none may hold.')
  const parts = split(cookie, value)
  const stale = present(cookie, jar).flatMap((name) =>
    erase(cookie, name, [...(parts.has(name) ? [] : [cookie.place]), ...cookie.formerPlaces]),
  )
  return [...stale, ...[...parts].map(([name, part]) => serialize(cookie, name, part))]
}

/** The `Set-Cookie` values that erase what the browser has of the cookie at former places. */
export function eraseFormer(cookie: Cookie, jar: CookieJar): readonly string[] {
  return present(cookie, jar).flatMap((name) => erase(cookie, name, cookie.formerPlaces))
}

/** The `Set-Cookie` values that erase the cookie, in every form and place it may be in. */
export function eraseCookie(cookie: Cookie, jar: CookieJar): readonly string[] {
  const names = new Set([cookie.name, ...present(cookie, jar)])
  const places = [cookie.place, ...cookie.formerPlaces]
  return [...names].flatMap((name) => erase(cookie, name, places))
}
