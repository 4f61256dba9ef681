import { createAccounts } from './accounts.js'
import { bounded } from './bounded.js'
import { AuthError, AuthSessionMissingError, isAuthError } from './errors.js'
import { createExchange } from './exchange.js'
import { nameLineage } from './lineage.js'
import { createMirror } from './mirror.js'
import type { EngineSettings } from './options.js'
import type { CallOptions, Provider, RequestContext, SignInResult, SignOutScope } from './ports.js'
import { resume } from './resume.js'
import { createSection } from './section.js'
import { type Grant, type Session, type SessionUser, toRecord } from './session.js'
import {
  type Arrival,
  type Limits,
  type Observation,
  remaining,
  untilDue,
  waitMargin,
} from './state.js'
import { createStore, type Store } from './store.js'
import { createUpkeep } from './upkeep.js'
import { createVault, type Vault } from './vault.js'

/** How a token passed to `refreshSession` is treated. */
export interface RefreshOptions extends CallOptions {
  /** Whether the session of that token becomes the current one. @default true */
  readonly makeCurrent?: boolean | undefined
  /** The organization to switch to, where the server knows such. @default the session's own */
  readonly organizationId?: string | undefined
}

/** A request that brings a session, or `null` when a step is missing. */
export type Send<User extends SessionUser> = (
  context: RequestContext,
) => Promise<Grant<User> | null>

/** The client without its provider's conveniences. */
export interface Engine<User extends SessionUser> {
  readonly store: Store<User>
  readonly vault: Vault<User>
  getSession(options?: CallOptions): Promise<Session<User> | null>
  /** The working session. @throws AuthSessionMissingError when nobody is signed in. */
  working(options?: CallOptions): Promise<Session<User>>
  /** Replaces an access token that was refused, unless that has happened already. */
  replace(rejected: string, options?: CallOptions): Promise<Session<User>>
  refresh(token: string | null, options: RefreshOptions): Promise<Session<User>>
  signIn(arrival: Arrival, send: Send<User>, options?: CallOptions): Promise<SignInResult<User>>
  request<T>(send: (context: RequestContext) => Promise<T>, options?: CallOptions): Promise<T>
  updateUser(
    send: (session: Session<User>, context: RequestContext) => Promise<User>,
    options?: CallOptions,
  ): Promise<User>
  signOut(scope: SignOutScope, options?: CallOptions): Promise<void>
  dispose(): void
}

/** Makes the engine of one client and starts reading storage. */
export function createEngine<User extends SessionUser>(
  provider: Provider<never, User>,
  settings: EngineSettings<User>,
): Engine<User> {
  const { environment, storage, storageKey } = settings
  const limits: Limits = {
    refreshMargin: settings.refreshMargin ?? 60_000,
    waitMargin: settings.waitMargin ?? 10_000,
    retryDelay: settings.retryDelay ?? 1_000,
    maxRetryDelay: settings.maxRetryDelay ?? 30_000,
  }
  const lockName = `holdfast:${storageKey}`
  const timeout = settings.storageTimeout ?? 2_000
  const store = createStore<User>({ environment, limits, debug: settings.debug })
  const vault = createVault<User>({ environment, storage, storageKey, timeout })
  const channel = environment.channel.open(lockName, () => upkeep.hint())
  const announce = (): void => channel.post()
  const section = createSection({
    environment,
    lockName,
    timeout: settings.lockTimeout ?? 20_000,
    lag: storage.lag ?? 0,
  })
  const settle = (): void => upkeep.settle()
  const mirror = createMirror<User>({ environment, store, vault })
  const shared = { environment, provider, store, vault, mirror, limits, announce, section, settle }
  const exchange = createExchange<User>({ ...shared, timeout: settings.requestTimeout ?? 10_000 })
  const upkeep = createUpkeep<User>({ ...shared, settings, exchange })
  const newLineage = ({ sessionId }: Grant<User>): string =>
    nameLineage(environment, store.state(), provider.resume && sessionId)
  const unsubscribe = storage.subscribe?.((key) => {
    if (key === null || key.startsWith(storageKey)) upkeep.hint()
  })
  const ports = { ...shared, exchange, newLineage }
  let disposed: AuthError | null = null
  /** Why nobody knows whether somebody is signed in. */
  let unknown: AuthError | null = null
  let loaded = load()

  async function load(): Promise<void> {
    let seen: Observation<User> = { kind: 'absent' }
    unknown = null
    try {
      seen = await vault.read()
      if (seen.kind === 'absent' && settings.takeOver) seen = await section.locked(takeOver)
      if (provider.resume) {
        // A sibling that starts as well may have asked by then.
        seen = await section.locked(async () => resume(ports, await vault.read()))
      }
    } catch (error) {
      environment.report(error)
      if (provider.resume && seen.kind !== 'session' && isAuthError(error)) unknown = error
    }
    store.dispatch({ type: 'observed', seen })
    settle()
  }

  /** Moves the session of another library here, unless a sibling has done so meanwhile. */
  async function takeOver(): Promise<Observation<User>> {
    const { key, parse, storage: from = storage } = settings.takeOver ?? {}
    const seen = await vault.read()
    if (seen.kind !== 'absent' || !key || !parse) return seen
    const within = {
      limit: timeout,
      late: () => new AuthError('timeout', 'Storage does not answer.'),
    }
    const text = await bounded(environment, () => from.get(key), within)
    const { wall } = store.now()
    const grant = text && parse(text, wall)
    if (!grant) return seen
    const record = toRecord(grant, newLineage(grant), wall)
    // Left in place it would be taken over again after the next sign-out.
    if (await vault.save(record, [])) await bounded(environment, () => from.remove(key), within)
    return { kind: 'session', record }
  }

  async function wait<T>(promise: Promise<T>, { signal }: CallOptions = {}): Promise<T> {
    if (disposed) {
      // Nobody hears any more how it ends.
      promise.catch(() => {})
      throw disposed
    }
    return signal ? bounded(environment, () => promise, { signal }) : promise
  }

  /** Whether a call has to wait, or to fail, before it can begin. */
  const unsettled = (): boolean => disposed !== null || store.state().status === 'loading'

  async function getSession(options?: CallOptions): Promise<Session<User> | null> {
    if (unknown && !store.held()) loaded = load()
    await wait(loaded, options)
    const held = store.held()
    if (!held) {
      if (unknown) throw unknown
      upkeep.hint()
      return null
    }
    const now = store.now()
    const left = remaining(held, now)
    const { session } = held.record
    const state = store.state()
    const due = untilDue(state, now, limits) <= 0
    if (left > waitMargin(held, limits) || (left > 0 && !session.refreshToken)) {
      if (due) exchange.refresh({}).catch(() => {})
      return session
    }
    if (!session.refreshToken) {
      settle()
      return null
    }
    if (state.status === 'signed-in' && state.refresh.phase === 'failing' && !due) {
      if (left > 0) return session
      throw state.refresh.error
    }
    try {
      const fresh = await wait(exchange.refresh({}), options)
      const current = store.held()
      if (current?.record.session !== fresh || remaining(current, store.now()) > 0) return fresh
      const late = new AuthError('storage', 'The new token ran out while it was being saved.')
      throw store.snapshot().error ?? late
    } catch (error) {
      if (isAuthError(error, 'aborted') || isAuthError(error, 'disposed')) throw error
      if (isAuthError(error, 'superseded')) return getSession(options)
      const current = store.held()
      if (!current) return null
      if (remaining(current, store.now()) > 0) return current.record.session
      throw error
    }
  }

  async function working(options?: CallOptions): Promise<Session<User>> {
    const session = await getSession(options)
    if (!session) throw new AuthSessionMissingError('Nobody is signed in.')
    return session
  }

  const accounts = createAccounts<User>({ ...ports, working })

  return {
    ...accounts,
    store,
    vault,
    getSession,
    working,
    async replace(rejected, options) {
      let session = await working(options)
      for (let tries = 0; tries < 2 && session.accessToken === rejected; tries++) {
        session = await wait(exchange.refresh({ rejected }), options)
      }
      return session
    },
    async refresh(token, options) {
      const { organizationId } = options
      await wait(loaded, options)
      if (!store.held()) await exchange.observe()
      const current = store.held()?.record.session.refreshToken
      if (token === '' || (token === null && !current)) throw new AuthSessionMissingError()
      const refreshed =
        token === null || token === current
          ? exchange.refresh({ force: true, organizationId })
          : accounts.refreshForeign(token, options)
      return wait(refreshed, options)
    },
    async signIn(arrival, send, options) {
      if (unsettled()) await wait(loaded, options)
      return wait(accounts.signIn(arrival, send, options))
    },
    async signOut(scope, options) {
      if (unsettled()) await wait(loaded, options)
      return accounts.signOut(scope, options)
    },
    async request(send, options) {
      return wait(exchange.request(send, options?.signal))
    },
    dispose() {
      if (disposed) return
      disposed = new AuthError('disposed', 'The client was disposed of.')
      section.dispose(disposed)
      upkeep.dispose()
      channel.close()
      unsubscribe?.()
      store.clear()
    },
  }
}
