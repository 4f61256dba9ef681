import type { EngineSettings } from './options.js'
import type { Environment, Signal } from './ports.js'
import type { Provider, RequestContext } from './provider.js'
import type { Section } from './section.js'
import type { SessionUser } from './session.js'
import type { Store } from './store.js'
import type { Limits } from './timing.js'
import type { Vault } from './vault.js'

/** What all parts of one client's engine work on. */
export interface EngineContext<User extends SessionUser> {
  readonly environment: Environment
  readonly provider: Provider<never, User>
  readonly settings: EngineSettings<User>
  readonly limits: Limits
  readonly store: Store<User>
  readonly vault: Vault<User>
  readonly section: Section
  /** In which sign-ins are saved one at a time, where some must not replace another person's: `Provider.mayYield`. */
  readonly gate: Section
  /** In which what came back by a redirect is traded, once for all contexts. */
  readonly arrivals: Section
  /** Sends one request to the provider, within its time. @throws AuthError `timeout`, `aborted`. */
  request<T>(send: (context: RequestContext) => Promise<T>, signal?: Signal): Promise<T>
  /**
   * Begins to watch what other contexts do in the section; what it returns looks once more, and tells
   * whether they have done anything since.
   */
  watch(): () => Promise<boolean>
  /** Tells the other contexts that storage has changed. */
  announce(): void
  /** Tells subscribers what happened, and waits for what is due next. */
  settle(): void
}
