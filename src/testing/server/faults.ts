import type { Fault, FaultScope } from './types.js'

/** The faults that wait for their requests. */
export interface Faults {
  add(fault: Fault, scope?: FaultScope): () => void
  clear(): void
  /** Serves a request through the next fault that is meant for it. */
  serve(request: Meeting): Promise<Response>
}

/** A request on its way through the faults. */
export interface Meeting {
  readonly request: Request
  readonly path: string
  readonly grant: string | null
  work(): Promise<Response>
}

/** How faults wait. */
export type Wait = (ms: number, signal: AbortSignal) => Promise<void>

/** Waits by the system's clock, until the signal aborts. */
export const systemWait: Wait = (ms, signal) =>
  new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })

/** What `fetch` rejects with when there is no answer. */
const lost = (): TypeError => new TypeError('fetch failed')

const html = (status: number): Response =>
  new Response('<!doctype html><title>Welcome to the Wi-Fi</title><p>Please accept our terms.', {
    status,
    headers: { 'content-type': 'text/html' },
  })

const hang = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = (): void => reject(signal.reason)
    if (signal.aborted) stop()
    signal.addEventListener('abort', stop)
  })

/** Makes a `fetch` of a server: it rejects as `fetch` does when its caller gives up. */
export const fetchFrom =
  (serve: (request: Request) => Promise<Response>): typeof fetch =>
  async (input, init) => {
    const request = new Request(input, init)
    request.signal.throwIfAborted()
    return Promise.race([serve(request), hang(request.signal)])
  }

/** What a server says with 429. */
export type Limit = (request: Request) => Response

async function through(
  fault: Fault,
  meeting: Meeting,
  { wait, limit }: { readonly wait: Wait; readonly limit: Limit },
): Promise<Response> {
  switch (fault.type) {
    case 'drop':
      throw lost()
    case 'lose-response':
      await meeting.work()
      throw lost()
    case 'status':
      return new Response(fault.body ?? JSON.stringify({ message: 'Scripted failure.' }), {
        status: fault.status,
        headers: { 'content-type': 'application/json', ...fault.headers },
      })
    case 'rate-limited': {
      const response = limit(meeting.request)
      const { retryAfter } = fault
      if (retryAfter !== undefined) response.headers.set('retry-after', String(retryAfter))
      return response
    }
    case 'html':
      return html(fault.status ?? 200)
    case 'hang':
      return hang(meeting.request.signal)
    case 'slow':
      await wait(fault.delay, meeting.request.signal)
      return meeting.work()
    case 'body':
      return new Response(fault.body, { headers: { 'content-type': 'application/json' } })
  }
}

/** Makes the faults of one server. */
export function createFaults(wait: Wait, limit: Limit): Faults {
  const waiting = new Set<{ readonly fault: Fault; readonly scope: FaultScope; left: number }>()
  return {
    add(fault, scope = {}) {
      const entry = { fault, scope, left: scope.times ?? 1 }
      waiting.add(entry)
      return () => waiting.delete(entry)
    },
    clear: () => waiting.clear(),
    async serve(meeting) {
      for (const entry of waiting) {
        const { path, grant } = entry.scope
        if (path !== undefined && path !== meeting.path) continue
        if (grant !== undefined && grant !== meeting.grant) continue
        entry.left--
        if (entry.left <= 0) waiting.delete(entry)
        return through(entry.fault, meeting, { wait, limit })
      }
      return meeting.work()
    },
  }
}
