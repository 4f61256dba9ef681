import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createScriptedGoTrue, type ScriptedGoTrue } from '../../src/testing/index.js'
import { listen, relay, toRequest } from '../support/node-server.js'

/** One origin with the app in both builds, `/` and `/auth-js`, and a scripted GoTrue. */
export interface CompatSite {
  readonly url: string
  readonly server: ScriptedGoTrue
  /** The scripts that were asked for, in order. */
  readonly asked: string[]
  close(): Promise<void>
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The scripts of a build by their paths: what is imported later has a script of its own. */
async function scriptsOf(
  name: string,
  alias: Readonly<Record<string, string>>,
): Promise<readonly (readonly [path: string, text: string])[]> {
  const { outputFiles } = await build({
    entryPoints: [at('compat-page.ts')],
    bundle: true,
    splitting: true,
    format: 'esm',
    write: false,
    outdir: `/${name}`,
    alias,
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles.map(({ path, text }) => [path.replaceAll('\\', '/'), text] as const)
}

const pageOf = (name: string): string =>
  `<!doctype html><link rel=icon href=data:,><script type=module src=/${name}/compat-page.js></script>`

/** Starts it on a free port of the loopback. */
export async function startCompatSite(): Promise<CompatSite> {
  const origins: string[] = []
  const site = { rpId: 'localhost', rpName: 'App', origins }
  const server = createScriptedGoTrue({
    redirectUrls: ['**'],
    passkeys: site,
    mfa: { webauthn: site },
  })
  const asked: string[] = []
  const scripts = new Map([
    // What is tested is what was built.
    ...(await scriptsOf('face', { '@supabase/auth-js': at('../../dist/compat/auth-js/index.js') })),
    ...(await scriptsOf('auth-js', {})),
  ])

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://localhost')
    if (pathname.startsWith('/auth/v1/')) {
      const reply = await server.fetch(await toRequest(request))
      return relay(reply, response)
    }
    const script = scripts.get(pathname)
    if (script) asked.push(pathname)
    response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
    response.end(script ?? pageOf(pathname === '/auth-js' ? 'auth-js' : 'face'))
  }

  const { origin, port, close } = await listen(answer)
  // An address of digits is no site that passkeys can be for.
  origins.push(`http://localhost:${port}`)
  return { url: `${origin}/`, server, asked, close }
}
