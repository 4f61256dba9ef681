import type { Environment, KeyStore, Storage } from './ports.js'
import type { SessionUser } from './session.js'
import type { SessionSource } from './session-source.js'
import type { DebugEntry } from './store.js'
import type { Timeouts } from './timeouts.js'

/** How long a reading or a writing of storage may take unless the app says otherwise, in ms. */
export const STORAGE_TIMEOUT = 2_000

/** What every client may be told, whatever its provider. */
export interface EngineOptions<User extends SessionUser = SessionUser> {
  /** Where sessions are kept. @default localStorage where it works, else memory */
  readonly storage?: Storage | undefined
  /** Clients with the same storage and key share one session. @default derived from the provider */
  readonly storageKey?: string | undefined
  /**
   * When tokens are refreshed ahead of need: while the page is visible, always, or never (then
   * only calls refresh). @default 'visible'
   */
  readonly autoRefresh?: 'visible' | boolean | undefined
  /** Life in ms at which a refresh runs behind the callers; a quarter of the token's life at most. @default 60_000 */
  readonly refreshMargin?: number | undefined
  /** Life in ms at which callers wait for the refresh; a tenth of the token's life at most. @default 10_000 */
  readonly waitMargin?: number | undefined
  /** Bound of each request, in ms. GoTrue itself gives up after 10 s. @default 10_000 */
  readonly requestTimeout?: number | undefined
  /** Where keys are kept that sessions are bound to, for providers that bind them. @default none */
  readonly keys?: KeyStore | undefined
  /** Bound of each reading and each writing of storage, in ms. @default 2_000 */
  readonly storageTimeout?: number | undefined
  /** First delay after a transient failure, in ms, 100 at the least; it doubles. @default 1_000 */
  readonly retryDelay?: number | undefined
  /** Longest delay after transient failures, in ms, 100 at the least. @default 30_000 */
  readonly maxRetryDelay?: number | undefined
  /** A session to take over when this client has none yet; made by `takeOver()`. */
  readonly takeOver?: SessionSource<User> | undefined
  /** When sessions end by themselves; made by `sessionTimeouts()`. @default never */
  readonly timeouts?: Timeouts | undefined
  /** Hears of every step, without tokens. */
  readonly debug?: ((entry: DebugEntry) => void) | undefined
}

/** Options with nothing left open. */
export interface EngineSettings<User extends SessionUser> extends EngineOptions<User> {
  readonly storage: Storage
  readonly storageKey: string
  readonly environment: Environment
}
