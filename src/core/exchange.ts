import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { AuthError, type AuthErrorCode, AuthSessionMissingError, isAuthError } from './errors.js'
import type { SignOutReason } from './events.js'
import type { Signal } from './ports.js'
import type { RequestContext } from './provider.js'
import { changed, type SessionRecord, sendSameToken } from './record.js'
import type { ExchangeEventName, Grant, Session, SessionUser } from './session.js'
import type { Failure, SharedPatience } from './shared-patience.js'
import type { Now } from './timing.js'

/** What one exchange is for: what it sends, and what the answer is to the session. */
export interface Errand<User extends SessionUser> {
  /** Calls with errands of one name may share an exchange. */
  readonly name: string
  /**
   * What its failures mean. `refresh`: every one tells of the server, or of the session; `variant`
   * (another organization, a resource): a refusal is about that wish alone; `own`: the failures of a
   * request of the provider's own are its caller's alone, though it brings the session's next tokens; but
   * for what ends the session.
   */
  readonly failures: 'refresh' | 'variant' | 'own'
  /** Whether the tokens are here already, so that nothing is sent. */
  readonly inHand?: boolean
  /** Whether a session that others have brought meanwhile is all that was wanted. */
  answeredBy(record: SessionRecord<User>): boolean
  send(record: SessionRecord<User>, context: RequestContext): Promise<Grant<User> | null>
  /** The record that follows `base`. `requestedAt`: wall time, ms. */
  apply(grant: Grant<User>, base: SessionRecord<User>, requestedAt: number): SessionRecord<User>
  /**
   * Why a session that came back is not the one that was wanted: a server that forgives a lost answer
   * gives that answer again, whatever it is asked for now. The exchange is then repeated.
   */
  strayed?(session: Session<User>): AuthError | null
  /** What subscribers hear; `TOKEN_REFRESHED` unless it says otherwise. */
  readonly event?: ExchangeEventName | undefined
  /** Hears of each answer in the end: what the session was, and whether the grant replaced it. */
  left?(before: Session<User>, grant: Grant<User>, replaced: boolean): void
}

/** One exchange: the record it begins with, and what ends it early. */
export interface ExchangeOptions<User extends SessionUser> {
  readonly record: SessionRecord<User>
  readonly errand: Errand<User>
  readonly signal: Signal
  /** Whether this context gave up the request itself, because nobody would hear of its end. */
  givenUp(): boolean
}

/** Runs exchanges, one at a time, inside the lock. */
export interface Exchange<User extends SessionUser> {
  /**
   * Resolves to the session after it; `null` when another one became current on the way.
   * @throws the provider's AuthError.
   */
  run(options: ExchangeOptions<User>): Promise<Session<User> | null>
}

/** The wall time at which a request left: the earlier of what both clocks say. */
export const requestedAt = (asked: Now, now: Now): number =>
  Math.min(asked.wall, now.wall - (now.monotonic - asked.monotonic))

/** Failures that may have been answers: then the refresh token is spent. */
const UNSURE: readonly AuthErrorCode[] = ['network', 'timeout', 'server_error', 'bad_response']

/** What a failure says of the refresh token that was sent, as long as that is the session's. */
const saidOfToken = (error: AuthError, mine: boolean): Pick<Failure, 'spent' | 'halted'> => ({
  spent: mine && UNSURE.includes(error.code),
  halted: mine && isAuthError(error, 'step_required') && error.details?.spent === true,
})

/** An answer that is no refusal, but brings no session either. */
export const withoutSession = (): AuthSessionMissingError =>
  new AuthSessionMissingError('The refresh came back without a session.', { retryable: true })

/**
 * The record that follows. Of an answer without an access token the refresh token is kept, which may be the only
 * one that is worth anything.
 */
const recordAfter = <User extends SessionUser>(
  { apply }: Errand<User>,
  grant: Grant<User>,
  base: SessionRecord<User>,
  at: number,
): SessionRecord<User> => {
  const { accessToken, refreshToken } = grant
  return refreshToken && !accessToken
    ? changed(base, { session: { ...base.session, refreshToken } })
    : apply(grant, base, at)
}

/** What memory hears of a trade, once it is known whether that was saved. */
const told =
  <User extends SessionUser>(
    record: SessionRecord<User>,
    { accessToken }: Grant<User>,
    { event }: Errand<User>,
  ) =>
  (saved: boolean) =>
    ({ type: 'exchanged', record, saved, event, partial: !accessToken }) as const

/** The record in memory, as long as a refresh of it sends what one of `record` does; its user may have changed. */
function sameIn<User extends SessionUser>(
  { store }: EngineContext<User>,
  record: SessionRecord<User>,
): SessionRecord<User> | null {
  const now = store.held()?.record
  return now && sendSameToken(now, record) ? now : null
}

/** Waits until storage shows what the siblings have written by now. */
const shown = <User extends SessionUser>({
  environment: { clock },
  settings: { storage },
}: EngineContext<User>): Promise<void> =>
  new Promise((resolve) => {
    if (storage.lag) clock.schedule(storage.lag, resolve)
    else resolve()
  })
/** What a provider failed with: an AuthError in any case. */
export const toError = (cause: unknown): AuthError =>
  isAuthError(cause) ? cause : new AuthError('bad_response', 'The provider failed.', { cause })

/**
 * Whether a failure says nothing of the session: nothing was sent, for the client was disposed of, or it is
 * one of a request of the provider's own.
 */
const saysNothing = ({ failures }: Pick<Errand<never>, 'failures'>, { code }: AuthError): boolean =>
  code === 'disposed' || (failures === 'own' && code !== 'refresh_rejected')

/** Why a session ends whose refresh token is worth nothing any more. */
function reasonOf({ serverCode }: AuthError): SignOutReason {
  if (serverCode === 'key_lost') return 'key-lost'
  return serverCode === 'subject_changed' ? 'subject-changed' : 'refresh-rejected'
}

/** Whether a session is of one sign-in with another, and has the same refresh token. */
const holdsTokenOf = (held: SessionRecord | undefined, { lineage, session }: SessionRecord) =>
  held?.lineage === lineage && held.session.refreshToken === session.refreshToken

/** Makes the exchange of one client. */
export function createExchange<User extends SessionUser>(
  context: EngineContext<User>,
  path: CommitPath<User>,
  patience: SharedPatience,
): Exchange<User> {
  const { store } = context
  const current = (record: SessionRecord<User>) => sameIn(context, record)

  async function commit(
    grant: Grant<User>,
    { record, errand }: ExchangeOptions<User>,
    asked: Now,
  ): Promise<Session<User> | null> {
    const seen = await path.observe()
    const base = current(record)
    if (!base) return null
    const next = recordAfter(errand, grant, base, requestedAt(asked, store.now()))
    const done = await path.commit({
      record: next,
      seen,
      still: () => current(record) !== null,
      become: told(next, grant, errand),
    })
    //   this exchange                     another call here
    //   has made its session current
    //   forgets the failures before it    makes another current, which is not what was asked for
    if (grant.accessToken) await patience.clear()
    return done ? (current(next) ?? next).session : null
  }

  /**
   * What a failed trade means for the session; resolves when another session is held by now. `kept`: whether
   * its answer brought the refresh token that is held.
   */
  async function fail(
    { record, errand, givenUp }: ExchangeOptions<User>,
    error: AuthError,
    kept: boolean,
  ): Promise<null> {
    const refused = error.code === 'refresh_rejected'
    //   this exchange                 a sibling, without a working lock
    //   sends the token
    //                                 sends it as well, and is answered
    //   is refused
    //                                 stores the new token
    //   reads storage: the new token is adopted, and the session goes on
    // As long as storage cannot be read, nobody knows, and the refusal is not believed.
    const believed = refused && (await shown(context).then(() => path.observe())) !== 'unknown'
    if (believed && holdsTokenOf(store.held()?.record, record)) {
      store.dispatch({ type: 'ended', reason: reasonOf(error), error })
      await path.end({ lineage: record.lineage, any: false, error }, record.session)
      throw error
    }
    const mine = current(record) !== null
    const said = saidOfToken(error, mine)
    const counts = errand.failures === 'refresh' || error.retryable || refused || said.halted
    // Also when a sibling's session came meanwhile: the server wants to be left alone.
    const tells = !believed && counts && path.lineage() === record.lineage
    if (tells) await patience.fail({ error, ...said, ours: givenUp() })
    if (mine || kept || errand.failures === 'own') throw error
    return null
  }

  return {
    async run(options) {
      const { record, errand } = options
      const asked = store.now()
      let kept = false
      try {
        const grant = await context.request((its) => errand.send(record, its), options.signal)
        if (!grant) throw withoutSession()
        const session = await commit(grant, options, asked)
        kept = session !== null && !grant.accessToken
        if (kept) throw new AuthError('bad_response', 'The answer holds no access token.')
        errand.left?.(record.session, grant, session !== null)
        return session
      } catch (cause) {
        const error = toError(cause)
        if (saysNothing(errand, error)) throw error
        return fail(options, error, kept)
      }
    },
  }
}
