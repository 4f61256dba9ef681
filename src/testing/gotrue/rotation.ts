import { randomText } from '../server/encoding.js'
import type { Hashes } from '../server/hashes.js'
import { refuse } from './errors.js'
import { createTokenV2, readTokenV2 } from './token-v2.js'
import type { Rotation } from './types.js'

/** A signed-in device: what its refresh tokens descend from. */
export interface ServerSession {
  readonly id: string
  readonly userId: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  aal: string
  amr: readonly { readonly method: string; readonly timestamp: number }[]
  /** The second factor that was proved in it. */
  factorId: string | null
  /** The app that it was given to at `/oauth/token`, and what the person agreed to; `null` for none. */
  readonly client: { readonly id: string; readonly scope: string } | null
  /** Why it has expired, in words; the next refresh says `session_expired`. */
  expired: string | null
  /** Whether another request holds its row: refreshes say `conflict`. */
  locked: boolean
  /** v2 only. */
  counter: number
  refreshedAt: number
  readonly key: string
}

interface TokenRow {
  readonly token: string
  readonly sessionId: string
  readonly parent: string | null
  revoked: boolean
  updatedAt: number
}

/** What rotation works on. */
export interface RotationDeps {
  readonly rotation: Rotation
  /** Milliseconds. */
  readonly reuseInterval: number
  /** Whether a disallowed reuse ends more than the request. */
  readonly reuseRevokes: boolean
  random(): number
  now(): number
  /** Live sessions by id; a session that rotation ends is deleted from it. */
  readonly sessions: Map<string, ServerSession>
  readonly hashes: Hashes
}

/** What a refresh token was traded for. */
export interface Traded {
  readonly session: ServerSession
  readonly token: string
}

/** Issues and trades refresh tokens. Nothing waits between reading the state and changing it. */
export interface RefreshTokens {
  issue(session: ServerSession): Promise<string>
  /** The next token, without the last one: what a second factor brings. */
  advance(session: ServerSession): Promise<string>
  /** `check` may refuse the session before anything is spent. @throws GoTrueRefusal */
  trade(token: string, check: (session: ServerSession) => void): Promise<Traded>
}

const notFound = (): never =>
  refuse(400, 'refresh_token_not_found', 'Invalid Refresh Token: Refresh Token Not Found')
const reused = (): never =>
  refuse(400, 'refresh_token_already_used', 'Invalid Refresh Token: Already Used')
/** The form of tokens of the first algorithm; one of them is looked for whatever is issued now. */
const FIRST = /^[a-z0-9]{12}$/

const invalid = (): never => refuse(400, 'validation_failed', 'Refresh token is not valid')

function alive(session: ServerSession): ServerSession {
  const { expired } = session
  if (expired !== null) refuse(400, 'session_expired', `Invalid Refresh Token: ${expired}`)
  return session
}

/** GoTrue's first algorithm, and `strict`: rows of opaque tokens, each with its parent. */
function createRows(deps: RotationDeps): RefreshTokens {
  const { sessions, now } = deps
  const rows = new Map<string, TokenRow>()
  const families = new Map<string, TokenRow[]>()

  const family = (sessionId: string): readonly TokenRow[] => families.get(sessionId) ?? []

  function insert(sessionId: string, parent: string | null): string {
    const token = randomText(deps.random, 12)
    const row = { token, sessionId, parent, revoked: false, updatedAt: now() }
    rows.set(token, row)
    const members = families.get(sessionId)
    if (members) members.push(row)
    else families.set(sessionId, [row])
    return token
  }

  function endFamily(session: ServerSession): never {
    if (!deps.reuseRevokes) return reused()
    for (const row of family(session.id)) {
      row.revoked = true
      row.updatedAt = now()
    }
    if (deps.rotation === 'strict') sessions.delete(session.id)
    return reused()
  }

  function reuse(row: TokenRow, session: ServerSession): string {
    if (deps.rotation === 'strict') return endFamily(session)
    const active = family(session.id)
      .filter(({ revoked }) => !revoked)
      .at(-1)
    // The client failed to save what it was given: allowed for ever.
    if (active && active.parent === row.token) return active.token
    if (now() > row.updatedAt + deps.reuseInterval) return endFamily(session)
    row.updatedAt = now()
    return insert(session.id, row.token)
  }

  return {
    issue: async (session) => insert(session.id, null),
    async advance(session) {
      const active = family(session.id).find(({ revoked }) => !revoked)
      if (!active) return insert(session.id, null)
      active.revoked = true
      active.updatedAt = now()
      return insert(session.id, active.token)
    },
    async trade(token, check) {
      if (!FIRST.test(token)) invalid()
      const row = rows.get(token) ?? notFound()
      // With its row, a session's tokens are deleted too.
      const session = alive(sessions.get(row.sessionId) ?? notFound())
      check(session)
      if (row.revoked) return { session, token: reuse(row, session) }
      row.revoked = true
      row.updatedAt = now()
      return { session, token: insert(session.id, row.token) }
    },
  }
}

/** GoTrue's second algorithm: a counter in the session, signed tokens that carry it. */
function createCounters(deps: RotationDeps): RefreshTokens {
  const { sessions, now, hashes } = deps
  const mint = ({ id: sessionId, counter, key }: ServerSession): Promise<string> =>
    createTokenV2({ sessionId, counter, key }, hashes)

  return {
    issue: mint,
    async advance(session) {
      // By two: the token before is none whose answer may have been lost.
      session.counter += 2
      session.refreshedAt = now()
      return mint(session)
    },
    async trade(token, check) {
      if (FIRST.test(token)) notFound()
      const read = (await readTokenV2(token, hashes)) ?? invalid()
      const { key } = sessions.get(read.sessionId) ?? notFound()
      const signed = await read.signedBy(key)
      const session = alive(sessions.get(read.sessionId) ?? notFound())
      if (!signed) notFound()
      check(session)
      const difference = session.counter - read.counter
      if (difference < 0) {
        refuse(400, 'validation_failed', 'Invalid Refresh Token: Not Issued By This Server')
      }
      const sinceRefresh = Math.abs(now() - session.refreshedAt)
      if (difference === 0) session.counter++
      if (difference > 1 && sinceRefresh >= deps.reuseInterval) {
        if (deps.reuseRevokes) sessions.delete(session.id)
        reused()
      }
      // An allowed reuse counts as a refresh too: the interval starts again.
      session.refreshedAt = now()
      return { session, token: await mint(session) }
    },
  }
}

/** Makes the refresh tokens of one server. */
export const createRefreshTokens = (deps: RotationDeps): RefreshTokens =>
  deps.rotation === 'v2' ? createCounters(deps) : createRows(deps)
