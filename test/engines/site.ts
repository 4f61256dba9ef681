import type { IncomingMessage, ServerResponse } from 'node:http'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { createScriptedGoTrue, type ScriptedGoTrue } from '../../src/testing/index.js'
import { listen, readText, relay, toRequest } from '../support/node-server.js'
import { createControls } from './controls.js'
import type { Result } from './page/suite.js'

/** A server with the suite's pages, a scripted GoTrue on the same origin, and ears for results. */
export interface Site {
  url(host: string): string
  readonly results: readonly Result[]
  /** Resolves when the page is there. */
  readonly started: Promise<void>
  /** Resolves when the page has run its last case. */
  readonly done: Promise<void>
  readonly server: ScriptedGoTrue
  /** Answers to refreshes wait, after the server has committed, until the returned call. */
  holdAnswers(): () => void
  close(): Promise<void>
}

const SCRIPTS = ['suite', 'tab', 'worker', 'callback'] as const
/** What they import of the package. */
const IMPORTS = ['gotrue', 'oidc', 'oidc/popup', 'oidc/silent'] as const
/** Releases whose tabs may be open beside new ones. */
const RELEASES = ['0.1.0'] as const

const html = (body: string): string =>
  `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>Holdfast</title><body>${body}`

/** A server's page for a sign-in, at which nobody has to do anything. */
const SEND_BACK = `<script>
const asked = new URLSearchParams(location.search)
location.replace(asked.get('redirect_uri') + '?code=1&state=' + asked.get('state'))
</script>`

const PAGES: Readonly<Record<string, string>> = {
  '/': html('<script src=/suite.js></script>'),
  '/tab': html('<script src=/tab.js></script>'),
  ...Object.fromEntries(
    RELEASES.map((each) => [`/tab-${each}`, html(`<script src=/tab-${each}.js></script>`)]),
  ),
  '/callback': html('<script src=/callback.js></script>'),
  '/authorize': html(SEND_BACK),
  '/apart': html(SEND_BACK),
  '/nothing': html(''),
  '/away': html('<script>onpageshow = () => setTimeout(() => history.back(), 500)</script>'),
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Bundles scripts of the pages with what `holdfast` means to them. */
async function bundle(names: readonly string[], alias: Record<string, string>): Promise<string[]> {
  const { outputFiles } = await build({
    entryPoints: names.map((name) => at(`page/${name}.ts`)),
    bundle: true,
    format: 'iife',
    write: false,
    outdir: '/',
    alias,
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles.map(({ text }) => text)
}

/** The built file of a provider, or of a part of one. */
const fileOf = (name: string): string =>
  at(`../../dist/providers/${name}${name.includes('/') ? '' : '/index'}.js`)

/** Every script by its address. */
async function bundleAll(): Promise<ReadonlyMap<string, string>> {
  // What is tested is what was built.
  const built = await bundle(SCRIPTS, {
    holdfast: at('../../dist/index.js'),
    ...Object.fromEntries(IMPORTS.map((name) => [`holdfast/providers/${name}`, fileOf(name)])),
  })
  const scripts = new Map(SCRIPTS.map((name, index) => [`/${name}.js`, built[index] ?? '']))
  for (const release of RELEASES) {
    const file = at(`../fixtures/releases/${release}/holdfast.js`)
    const [tab = ''] = await bundle(['tab'], { holdfast: file, 'holdfast/providers/gotrue': file })
    scripts.set(`/tab-${release}.js`, tab)
  }
  return scripts
}

/** Whole when this server is asked as a proxy, else a path. */
const addressOf = ({ url = '/' }: IncomingMessage): URL => new URL(url, 'http://127.0.0.1')

/** Starts a site on a free port of the loopback. */
export async function startSite(): Promise<Site> {
  const emails = ['ada@example.com', 'bob@example.com']
  const server = createScriptedGoTrue({
    redirectUrls: ['**'],
    users: emails.map((email) => ({ email, password: 'correct horse' })),
    // The cases tell exchanges apart by their access tokens; those of HS256 are equal in a second.
    signing: 'es256',
  })
  const controls = createControls(server)
  const scripts = await bundleAll()
  const results: Result[] = []
  let [begin, finish] = [(): void => {}, (): void => {}]
  const started = new Promise<void>((resolve) => {
    begin = resolve
  })
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })

  const ears: Readonly<Record<string, (body: string) => unknown>> = {
    '/started': begin,
    '/result': (body) => results.push(JSON.parse(body)),
    '/done': finish,
  }

  async function authenticate(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const reply = await server.fetch(await toRequest(request))
      if (request.url?.includes('refresh_token')) await controls.pause()
      await relay(reply, response)
    } catch {
      // What a fault does to a fetch is a broken connection here.
      response.destroy()
    }
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = addressOf(request)
    if (pathname.startsWith('/auth/v1/')) return authenticate(request, response)
    response.setHeader('cache-control', 'max-age=60')
    const script = scripts.get(pathname)
    const page = PAGES[pathname]
    if (script !== undefined || page !== undefined) {
      response.setHeader('content-type', script ? 'text/javascript' : 'text/html')
      // A service worker may serve less than its script's folder, or this.
      response.setHeader('service-worker-allowed', '/')
      if (pathname === '/apart') response.setHeader('cross-origin-opener-policy', 'same-origin')
      response.end(script ?? page)
      return
    }
    const body = await readText(request)
    const hear = ears[pathname] ?? controls.named(pathname)
    response.statusCode = hear ? 200 : 404
    response.setHeader('cache-control', 'no-store')
    response.end(JSON.stringify((await hear?.(body)) ?? null))
  }

  const { port, close } = await listen(answer)

  return {
    url: (host) => `http://${host}:${port}/`,
    server,
    holdAnswers: controls.holdAnswers,
    results,
    started,
    done,
    close,
  }
}
