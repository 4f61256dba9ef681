import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { ScriptedGoTrue, ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'

/** A page with the built package on it, and a scripted GoTrue on the same origin. */
export interface Site {
  readonly url: string
  readonly server: ScriptedGoTrue
  /** Answers to `/token` wait, after the server has committed, until the returned call. */
  holdAnswers(): () => void
  close(): Promise<void>
}

const text = async (request: IncomingMessage): Promise<string> => {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk)
  return Buffer.concat(chunks).toString()
}

async function toRequest(request: IncomingMessage, origin: string): Promise<Request> {
  const headers = new Headers()
  for (const [name, value] of Object.entries(request.headers)) {
    if (typeof value === 'string') headers.set(name, value)
  }
  const body = await text(request)
  const method = request.method ?? 'GET'
  return new Request(`${origin}${request.url}`, { method, headers, ...(body && { body }) })
}

const PAGE = '<!doctype html><link rel=icon href=data:,><script src=/page.js></script>'

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL(`${name}.ts`, import.meta.url))],
    bundle: true,
    format: 'iife',
    write: false,
    // What is tested is what was built.
    alias: {
      holdfast: fileURLToPath(new URL('../../dist/index.js', import.meta.url)),
      'holdfast/providers/gotrue': fileURLToPath(
        new URL('../../dist/providers/gotrue/index.js', import.meta.url),
      ),
    },
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

/** Starts a site on a free port of the loopback. */
export async function startSite(options: ScriptedGoTrueOptions = {}): Promise<Site> {
  const users = [
    { email: 'ada@example.com', password: 'correct horse' },
    { email: 'bob@example.com', password: 'correct horse' },
  ]
  const server = createScriptedGoTrue({ users, accessTokenLifetime: 4_000, ...options })
  const scripts = new Map([
    ['/page.js', await bundle('page')],
    ['/worker.js', await bundle('worker')],
  ])
  let gate: Promise<void> | null = null
  let origin = ''

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (!path.startsWith('/auth/v1/')) {
      const script = scripts.get(path)
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
      response.end(script ?? PAGE)
      return
    }
    try {
      const reply = await server.fetch(await toRequest(request, origin))
      if (path.includes('refresh_token')) await gate
      response.writeHead(reply.status, Object.fromEntries(reply.headers))
      response.end(Buffer.from(await reply.arrayBuffer()))
    } catch {
      // What a fault does to a fetch is a broken connection here.
      response.destroy()
    }
  }

  const http = createServer((request, response) => void answer(request, response))
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve))
  const address = http.address()
  if (typeof address !== 'object' || !address) throw new Error('The site has no address.')
  origin = `http://127.0.0.1:${address.port}`

  return {
    url: `${origin}/`,
    server,
    holdAnswers() {
      let letGo = (): void => {}
      gate = new Promise((resolve) => {
        letGo = resolve
      })
      return () => {
        gate = null
        letGo()
      }
    },
    close: () =>
      new Promise((resolve) => {
        http.closeAllConnections()
        http.close(() => resolve())
      }),
  }
}
