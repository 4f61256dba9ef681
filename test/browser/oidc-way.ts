import {
  type IncomingHttpHeaders,
  type IncomingMessage,
  request,
  type ServerResponse,
} from 'node:http'
import { listen, readText } from '../support/node-server.js'

/** What may go wrong on the way to a server. */
export type Trouble =
  /** A gateway answers instead: the server hears nothing. */
  | { readonly type: 'status'; readonly status: number }
  /** The connection breaks before the server hears of the request. */
  | { readonly type: 'lost-request' }
  /** The connection breaks when the server has done its work. */
  | { readonly type: 'lost-answer' }

/** A request for the next tokens that came by. */
export interface Passing {
  readonly at: number
  readonly token: string | null
  /** What the page was answered; `null` while it waits, and where it never heard. */
  status: number | null
  /** What the server said is wrong. */
  error: string | null
}

/** A proxy before an OpenID Connect server, on which things go wrong. */
export interface Way {
  readonly origin: string
  /** The requests for the next tokens since `forget`, in the order in which they came. */
  readonly refreshes: readonly Passing[]
  /** How often other addresses were asked, by their paths. */
  count(path: string): number
  /** Forgets what came by, and heals. */
  forget(): void
  /** From now on it does this to requests, for tokens unless told otherwise. */
  trouble(trouble: Trouble, options?: TroubleOptions): void
  /** Nothing goes wrong any more. */
  heal(): void
  /** From now on all answers have this header too. */
  addHeader(name: string, value: string): void
  /** How long answers to refreshes take, in ms. */
  slowDown(ms: number): void
  /** Answers to refreshes wait, after the server has committed, until the returned call. */
  hold(): () => void
  close(): Promise<void>
}

/** How far a trouble goes. */
export interface TroubleOptions {
  /** @default for ever */
  readonly times?: number
  /** The path whose requests are struck. @default that of the token endpoint */
  readonly path?: string | 'all'
}

interface Answer {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly body: Buffer
}

/**
 * Every request has a connection of its own: what is lost on one that was used before, Chromium sends
 * again by itself, and a test could not say how often.
 */
const OWN_CONNECTION = { connection: 'close' }
/** About the connection, not about the answer (RFC 9110 §7.6.1). */
const HOPS = ['connection', 'keep-alive', 'transfer-encoding']

/** Asks the server, and takes its whole answer: what is lost later was still done. */
function ask(target: URL, incoming: IncomingMessage, body: string): Promise<Answer> {
  const { method, headers, url } = incoming
  return new Promise((resolve, reject) => {
    const asked = request(new URL(url ?? '/', target), { method, headers }, async (reply) => {
      const chunks: Buffer[] = []
      for await (const chunk of reply) chunks.push(chunk)
      const headers = { ...reply.headers }
      for (const name of HOPS) delete headers[name]
      resolve({ status: reply.statusCode ?? 502, headers, body: Buffer.concat(chunks) })
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

function errorIn(body: Buffer): string | null {
  try {
    const { error } = JSON.parse(body.toString())
    return typeof error === 'string' ? error : null
  } catch {
    return null
  }
}

const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))

/** What goes wrong now, and how often still. */
function createTroubles() {
  let now: { readonly trouble: Trouble; readonly path: string; left: number } | null = null
  return {
    set(trouble: Trouble, { times = Number.POSITIVE_INFINITY, path = '/token' }: TroubleOptions) {
      now = { trouble, path, left: times }
    },
    heal() {
      now = null
    },
    /** What becomes of a request; one that only asks whether it may be sent (CORS) is none. */
    strike({ method }: IncomingMessage, asked: string): Trouble | null {
      if (!now || now.left <= 0) return null
      if (now.path !== 'all' && (now.path !== asked || method === 'OPTIONS')) return null
      now.left -= 1
      return now.trouble
    },
  }
}

/** Starts the way; what it leads to is told later, as that must know where it begins. */
export async function startWay(): Promise<Way & { leadTo(target: string): void }> {
  let target = new URL('http://127.0.0.1')
  let refreshes: Passing[] = []
  let paths: string[] = []
  let delay = 0
  const added: Record<string, string> = { ...OWN_CONNECTION }
  let gate: Promise<void> | null = null
  const troubles = createTroubles()

  /** Notes a request for the next tokens; others are none of those. */
  function note(path: string, body: string): Passing | null {
    const form = new URLSearchParams(body)
    if (path !== '/token' || form.get('grant_type') !== 'refresh_token') return null
    const passing = { at: Date.now(), token: form.get('refresh_token'), status: null, error: null }
    refreshes.push(passing)
    return passing
  }

  async function pass(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const body = await readText(incoming)
    const [path = ''] = (incoming.url ?? '').split('?')
    paths.push(path)
    const passing = note(path, body)
    const trouble = troubles.strike(incoming, path)
    if (trouble?.type === 'lost-request') throw new Error('The request is lost.')
    if (trouble?.type === 'status') {
      if (passing) passing.status = trouble.status
      outgoing.writeHead(trouble.status, { ...added, 'content-type': 'text/html' })
      outgoing.end('<h1>Nobody is there</h1>')
      return
    }
    const answer = await ask(target, incoming, body)
    if (passing) {
      passing.error = errorIn(answer.body)
      if (delay > 0) await sleep(delay)
      await gate
    }
    if (trouble) throw new Error('The answer is lost.')
    if (passing) passing.status = answer.status
    outgoing.writeHead(answer.status, { ...answer.headers, ...added }).end(answer.body)
  }

  const { origin, close } = await listen((incoming, outgoing) =>
    pass(incoming, outgoing).catch(() => void outgoing.destroy()),
  )
  return {
    origin,
    leadTo(next) {
      target = new URL(next)
    },
    get refreshes() {
      return refreshes
    },
    count: (path) => paths.filter((each) => each === path).length,
    forget() {
      refreshes = []
      paths = []
      delay = 0
      troubles.heal()
    },
    trouble: (trouble, options = {}) => troubles.set(trouble, options),
    heal: troubles.heal,
    addHeader(name, value) {
      added[name] = value
    },
    slowDown(ms) {
      delay = ms
    },
    hold() {
      let letGo = (): void => {}
      gate = new Promise((resolve) => {
        letGo = resolve
      })
      return () => {
        gate = null
        letGo()
      }
    },
    close,
  }
}
