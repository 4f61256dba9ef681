import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { listen } from '../support/node-server.js'

/** Where the app's auth server is. */
export const AUTH = 'https://project.example/auth/v1'

const dist = (path: string): string => fileURLToPath(new URL(`../../dist/${path}`, import.meta.url))

/** An app: a client as it is made by itself, and who is signed in. */
const APP = `
  import { AuthClient } from '${dist('index.js')}'
  import { gotrue } from '${dist('providers/gotrue/index.js')}'
  const auth = new AuthClient({ provider: gotrue({ url: '${AUTH}' }) })
  window.auth = auth
  auth.getSession().then((session) => { document.body.textContent = session?.user.email ?? 'nobody' })`

/** Serves the app, from an origin of its own. */
export async function startSite() {
  const { outputFiles } = await build({
    stdin: { contents: APP, resolveDir: dist('') },
    bundle: true,
    format: 'iife',
    write: false,
    tsconfigRaw: {},
  })
  const page = `<!doctype html><link rel=icon href=data:,><body></body><script>${outputFiles[0]?.text}</script>`
  return listen(async (_, response) => {
    response.setHeader('Content-Type', 'text/html').end(page)
  })
}
