/** Where a client keeps its sessions; `default` leaves it to Holdfast. */
export type StorageKind = 'local' | 'indexed-db' | 'default'

/** What may be taken away from a context, or made to throw, before Holdfast starts in it. */
export type Lack =
  | `no ${'locks' | 'BroadcastChannel' | 'indexedDB' | 'localStorage'}`
  | `throwing ${'locks' | 'BroadcastChannel' | 'indexedDB' | 'localStorage'}`
  | 'full localStorage'

/** How a context opens its client. */
export interface Opening {
  readonly storage: StorageKind
  readonly key: string
  /** An earlier release, whose tabs a deploy leaves open. @default what was just built */
  readonly release?: '0.1.0'
  /** Opens no client at all, to see what the engine does with such a page. */
  readonly bare?: boolean
  readonly autoRefresh?: boolean
  readonly lacks?: readonly Lack[]
  /** Allows plain http to the host of the page. */
  readonly insecure?: boolean
  /** The name under which a window without an opener is reached. */
  readonly line?: string
}

/** What a context is told to do with its client, `delay` ms from now. */
export type Order = { readonly delay?: number } & (
  | { readonly do: 'sign-in'; readonly email?: string }
  | { readonly do: 'token' | 'refresh' | 'sign-out' | 'look' | 'wake' | 'dispose' }
  /** Goes to a page that comes back at once; closes the window. */
  | { readonly do: 'leave' | 'close' }
  /** Moves the clocks by so many ms, counted from the real time. */
  | { readonly do: 'shift'; readonly by: { readonly wall: number; readonly monotonic: number } }
)

/** How a context stands after an order. */
export interface Report {
  /** What the order resolved to, or the token in the snapshot. */
  readonly token: string | null
  /** The code of what it threw. */
  readonly error: string | null
  readonly status: string
  readonly email: string | null
  readonly events: readonly string[]
  /** Errors that nobody handled. */
  readonly unhandled: readonly string[]
  /** Errors that Holdfast reported. */
  readonly reported: readonly string[]
  /** How often the page came back from the back/forward cache. */
  readonly restored: number
}

/** Takes orders in one context. */
export type Desk = (order: Order) => Promise<Report>

/** What the page of a redirect URI says when it has called `handBack`. */
export interface Callback {
  readonly handed: boolean
  readonly knows: 'its opener' | 'nobody'
  readonly closed: boolean
}

/** The channel on which it says so. */
export const CALLBACKS = 'engines-callbacks'
