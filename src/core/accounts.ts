import type { Engine, RefreshOptions, Send } from './engine.js'
import { AuthError } from './errors.js'
import type { Exchange } from './exchange.js'
import type { Mirror } from './mirror.js'
import type { CallOptions, Provider } from './ports.js'
import type { Section } from './section.js'
import type { ProviderEventName } from './session.js'
import {
  type Grant,
  type Session,
  type SessionRecord,
  type SessionUser,
  toRecord,
  withUser,
} from './session.js'
import type { Arrival } from './state.js'
import type { Store } from './store.js'
import { requestedAt, withoutSession } from './trade.js'
import type { Vault } from './vault.js'

/** What changes whose session is current. */
export interface AccountsDeps<User extends SessionUser> {
  readonly provider: Provider<never, User>
  readonly store: Store<User>
  readonly vault: Vault<User>
  readonly mirror: Mirror<User>
  readonly exchange: Exchange<User>
  readonly section: Section
  announce(): void
  settle(): void
  newLineage(grant: Grant<User>): string
  working(options?: CallOptions): Promise<Session<User>>
}

/** The operations by which sessions come, go and change hands. */
export interface Accounts<User extends SessionUser>
  extends Pick<Engine<User>, 'signIn' | 'updateUser' | 'signOut'> {
  refreshForeign(token: string, options: RefreshOptions): Promise<Session<User>>
}

interface Foreign<User extends SessionUser> {
  readonly organizationId: string | undefined
  sent: boolean
  makeCurrent: boolean
  promise: Promise<Session<User>>
}

/** A finished request: the record it made, and the place of its call among the others. */
interface Arrived<User extends SessionUser> {
  readonly record: SessionRecord<User>
  readonly call: number
  readonly arrival: Arrival
  readonly event?: ProviderEventName | undefined
}

/** Makes the account operations of one client. */
export function createAccounts<User extends SessionUser>(deps: AccountsDeps<User>): Accounts<User> {
  const { provider, store, vault, exchange, announce, settle } = deps
  const foreign = new Map<string, Foreign<User>>()
  /** Calls that may change whose session is current are numbered; the latest one wins. */
  let calls = 0
  let committed = 0

  const { lineage } = deps.mirror
  /** Every sign-in that is over once another one has taken its place. */
  const past = (): readonly string[] => {
    const state = store.state()
    if (state.status === 'loading') return []
    return state.status === 'signed-in' ? [...state.over, state.held.record.lineage] : state.over
  }

  async function commit({ record, call, arrival, event }: Arrived<User>): Promise<boolean> {
    if (call < committed) return false
    committed = call
    const saved = await vault.save(record, past())
    if (committed !== call) return false
    store.dispatch({ type: 'established', record, saved, arrival, event })
    exchange.cancel()
    if (saved) announce()
    settle()
    return true
  }

  async function ask(
    send: Send<User>,
    options?: CallOptions,
  ): Promise<[Grant<User>, number] | null> {
    const asked = store.now()
    const grant = await exchange.request(send, options?.signal)
    return grant && [grant, requestedAt(asked, store.now())]
  }

  async function signIn(arrival: Arrival, send: Send<User>, options?: CallOptions) {
    const call = ++calls
    const answer = await ask(send, options)
    if (!answer) return { session: null, user: null }
    const [grant, at] = answer
    const record = toRecord(grant, deps.newLineage(grant), at)
    if (!(await commit({ record, call, arrival, event: grant.event }))) {
      throw new AuthError('superseded', 'Somebody signed in or out during this sign-in.')
    }
    return { session: record.session, user: record.session.user }
  }

  async function exchangeForeign(token: string, entry: Foreign<User>): Promise<Session<User>> {
    const { organizationId } = entry
    if (token === store.held()?.record.session.refreshToken)
      return exchange.refresh({ force: true, organizationId })
    const call = ++calls
    const before = lineage()
    const answer = await ask((context) => provider.refresh(token, { ...context, organizationId }))
    if (!answer) throw withoutSession()
    const [grant, at] = answer
    const whole = { ...grant, refreshToken: grant.refreshToken || token }
    const record = toRecord(whole, deps.newLineage(grant), at)
    if (entry.makeCurrent) {
      await exchange.observe()
      // Whoever signed in or out meanwhile wins; the caller still gets what it asked for.
      if (lineage() === before) await commit({ record, call, arrival: 'refresh' })
    }
    return record.session
  }

  const refreshForeign: Accounts<User>['refreshForeign'] = (token, options) => {
    const { makeCurrent = true, organizationId } = options
    const prior = foreign.get(token)
    if (prior && !prior.sent && prior.organizationId === organizationId) {
      prior.makeCurrent ||= makeCurrent
      return prior.promise
    }
    const latest = prior
      ? prior.promise.then(
          (session) => session.refreshToken ?? token,
          () => token,
        )
      : Promise.resolve(token)
    const entry: Foreign<User> = {
      organizationId,
      sent: false,
      makeCurrent,
      promise: latest
        .then((newest) => {
          entry.sent = true
          return exchangeForeign(newest, entry)
        })
        .finally(() => {
          if (foreign.get(token) === entry) foreign.delete(token)
        }),
    }
    foreign.set(token, entry)
    return entry.promise
  }

  const updateUser: Engine<User>['updateUser'] = async (send, options) => {
    const session = await deps.working(options)
    const user = await exchange.request((context) => send(session, context), options?.signal)
    await deps.section.locked(async () => {
      const seen = await exchange.observe()
      const held = store.held()
      if (held?.record.session.user?.id !== user.id || !held) return
      const record = withUser(held.record, user)
      const saved = await exchange.save(record, seen)
      if (saved === null) return
      store.dispatch({ type: 'user-updated', record, saved })
      if (saved) announce()
    })
    settle()
    return user
  }

  const signOut: Engine<User>['signOut'] = async (scope, options) => {
    if (scope === 'others') {
      const session = await deps.working(options)
      await exchange.request(
        async (context) => provider.signOut?.(session, scope, context),
        options?.signal,
      )
      return
    }
    const held = store.held()
    const call = ++calls
    committed = call
    store.dispatch({ type: 'ended', reason: 'user' })
    exchange.cancel()
    if (held) {
      // Best effort: the server ends the session by itself in the end.
      exchange
        .request(async (context) => provider.signOut?.(held.record.session, scope, context))
        .catch(() => {})
    }
    const saved = await vault.end(held?.record.lineage ?? null, true)
    if (committed === call) store.dispatch({ type: 'persisted', saved })
    announce()
    settle()
  }

  return { signIn, refreshForeign, updateUser, signOut }
}
