import { createFaults, fetchFrom, type Limit, systemWait, type Wait } from './faults.js'
import { type Fields, parseObject } from './json.js'
import type { Fault, FaultScope, LoggedRequest } from './types.js'

/** What every scripted server can do and be told, whatever it speaks. */
export interface ScriptedServer<Entry extends LoggedRequest = LoggedRequest> {
  /** Serves a request; fits wherever a `fetch` is taken. Rejects as `fetch` does when a fault says so. */
  readonly fetch: typeof fetch
  readonly requests: readonly Entry[]
  clearLog(): void
  /** The next requests in scope meet this. Returns the way to undo it. */
  fail(fault: Fault, scope?: FaultScope): () => void
  /** Forgets all faults. */
  heal(): void
}

/** A request as it came in, read to its end. `fields` are those of its body, if that is an object. */
export interface Incoming {
  readonly request: Request
  readonly url: URL
  readonly text: string
  readonly fields: Fields
}

/** What a server brings of its own; `Extra` is what its log has besides. */
export interface ServerParts<Extra extends object> {
  /** Waits for `slow` faults. @default setTimeout */
  readonly wait?: Wait | undefined
  /** What it says to whoever asks too often. */
  readonly limit: Limit
  now(): number
  /** The answer to what is neither logged nor meets a fault, such as a preflight. */
  before?(request: Request): Response | null
  /** What a request is about. */
  about(incoming: Incoming): Pick<LoggedRequest, 'path' | 'grant' | 'presented'> & Extra
  answer(incoming: Incoming): Promise<Response>
  /** What an answer says in a word, and the refresh token in it. */
  said(body: Fields, response: Response): Pick<LoggedRequest, 'code' | 'returned'>
  /** Headers that an answer gets besides, such as those of CORS. */
  headers?(request: Request, response: Response): Readonly<Record<string, string>>
}

/** Makes what all scripted servers share: the way in through the faults, and the log. */
export function createServer<Extra extends object>(
  parts: ServerParts<Extra>,
): ScriptedServer<LoggedRequest & Extra> {
  const faults = createFaults(parts.wait ?? systemWait, parts.limit)
  const log: (LoggedRequest & Extra)[] = []

  /** Notes an answer in the log. Reading it and making it anew costs less than a clone. */
  async function note(entry: LoggedRequest & Extra, request: Request, response: Response) {
    const { status, headers } = response
    const text = response.body === null ? null : await response.text()
    Object.assign(entry, { status, ...parts.said(parseObject(text ?? '') ?? {}, response) })
    for (const [name, value] of Object.entries(parts.headers?.(request, response) ?? {})) {
      headers.set(name, value)
    }
    return new Response(text, { status, headers })
  }

  async function serve(request: Request): Promise<Response> {
    const early = parts.before?.(request)
    if (early) return early
    const text = await request.text()
    const url = new URL(request.url)
    const incoming = { request, url, text, fields: parseObject(text) ?? {} }
    const entry = {
      at: parts.now(),
      method: request.method,
      status: null,
      code: null,
      returned: null,
      ...parts.about(incoming),
    }
    log.push(entry)
    const { path, grant } = entry
    const work = (): Promise<Response> => {
      // A caller that has given up no longer reaches the server.
      request.signal.throwIfAborted()
      return parts.answer(incoming)
    }
    return note(entry, request, await faults.serve({ path, grant, request, work }))
  }

  return {
    fetch: fetchFrom(serve),
    requests: log,
    clearLog: () => void log.splice(0),
    fail: faults.add,
    heal: faults.clear,
  }
}
