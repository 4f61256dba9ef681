import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { type RealOidcOptions, startOidc } from '../oidc/server.js'
import { listen } from '../support/node-server.js'
import { startWay, type Way } from './oidc-way.js'

/** What a page must know of its server. */
export interface OidcSettings {
  readonly issuer: string
  /** Whether sign-ins must be pushed. */
  readonly pushed: boolean
  /** Whether tokens are bound to a key of the browser. */
  readonly bound: boolean
  /** The API that tokens are for. */
  readonly api: string | null
}

/** A site of an app, and a real oidc-provider on another origin, behind a proxy. */
export interface OidcSite {
  /** The origin of the app. */
  readonly app: string
  readonly settings: OidcSettings
  readonly server: Awaited<ReturnType<typeof startOidc>>
  readonly way: Way
  close(): Promise<void>
}

const PAGE = '<!doctype html><link rel=icon href=data:,><script src=/page.js></script>'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The page's script, with what was built in it. */
async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at('oidc-page.ts')],
    bundle: true,
    format: 'iife',
    write: false,
    alias: {
      holdfast: at('../../dist/index.js'),
      // The longer names first: the shorter would take them for paths of its own.
      'holdfast/providers/oidc/popup': at('../../dist/providers/oidc/popup.js'),
      'holdfast/providers/oidc/dpop': at('../../dist/providers/oidc/dpop.js'),
      'holdfast/providers/oidc/silent': at('../../dist/providers/oidc/silent.js'),
      'holdfast/providers/oidc': at('../../dist/providers/oidc/index.js'),
    },
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

/** Starts a site and its server on free ports of the loopback. */
export async function startOidcSite(options: RealOidcOptions): Promise<OidcSite> {
  const script = await bundle()
  const pages = await listen(async ({ url = '/' }, response) => {
    const isScript = url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.end(isScript ? script : PAGE)
  })
  const way = await startWay()
  const server = await startOidc({ ...options, app: pages.origin, issuer: way.origin })
  way.leadTo(server.origin)
  const { pushed = false, nonces, api = null } = options
  return {
    app: pages.origin,
    settings: { issuer: server.issuer, pushed, bound: nonces !== undefined, api },
    server,
    way,
    async close() {
      for (const each of [way, server, pages]) await each.close()
    },
  }
}
