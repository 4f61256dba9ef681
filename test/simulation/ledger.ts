import type { ManualClock } from '../../src/testing/index.js'
import type { Answered } from './wire.js'

/** One refresh token as the server gave it out, and what became of that answer. */
export interface Mint {
  readonly token: string
  /** The server's session: all tokens that descend from one sign-in. */
  readonly session: string
  readonly user: string
  /** The place among the tokens of its session. */
  readonly index: number
  readonly parent: string | null
  readonly lifetime: number
  /** Monotonic time of the server's latest answer with it, and the context that had asked. */
  at: number
  by: string
  /** Whether the answer reached the context. */
  delivered: boolean
  /** Monotonic time at which it was first stored, or `null`; where cookies hold it, its name was. */
  savedAt: number | null
  /** Monotonic time at which it was first in the cookies of the browser, or `null`. */
  jarredAt: number | null
}

/** How the names begin that pages have for the tokens in cookies. */
export const HTTP_ONLY = 'http-only.'

/** What tells sessions of one person apart: equal access tokens prove nothing (promise 6). */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string | null
}

/** One text for both tokens of a session. */
export const pairOf = ({ accessToken, refreshToken }: Tokens): string =>
  `${refreshToken} ${accessToken}`

/** One pair of an access token and a refresh token. */
export interface Access {
  readonly mint: Mint
  /** The place of its request among all that left any context; of several, of the last to leave. */
  readonly departure: number
  /** Monotonic times: when the first request of its exchange left, and when the server answered. */
  readonly departed: number
  readonly at: number
  readonly lifetime: number
  /** How often the server gave this very pair: within a second, a reuse is answered alike. */
  readonly times: number
  /** The longest way, in ms, of a record with it from its writer to storage. */
  delay: number
}

/** One refresh request as it reached the server. */
export interface Sent {
  readonly departure: number
  /** That of the first request of its exchange, which may have looked up where this one goes. */
  begun: number
  /** Whether its context has looked up in vain where it goes. */
  inVain: boolean
  readonly by: string
  readonly token: string
  readonly at: number
  /** `lost`: no answer came back, whatever the server did. */
  outcome: 'pending' | 'answered' | 'refused' | 'lost'
  /** The status of the answer; 0 while there is none. */
  status: number
  /** Monotonic time since which the context waits for it no more; Infinity until then. */
  landedAt: number
  /**
   * Whether its context gave it up because the session was no longer current there: that says nothing
   * of the server, and whoever signed out has no patience to tell of.
   */
  givenUp: boolean
  /**
   * Whether its session came to be known to its context under another name while it was under way: the
   * failure is then one of that name's, which is over.
   */
  renamed: boolean
  /** Whether the session had ended in that context: the answer is only wanted to revoke it. */
  revocation: boolean
  /** Whether a start sent it, to learn whose session the cookies hold. */
  resume: boolean
  /** The session that its context meant, where the server trades what the cookies hold; else empty. */
  named: string
  /** The token by which its context went: that of cookies may be newer. */
  held: string
}

/** What really happened: every token given out, every request sent, whatever anybody believes. */
export interface Ledger {
  readonly sent: readonly Sent[]
  /** Sessions that the server ended, and why. */
  readonly ended: Map<string, string>
  /** Notes a refresh request. */
  send(by: string, departure: number, token: string): Sent
  /** Notes the session that the server answered with. */
  answer(by: string, departure: number, request: Sent | null, given: Answered | null): Mint | null
  /** Notes that a record was written. `ahead`: by how many ms the clock of its writer was ahead. */
  stored(text: string, ahead: number): void
  mint(token: string | null | undefined): Mint | undefined
  access(session: Tokens | null | undefined): Access | undefined
  /** Notes the names that pages have for a pair of tokens. */
  name(names: Tokens, access: Access): void
  /**
   * Monotonic times: since when a context may hold this refresh token, and the earliest at which it
   * is due.
   */
  term(token: string): { readonly since: number; readonly due: number }
  /** Notes that a request was answered with what is left of its life, in ms. */
  told(token: string, departure: number, left: number): void
  /** What a token was traded for, oldest first. */
  children(token: string): readonly Mint[]
  /** Notes that a request leaves a context. */
  depart(): number
  /** How many have left so far. */
  departures(): number
  /** Monotonic time at which one of them left. */
  departed(departure: number): number
  /** Notes that a context got no answer, and tells when it last got none: monotonic time. */
  fail(by: string): void
  failedAt(by: string): number
  /** The first token of a session, and the newest. */
  firstOf(session: string): Mint | undefined
  newest(session: string): Mint | undefined
}

/** Makes an empty ledger. */
export function createLedger(clock: ManualClock): Ledger {
  const mints = new Map<string, Mint>()
  const newest = new Map<string, Mint>()
  const accesses = new Map<string, Access>()
  const terms = new Map<string, { since: number; due: number }>()
  const departures: number[] = []
  const failures = new Map<string, number>()
  const sent: Sent[] = []

  /** Notes since when a token may be held that lives for so long from then on. */
  function hold(token: string, since: number, lifetime: number): void {
    // Refreshed ahead of need when a minute is left, or a quarter of a short life; and up to a
    // sixth of the life before that, so that people who signed in together drift apart.
    const due = since + lifetime - Math.min(60_000, lifetime / 4) - lifetime / 6
    const known = terms.get(token) ?? { since, due }
    terms.set(token, { since: Math.min(known.since, since), due: Math.min(known.due, due) })
  }

  return {
    sent,
    ended: new Map(),
    send(by, departure, token) {
      const at = clock.monotonic()
      const entry: Sent = {
        departure,
        begun: departure,
        inVain: false,
        by,
        token,
        at,
        outcome: 'pending',
        status: 0,
        landedAt: Infinity,
        givenUp: false,
        renamed: false,
        revocation: false,
        resume: false,
        named: '',
        held: token,
      }
      sent.push(entry)
      return entry
    },
    answer(by, departure, request, given) {
      if (!given) return null
      const { accessToken, refreshToken: token, session, user, lifetime } = given
      const at = clock.monotonic()
      // A server that allows a token to be used again answers with one that it gave out before.
      const mint: Mint = mints.get(token) ?? {
        token,
        session,
        user,
        index: (newest.get(session)?.index ?? -1) + 1,
        parent: request?.token ?? null,
        at,
        lifetime,
        by,
        delivered: false,
        savedAt: null,
        jarredAt: null,
      }
      if (!mints.has(token)) newest.set(session, mint)
      Object.assign(mint, { at, by, delivered: false })
      mints.set(token, mint)
      // A client counts from when its exchange began, and may have had to look up where to go.
      const departed = departures[request?.begun ?? departure] ?? at
      const pair = pairOf({ accessToken, refreshToken: token })
      const before = accesses.get(pair)
      const times = (before?.times ?? 0) + 1
      // Of two requests that are answered alike, the one that left first may arrive last.
      const latest = Math.max(departure, before?.departure ?? -1)
      const delay = before?.delay ?? 0
      const access = { mint, departure: latest, departed, at, lifetime, times, delay }
      accesses.set(pair, access)
      hold(token, access.departed, lifetime)
      return mint
    },
    stored(text, ahead) {
      const [, token = ''] = /"refreshToken":"([^"]+)"/.exec(text) ?? []
      const [, accessToken = ''] = /"accessToken":"([^"]+)"/.exec(text) ?? []
      const [, savedAt] = /"savedAt":([\d.]+)/.exec(text) ?? []
      const access = accesses.get(pairOf({ accessToken, refreshToken: token }))
      const mint = mints.get(token) ?? access?.mint
      if (mint) mint.savedAt ??= clock.monotonic()
      if (access && savedAt) {
        access.delay = Math.max(access.delay, clock.now() + ahead - Number(savedAt))
      }
    },
    mint: (token) => mints.get(token ?? ''),
    term: (token) => terms.get(token) ?? { since: -Infinity, due: -Infinity },
    told: (token, departure, left) => hold(token, departures[departure] ?? Infinity, left),
    children: (token) => [...mints.values()].filter(({ parent }) => parent === token),
    depart: () => departures.push(clock.monotonic()) - 1,
    departures: () => departures.length,
    departed: (departure) => departures[departure] ?? Infinity,
    fail: (by) => void failures.set(by, clock.monotonic()),
    failedAt: (by) => failures.get(by) ?? -Infinity,
    access: (session) => (session ? accesses.get(pairOf(session)) : undefined),
    name: (names, access) => void accesses.set(pairOf(names), access),
    firstOf: (session) => [...mints.values()].find((mint) => mint.session === session),
    newest: (session) => newest.get(session),
  }
}
