import { isPrefetch } from '../backend/guard.js'
import {
  type Cookie,
  type CookieJar,
  eraseCookie,
  readCookie,
  writeCookie,
} from '../cookies/cookies.js'
import { createExpiring } from '../coordination/expiring.js'
import type { DeviceCandidate, DeviceOffer } from '../requests/device-binding.js'
import { looksSealed, type Password, sealText, unsealText } from '../sealed/seal.js'
import { headerIn } from '../shared/request-words.js'
import { ALGORITHMS } from './keys.js'
import type { Notes } from './notes.js'
import { quoted } from './words.js'

/**
 * What asks browsers to bind a session. The answer that begins it does, where it can have headers. One that can only set
 * cookies sets one more, which says so, and the next answer asks in its place:
 *
 *     Server Action ──▶ the session's cookie, and one that waits
 *     a request     ──▶ with both ──▶ answer: a challenge, and the one that waits is erased
 *     at once       ──▶ with both ──▶ answer: nothing of it
 *
 * So a browser that cannot bind is asked once, and no session is asked for that began without such a cookie. Of several
 * processes each may ask, and a browser then registers a key for each: which one counts is said at `Bindings`.
 */
export interface Offers {
  /** Asks for a session that has just begun. */
  make(sessionId: string, when: 'now' | 'later'): Promise<DeviceOffer>
  /** What the answer to a request of a session says that is not bound; nothing where nothing waits, or not for this one. */
  due(sessionId: string, candidate: DeviceCandidate): Promise<DeviceOffer | undefined>
  /** What the answer to a request of a bound session says: nothing has to wait any more. */
  drop(jar: CookieJar): DeviceOffer | undefined
  /** The `Set-Cookie` values that erase what waits, where something does. */
  erase(jar: CookieJar): readonly string[]
}

/** What offers are made of. */
export interface OffersOptions {
  /** Of the session's cookie, whose place and attributes the one that waits has. */
  readonly cookie: Cookie
  readonly password: Password
  readonly notes: Pick<Notes, 'challenge'>
  /** Beneath which browsers register, without a slash at its end. */
  readonly path: string
  /** Milliseconds since the epoch. */
  now(): number
}

/** How long a cookie waits for the next request of its browser, in ms: a page may lie open after the sign-in. */
const WAITS = 3_600_000
/** How long this process does not ask again, in ms: requests that a page sends at once all have what waits. */
const APART = 5_000
/** The most sessions of which this process remembers that it has asked. */
const LIMIT = 10_000

/** What waits says whose it is: who has one of another session gets nothing by it. */
const wordsOf = (sessionId: string): string => JSON.stringify({ dbsc: 'offer', session: sessionId })

/** Makes what asks the browsers of one app. */
export function createOffers({ cookie, password, notes, path, now }: OffersOptions): Offers {
  const waiting: Cookie = {
    name: `${cookie.name}-unbound`,
    place: cookie.place,
    formerPlaces: [],
    attributes: cookie.attributes,
    maxAge: WAITS / 1000,
  }
  const asked = createExpiring<true>({ limit: LIMIT, now })

  async function headersFor(sessionId: string): Promise<DeviceOffer['headers']> {
    const challenge = await notes.challenge({ purpose: 'register', sessionId })
    const wish = `path=${quoted(`${path}/register`)};challenge=${quoted(challenge)}`
    return { 'Secure-Session-Registration': `(${ALGORITHMS.join(' ')});${wish}` }
  }

  async function isWaiting(sessionId: string, jar: CookieJar): Promise<boolean> {
    const values = readCookie(jar, waiting.name, looksSealed)
    const words = await Promise.all(values.map((value) => unsealText(value, password, { now })))
    return words.includes(wordsOf(sessionId))
  }

  const erase = (jar: CookieJar): readonly string[] =>
    jar.has(waiting.name) ? eraseCookie(waiting, jar) : []

  function drop(jar: CookieJar): DeviceOffer | undefined {
    const setCookies = erase(jar)
    return setCookies.length > 0 ? { headers: {}, setCookies } : undefined
  }

  return {
    async make(sessionId, when) {
      if (when === 'now') return { headers: await headersFor(sessionId), setCookies: [] }
      const sealed = await sealText(wordsOf(sessionId), password, { ttl: WAITS, now })
      return { headers: {}, setCookies: writeCookie(waiting, sealed, new Map()) }
    },
    async due(sessionId, { jar, request }) {
      const dropped = drop(jar)
      if (!dropped || !(await isWaiting(sessionId, jar))) return dropped
      // Nobody may ever look at that page, and its browser might do nothing that its answer asks for.
      if (isPrefetch({ get: (name) => headerIn(request, name) }) || asked.get(sessionId))
        return undefined
      asked.set(sessionId, true, now() + APART)
      return { ...dropped, headers: await headersFor(sessionId) }
    },
    drop,
    erase,
  }
}
