import { type IncomingMessage, request, type ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import express, { type RequestHandler } from 'express'
import {
  createScriptedSuperTokensCore,
  type ScriptedSuperTokensCore,
  type ScriptedSuperTokensCoreOptions,
} from '../../src/testing/index.js'
import { listen, type NodeServer, relay, toRequest } from '../support/node-server.js'
import type { Backend, MakeBackend } from './supertokens-backends.js'

/** Answers that the app has given and that have not left yet, in the order in which they came. */
export interface HeldAnswers {
  count(): number
  letGo(index: number): void
  /** Lets all go, and later ones pass. */
  stop(): void
}

/** An app on Express 5 with sessions of a scripted core: two servers and a slow way to them. */
export interface SuperTokensSite {
  readonly origin: string
  /** Where the same page is on another origin: by another port, and by another host as well. */
  readonly elsewhere: { readonly port: string; readonly host: string }
  readonly core: ScriptedSuperTokensCore
  /** From now on the core's clock is this many ms behind: what it signs is that much older. */
  setBehind(ms: number): void
  /** Holds the answers to refreshes from now on. */
  hold(): HeldAnswers
  close(): Promise<void>
}

/** What a site is made of. */
export interface SuperTokensSiteOptions {
  readonly backend: MakeBackend
  readonly core?: ScriptedSuperTokensCoreOptions
}

const PAGE = '<!doctype html><link rel=icon href=data:,><script src=/page.js></script>'
const REFRESH = '/auth/session/refresh'

const file = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Both front ends in one script. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [file('supertokens-page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    // What is tested is what was built.
    alias: {
      holdfast: file('../../dist/index.js'),
      'holdfast/providers/supertokens': file('../../dist/providers/supertokens/index.js'),
    },
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

let script: Promise<string> | null = null

/** The core, as a server of its own. */
const serveCore = (core: ScriptedSuperTokensCore): Promise<NodeServer> =>
  listen(async (incoming, outgoing) => {
    try {
      await relay(await core.fetch(await toRequest(incoming)), outgoing)
    } catch {
      // What a fault does to a fetch is a broken connection here.
      outgoing.destroy()
    }
  })

function makeApp(backend: Backend, script: string): ReturnType<typeof express> {
  const app = express()
  if (backend.cors) app.use(backend.cors)
  const me: RequestHandler = (_, response) => void response.json({ fine: true })
  app.get('/', (_, response) => void response.type('html').send(PAGE))
  app.get('/page.js', (_, response) => void response.type('js').send(script))
  app.use(backend.middleware)
  app.post('/signin/:user', async (request, response) => {
    await backend.signIn(request, response, request.params.user)
    response.json({ status: 'OK' })
  })
  app.get('/api/me', backend.guard, me)
  app.post('/api/me', backend.guard, me)
  backend.routes?.(app)
  app.use(backend.errorHandler)
  return app
}

/** A gate that answers to refreshes wait at, while it is closed. */
function createGate() {
  let held: (() => void)[] | null = null
  return {
    pass: (path: string): Promise<void> =>
      new Promise((resolve) => {
        if (held && path === REFRESH) held.push(resolve)
        else resolve()
      }),
    hold(): HeldAnswers {
      const mine: (() => void)[] = []
      held = mine
      return {
        count: () => mine.length,
        letGo: (index) => mine[index]?.(),
        stop() {
          held = null
          for (const letGo of mine) letGo()
        },
      }
    },
  }
}

/** Starts a site on free ports of the loopback. */
export async function startSuperTokensSite(
  options: SuperTokensSiteOptions,
): Promise<SuperTokensSite> {
  script ??= bundle()
  let behind = 0
  const clock = { now: () => Date.now() - behind }
  const core = createScriptedSuperTokensCore({ clock, ...options.core })
  const coreServer = await serveCore(core)
  const gate = createGate()
  const front = await listen(forward)
  const other = await listen(forward)
  const elsewhere = { port: other.origin, host: other.origin.replace('127.0.0.1', 'localhost') }
  const origins = [elsewhere.port, elsewhere.host]
  const app = makeApp(options.backend(coreServer.origin, origins), await script)
  const appServer = await listen(async (incoming, outgoing) => app(incoming, outgoing))

  async function forward(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    const { method, url: path = '/', headers } = incoming
    const place = { host: '127.0.0.1', port: appServer.port }
    const asked = request({ ...place, method, path, headers }, async (reply) => {
      await gate.pass(path)
      outgoing.writeHead(reply.statusCode ?? 502, reply.rawHeaders)
      reply.pipe(outgoing)
    })
    asked.on('error', () => outgoing.destroy())
    incoming.pipe(asked)
  }

  return {
    origin: front.origin,
    elsewhere,
    core,
    setBehind(ms) {
      behind = ms
    },
    hold: gate.hold,
    async close() {
      for (const server of [front, other, appServer, coreServer]) await server.close()
    },
  }
}
