import type { Grant, Session, SessionUser } from './session.js'

/** A value, or a promise of it. */
export type Awaitable<T> = T | PromiseLike<T>

/** The part of `AbortSignal` that the core uses. */
export interface Signal {
  readonly aborted: boolean
  readonly reason?: unknown
  addEventListener(type: 'abort', listener: () => void, options?: { once?: boolean }): void
  removeEventListener(type: 'abort', listener: () => void): void
}

/** The part of `AbortController` that the core uses. */
export interface Abort {
  readonly signal: Signal
  abort(reason?: unknown): void
}

/** What is known of a task that waits for its time. */
export interface ScheduleOptions {
  /** Nobody awaits it: a process may end before its time has come. @default false */
  readonly background?: boolean | undefined
}

/** Time, in milliseconds. */
export interface Clock {
  /** Milliseconds since the epoch. May be wrong and may jump. */
  now(): number
  /** Milliseconds since an arbitrary start. Never goes back. */
  monotonic(): number
  /**
   * Runs `task` once after `delay` ms, however long that is; returns its cancellation. Until then
   * it keeps its process alive, unless it is in the `background`.
   */
  schedule(delay: number, task: () => void, options?: ScheduleOptions): () => void
}

/** Where sessions are kept: three methods on strings, synchronous or not. */
export interface Storage {
  get(key: string): Awaitable<string | null>
  set(key: string, value: string): Awaitable<void>
  remove(key: string): Awaitable<void>
  /** Tells of changes that other contexts made; `null` stands for "anything". */
  subscribe?(listener: (key: string | null) => void): () => void
  /**
   * Replaces the text by what `change` makes of it, in one step that no other context can come
   * between; `null` removes it. Resolves to the text after. Where others are faster, `change` is
   * called again with what they wrote. With it, one refresh per expiry holds
   * without Web Locks too: on insecure origins, and among processes that share a database.
   */
  update?(key: string, change: (text: string | null) => string | null): Awaitable<string | null>
  /**
   * Milliseconds that a write may take to become readable in other contexts.
   * @default 0
   */
  readonly lag?: number | undefined
}

/**
 * Where the keys of sessions are kept that no script can read, each under a name of its own. A key
 * is whatever the platform says it is: the core only hands it on.
 */
export interface KeyStore<Key = unknown> {
  /** The key, or `null`; what is there and is no key is nothing. */
  get(name: string): Promise<Key | null>
  /** Keeps a key; the name must be new, for a session that is bound to a key is lost with it. */
  set(name: string, key: Key): Promise<void>
  remove(name: string): Promise<void>
}

/** Mutual exclusion among the contexts that share a storage. */
export interface Lock {
  /**
   * Waits for the lock called `name`; resolves to its release, which may be called twice.
   * Rejects when `signal` aborts first. A lock that was granted is never taken back by it.
   */
  acquire(name: string, signal: Signal): Promise<() => void>
}

/** A way to tell the other contexts that storage has changed. It carries no data. */
export interface Channel {
  open(name: string, onHint: () => void): { post(): void; close(): void }
}

/**
 * `online` is a change of the network, `restored` the return of a page that had been put away, and
 * `wake` any other sign that time may have passed unseen.
 */
export type WakeSign = 'wake' | 'online' | 'restored'

/** What the surroundings say about this context. */
export interface Wake {
  subscribe(listener: (sign: WakeSign) => void): () => void
  /** `false` while the page is hidden. */
  visible(): boolean
  /** `false` only when the device is known to be offline. */
  online(): boolean
}

/** The address of the page, where there is one. */
export interface Page {
  /** The current address, or `null` outside pages. */
  href(): string | null
  /** Replaces the address without navigation. */
  replace(href: string): void
}

/** Everything the engine needs from the place it runs in. */
export interface Environment {
  readonly clock: Clock
  readonly lock: Lock
  readonly channel: Channel
  readonly wake: Wake
  readonly page: Page
  /** A number in [0, 1). For jitter and names, not for secrets. */
  random(): number
  createAbort(): Abort
  /** Receives what cannot be thrown to anybody: errors of listeners and of storage. */
  report(error: unknown): void
}

/** What every call to a provider gets. */
export interface RequestContext {
  /** Aborts when the answer is no longer wanted or its time is up. */
  readonly signal: Signal
}

/** What a refresh gets besides. */
export interface RefreshContext extends RequestContext {
  /** The organization that the new session is wanted for; by default the one it is in. */
  readonly organizationId?: string | undefined
}

/** `local` ends this session, `others` every other one of the user, `global` all of them. */
export type SignOutScope = 'local' | 'global' | 'others'

/** Tokens of a session that was kept elsewhere. */
export interface Tokens {
  readonly accessToken: string
  readonly refreshToken: string
}

/** A one-time secret that has to survive a redirect, such as a PKCE verifier. */
export interface Flow {
  readonly secret: string
  readonly purpose: string
}

/** What a client lends to its provider's actions. */
export interface ActionHost<User extends SessionUser = SessionUser> {
  readonly page: Page
  /** Runs a request that signs somebody in; `null` from it means that a step is still missing. */
  signIn(
    request: (context: RequestContext) => Promise<Grant<User> | null>,
    options?: CallOptions,
  ): Promise<SignInResult<User>>
  /** Runs a request with a working session. @throws AuthSessionMissingError when signed out. */
  withSession<T>(
    request: (session: Session<User>, context: RequestContext) => Promise<T>,
    options?: CallOptions,
  ): Promise<T>
  /** Runs a request for nobody in particular, within the time limit. */
  request<T>(request: (context: RequestContext) => Promise<T>, options?: CallOptions): Promise<T>
  /** As `withSession`, then makes what it returns the user of the current session. */
  updateUser(
    request: (session: Session<User>, context: RequestContext) => Promise<User>,
    options?: CallOptions,
  ): Promise<User>
  /** Keeps a secret across a redirect; the newest few are kept. */
  saveFlow(flow: Flow): Promise<void>
  /** The secrets kept, newest first. */
  flows(): Promise<readonly Flow[]>
  removeFlow(flow: Flow): Promise<void>
}

/** Options of every call that waits. */
export interface CallOptions {
  /** Ends this caller's waiting. Work that others share, or that must not be lost, goes on. */
  readonly signal?: Signal | undefined
}

/** `session` is `null` when the server wants another step first, such as a confirmed address. */
export interface SignInResult<User extends SessionUser = SessionUser> {
  readonly session: Session<User> | null
  readonly user: User | null
}

/**
 * One wire protocol, translated. Knows nothing of storage, locks, timers or events.
 * Every method throws `AuthError` and nothing else.
 */
export interface Provider<
  Credentials = never,
  User extends SessionUser = SessionUser,
  Actions extends object = object,
> {
  /** Names the server; the default storage key is derived from it. */
  readonly id: string
  /**
   * Trades a refresh token for a new session. `null` when the answer holds no session.
   * @throws AuthError with code `refresh_rejected` for the provider's terminal errors only.
   */
  refresh(refreshToken: string, context: RefreshContext): Promise<Grant<User> | null>
  /** Signs somebody in. `null` when a further step is needed. */
  signIn?(credentials: Credentials, context: RequestContext): Promise<Grant<User> | null>
  /** Checks tokens that were kept elsewhere, refreshing them where that is needed. */
  restore?(tokens: Tokens, context: RequestContext): Promise<Grant<User> | null>
  /**
   * For servers that keep tokens in cookies which no script can read: asks whose session this
   * browser has, at each start. `known` is the one that storage has. `null` when it is nobody's,
   * nothing when there is nothing to ask.
   */
  resume?(
    known: Session<User> | null,
    context: RequestContext,
  ): Promise<Grant<User> | null | undefined>
  /** The headers by which a request carries the session. @default the access token as bearer */
  headersFor?(session: Session<User>): Readonly<Record<string, string>>
  /** Revokes at the server. */
  signOut?(session: Session<User>, scope: SignOutScope, context: RequestContext): Promise<void>
  /** What this provider can do beyond the contract, as `client.actions`. */
  actions?(host: ActionHost<User>): Actions
}
