import { parseJson } from '../../core/json.js'
import { asObject, text } from '../../providers/shared/json.js'
import { positive } from '../../providers/shared/jwt.js'
import {
  type Cookie,
  type CookieJar,
  eraseCookie,
  MOST_FIT,
  writeCookie,
} from '../cookies/cookies.js'
import { CLOCKS_APART } from '../sealed/receipt.js'
import { looksSealed, type Password, sealText, unsealText } from '../sealed/seal.js'

/** What a browser is to sign: it is good for one purpose, one session and, but for the first time, one key. */
export type Challenge =
  | { readonly purpose: 'register'; readonly sessionId: string }
  | { readonly purpose: 'renew'; readonly sessionId: string; readonly key: string }

/** What a bound cookie says: that the browser has proved this key for this session. */
export interface BoundNote {
  readonly sessionId: string
  readonly key: string
  /** Whether the session may be bound to the key for it. */
  readonly binds: boolean
}

/** A bound cookie that a request has. `old`: its time is over, or none that can be. */
export type FoundNote = BoundNote & { readonly isOld: boolean }

/** What notes are made of. */
export interface NotesOptions {
  /** Of the session's cookie, whose place and attributes the bound one has. */
  readonly cookie: Cookie
  readonly password: Password
  /** How long a bound cookie stays, in ms. */
  readonly lifetime: number
  /** Milliseconds since the epoch. */
  now(): number
}

/** What is sealed for a browser to bring again: challenges, and bound cookies. Nothing of it lies on the server. */
export interface Notes {
  challenge(challenge: Challenge): Promise<string>
  /** What a browser has signed; `null` for what is none, or too old: it gets a new one then. */
  readChallenge(sealed: string): Promise<Challenge | null>
  /** The `Set-Cookie` values of a bound cookie. */
  write(note: BoundNote): Promise<readonly string[]>
  /** The note of one key, of the session or of any; `null` where there is none. */
  find(jar: CookieJar, key: string): Promise<FoundNote | null>
  /** The notes of all keys. */
  findAll(jar: CookieJar): Promise<readonly FoundNote[]>
  /** The `Set-Cookie` values that erase the bound cookies of a request: of one key, or all. */
  erase(jar: CookieJar, key?: string): readonly string[]
  /** The bound cookie of a key, as the browser is told of it. */
  credential(key: string): { readonly name: string; readonly attributes: string }
}

/**
 * How long a browser may take to sign, in ms, and a minute longer as readers of seals allow. Within it the same
 * signature counts again: it brings a bound cookie once more, to who has sent a proof that only the key can make.
 */
const SIGN_WITHIN = { register: 300_000, renew: 60_000 } as const

function parseFields(json: string | null): Readonly<Record<string, unknown>> {
  try {
    return (json === null ? null : asObject(parseJson(json))) ?? {}
  } catch {
    return {}
  }
}

function toChallenge({ dbsc, session, key }: Readonly<Record<string, unknown>>): Challenge | null {
  const [sessionId, keyName] = [text(session), text(key)]
  if (sessionId === undefined) return null
  if (dbsc === 'register') return { purpose: dbsc, sessionId }
  return dbsc === 'renew' && keyName !== undefined
    ? { purpose: dbsc, sessionId, key: keyName }
    : null
}

/** Makes the notes of one app. */
export function createNotes({ cookie, password, lifetime, now }: NotesOptions): Notes {
  const prefix = `${cookie.name}-bound-`
  const { place, attributes } = cookie

  // One for each key: one that another session has left cannot take its place.
  const cookieOf = (key: string): Cookie => ({
    name: `${prefix}${key.slice(0, 16)}`,
    place,
    formerPlaces: [],
    attributes,
    maxAge: Math.floor(lifetime / 1000),
  })

  async function readAll(values: readonly string[]): Promise<readonly FoundNote[]> {
    const found: FoundNote[] = []
    for (const value of values.filter(looksSealed).slice(0, MOST_FIT)) {
      const { dbsc, session, key, at, binds } = parseFields(
        await unsealText(value, password, { now }),
      )
      const [sessionId, name, since] = [text(session), text(key), positive(at)]
      if (dbsc !== 'bound' || !sessionId || !name || since === undefined) continue
      const age = now() - since
      // Asked so that a clock that says nothing makes none new.
      const isNew = age < lifetime + CLOCKS_APART && age >= -CLOCKS_APART
      found.push({ sessionId, key: name, binds: binds === true, isOld: !isNew })
    }
    return found
  }

  const namesIn = (jar: CookieJar): readonly string[] =>
    [...jar.keys()].filter(
      (name) => name.startsWith(prefix) && /^[\w-]{16}$/.test(name.slice(prefix.length)),
    )

  return {
    async challenge({ purpose, sessionId, ...rest }) {
      const json = JSON.stringify({ dbsc: purpose, session: sessionId, ...rest })
      return sealText(json, password, { ttl: SIGN_WITHIN[purpose], now })
    },
    async readChallenge(sealed) {
      return toChallenge(parseFields(await unsealText(sealed, password, { now })))
    },
    async write({ sessionId, key, binds }) {
      const json = JSON.stringify({ dbsc: 'bound', session: sessionId, key, binds, at: now() })
      return writeCookie(cookieOf(key), await sealText(json, password, { now }), new Map())
    },
    async find(jar, key) {
      const found = await readAll(jar.get(cookieOf(key).name) ?? [])
      return found.find((note) => note.key === key) ?? null
    },
    findAll: (jar) => readAll(namesIn(jar).flatMap((name) => jar.get(name) ?? [])),
    erase: (jar, key) =>
      namesIn(jar)
        .filter((name) => key === undefined || name === cookieOf(key).name)
        .flatMap((name) => eraseCookie(cookieOf(name.slice(prefix.length)), jar)),
    credential(key) {
      const { name } = cookieOf(key)
      return { name, attributes: `${place}${attributes}`.slice('; '.length) }
    },
  }
}
