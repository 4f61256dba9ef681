import type { AuthClient } from '../client.js'
import type { EngineOptions } from '../core/options.js'
import type { EnvironmentParts } from '../core/ports.js'
import type { RefreshContext } from '../core/provider.js'
import type { Grant, SessionUser } from '../core/session.js'
import type { DebugEntry } from '../core/store.js'

/** What the panel needs of a client: public methods only. */
export type InspectedClient = Pick<
  AuthClient<never, SessionUser, object>,
  | 'getSnapshot'
  | 'subscribe'
  | 'onAuthStateChange'
  | 'getSession'
  | 'refreshSession'
  | 'signOut'
  | 'stay'
>

/** What the panel needs of a provider. */
export interface InspectedProvider {
  readonly id: string
  refresh(refreshToken: string, context: RefreshContext): Promise<Grant | null>
}

/** The options that the client was made with, as far as the panel reads them. */
export interface InspectedOptions extends Omit<EngineOptions, 'takeOver'> {
  readonly provider?: InspectedProvider | undefined
  readonly environment?: EnvironmentParts | undefined
  readonly takeOver?: unknown
  readonly fetchOrigins?: unknown
}

/** What a client reaches its auth server by, and what it stands in. */
export interface InspectedSurroundings {
  /** For the provider's option of this name. `undefined` stands for the platform's. */
  readonly fetch?: typeof fetch | undefined
  /** For the client's option of this name. `undefined` stands for the platform's parts. */
  readonly environment?: EnvironmentParts | undefined
}

/** A corner of the page. */
export type DevtoolsCorner = 'top-left' | 'top-right' | 'bottom-left' | 'bottom-right'

/** Options of `showDevtools`. */
export interface DevtoolsOptions {
  /**
   * The very object that the client was made with. With it the panel shows what lies in storage, when
   * the next refresh is due, and when `timeouts` end the session.
   * @default none: the panel shows what the client itself tells
   */
  readonly options?: InspectedOptions | undefined
  /** What the client is called where a page has several. @default its storage key */
  readonly name?: string | undefined
  /** Where the button lies that opens the panel; the first client of a page decides. @default 'bottom-right' */
  readonly buttonPosition?: DevtoolsCorner | undefined
  /** Whether the panel is open in a tab in which nobody has opened or closed it yet. @default false */
  readonly initialIsOpen?: boolean | undefined
}

/** Hears of each step of a client. */
export type StepListener = (entry: DebugEntry) => void
