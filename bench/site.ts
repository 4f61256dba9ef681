import type { IncomingMessage, ServerResponse } from 'node:http'
import { setTimeout as delay } from 'node:timers/promises'
import { createScriptedGoTrue, type ScriptedGoTrue } from 'holdfast/testing'
import { listen, relay, toRequest } from '../test/support/node-server.js'

/** How long every answer of the auth server takes, in ms: a near network, the same for all. */
export const LATENCY = 40

/** Who signs in. */
export const ADA = { email: 'ada@example.com', password: 'correct horse' }

/** A page with one client on it, and a scripted GoTrue on the same origin. */
export interface Site {
  readonly url: string
  readonly server: ScriptedGoTrue
  /** Time passes at the server. */
  advance(ms: number): void
  close(): Promise<void>
}

/** Cross-origin isolation gives the page the finest clock that browsers have. */
const ISOLATED = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-embedder-policy': 'require-corp',
}

const PAGE = '<!doctype html><link rel=icon href=data:,><script src=/page.js></script>'

function sendPage(response: ServerResponse, path: string, script: string): void {
  const isScript = path === '/page.js'
  const type = isScript ? 'text/javascript' : 'text/html'
  response.writeHead(200, { ...ISOLATED, 'content-type': type })
  response.end(isScript ? script : PAGE)
}

/** Starts a site with this script on a free port of the loopback. Tokens live an hour. */
export async function startSite(script: string): Promise<Site> {
  let ahead = 0
  const clock = { now: () => Date.now() + ahead }
  // Those of HS256 are equal within a second: then ten refreshes would look like one.
  const server = createScriptedGoTrue({ users: [ADA], clock, signing: 'es256' })

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (!path.startsWith('/auth/v1/')) return sendPage(response, path, script)
    try {
      const reply = await server.fetch(await toRequest(request))
      await delay(LATENCY)
      await relay(reply, response, ISOLATED)
    } catch {
      response.destroy()
    }
  }

  const { origin, close } = await listen(answer)
  return {
    url: `${origin}/`,
    server,
    advance(ms) {
      ahead += ms
    },
    close,
  }
}
