import { isAuthError } from '../../core/errors.js'
import { checkOptions } from '../shared/options.js'
import { parseRetryAfter } from '../shared/retry-after.js'
import { checkUrl, invalid, isPath, trimSlashes } from '../shared/url.js'
import { createEventReader } from './event-stream.js'

/** What `backendEvents` takes: an AuthClient of `backend()`. */
export interface BackendEventsClient {
  onAuthStateChange(listener: (event: string, session: object | null) => void): () => void
  refreshSession(): Promise<unknown>
}

/** What event streams need of the page that opens them. */
export interface EventsPage {
  /**
   * Does `work` while no other page of this browser does work of that name; waits for its turn until `signal` aborts.
   * Where a browser has no locks, at once.
   */
  alone(name: string, signal: AbortSignal, work: () => Promise<void>): Promise<void>
  /** Calls `onLeave` when the page is put away, and `onReturn` when it is back; returns what stops that. */
  watch(onLeave: () => void, onReturn: () => void): () => void
  /** Runs `task` after `delay` ms; returns its cancellation. */
  schedule(delay: number, task: () => void): () => void
  /** From 0 up to 1. */
  random(): number
}

/** Options of `backendEvents`. */
export interface BackendEventsOptions {
  /** Where the routes of `createBackend` are, as `backend()` has it. @default '/auth' */
  readonly url?: string | undefined
  /** @default the platform's fetch */
  readonly fetch?: typeof fetch | undefined
  /** @default the page that this runs in */
  readonly page?: EventsPage | undefined
}

/** How long is waited between two streams, in ms: at first, and at the most. */
const WAIT = { first: 1_000, longest: 60_000 }
/** A stream that says nothing for so long is dead, in ms: four of the backend's signs of life. */
const SILENCE = 100_000

const thisPage: EventsPage = {
  async alone(name, signal, work) {
    const locks = globalThis.navigator?.locks
    if (locks) await locks.request(name, { signal }, work)
    else await work()
  },
  watch(onLeave, onReturn) {
    // A page with a stream, or a lock, is not kept for a way back (HTML §7.4.5).
    globalThis.addEventListener?.('pagehide', onLeave)
    globalThis.addEventListener?.('pageshow', onReturn)
    return () => {
      globalThis.removeEventListener?.('pagehide', onLeave)
      globalThis.removeEventListener?.('pageshow', onReturn)
    }
  },
  schedule(delay, task) {
    const timer = setTimeout(task, delay)
    return () => clearTimeout(timer)
  },
  random: () => Math.random(),
}

/** What came of a stream. */
type Outcome =
  | { readonly type: 'over' }
  /** It was open, and has ended. */
  | { readonly type: 'closed' }
  /** It was not; `wait` ms is what the server asks for. */
  | { readonly type: 'failed'; readonly wait: number }

/** The statuses by which a backend says that this page's session is no more. */
const OVER: readonly number[] = [401, 409]

/** What a listener works with. */
interface Listening {
  readonly address: string
  readonly fetch: typeof fetch
  readonly page: EventsPage
  /** Asks the backend who is signed in. Resolves to whether there is still a client that can ask. */
  look(): Promise<boolean>
}

/** Waits, until `signal` aborts. */
function sleep(page: EventsPage, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const callOff = page.schedule(ms, done)
    function done(): void {
      callOff()
      signal.removeEventListener('abort', done)
      resolve()
    }
    signal.addEventListener('abort', done)
    if (signal.aborted) done()
  })
}

/** A signal that aborts with another one, and by itself when nothing happens for long. */
function whileAlive(page: EventsPage, signal: AbortSignal) {
  const controller = new AbortController()
  const stop = (): void => controller.abort()
  let callOff = page.schedule(SILENCE, stop)
  signal.addEventListener('abort', stop)
  if (signal.aborted) stop()
  return {
    signal: controller.signal,
    heard(): void {
      callOff()
      callOff = page.schedule(SILENCE, stop)
    },
    end(): void {
      callOff()
      signal.removeEventListener('abort', stop)
      stop()
    },
  }
}

/** Makes what opens one stream after the other, until its signal aborts. */
function createListener({ address, fetch, page, look }: Listening) {
  let lastId: string | undefined

  /** Reads until the stream ends, or tells of an end. */
  async function read(
    body: ReadableStream<Uint8Array>,
    { signal, heard }: Pick<ReturnType<typeof whileAlive>, 'signal' | 'heard'>,
  ): Promise<Outcome> {
    const reader = body.getReader()
    // Not every fetch ends a body with its signal.
    signal.addEventListener('abort', () => void reader.cancel().catch(() => {}))
    const events = createEventReader()
    const decoder = new TextDecoder()
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return { type: 'closed' }
      heard()
      const found = events(decoder.decode(value, { stream: true }))
      if (!found) return { type: 'failed', wait: WAIT.longest }
      for (const { type, id } of found) {
        lastId = id ?? lastId
        if (type === 'ended' || type === 'changed') return { type: 'over' }
      }
    }
  }

  async function open(outer: AbortSignal): Promise<Outcome> {
    const life = whileAlive(page, outer)
    const { signal } = life
    try {
      const response = await fetch(address, {
        headers: {
          Accept: 'text/event-stream',
          'X-Holdfast': '1',
          ...(lastId !== undefined && { 'Last-Event-ID': lastId }),
        },
        credentials: 'include',
        cache: 'no-store',
        signal,
      })
      if (OVER.includes(response.status)) return { type: 'over' }
      const type = response.headers.get('Content-Type') ?? ''
      const isStream = response.ok && type.startsWith('text/event-stream')
      if (isStream && response.body) return await read(response.body, life)
      return { type: 'failed', wait: parseRetryAfter(response.headers, Date.now()) ?? 0 }
    } catch {
      return { type: 'failed', wait: 0 }
    } finally {
      life.end()
    }
  }

  return async (signal: AbortSignal): Promise<void> => {
    for (let wait = WAIT.first; !signal.aborted; ) {
      const outcome = await open(signal)
      if (signal.aborted || (outcome.type === 'over' && !(await look()))) return
      // All pages of an app open theirs anew when a server starts anew.
      const asked = outcome.type === 'failed' ? outcome.wait : 0
      await sleep(page, Math.max(asked, wait) * (1 + page.random() / 2), signal)
      wait = outcome.type === 'closed' ? WAIT.first : Math.min(wait * 2, WAIT.longest)
    }
  }
}

/** The address of the streams. @throws AuthError `invalid_argument` */
function addressOf(url: string): string {
  if (!isPath(url)) return `${checkUrl(url)}/events`
  if (!globalThis.location) invalid('Outside of pages, `url` must be an absolute URL.')
  return `${trimSlashes(url)}/events`
}

/**
 * Hears from the backend at once when the session was ended elsewhere, such as by the identity provider, and lets the
 * client ask who is signed in: without it, that is at its next request. All tabs of a browser share one connection.
 * The backend must have `events`.
 * @example
 * ```ts
 * import { backendEvents } from 'holdfast/providers/backend/events'
 *
 * const stop = backendEvents(auth) // `SIGNED_OUT` as soon as the backend says so
 * ```
 * @returns what stops it: call it before `auth.dispose()`.
 * @throws AuthError `invalid_argument` for options that cannot work.
 */
export function backendEvents(
  auth: BackendEventsClient,
  options: BackendEventsOptions = {},
): () => void {
  checkOptions('backendEvents', options, { url: 'string', fetch: 'function', page: 'object' })
  const { url = '/auth', fetch = globalThis.fetch.bind(globalThis), page = thisPage } = options
  const address = addressOf(url)
  let isSignedIn = false
  let isHere = true
  let current: AbortController | null = null

  async function look(): Promise<boolean> {
    try {
      await auth.refreshSession()
      return true
    } catch (error) {
      return !isAuthError(error, 'disposed')
    }
  }
  /** One stream while somebody is signed in and the page is there, and none else. */
  function settle(): void {
    const isWanted = isSignedIn && isHere
    if (isWanted === (current !== null)) return
    current?.abort()
    current = isWanted ? new AbortController() : null
    if (!current) return
    const { signal } = current
    const listen = createListener({ address, fetch, page, look })
    // Whoever waits for its turn is called off by the signal.
    page.alone(`holdfast.events ${address}`, signal, () => listen(signal)).catch(() => {})
  }
  const stopAuth = auth.onAuthStateChange((_, session) => {
    isSignedIn = session !== null
    settle()
  })
  const be = (here: boolean) => () => {
    isHere = here
    settle()
  }
  const stopPage = page.watch(be(false), be(true))
  return () => {
    stopAuth()
    stopPage()
    be(false)()
  }
}
