import { createScriptedGoTrue, type ScriptedGoTrue } from '../../src/testing/index.js'
import { listen, relay, toRequest } from '../support/node-server.js'
import { bundle } from './site.js'

/** No inline script or style, no text that becomes code, and nothing from elsewhere. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  'img-src data:',
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join('; ')

const PAGE = `<!doctype html><html lang=en><meta name=viewport content="width=device-width, initial-scale=1">
<title>An app</title><link rel=icon href=data:,><script type=module src=/page.js></script>
<main><h1>An app</h1><button id=before>Something of the app</button></main>`

/** An app with the panel on it, under a strict Content Security Policy, and a scripted GoTrue. */
export interface DevtoolsSite {
  readonly url: string
  readonly server: ScriptedGoTrue
  close(): Promise<void>
}

/** Starts the site on a free port of the loopback. */
export async function startDevtoolsSite(accessTokenLifetime: number): Promise<DevtoolsSite> {
  const users = [{ email: 'ada@example.com', password: 'correct horse' }]
  // What was replaced counts no more, but for the one before the newest, whose answer may be lost.
  const server = createScriptedGoTrue({
    redirectUrls: ['**'],
    users,
    accessTokenLifetime,
    reuseInterval: 0,
  })
  const script = await bundle('devtools-page')
  const { origin, close } = await listen(async (request, response) => {
    if (request.url?.startsWith('/auth/v1/')) {
      await relay(await server.fetch(await toRequest(request, origin)), response)
      return
    }
    const isScript = request.url === '/page.js'
    response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html')
    response.setHeader('content-security-policy', POLICY)
    response.end(isScript ? script : PAGE)
  })
  return { url: `${origin}/`, server, close }
}
