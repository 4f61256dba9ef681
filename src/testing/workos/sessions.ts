import type { Impersonator } from '../../core/session.js'
import { refuseGrant } from './errors.js'

/** The answer to a grant, as its body. */
export type Answer = Readonly<Record<string, unknown>>

/** What somebody signed in to. */
export interface ServerSession {
  readonly id: string
  readonly userId: string
  readonly clientId: string
  organizationId: string | null
  readonly method: string
  readonly impersonator: Impersonator | null
  /** The organization whose required step the sign-in took. */
  readonly admittedTo: string | null
  /** Milliseconds since the epoch, as `refreshedAt`. */
  readonly startedAt: number
  refreshedAt: number
  ended: boolean
}

/** A refresh token, and what it was exchanged for. */
interface Row {
  readonly session: ServerSession
  exchange: { readonly at: number; readonly answer: Promise<Answer> } | null
}

/** What a server's sessions work on. Times in ms. */
export interface SessionDeps {
  readonly sessionLifetime?: number | undefined
  readonly inactivityTimeout?: number | undefined
  readonly replayGrace?: number | undefined
  newId(prefix: string): string
  newToken(): string
  now(): number
}

/** An exchange of a refresh token. */
export interface Exchange {
  readonly token: string
  readonly clientId: string
  /** May refuse the session before anything is spent. */
  enter(session: ServerSession): void
  mint(session: ServerSession, token: string): Promise<Answer>
}

/** The sessions of one server, with their refresh tokens. */
export interface Sessions {
  readonly all: Map<string, ServerSession>
  start(
    facts: Pick<
      ServerSession,
      'userId' | 'clientId' | 'organizationId' | 'method' | 'impersonator' | 'admittedTo'
    >,
  ): ServerSession
  /** A refresh token for a session. */
  issue(session: ServerSession): string
  /** Nothing waits between reading the state and changing it. @throws WorkOSRefusal */
  trade(exchange: Exchange): Promise<Answer>
}

/** Makes the sessions of one server. */
export function createSessions(deps: SessionDeps): Sessions {
  const { now, sessionLifetime = Infinity, inactivityTimeout = Infinity } = deps
  const { replayGrace = 30_000 } = deps
  const all = new Map<string, ServerSession>()
  const rows = new Map<string, Row>()

  const expired = ({ startedAt, refreshedAt }: ServerSession): boolean =>
    now() >= startedAt + sessionLifetime || now() >= refreshedAt + inactivityTimeout

  function issue(session: ServerSession): string {
    const token = deps.newToken()
    rows.set(token, { session, exchange: null })
    return token
  }

  return {
    all,
    issue,
    start(facts) {
      const id = deps.newId('session')
      const session = { ...facts, id, startedAt: now(), refreshedAt: now(), ended: false }
      all.set(id, session)
      return session
    },
    async trade({ token, clientId, enter, mint }) {
      const row = rows.get(token)
      if (row?.session.clientId !== clientId) return refuseGrant('Invalid refresh token.')
      const { session, exchange } = row
      if (session.ended) return refuseGrant('Session has already ended.')
      if (exchange) {
        return now() <= exchange.at + replayGrace
          ? exchange.answer
          : refuseGrant('Refresh token already exchanged.')
      }
      if (expired(session)) return refuseGrant('Refresh token has expired.')
      enter(session)
      session.refreshedAt = now()
      const answer = mint(session, issue(session))
      row.exchange = { at: now(), answer }
      return answer
    },
  }
}
