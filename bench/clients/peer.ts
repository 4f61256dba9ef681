/** What a call of a client came to. */
export type Outcome =
  | { readonly kind: 'session'; readonly token: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'error'; readonly error: string }

/** What the scenarios ask of a client, whichever it is. */
export interface Peer {
  signIn(email: string, password: string): Promise<void>
  getSession(): Promise<Outcome>
  refreshSession(): Promise<Outcome>
  /** Hears of the client's events. */
  on(listener: (event: string) => unknown): void
  /** The client's own `getSession`, with nothing around it: what its cost is measured on. */
  read(): Promise<unknown>
}

/** Makes a client with its own defaults; `storageKey` only where a page has many of them. */
export type CreatePeer = (storageKey?: string) => Peer

/** How long a page took from the start of its script to its session, in ms. */
export interface Load {
  readonly ms: number
  readonly kind: Outcome['kind']
}

declare global {
  interface Window {
    create: CreatePeer
    peer: Peer
    /** Events that a scenario collects. */
    heard: string[]
    /** How long a listener waited for its answer, in ms, once it has it. */
    waited: number | undefined
    /** Clients that must stay alive while the heap is measured. */
    kept: Peer[]
    /** When the script began, by its first statement. */
    started: number
    load: Promise<Load> | undefined
    /** How far the page's clocks are ahead, in ms; there with `installSkew` only. */
    skew: { date: number; monotonic: number }
    /** Whether storage refuses to write; there with `installQuota` only. */
    full: boolean
  }
}

async function measureLoad(): Promise<Load> {
  const { kind } = await window.create().getSession()
  return { ms: performance.now() - window.started, kind }
}

/** Puts a client on the page; with `?load` it is made at once and its start is measured. */
export function install(create: CreatePeer): void {
  window.create = create
  window.kept = []
  window.heard = []
  if (location.search === '?load') window.load = measureLoad()
}

/** The text of a failure: its code where it has one. */
export function textOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name
}
