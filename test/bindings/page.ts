/** What the page of each framework is given, and what it shows of it: the same in all of them. */
import type {
  BoundClient,
  ProvideAuthOptions,
  SessionState,
  TokenMethods,
  TokenView,
} from '../../src/bindings/types.js'
import type { AuthClient } from '../../src/index.js'
import type {
  GoTrueActions,
  GoTrueCredentials,
  GoTrueUser,
} from '../../src/providers/gotrue/index.js'

/** The client of the pages. */
export type Client = AuthClient<GoTrueCredentials, GoTrueUser, GoTrueActions>

/** What a page is given. */
export interface PageProps {
  readonly client: Client
  readonly options?: ProvideAuthOptions<GoTrueUser>
  /** Of Angular: whether the options are made where `inject` works. */
  readonly injects?: boolean
  /** Whom its button signs in. */
  readonly credentials: { readonly email: string; readonly password: string }
  /** Hears of each text that a part of the page shows, and returns it. */
  readonly tell: (part: 'who' | 'person' | 'token', text: string) => string
  /** Hears what the bindings gave. */
  readonly found?: (
    auth: BoundClient<GoTrueCredentials, GoTrueUser, GoTrueActions>,
    token: TokenMethods,
  ) => void
  /** When the part that reads has been loaded, where a framework takes parts over as they come. */
  readonly late?: Promise<void>
  /** A page with another client inside this one. */
  readonly inner?: PageProps
}

/** A page that is shown. */
export interface Shown {
  /** Lets the framework do what it has put off. */
  readonly flush: () => unknown
  readonly unmount: () => unknown
}

/** What each framework's `page.ts` exports. */
export interface Framework {
  /** Shows the page; takes over what a server has rendered there, if told so. */
  readonly show: (place: Element, page: PageProps, hydrate?: boolean) => Promise<Shown>
  /** Shows what reads, with nothing above it. */
  readonly showLost: (place: Element, page: PageProps) => Promise<unknown>
}

/** What a component reads by the functions that the package has ready, and who was given the client above it. */
export interface CopiesProps {
  readonly client: Client
  readonly given: 'this copy' | 'another copy'
  readonly reads: 'session' | 'auth' | 'token'
}

/** What each framework's `copies.ts` exports. */
export interface Copies {
  /** Shows a component that reads. Returns the way to end it. */
  readonly showCopies: (place: Element, props: CopiesProps) => Promise<() => unknown>
}

/** What each framework's `server.ts` exports. */
export interface FrameworkServer {
  readonly render: (page: PageProps) => Promise<string>
  /** What the framework wants in the head of the page. */
  readonly head?: () => string
}

/** A state as a person would tell it. */
export const describeState = ({ status, user, error }: SessionState): string =>
  [status, user?.email, error?.code].filter(Boolean).join(' ')

/** What there is to say of a token, as a person would tell it. */
export const describeToken = ({ accessToken, loading, error }: TokenView): string =>
  [loading ? 'loading' : (accessToken ?? 'none'), error?.code].filter(Boolean).join(' ')
