import { AuthClient } from '../../client.js'
import type { EnvironmentParts, Storage } from '../../core/ports.js'
import { foreignStorage, print } from '../../defaults.js'
import { type SwitchableWake, switchableWake } from '../../environment/switchable-wake.js'
import type { WithArea } from '../../providers/gotrue/area.js'
import { parseAuthJsSession } from '../../providers/gotrue/auth-js.js'
import { authJsStorage } from '../../providers/gotrue/auth-js-storage.js'
import { gotrue } from '../../providers/gotrue/index.js'
import type {
  AnyMetadata,
  GoTrueActions,
  GoTrueCredentials,
  GoTrueUser,
} from '../../providers/gotrue/types.js'
import { partsOf } from '../../providers/shared/url.js'
import { memoryStorage } from '../../storage/memory.js'
import { takeOver } from '../../take-over.js'

/** The client that does the work. */
export type Inner = AuthClient<GoTrueCredentials, GoTrueUser, GoTrueActions & WithArea<AnyMetadata>>

/** A storage of auth-js: three methods on texts, synchronous or not. */
export interface SupportedStorage {
  getItem(key: string): string | null | Promise<string | null>
  setItem(key: string, value: string): void | Promise<void>
  removeItem(key: string): void | Promise<void>
  /** Means nothing here. */
  isServer?: boolean
}

/** What only auth-js's face of a client needs to know. */
export interface FaceOptions {
  /**
   * Whether sign-ins and links come back with a code that this browser alone can exchange, or with the
   * tokens themselves. @default 'implicit', as in auth-js
   */
  flowType?: 'implicit' | 'pkce' | (string & {})
  /**
   * Whether the page's address is looked at when the client starts; a function says whether it holds
   * tokens or an error for this client. @default true
   */
  detectSessionInUrl?: boolean | ((url: URL, params: { [parameter: string]: string }) => boolean)
  /** Whether failures are thrown, instead of returned. @default false */
  throwOnError?: boolean
  /** Whether only `initialize()` looks at the address. @default false */
  skipAutoInitialize?: boolean
}

/**
 * Options of auth-js. These mean nothing here, and do no harm: `lock`, `lockAcquireTimeout` (there is
 * a lock already), `hasCustomAuthorizationHeader`, `experimental`.
 */
export interface GoTrueClientOptions extends FaceOptions {
  /** @default 'http://localhost:9999' */
  url?: string
  headers?: { [key: string]: string }
  /**
   * Under this name lies what auth-js left; a client of Holdfast keeps its session under `holdfast.`
   * and this name. @default 'supabase.auth.token'; what `supabase-js` left is found besides
   */
  storageKey?: string
  /** Whether tokens are refreshed ahead of need, while the page is visible. @default true */
  autoRefreshToken?: boolean
  /** Whether the session outlives the page. @default true */
  persistSession?: boolean
  /** @default localStorage where it works, else memory */
  storage?: SupportedStorage
  /** Nothing is kept there. The user that auth-js kept there is taken over with its session. */
  userStorage?: SupportedStorage
  fetch?: typeof fetch
  /** Hears of every step, without tokens; `true` prints it. @default false */
  // biome-ignore lint/suspicious/noExplicitAny: the function of an app that was written for auth-js
  debug?: boolean | ((message: string, ...args: any[]) => void)
  // biome-ignore lint/suspicious/noExplicitAny: any lock, for it is not used
  lock?: any
  lockAcquireTimeout?: number
  hasCustomAuthorizationHeader?: boolean
  experimental?: object
  /** Replaces parts of the surroundings: in tests and unusual runtimes. */
  environment?: EnvironmentParts
}

const adapted = (storage: SupportedStorage): Storage => ({
  get: (key) => storage.getItem(key),
  set: (key, value) => storage.setItem(key, value),
  remove: (key) => storage.removeItem(key),
})

/** Where auth-js left its session, under the first of these names, and what it left beside it: removed as one. */
function leftBehind(from: Storage, keys: readonly string[], users = from): Storage {
  const left = authJsStorage({ storage: from, userStorage: users })
  return {
    ...from,
    async get() {
      for (const key of keys) if (await from.get(key)) return left.get(key)
      return null
    },
    async remove() {
      for (const key of keys) await left.remove(key)
    },
  }
}

/** A header that requests with a token replace must have the name that those have. */
const named = (headers: { [key: string]: string } = {}): { [key: string]: string } =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name.replace(/^authorization$/i, 'Authorization'),
      value,
    ]),
  )

/** Makes the client that the options of auth-js ask for. */
export function createInner(options: GoTrueClientOptions): {
  readonly client: Inner
  readonly wake: SwitchableWake
} {
  const { url = 'http://localhost:9999', storageKey, debug, environment } = options
  const wake = switchableWake(environment?.wake)
  if (options.autoRefreshToken === false) wake.stopAutoRefresh()
  const key = storageKey ?? 'supabase.auth.token'
  const say = typeof debug === 'function' ? debug : print
  const storage = options.storage && adapted(options.storage)
  const from = storage ?? foreignStorage()
  const users = options.userStorage && adapted(options.userStorage)
  const project = partsOf(url).host.split('.')[0]
  const keys = storageKey ? [storageKey] : [key, `sb-${project}-auth-token`]
  const kept = options.persistSession !== false
  const client: Inner = new AuthClient({
    provider: gotrue({
      url,
      headers: named(options.headers),
      fetch: options.fetch,
      acceptFragmentTokens: options.flowType !== 'pkce',
      now: environment?.clock?.now,
    }),
    storage: kept ? storage : memoryStorage(),
    storageKey: `holdfast.${key}`,
    takeOver:
      kept && from
        ? takeOver({
            key,
            parse: parseAuthJsSession,
            storage: leftBehind(from, keys, users),
          })
        : undefined,
    debug: debug ? (entry) => say(`holdfast.${key}: ${entry.type}`, entry) : undefined,
    environment: { ...environment, wake },
  })
  return { client, wake }
}
