import { AuthClient, memoryStorage } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { buildPage, type Name } from '../bindings/build.js'
import { loadServer } from '../bindings/load.js'
import type { FrameworkServer, PageProps } from '../bindings/page.js'
import { listen, relay, toRequest } from '../support/node-server.js'
import type { Given } from './bindings-page.js'

const ADA = { email: 'ada@example.com', password: 'correct horse' }

/** A page of one framework, rendered on a server, and a scripted GoTrue. */
export interface BindingsSite {
  /** The page, rendered for nobody. */
  readonly url: string
  /** The same page, rendered for somebody. */
  readonly urlForAda: string
  close(): Promise<void>
}

/** Renders pages as a server does that has one client for all requests, which knows nobody. */
function createRenderer(server: FrameworkServer) {
  const client = new AuthClient({
    provider: gotrue({ url: 'http://127.0.0.1/auth/v1' }),
    storage: memoryStorage(),
  })
  return async (options: PageProps['options']): Promise<string> => {
    const given: Given = { options: options ?? {} }
    const tell: PageProps['tell'] = (_, text) => text
    const page = { client, credentials: ADA, tell, options: options ?? {} }
    return `<!doctype html><link rel=icon href=data:,>${server.head?.() ?? ''}
<div id=app>${await server.render(page)}</div>
<script id=given type=application/json>${JSON.stringify(given)}</script><script src=/page.js></script>`
  }
}

/** Starts the site of a framework on a free port of the loopback. */
export async function startBindingsSite(name: Name): Promise<BindingsSite> {
  const auth = createScriptedGoTrue({
    users: [ADA],
    redirectUrls: ['**'],
    accessTokenLifetime: 4_000,
  })
  const contents = `
    import { open } from '../browser/bindings-page.js'
    import * as framework from '../${name}/page.js'
    open(framework)`
  const script = await buildPage({ contents, place: 'browser', from: 'dist' })
  const render = createRenderer(await loadServer(name, 'dist'))
  const { origin, close } = await listen(async (request, response) => {
    const url = request.url ?? '/'
    if (url.startsWith('/auth/v1/')) {
      await relay(await auth.fetch(await toRequest(request, origin)), response)
    } else if (url === '/page.js') {
      response.setHeader('content-type', 'text/javascript').end(script)
    } else {
      const user = url.endsWith('?ada') ? { id: 'ada', email: ADA.email } : null
      response
        .setHeader('content-type', 'text/html')
        .end(await render({ initialSession: { user } }))
    }
  })
  return { url: `${origin}/`, urlForAda: `${origin}/?ada`, close }
}
