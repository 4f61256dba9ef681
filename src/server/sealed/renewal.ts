import { AuthError, isAuthError } from '../../core/errors.js'
import type { SessionFacts, SessionUser } from '../../core/session.js'
import { coordinationKey } from '../coordination/coordinator.js'
import type { Coordinator } from '../coordination/coordinator-types.js'
import { createServerPatience, type Turn } from '../coordination/server-patience.js'
import type { RefreshListeners } from '../shared/refresh-events.js'
import { type SecurityListeners, tell, wordsOf } from '../shared/security-events.js'
import { withinTime } from '../shared/time-limit.js'
import type { AccessTokens } from './access-tokens.js'
import { readSealed, sessionIdOf, toSession } from './opened.js'
import { type RefreshFailure, toFailure } from './results.js'
import type { SessionProvider } from './sealed-sessions-types.js'
import { type SealedData, toSealedData } from './session-data.js'
import { keptJson, spentOn, stepError } from './spent-tokens.js'

/** What renewals work with. Times in ms. */
export interface RenewalDeps<User extends SessionUser> extends SecurityListeners, RefreshListeners {
  readonly provider: Pick<
    SessionProvider<User>,
    'id' | 'refresh' | 'sealedExtras' | 'sharesSessionIds'
  >
  readonly coordinator: Coordinator
  readonly tokens: AccessTokens
  readonly timeout: number
  /** How long a spent token is answered with its successor. */
  readonly reuseWindow: number
  now(): number
}

/** What is wanted of a renewal. */
export interface Wanted {
  readonly organizationId?: string | undefined
  /** Whether an exchange from before the call will not do. */
  readonly fresh?: boolean | undefined
  /** Goes to the listeners as it is. */
  readonly request?: unknown
}

/** The newest session there is, and why it is not the one that was wanted. */
export interface Renewed<User extends SessionUser> {
  readonly data: SealedData<User>
  readonly failure: RefreshFailure | null
}

/** What an exchange may do, and where it keeps the session that an answer without an access token leaves. */
interface Exchanging extends Turn {
  keep(json: string): void
}

/** How far a chain of successors is followed: each had to be exchanged within the replay time. */
const ROUNDS = 5

/**
 * A session that says when it began, and has a name: seals of older releases and other libraries say
 * neither. At a refresh it must be done within the exchange, whose result all requests share.
 */
export function beginning<User extends SessionUser>(
  data: SealedData<User>,
  { provider, tokens }: Pick<RenewalDeps<User>, 'provider' | 'tokens'>,
  at: number,
): SealedData<User> {
  const theirs = provider.sharesSessionIds ? undefined : tokens.read(data)?.facts.sessionId
  const id = data.id ?? (theirs === undefined ? crypto.randomUUID() : undefined)
  return { ...data, startedAt: data.startedAt ?? at, ...(id !== undefined && { id }) }
}

/** Trades the refresh token of a session. Never rejects for what a server answers. */
export type Renew<User extends SessionUser> = (
  from: SealedData<User>,
  wanted: Wanted,
) => Promise<Renewed<User>>

/**
 * Makes the function that trades the refresh token of a session: once among all who ask, however
 * many requests and processes they are. Never rejects for what a server answers.
 */
export function createRenewal<User extends SessionUser>(deps: RenewalDeps<User>): Renew<User> {
  const { provider, coordinator, tokens, timeout, reuseWindow: replay, now } = deps
  const { pauses } = coordinator
  const factsOf = (data: SealedData): SessionFacts => tokens.read(data)?.facts ?? {}
  const organizationOf = (data: SealedData): string | undefined => factsOf(data).organizationId
  /** Whose session it is. */
  const subjectOf = (data: SealedData) => ({
    sessionId: sessionIdOf(data, tokens.read(data)),
    userId: data.user.id,
  })
  const patience = createServerPatience({ pauses, name: provider.id, timeout, now })

  /** @throws AuthError `refresh_rejected` also for another person's session; `bad_response` without an access token. */
  async function trade(
    from: SealedData<User>,
    organizationId: string | undefined,
    { mayRepeat, keep }: Exchanging,
  ) {
    const token = tokens.read(from)
    const session = token && toSession({ data: from, token })
    const began = now()
    const grant = await withinTime(timeout, (signal) =>
      provider.refresh(from.refreshToken, {
        signal,
        organizationId,
        session,
        // The answer to a repeat must have time to arrive.
        mayRepeat: async () => now() - began < timeout / 2 && (await mayRepeat()),
      }),
    )
    if (!grant) throw new AuthError('bad_response', 'The answer holds no session.')
    const { user = from.user, accessToken, refreshToken } = grant
    if (!accessToken) {
      if (refreshToken) keep(keptJson({ ...from, refreshToken }))
      throw new AuthError('bad_response', 'The answer holds no access token.')
    }
    const owner = tokens.ownerOf(accessToken, user.id)
    if (user.id !== from.user.id || owner === 'other') {
      throw new AuthError('refresh_rejected', 'The answer is the session of another person.')
    }
    return { grant, isReadable: owner === 'same' }
  }

  function tellOfFailure(from: SealedData<User>, error: unknown, request: unknown): void {
    if (!isAuthError(error)) return
    const told = { ...subjectOf(from), ...wordsOf(error), request }
    if (error.code === 'refresh_rejected') {
      tell(deps.onSecurityEvent, { type: 'refresh-refused', ...told })
    }
    const { code, retryable } = error
    tell(deps.onRefreshError, { ...told, code, retryable })
  }

  /** @throws AuthError as `trade` does, of which a security log has heard where it ends the session. */
  async function exchange(
    from: SealedData<User>,
    wanted: Wanted,
    turn: Exchanging,
  ): Promise<string> {
    const { organizationId, request } = wanted
    const sentAt = now()
    const { grant, isReadable } = await trade(from, organizationId, turn).catch(
      (error: unknown) => {
        tellOfFailure(from, error, request)
        throw error
      },
    )
    const data = tokens.note(toSealedData(grant, from, provider.sealedExtras), grant, sentAt)
    // The refresh token is spent, so that its successor must be kept, whatever came with it.
    const { accessToken: former } = from
    const { organizationId: entered } = grant
    const { sessionId } = subjectOf(data)
    const { user } = data
    tell(deps.onRefresh, { sessionId, organizationId: entered, user, request })
    const begun = beginning(isReadable ? data : { ...data, accessToken: former }, deps, sentAt)
    return keptJson({ ...begun, accessToken: grant.accessToken })
  }

  /** One exchange, or what another request has got for the same token. */
  async function step(
    from: SealedData<User>,
    name: string,
    wanted: Wanted,
  ): Promise<{
    readonly next: SealedData<User>
    readonly startedAt: number
    /** Why it was refused, where this request has met that itself. */
    readonly met: unknown
  }> {
    const key = await coordinationKey(name, wanted.organizationId)
    const asker = { session: key, person: from.user.id }
    let met: unknown
    let kept: string | undefined
    const keep = (text: string): void => {
      kept = text
    }
    //   this request                    another one, or one in another process
    //   sends the token: a step, which has spent it
    //                                   comes with the same cookie, and must not send it again
    // So it is a result that all get, and their cookies say it from then on.
    const work = (): Promise<string> =>
      patience
        .attempt(asker, (turn) =>
          exchange(from, wanted, { ...turn, keep }).catch((error: unknown) => {
            const step = spentOn(error)
            if (step === undefined) throw error
            met = error
            return keptJson({ ...from, spentOn: step })
          }),
        )
        // It counts as a failure of the server's; its next refresh token is a result that all get.
        .catch((error: unknown) => {
          if (kept === undefined) throw error
          met = error
          return kept
        })
    const { text, startedAt, age } = await coordinator.once(key, work, { replay })
    const next = readSealed<User>(text)
    if (next?.user.id === from.user.id) {
      const spent = age !== undefined && next.refreshToken !== from.refreshToken
      if (spent) tell(deps.onReuse, { ...subjectOf(from), age, request: wanted.request })
      return { next, startedAt, met }
    }
    throw new AuthError('bad_response', 'What another request got is not this session.')
  }

  return async (from, { organizationId, fresh, request }) => {
    const calledAt = now()
    let data = from
    let name = from.refreshToken
    let astray = false
    try {
      for (let round = 0; round < ROUNDS; round += 1) {
        const before = data
        const wanted = organizationId || organizationOf(before)
        const call = { organizationId: wanted, request }
        if (before.spentOn) throw stepError(before.spentOn)
        const { next, startedAt, met } = await step(before, name, call)
        if (next.spentOn) {
          data = next
          throw met ?? stepError(next.spentOn)
        }
        if (met) {
          data = next
          throw met
        }
        if (tokens.ownerOf(next.accessToken, next.user.id) !== 'same') {
          data = { ...next, accessToken: before.accessToken }
          throw new AuthError('bad_response', 'The access token of the answer cannot be read.')
        }
        data = next
        const rotated = next.refreshToken !== before.refreshToken
        // Servers that sign by the second give the same access token twice within it.
        const renewed = rotated || next.accessToken !== before.accessToken
        const old = startedAt < calledAt && (fresh || !renewed)
        // A server that forgives a lost answer gives that one again, whatever it is asked for now; for a
        // token that it has just given there is no such answer.
        astray = !!organizationId && organizationOf(next) !== organizationId
        const isLast = round > 0 && startedAt >= calledAt
        if (!old && (!astray || isLast)) break
        // Where tokens do not rotate, all successors of one session would share their results.
        name = rotated ? next.refreshToken : `${next.refreshToken} ${next.accessToken}`
      }
      if (astray) {
        throw new AuthError('rejected', 'The server did not switch to this organization.')
      }
      return { data, failure: null }
    } catch (error) {
      return { data, failure: toFailure(error) }
    }
  }
}
