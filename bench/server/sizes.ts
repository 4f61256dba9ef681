import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { bytes, type Figure } from '../figures.js'
import type { ServerScenario } from './lab.js'

/** What a page needs to have a client, with its own defaults, and no more. */
const WORKOS = `
  import { createClient } from '@workos-inc/authkit-js'
  globalThis.auth = createClient('client_1')`

const holdfastWith = (imports: string, provider: string): string => `
  import { AuthClient } from 'holdfast'
  ${imports}
  globalThis.auth = new AuthClient({ provider: ${provider} })`

const IMPORT_WORKOS = `import { workos } from 'holdfast/providers/workos'`
const IMPORT_GOTRUE = `import { gotrue } from 'holdfast/providers/gotrue'`
const MAKE_WORKOS = `workos({ clientId: 'client_1' })`
const MAKE_GOTRUE = `gotrue({ url: 'https://project.example/auth/v1' })`

/** Bytes of a module, minified and compressed by gzip at its best. */
async function sizeOf(root: string, contents: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: root },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    // What is measured is what was built: the package finds itself by its name.
    tsconfigRaw: {},
  })
  const [file] = outputFiles
  if (!file) throw new Error('esbuild made no file.')
  return gzipSync(file.contents, { level: 9 }).length
}

/** The peer is one piece, so that no part of it can be told from the rest. */
const NOTHING: Figure = { text: '', raw: null }

/** Bytes of a page that has the client of the browser. */
export const browserBundle: ServerScenario = {
  name: 'Browser bundle',
  async run({ root }) {
    const size = (imports: string, provider: string): Promise<number> =>
      sizeOf(root, holdfastWith(imports, provider))
    const whole = await size(IMPORT_WORKOS, MAKE_WORKOS)
    const bare = await size('', '{ id: "own", refresh: async () => null }')
    const gotrue = await size(IMPORT_GOTRUE, MAKE_GOTRUE)
    const both = await size(
      `${IMPORT_GOTRUE}\n${IMPORT_WORKOS}`,
      `navigator.onLine ? ${MAKE_GOTRUE} : ${MAKE_WORKOS}`,
    )
    return {
      holdfast: {
        'minified, gzip -9': bytes([whole]),
        'of it `workos` and its HTTP client': bytes([whole - bare]),
        '`workos` on a page that has `gotrue`': bytes([both - gotrue]),
      },
      workos: {
        'minified, gzip -9': bytes([await sizeOf(root, WORKOS)]),
        'of it `workos` and its HTTP client': NOTHING,
        '`workos` on a page that has `gotrue`': NOTHING,
      },
    }
  },
}
