import { type IncomingMessage, type ServerResponse, request as send } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { listen, readText } from '../../test/support/node-server.js'

/** How long every answer of a token endpoint takes more, in ms: a far network, the same for all. */
export const LATENCY = 600

/** A refresh as it came by. */
export interface Refresh {
  /** In ms since the epoch. */
  readonly at: number
  readonly status: number
}

/** What stands between a page and a server: it is slow, loses answers, and notes what goes by. */
export interface Gate {
  readonly origin: string
  readonly refreshes: readonly Refresh[]
  /** Where the server behind it is. */
  lead(port: number): void
  /** From now on the token endpoint answers 503, or works again. */
  setDown(down: boolean): void
  /** The server gives its next answer to a refresh, and nobody gets it. */
  loseNext(): void
  /** How many answers were lost. */
  lost(): number
  /** Whether an access token came by, and has not expired by the server's clock. */
  isAlive(token: string): boolean
  close(): Promise<void>
}

interface Reply {
  readonly status: number
  readonly headers: IncomingMessage['headers']
  readonly body: string
}

/** Asks the server as the page did. Its answer must be text: it is not asked for packed ones. */
function forward(port: number, request: IncomingMessage, body: string): Promise<Reply> {
  const { 'accept-encoding': _, ...headers } = request.headers
  const { method, url: path } = request
  return new Promise((resolve, reject) => {
    const sent = send({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      const { 'transfer-encoding': __, ...rest } = answer.headers
      readText(answer).then(
        (text) => resolve({ status: answer.statusCode ?? 502, headers: rest, body: text }),
        reject,
      )
    })
    sent.on('error', reject)
    sent.end(body)
  })
}

/** What an answer of the token endpoint gives, and for how many s. */
function tokenIn(body: string): readonly [token: string, life: number] | null {
  try {
    const { access_token: token, expires_in: life } = JSON.parse(body)
    return typeof token === 'string' ? [token, Number(life)] : null
  } catch {
    return null
  }
}

/** keycloak-js sends credentials with all that it asks; oidc-provider does not say that it may. */
function allowing(headers: Reply['headers']): Reply['headers'] {
  const origin = headers['access-control-allow-origin']
  return origin === undefined || origin === '*'
    ? headers
    : { ...headers, 'access-control-allow-credentials': 'true' }
}

/** What a gateway says while the server behind it is gone. */
const gone = ({ headers }: IncomingMessage): Reply => ({
  status: 503,
  headers: {
    'access-control-allow-origin': headers.origin ?? '*',
    'content-type': 'text/html',
  },
  body: '<!doctype html>Service Unavailable',
})

/** Opens a gate on a free port of the loopback. */
export async function openGate(): Promise<Gate> {
  const state = { port: 0, down: false, losing: false, lost: 0 }
  const refreshes: Refresh[] = []
  const alive = new Map<string, number>()

  async function askForTokens(request: IncomingMessage, body: string): Promise<Reply> {
    const reply = state.down ? gone(request) : await forward(state.port, request, body)
    const given = tokenIn(reply.body)
    if (given) alive.set(given[0], Date.now() + given[1] * 1000)
    return reply
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const at = Date.now()
    const body = await readText(request)
    const isTokens = request.method === 'POST' && /\/token(\?|$)/.test(request.url ?? '')
    const isRefresh = isTokens && body.includes('grant_type=refresh_token')
    const {
      status,
      headers,
      body: text,
    } = isTokens ? await askForTokens(request, body) : await forward(state.port, request, body)
    if (isTokens) await delay(LATENCY)
    if (isRefresh) refreshes.push({ at, status })
    if (isRefresh && state.losing) {
      state.losing = false
      state.lost++
      response.destroy()
      return
    }
    response.writeHead(status, allowing(headers)).end(text)
  }

  const { origin, close } = await listen((request, response) =>
    answer(request, response).catch(() => void response.destroy()),
  )
  return {
    origin,
    refreshes,
    lead(port) {
      state.port = port
    },
    setDown(down) {
      state.down = down
    },
    loseNext() {
      state.losing = true
    },
    lost: () => state.lost,
    isAlive: (token) => (alive.get(token) ?? 0) > Date.now(),
    close,
  }
}
