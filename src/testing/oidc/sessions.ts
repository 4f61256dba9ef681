import type { Situation } from './manners/manners.js'
import type { OidcPerson, OidcRotation } from './types.js'

/** One sign-in at the server, with all tokens that came of it. */
export interface OidcSession {
  readonly id: string
  readonly person: OidcPerson
  readonly clientId: string
  readonly scope: string
  readonly nonce: string | undefined
  /** The thumbprint of the key that its refresh tokens are bound to; `null` where they are not. */
  readonly jkt: string | null
  /** In ms since the epoch. */
  readonly authTime: number
  /** Why it is over. */
  over: Situation | null
  /** Whether its next refresh has to prove a second factor. */
  factorDue: boolean
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
export interface Access {
  readonly session: OidcSession
  readonly expiresAt: number
  /** The thumbprint of the key that it is bound to. */
  readonly jkt: string | null
}

/** What an exchange begins with: a token that may be exchanged, or why it may not. */
export type Claimed =
  | { readonly session: OidcSession; readonly held: Held }
  | { readonly refused: Situation | 'loser' | 'stale'; readonly session: OidcSession | null }

/** Whether a session is one of those that outlive their browser. */
export const isOffline = ({ scope }: Pick<OidcSession, 'scope'>): boolean =>
  scope.split(' ').includes('offline_access')

/** The sessions of one server. */
export interface OidcSessions {
  begin(start: Omit<OidcSession, 'id' | 'over' | 'factorDue'>): OidcSession
  issue(session: OidcSession): string
  /**
   * Takes a refresh token in hand, unless `admit` has a reason against it; whoever comes with it
   * meanwhile is the loser.
   */
  claim(token: string, admit: (session: OidcSession) => Situation | null): Claimed
  /** The refresh token that the answer has. */
  next(token: string, held: Held): string
  /** Keeps an access token, and ends those that came before it where the server does so. */
  keep(token: string, access: Access): void
  /** What an access token is good for, while it works. */
  find(accessToken: string): Access | null
  /** Whether an access token is bound to a key, whatever became of its session. */
  isBound(accessToken: string): boolean
  /** Whose a token is: the id of a client; `undefined` for one that nobody knows. */
  ownerOf(token: string): string | undefined
  /** Ends the session of any of its tokens; whether there is one. */
  revoke(token: string): boolean
  end(id: string): void
  readonly all: readonly OidcSession[]
}

interface Parts {
  /** Whether the slower of two exchanges at once does no harm. */
  sparesLoser(session: OidcSession): boolean
  /** Whether a token is stale that is older than the last exchange of another one. */
  readonly knowsStale: boolean
  /** Whether an exchange ends the access tokens before it. */
  readonly newestAccess: boolean
  rotationOf(session: OidcSession): OidcRotation
  readonly lifetime: number
  now(): number
  newToken(): string
}

const second = (ms: number): number => Math.floor(ms / 1000)

/** Makes the sessions of one server. */
export function createSessions(parts: Parts): OidcSessions {
  const { rotationOf, lifetime, sparesLoser, knowsStale, newestAccess, now, newToken } = parts
  const all: OidcSession[] = []
  const refresh = new Map<string, Held>()
  const access = new Map<string, Access>()
  const dead = new Set<Access>()
  /** Each session's last exchange. */
  const last = new Map<OidcSession, { readonly held: Held; readonly at: number }>()

  /** Whether a token that was exchanged gets one more answer. */
  function isForgiven(held: Held): boolean {
    const rotation = rotationOf(held.session)
    if (rotation.type === 'off' || held.spentAt === null) return true
    const { grace = 0, reuses = 0 } = rotation
    return now() - held.spentAt < grace || held.reuses < reuses
  }

  /** Whether another token was exchanged in a later second than this one was issued in. */
  function isStale(held: Held): boolean {
    const latest = last.get(held.session)
    const rotates = rotationOf(held.session).type !== 'off'
    if (!knowsStale || !rotates || !latest || latest.held === held) return false
    return second(held.issuedAt) < second(latest.at)
  }

  function issue(session: OidcSession): string {
    const token = newToken()
    refresh.set(token, { session, issuedAt: now(), spentAt: null, reuses: 0, exchanging: false })
    return token
  }

  const sessionOf = (token: string): OidcSession | undefined =>
    (refresh.get(token) ?? access.get(token))?.session

  return {
    all,
    begin(start) {
      const session: OidcSession = { ...start, id: newToken(), over: null, factorDue: false }
      all.push(session)
      return session
    },
    issue,
    claim(token, admit) {
      const held = refresh.get(token)
      if (!held) return { refused: 'unknown-token', session: null }
      const { session } = held
      const reason = session.over ?? admit(session)
      if (reason) return { refused: reason, session }
      if (now() - held.issuedAt >= lifetime) return { refused: 'expired', session }
      if (isStale(held)) {
        session.over = 'replayed'
        return { refused: 'stale', session }
      }
      if (!isForgiven(held)) {
        if (held.exchanging && sparesLoser(session)) return { refused: 'loser', session }
        const rotation = rotationOf(session)
        if (rotation.type === 'on' && rotation.familyDies !== false) session.over = 'replayed'
        return { refused: 'spent', session }
      }
      if (held.spentAt !== null) held.reuses++
      held.spentAt ??= now()
      held.exchanging = true
      last.set(session, { held, at: now() })
      return { session, held }
    },
    next(token, held) {
      const rotation = rotationOf(held.session)
      if (rotation.type === 'off' && !rotation.renews) return token
      return issue(held.session)
    },
    keep(token, issued) {
      for (const each of access.values()) {
        if (newestAccess && each.session === issued.session) dead.add(each)
      }
      access.set(token, issued)
    },
    find(token) {
      const known = access.get(token)
      const works = known && !dead.has(known) && !known.session.over && now() < known.expiresAt
      return works ? known : null
    },
    isBound: (token) => (access.get(token)?.jkt ?? null) !== null,
    ownerOf: (token) => sessionOf(token)?.clientId,
    revoke(token) {
      const session = sessionOf(token)
      if (session) session.over ??= 'revoked'
      return session !== undefined
    },
    end(id) {
      const session = all.find((each) => each.id === id)
      if (session) session.over ??= 'ended'
    },
  }
}
