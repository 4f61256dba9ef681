import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import type { ScriptedGoTrue, ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { listen, relay, toRequest } from '../support/node-server.js'

/** What a page runs: what was built, or a release whose tabs may still be open. */
export type Release = 'built' | '0.1.0'

/** A page with the built package on it, and a scripted GoTrue on the same origin and on another. */
export interface Site {
  readonly url: string
  /** The page with another release on it, which shares everything with the first. */
  pageOf(release: Release): string
  /** The same GoTrue on another origin, where a page may read only what the server exposes. */
  readonly elsewhere: string
  readonly server: ScriptedGoTrue
  /** Answers to `/token` wait, after the server has committed, until the returned call. */
  holdAnswers(): () => void
  close(): Promise<void>
}

const PAGE = '<!doctype html><link rel=icon href=data:,><script src=/page.js></script>'
const OLD_PAGE = PAGE.replace('/page.js', '/page-0.1.0.js')
const MFA_PAGE = PAGE.replace('/page.js', '/mfa-page.js')

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** What `holdfast` means to a page. */
const packages: Readonly<Record<Release, Readonly<Record<string, string>>>> = {
  // What is tested is what was built.
  built: {
    // The longer names first: the shorter would take them for paths of its own.
    'holdfast/providers/gotrue/passkeys': at('../../dist/providers/gotrue/passkeys.js'),
    'holdfast/providers/gotrue/identities': at('../../dist/providers/gotrue/identities.js'),
    'holdfast/devtools': at('../../dist/devtools/index.js'),
    holdfast: at('../../dist/index.js'),
    'holdfast/providers/gotrue': at('../../dist/providers/gotrue/index.js'),
    'holdfast/providers/gotrue/mfa': at('../../dist/providers/gotrue/mfa.js'),
  },
  '0.1.0': {
    holdfast: at('../fixtures/releases/0.1.0/holdfast.js'),
    'holdfast/providers/gotrue': at('../fixtures/releases/0.1.0/holdfast.js'),
  },
}

/** A page's script, with the package in it. */
export async function bundle(name: string, release: Release = 'built'): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at(`${name}.ts`)],
    bundle: true,
    format: 'iife',
    write: false,
    alias: packages[release],
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
  const server = createScriptedGoTrue({
    users,
    accessTokenLifetime: 4_000,
    redirectUrls: ['**'],
    ...options,
  })
  const scripts = new Map([
    ['/page.js', await bundle('page')],
    ['/page-0.1.0.js', await bundle('page', '0.1.0')],
    ['/worker.js', await bundle('worker')],
    ['/mfa-page.js', await bundle('mfa-page')],
  ])
  let gate: Promise<void> | null = null

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = request.url ?? '/'
    if (path.startsWith('/auth/v1/')) return authenticate(request, response)
    const script = scripts.get(path)
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(
      script ?? (path === '/mfa' ? MFA_PAGE : path.startsWith('/0.1.0') ? OLD_PAGE : PAGE),
    )
  }

  async function authenticate(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const reply = await server.fetch(await toRequest(request, `http://${request.headers.host}`))
      if (request.url?.includes('refresh_token')) await gate
      await relay(reply, response)
    } catch {
      // What a fault does to a fetch is a broken connection here.
      response.destroy()
    }
  }

  const { origin, close } = await listen(answer)
  const elsewhere = await listen(authenticate)

  return {
    url: `${origin}/`,
    pageOf: (release) => `${origin}/${release === 'built' ? '' : release}`,
    elsewhere: elsewhere.origin,
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
    async close() {
      await elsewhere.close()
      await close()
    },
  }
}
