import { type Accounts, createAccounts } from './accounts.js'
import { createAlone } from './alone.js'
import { bounded } from './bounded.js'
import { invalid } from './check-options.js'
import { type CommitPath, createCommitPath } from './commit.js'
import type { EngineContext } from './context.js'
import { applyFor, errandFor, purposeErrand, updateErrand } from './errands.js'
import { AuthError } from './errors.js'
import { createExchange } from './exchange.js'
import { createHints } from './hints.js'
import { createKnown, missing } from './known.js'
import { type EngineSettings, STORAGE_TIMEOUT } from './options.js'
import type {
  ActionHost,
  CallOptions,
  Provider,
  Purpose,
  RefreshOptions,
  RequestContext,
  SignOutScope,
} from './provider.js'
import { createReads, type Reads } from './reads.js'
import type { SessionRecord } from './record.js'
import { createRefreshes, type Refreshes } from './refreshes.js'
import { createSection } from './section.js'
import type { Grant, Session, SessionUser } from './session.js'
import { createSharedPatience } from './shared-patience.js'
import { createStart } from './start.js'
import { createStore, type Store } from './store.js'
import type { Limits } from './timing.js'
import { createUpkeep } from './upkeep.js'
import { createVault, type Vault } from './vault.js'
import { createWithSession } from './with-session.js'

/** The client without its provider's conveniences. */
export interface Engine<User extends SessionUser>
  extends Reads<User>,
    Pick<Accounts<User>, 'signIn'> {
  readonly store: Store<User>
  readonly vault: Vault<User>
  refresh(token: string | null, options: RefreshOptions): Promise<Session<User>>
  /** A request of the provider's that brings the session's next tokens, alone with the session. */
  exchange(purpose: Purpose<User>, options?: CallOptions): Promise<Session<User>>
  /** Makes what an answer of an API brought the session's newest state, if it is still this one. */
  update(base: SessionRecord<User>, grant: Grant<User>): void
  request<T>(send: (context: RequestContext) => Promise<T>, options?: CallOptions): Promise<T>
  withSession: ActionHost<User>['withSession']
  updateUser: ActionHost<User>['updateUser']
  signOut(scope: SignOutScope, options?: CallOptions): Promise<void>
  alone: ActionHost<User>['alone']
  /** Somebody is there. @throws AuthError `invalid_argument` without timeouts. */
  stay(): Promise<void>
  dispose(): void
}

/** Makes what all parts of an engine work on. */
function createContext<User extends SessionUser>(
  provider: Provider<never, User>,
  settings: EngineSettings<User>,
  duties: Pick<EngineContext<User>, 'announce' | 'settle' | 'watch'>,
): EngineContext<User> {
  const { environment, storage, storageKey } = settings
  const { requestTimeout = 10_000, storageTimeout = STORAGE_TIMEOUT } = settings
  const limits: Limits = {
    refreshMargin: settings.refreshMargin ?? 60_000,
    waitMargin: settings.waitMargin ?? 10_000,
    retryDelay: settings.retryDelay ?? 1_000,
    maxRetryDelay: settings.maxRetryDelay ?? 30_000,
  }
  const { lag = 0 } = storage
  // Whoever waits for a section has to wait longer than its work may take. At the gate that is a look, two
  // tries of a save and of its removal, and the lag of what was saved.
  const atGate = 7 * storageTimeout + 2 * lag
  // The critical section reads session and patience, asks the server, reads again, saves in two tries, maybe at
  // the gate, and forgets the failures before; a refusal waits for the lag once, and what it saved once more.
  const inside = requestTimeout + 6 * storageTimeout + 2 * lag + (provider.mayYield ? atGate : 0)
  const name = nameOf(settings)
  const { watch } = duties
  const section = createSection({ environment, lockName: name, timeout: inside, lag, watch })
  return {
    environment,
    provider,
    settings,
    limits,
    section,
    gate: createSection({ environment, lockName: `${name}:gate`, timeout: atGate, lag }),
    arrivals: createSection({ environment, lockName: `${name}:back`, timeout: inside, lag }),
    store: createStore<User>({ environment, limits, debug: settings.debug }),
    vault: createVault<User>({ environment, storage, storageKey, timeout: storageTimeout }),
    async request(send, signal) {
      const { throwIfDisposed } = section
      const shown = environment.page.activation?.()
      if (shown) await bounded(environment, () => shown, { signal })
      throwIfDisposed()
      return bounded(environment, (own) => send({ signal: own, throwIfDisposed }), {
        limit: requestTimeout,
        late: () => new AuthError('timeout', 'The server did not answer in time.'),
        signal,
      })
    },
    ...duties,
  }
}

/** The name of the lock and of the channel of all clients that share a session. */
const nameOf = <User extends SessionUser>({ storage, storageKey }: EngineSettings<User>): string =>
  `holdfast:${storageKey}${storage.id ? `@${storage.id}` : ''}`

/** Makes the parts of one client, each with those that it needs, and starts reading storage. */
function createParts<User extends SessionUser>(
  provider: Provider<never, User>,
  settings: EngineSettings<User>,
) {
  const context = createContext<User>(provider, settings, {
    announce: () => hints.announce(),
    settle: () => upkeep.settle(),
    watch: () => refreshes.watch(),
  })
  const path: CommitPath<User> = createCommitPath(context)
  const patience = createSharedPatience(context)
  const exchange = createExchange(context, path, patience)
  const refreshes: Refreshes<User> = createRefreshes(context, { path, exchange, patience })
  const accounts = createAccounts(context, { path, refreshes })
  const timeouts = settings.timeouts?.watch({ ...context, ...accounts, path })
  const start = createStart(context, { path, patience, timeouts })
  const upkeep = createUpkeep(context, { path, refreshes, start, timeouts })
  const hints = createHints(settings, {
    name: nameOf(settings),
    onHint: () => upkeep.hint(),
  })
  return { context, refreshes, timeouts, upkeep, hints, start, accounts }
}

/** Makes `refreshSession`: of the current session, or of a token that is another one's. */
function createRefresh<User extends SessionUser>(
  { context, refreshes, accounts }: ReturnType<typeof createParts<User>>,
  known: ReturnType<typeof createKnown<User>>,
  wait: <T>(promise: Promise<T>, options?: CallOptions) => Promise<T>,
): Engine<User>['refresh'] {
  const { store } = context
  return async (token, options) => {
    await known(options, token === null)
    const current = store.held()?.record.session.refreshToken
    if (token === '' || (token === null && !current)) throw missing(context)
    const foreign = token !== null && token !== current
    return wait(
      foreign
        ? accounts.refreshForeign(token, options)
        : refreshes.refresh({ errand: errandFor(context, options), force: true }),
      options,
    )
  }
}

/** Makes the engine of one client. */
export function createEngine<User extends SessionUser>(
  provider: Provider<never, User>,
  settings: EngineSettings<User>,
): Engine<User> {
  const { environment } = settings
  const parts = createParts(provider, settings)
  const { context, refreshes, timeouts, upkeep, hints, start, accounts } = parts
  const { section, gate, arrivals, store, vault } = context
  let disposed: AuthError | null = null

  async function wait<T>(promise: Promise<T>, options?: CallOptions): Promise<T> {
    const signal = options?.signal
    // Whoever gives up, or gave up before, hears no more how it ends.
    promise.catch(() => {})
    if (disposed) throw disposed
    return signal ? bounded(environment, () => promise, { signal }) : promise
  }

  /** Whether a call has to wait, or to fail, before it can begin. */
  const unready = (): boolean => disposed !== null || store.state().status === 'loading'
  const reads = createReads(context, { refreshes, start, upkeep, timeouts, wait })
  const { withRecord, withSession } = createWithSession(context, reads, wait)
  const known = createKnown(parts, wait)

  return {
    ...reads,
    store,
    vault,
    withSession,
    refresh: createRefresh(parts, known, wait),
    async exchange(purpose, options) {
      const errand = purposeErrand(purpose, accounts.revoke, applyFor(context, purpose))
      const run = (): Promise<Session<User>> =>
        wait(refreshes.refresh({ errand, force: true }), options)
      const find = purpose.withoutToken ? () => known(options).then(reads.held) : undefined
      return withRecord(run, options, find)
    },
    update(base, grant) {
      // The app waits for its answer, not for this.
      refreshes.refresh({ errand: updateErrand(base, grant), force: true }).catch(() => {})
    },
    async signIn(arrival, send, options) {
      if (unready()) await wait(start.loaded(), options)
      return wait(accounts.signIn(arrival, send, options))
    },
    async updateUser(send, options) {
      const user = await withSession(send, options)
      await wait(accounts.saveUser(user), options)
      return user
    },
    async signOut(scope, options) {
      if (unready()) await wait(start.loaded(), options)
      if (scope !== 'others') {
        const done = accounts.signOut(scope)
        return scope === 'global' ? wait(done, options) : done
      }
      await withSession(async (session, its) => provider.signOut?.(session, scope, its), options)
    },
    async stay() {
      if (!timeouts) throw invalid('Pass timeouts: sessionTimeouts({ idleTimeout }).')
      await wait(start.loaded())
      await wait(timeouts.stay())
    },
    async request(send, options) {
      return wait(context.request(send, options?.signal))
    },
    alone: createAlone(context, wait),
    dispose() {
      if (disposed) return
      disposed = new AuthError('disposed', 'The client was disposed of.')
      section.dispose(disposed)
      gate.dispose(disposed)
      arrivals.dispose(disposed)
      accounts.dispose()
      timeouts?.dispose()
      upkeep.dispose()
      hints.dispose()
      store.clear()
    },
  }
}
