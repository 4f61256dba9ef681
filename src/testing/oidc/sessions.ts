import type { Situation } from './manners/manners.js'
import type { OidcPerson, OidcRotation } from './types.js'

/** One sign-in at the server, with all tokens that came of it. */
export interface OidcSession {
  readonly id: string
  readonly person: OidcPerson
  readonly clientId: string
  readonly scope: string
  readonly nonce: string | undefined
  /** In ms since the epoch. */
  readonly authTime: number
  /** Why it is over. */
  over: Situation | null
}

/** A refresh token as the server knows it. */
export interface Held {
  readonly session: OidcSession
  readonly issuedAt: number
  /** When it was exchanged first; `null` for one that was not. */
  spentAt: number | null
  reuses: number
  /** Whether the answer is being made. */
  exchanging: boolean
}

/** An access token as the server knows it. */
interface Access {
  readonly session: OidcSession
  readonly expiresAt: number
  dead: boolean
}

/** What an exchange begins with: a token that may be exchanged, or why it may not. */
export type Claimed =
  | { readonly session: OidcSession; readonly held: Held }
  | { readonly refused: Situation | 'loser' | 'stale' }

/** The sessions of one server. */
export interface OidcSessions {
  begin(start: Omit<OidcSession, 'id' | 'over'>): OidcSession
  issue(session: OidcSession): string
  /**
   * Takes a refresh token in hand, unless `admit` has a reason against it; whoever comes with it
   * meanwhile is the loser.
   */
  claim(token: string, admit: (session: OidcSession) => Situation | null): Claimed
  /** The refresh token that the answer has. */
  next(token: string, held: Held): string
  /** Keeps an access token, and ends those that came before it where the server does so. */
  keep(token: string, session: OidcSession, expiresAt: number): void
  /** Whose an access token is, while it works. */
  find(accessToken: string): OidcSession | null
  /** Ends the session of any of its tokens; whether there is one. */
  revoke(token: string): boolean
  end(id: string): void
  readonly all: readonly OidcSession[]
}

interface Parts {
  /** Whether the slower of two exchanges at once does no harm. */
  readonly sparesLoser: boolean
  /** Whether a token is stale that is older than the last exchange of another one. */
  readonly knowsStale: boolean
  /** Whether an exchange ends the access tokens before it. */
  readonly newestAccess: boolean
  readonly rotation: OidcRotation
  readonly lifetime: number
  now(): number
  newToken(): string
}

const second = (ms: number): number => Math.floor(ms / 1000)

/** Makes the sessions of one server. */
export function createSessions(parts: Parts): OidcSessions {
  const { rotation, lifetime, sparesLoser, knowsStale, newestAccess, now, newToken } = parts
  const all: OidcSession[] = []
  const refresh = new Map<string, Held>()
  const access = new Map<string, Access>()
  /** Each session's last exchange. */
  const last = new Map<OidcSession, { readonly held: Held; readonly at: number }>()

  /** Whether a token that was exchanged gets one more answer. */
  function isForgiven(held: Held): boolean {
    if (rotation.type === 'off' || held.spentAt === null) return true
    const { grace = 0, reuses = 0 } = rotation
    return now() - held.spentAt < grace || held.reuses < reuses
  }

  /** Whether another token was exchanged in a later second than this one was issued in. */
  function isStale(held: Held): boolean {
    const latest = last.get(held.session)
    if (!knowsStale || rotation.type === 'off' || !latest || latest.held === held) return false
    return second(held.issuedAt) < second(latest.at)
  }

  function issue(session: OidcSession): string {
    const token = newToken()
    refresh.set(token, { session, issuedAt: now(), spentAt: null, reuses: 0, exchanging: false })
    return token
  }

  return {
    all,
    begin(start) {
      const session: OidcSession = { ...start, id: newToken(), over: null }
      all.push(session)
      return session
    },
    issue,
    claim(token, admit) {
      const held = refresh.get(token)
      if (!held) return { refused: 'unknown-token' }
      const { session } = held
      const reason = session.over ?? admit(session)
      if (reason) return { refused: reason }
      if (now() - held.issuedAt >= lifetime) return { refused: 'expired' }
      if (isStale(held)) {
        session.over = 'replayed'
        return { refused: 'stale' }
      }
      if (!isForgiven(held)) {
        if (held.exchanging && sparesLoser) return { refused: 'loser' }
        if (rotation.type === 'on' && rotation.familyDies !== false) session.over = 'replayed'
        return { refused: 'spent' }
      }
      if (held.spentAt !== null) held.reuses++
      held.spentAt ??= now()
      held.exchanging = true
      last.set(session, { held, at: now() })
      return { session, held }
    },
    next(token, held) {
      if (rotation.type === 'off' && !rotation.renews) return token
      return issue(held.session)
    },
    keep(token, session, expiresAt) {
      for (const each of access.values()) {
        if (newestAccess && each.session === session) each.dead = true
      }
      access.set(token, { session, expiresAt, dead: false })
    },
    find(token) {
      const known = access.get(token)
      return known && !known.dead && !known.session.over && now() < known.expiresAt
        ? known.session
        : null
    },
    revoke(token) {
      const session = (refresh.get(token) ?? access.get(token))?.session
      if (session) session.over ??= 'revoked'
      return session !== undefined
    },
    end(id) {
      const session = all.find((each) => each.id === id)
      if (session) session.over ??= 'ended'
    },
  }
}
