import type { CommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { errandFor } from './errands.js'
import { AuthError } from './errors.js'
import { requestedAt, withoutSession } from './exchange.js'
import { nameLineage } from './lineage.js'
import type {
  CallOptions,
  RefreshOptions,
  RequestContext,
  SignInResult,
  SignOutScope,
} from './provider.js'
import { type SessionRecord, toRecord, withUser } from './record.js'
import type { Refreshes } from './refreshes.js'
import { createRevocation } from './revocation.js'
import type { Grant, ProviderEventName, Session, SessionUser } from './session.js'
import { createShare, type Share } from './share.js'
import { type Arrival, endedAfter, unknownOf } from './state.js'
import type { TimedOut } from './timeouts.js'

/** A request that brings a session, or `null` when a step is missing. */
export type Send<User extends SessionUser> = (
  context: RequestContext,
) => Promise<Grant<User> | null>

/** The operations by which sessions come, go and change hands. */
export interface Accounts<User extends SessionUser> {
  signIn(arrival: Arrival, send: Send<User>, options?: CallOptions): Promise<SignInResult<User>>
  /** Trades a token that is not the current session's. */
  refreshForeign(token: string, options: RefreshOptions): Promise<Session<User>>
  /** Makes what the server says of the person the current user, if it is still this one. */
  saveUser(user: User): Promise<void>
  /**
   * Ends the session here, in the other contexts, and at the server if it can be reached.
   * @throws the provider's AuthError when a `global` one did not end the others.
   */
  signOut(scope: SignOutScope): Promise<void>
  /** Nobody is signed in here any more, whatever is under way: a person left, or `by` time. */
  leave(by?: TimedOut): void
  /** Ends a session that another one replaced, at the server, in the background. */
  revoke(session: Session<User>): void
  /** Ends what is due at the server. */
  dispose(): void
}

/** What accounts are made of, besides the context. */
export interface AccountParts<User extends SessionUser> {
  readonly path: CommitPath<User>
  readonly refreshes: Refreshes<User>
}

/** A finished request: the record it made, and the place of its call among the others. */
interface Arrived<User extends SessionUser> {
  readonly record: SessionRecord<User>
  readonly call: number
  readonly arrival: Arrival
  readonly event?: ProviderEventName | undefined
  readonly yields?: boolean | undefined
  readonly looks?: boolean | undefined
  /** Whether it is still wanted, whatever other calls here have come to. */
  readonly still?: (() => boolean) | undefined
}

/** Calls that may change whose session is current, by number: the latest one wins. */
interface Order {
  calls: number
  committed: number
}

/** The name of a new sign-in. `replaced`: one that memory never had, whose place it takes. */
export const newLineage = <User extends SessionUser>(
  { environment, provider, store }: EngineContext<User>,
  { sessionId }: Grant<User>,
  replaced: string | null = null,
): string => {
  const before = [...endedAfter(store.state()), ...(replaced ? [replaced] : [])]
  return nameLineage(environment, before, provider.resume && sessionId)
}

/** Makes the account operations of one client. */
export function createAccounts<User extends SessionUser>(
  context: EngineContext<User>,
  { path, refreshes }: AccountParts<User>,
): Accounts<User> {
  const { store, section, settle } = context
  const revocation = createRevocation(context)
  const order: Order = { calls: 0, committed: 0 }

  async function commit(arrived: Arrived<User>): Promise<boolean> {
    const { record, call, yields, looks, still, ...how } = arrived
    if (call < order.committed) return false
    // A sign-in that yields supersedes no other that still waits for its answer.
    if (!yields) order.committed = call
    const turn = order.committed
    const done = await path.commit({
      record,
      seen: null,
      yields,
      looks,
      still: () => order.committed === turn && still?.() !== false,
      become: (saved) => ({ type: 'established', record, saved, ...how }),
    })
    if (!done) return false
    refreshes.cancel()
    settle()
    return true
  }

  function leave(by?: TimedOut): void {
    order.committed = ++order.calls
    store.dispatch({ type: 'ended', reason: 'user', ...by })
    refreshes.cancel()
  }

  const foreign = createForeign(context, { path, refreshes, order, commit })

  return {
    refreshForeign: foreign,
    leave,
    async signIn(arrival, send, options) {
      const call = ++order.calls
      const answer = await ask(context, send, options)
      if (!answer) return { session: null, user: null }
      const { grant, at } = answer
      const record = toRecord(grant, newLineage(context, grant), at)
      const { event, yields } = grant
      if (!(await commit({ record, call, arrival, event, yields }))) {
        path.forgetKey(record.session)
        throw new AuthError('superseded', 'Somebody signed in or out during this sign-in.')
      }
      return { session: record.session, user: record.session.user }
    },
    async saveUser(user) {
      await section.locked(() => saveUser(context, path, user))
      settle()
    },
    async signOut(scope) {
      const held = store.held()
      const unknown = unknownOf(store.state())
      leave()
      const { session, lineage = null } = held?.record ?? {}
      const revoked = session && revocation.revoke(session, scope)
      // Best effort: the server ends it by itself in the end, though not the others.
      revoked?.catch(() => {})
      await path.end({ lineage, any: true }, session)
      // A session that was found meanwhile is over.
      if (unknown) await path.observe()
      settle()
      if (scope === 'global') await (unknown ? Promise.reject(unknown.patience.error) : revoked)
    },
    revoke: (session) => void revocation.revoke(session, 'local', true).catch(() => {}),
    dispose: revocation.dispose,
  }
}

async function saveUser<User extends SessionUser>(
  { store }: EngineContext<User>,
  path: CommitPath<User>,
  user: User,
): Promise<void> {
  const seen = await path.observe()
  const held = store.held()
  if (held?.record.session.user?.id !== user.id || !held) return
  const record = withUser(held.record, user)
  await path.commit({
    record,
    seen,
    still: () => true,
    become: (saved) => ({ type: 'user-updated', record, saved }),
  })
}

/** Sends a request that may bring a session; `at` is the wall time at which it left, in ms. */
export async function ask<User extends SessionUser>(
  { request, store }: EngineContext<User>,
  send: Send<User>,
  options?: CallOptions,
): Promise<{ readonly grant: Grant<User>; readonly at: number } | null> {
  const asked = store.now()
  const grant = await request(send, options?.signal)
  return grant && { grant, at: requestedAt(asked, store.now()) }
}

interface ForeignParts<User extends SessionUser> extends AccountParts<User> {
  readonly order: Order
  commit(arrived: Arrived<User>): Promise<boolean>
}

interface ForeignWish {
  readonly token: string
  readonly organizationId: string | undefined
  makeCurrent: boolean
}

/** Makes the refresh of tokens that are not the current session's: a line of calls for each. */
function createForeign<User extends SessionUser>(
  context: EngineContext<User>,
  { path, refreshes, order, commit }: ForeignParts<User>,
): Accounts<User>['refreshForeign'] {
  const { provider, store } = context
  const lines = new Map<string, Share<ForeignWish, Session<User>>>()

  async function trade(token: string, wish: ForeignWish): Promise<Session<User>> {
    const { organizationId } = wish
    if (token === store.held()?.record.session.refreshToken) {
      return refreshes.refresh({ errand: errandFor(context, { organizationId }), force: true })
    }
    const call = ++order.calls
    const before = path.lineage()
    const answer = await ask(context, (its) =>
      provider.refresh(token, { ...its, session: null, organizationId }),
    )
    if (!answer) throw withoutSession()
    const { grant, at } = answer
    const whole = { ...grant, refreshToken: grant.refreshToken || token }
    const record = toRecord(whole, newLineage(context, grant), at)
    if (wish.makeCurrent) {
      await refreshes.observe()
      // Whoever signed in or out meanwhile wins; the caller still gets what it asked for.
      const still = () => path.lineage() === before
      if (still()) await commit({ record, call, arrival: 'refresh', looks: true, still })
    }
    return record.session
  }

  return (token, { makeCurrent = true, organizationId }) => {
    let line = lines.get(token)
    if (!line) {
      const fresh: Share<ForeignWish, Session<User>> = createShare(
        (call, prior) => {
          call.closed = true
          return trade(prior?.refreshToken ?? token, call.wish)
        },
        () => {
          if (fresh.calls.length === 0) lines.delete(token)
        },
      )
      line = fresh
      lines.set(token, line)
    }
    const { wish, promise } = line.ask(
      () => ({ token, organizationId, makeCurrent }),
      (call) => !call.closed && call.wish.organizationId === organizationId,
    )
    wish.makeCurrent ||= makeCurrent
    return promise
  }
}
