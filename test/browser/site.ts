import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { ScriptedGoTrue, ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { listen, relay, toRequest } from '../support/node-server.js'

/** A page with the built package on it, and a scripted GoTrue on the same origin. */
export interface Site {
  readonly url: string
  readonly server: ScriptedGoTrue
  /** Answers to `/token` wait, after the server has committed, until the returned call. */
  holdAnswers(): () => void
  close(): Promise<void>
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

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (!path.startsWith('/auth/v1/')) {
      const script = scripts.get(path)
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
      response.end(script ?? PAGE)
      return
    }
    try {
      const reply = await server.fetch(await toRequest(request))
      if (path.includes('refresh_token')) await gate
      await relay(reply, response)
    } catch {
      // What a fault does to a fetch is a broken connection here.
      response.destroy()
    }
  }

  const { origin, close } = await listen(answer)

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
    close,
  }
}
