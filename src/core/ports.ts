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
  /** `null`, `undefined` and an empty text all stand for nothing. */
  get(key: string): Awaitable<string | null | undefined>
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
  /**
   * Tells storages apart that hold entries of the same names: clients take turns, and tell each other of changes,
   * where `storageKey` and `id` are the same. A `memoryStorage()` has one of its own.
   * @default ''
   */
  readonly id?: string | undefined
}

/**
 * Where the keys of sessions are kept that no script can read, each under a name of its own. A key
 * is whatever the platform says it is: the core only hands it on, and removes it with its session.
 */
export interface KeyStore<Key = unknown> {
  /** The key, or `null`; what is there and is no key is nothing. */
  get(name: string): Promise<Key | null>
  /** Keeps a key; the name must be new, for a session that is bound to a key is lost with it. */
  set(name: string, key: Key): Promise<void>
  remove(name: string): Promise<void>
  /**
   * The names of all keys. Without it, the keys of sign-ins that nobody comes back from may stay for ever:
   * nothing else tells them from those of sessions.
   */
  names?(): Promise<readonly string[]>
}

/** Gives a lock back, and may be called twice. */
export interface LockRelease {
  (): void
  /**
   * Whether the lock is still this holder's, where it may be taken from one that sleeps. Takes as long
   * as it takes to make sure.
   */
  readonly holds?: (() => Promise<boolean>) | undefined
}

/** Mutual exclusion among the contexts that share a storage. */
export interface Lock {
  /**
   * Waits for the lock called `name`. Rejects when `signal` aborts first. A lock that was granted is
   * never taken back by it.
   */
  acquire(name: string, signal: Signal): Promise<LockRelease>
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
  /**
   * Settles once a page that was rendered ahead is shown to somebody; `null` in every other. Until then
   * nothing is sent, and no time of a wait for the lock or the server counts. @default never so
   */
  activation?(): Promise<void> | null
}

/** Bytes with a buffer of their own, by the words of every TypeScript: that has a type since 5.7 only. */
type Bytes = ReturnType<typeof Uint8Array.of>

/** What secrets are made of, and what proves that one is known. */
export interface Crypto {
  /** Bytes that nobody can foretell. */
  randomBytes(length: number): Awaitable<Uint8Array>
  /** SHA-256 (FIPS 180-4), 32 bytes. */
  sha256(bytes: Bytes): Awaitable<Uint8Array | ArrayBuffer>
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
  /** Of PKCE, where the platform has none, as in React Native. @default the platform’s `crypto` */
  readonly crypto?: Crypto | undefined
  /** Receives what cannot be thrown to anybody: errors of listeners and of storage. */
  report(error: unknown): void
}
