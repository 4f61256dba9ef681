import { stripBlanks } from '../server/cookies/blanks.js'
import { cutPair, readSetCookie } from '../server/cookies/set-cookie.js'
import type { NextCookie, NextCookies } from './framework.js'

const SAME_SITE: Readonly<Record<string, NextCookie['sameSite']>> = {
  lax: 'lax',
  strict: 'strict',
  none: 'none',
}

/** A `Set-Cookie` value of ours as Next's stores take it, which write the header themselves. */
function parse(line: string): NextCookie {
  const { name, value, attributes } = readSetCookie(line)
  const [path, domain, maxAge] = ['path', 'domain', 'max-age'].map((key) => attributes.get(key))
  const sameSite = SAME_SITE[attributes.get('samesite')?.toLowerCase() ?? '']
  return {
    name,
    value,
    ...(path && { path }),
    ...(domain && { domain }),
    ...(maxAge && { maxAge: Number(maxAge) }),
    ...(sameSite && { sameSite }),
    httpOnly: attributes.has('httponly'),
    secure: attributes.has('secure'),
  }
}

/** What each cookie becomes. One that is erased at an earlier place may be set at its own. */
function settle(setCookies: readonly string[]): ReadonlyMap<string, NextCookie> {
  const settled = new Map<string, NextCookie>()
  for (const cookie of setCookies.map(parse)) {
    if (cookie.maxAge !== 0 || !settled.has(cookie.name)) settled.set(cookie.name, cookie)
  }
  return settled
}

/**
 * Sets cookies from a Server Action or Route Handler. Next keeps one of a name, so that what an
 * earlier release left at other places stays until a response of the proxy erases it.
 */
export function setCookies(store: NextCookies, values: readonly string[]): void {
  for (const cookie of settle(values).values()) store.set(cookie)
}

/** The cookies of a header as Next's stores read them, which keep the last one of each name. */
function readAsStore(header: string): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const pair of header.split(/; */).filter(Boolean)) {
    const end = pair.indexOf('=')
    try {
      if (end < 0) found.set(pair, 'true')
      else found.set(pair.slice(0, end), decodeURIComponent(pair.slice(end + 1)))
    } catch {
      // They leave out what cannot be decoded.
    }
  }
  return found
}

/**
 * The header `Cookie` as it was sent, but for what was set since. A name that several hosts or paths have set is there
 * as often as the browser sent it: a store has the last one alone, and that may be the one that was planted.
 * @param store what `cookies()` of Next gives
 * @param sent the header `Cookie` of `headers()`
 */
export function cookieHeaderOf(
  store: Pick<NextCookies, 'getAll'>,
  sent: string | null | undefined,
): string {
  const header = sent ?? ''
  const before = readAsStore(header)
  const now = new Map(store.getAll().map(({ name, value }) => [name, value]))
  const names = [...new Set([...before.keys(), ...now.keys()])]
  const changed = names.filter((name) => before.get(name) !== now.get(name))
  const kept = header.split(';').filter((pair) => !changed.includes(cutPair(pair)[0]))
  const fresh = changed.flatMap((name) => {
    const value = now.get(name)
    return value ? [`${name}=${encodeURIComponent(value)}`] : []
  })
  return [...kept.map(stripBlanks), ...fresh].filter(Boolean).join('; ')
}

/** The header `Cookie` as the browser will send it once it has these `Set-Cookie` values. */
export function applyToRequest(header: string | null, values: readonly string[]): string {
  const settled = settle(values)
  const kept = (header ?? '').split(';').filter((pair) => !settled.has(cutPair(pair)[0]))
  const fresh = [...settled.values()].filter(({ maxAge }) => maxAge !== 0)
  const pairs = fresh.map(({ name, value }) => `${name}=${value}`)
  return [...kept.map(stripBlanks), ...pairs].filter(Boolean).join('; ')
}
