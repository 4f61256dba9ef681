// Builds the package: dist holds what tsc makes of src, and nothing older. What servers import is
// bundled: a process that starts reads three files of ours instead of two hundred.
import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('..', import.meta.url))
const at = (...path) => join(root, ...path)

/** The parts of `src` that are for servers only. Pages are bundled by those who make them. */
const PARTS = ['server', 'node', 'express', 'next']
/** What all of them share is what this one has: it becomes one file. */
const COMMON = 'server/index'
/** What some of them share and the common one has no need of: a file for so little is not worth opening. */
const LITTLE = ['providers/shared/options', 'server/supertokens/web/cors']
/** The one module of pages that must not be there twice, for `instanceof` would tell its classes apart. */
const ERRORS = 'core/errors'

/** Where the exports of the package lead, such as `server/workos/index`. */
const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
const entries = Object.values(exports)
  .map((target) => target.default?.replace(/^\.\/dist\/(.*)\.js$/, '$1'))
  .filter((path) => path && PARTS.includes(path.split('/')[0]))

/**
 * esbuild puts into one file what the same entries lead to. So all of them lead to all that the common
 * one has; else it would be cut into a file for each mixture of entries that need a part of it.
 */
const together = {
  name: 'together',
  setup({ onLoad }) {
    const common = at('src', `${COMMON}.ts`)
    const files = entries.filter((path) => path !== COMMON).map((path) => at('src', `${path}.ts`))
    onLoad({ filter: /index\.ts$/ }, ({ path }) => {
      if (path !== common && !files.includes(path)) return undefined
      const more = path === common ? LITTLE.map((name) => at('src', `${name}.ts`)) : [common]
      const lines = more.map((file) => `\nimport ${JSON.stringify(file)}`)
      return { loader: 'ts', contents: `${readFileSync(path, 'utf8')}${lines.join('')}` }
    })
  },
}

/** One file without imports, for a page with no bundler: `<script type="module">`. */
async function bundleForPages() {
  await build({
    entryPoints: [at('src/browser.ts')],
    outfile: at('dist/browser.js'),
    allowOverwrite: true,
    bundle: true,
    minify: true,
    format: 'esm',
    target: 'es2022',
    tsconfigRaw: {},
    logLevel: 'warning',
  })
  // It was tsc's, of the file before it was bundled.
  rmSync(at('dist/browser.js.map'))
}

/** The sources of this folder are not packed, so nothing may lead to them. */
function dropMaps(folder) {
  for (const name of readdirSync(at('dist', folder), { recursive: true, encoding: 'utf8' })) {
    const file = at('dist', folder, name)
    if (name.endsWith('.map')) rmSync(file)
    else if (/\.(js|d\.ts)$/.test(name)) {
      writeFileSync(
        file,
        readFileSync(file, 'utf8').replace(/\n\/\/# sourceMappingURL=.*\n?$/, '\n'),
      )
    }
  }
}

rmSync(at('dist'), { recursive: true, force: true })
execFileSync(process.execPath, [at('node_modules/typescript/bin/tsc'), '-p', '.'], {
  cwd: root,
  stdio: 'inherit',
})
for (const part of PARTS) {
  for (const name of readdirSync(at('dist', part), { recursive: true, encoding: 'utf8' })) {
    if (/\.js(\.map)?$/.test(name)) rmSync(at('dist', part, name))
  }
}
const { outputFiles } = await build({
  entryPoints: [ERRORS, ...entries].map((out) => ({ in: at('src', `${out}.ts`), out })),
  outdir: at('dist'),
  chunkNames: 'chunks/[hash]',
  bundle: true,
  splitting: true,
  packages: 'external',
  format: 'esm',
  platform: 'neutral',
  target: 'es2022',
  sourcemap: true,
  sourcesContent: false,
  write: false,
  // `sideEffects: false` would drop the imports that keep them together.
  ignoreAnnotations: true,
  plugins: [together],
  tsconfigRaw: {},
  logLevel: 'warning',
})
mkdirSync(at('dist/chunks'))
await bundleForPages()
dropMaps('testing')
for (const { path, text } of outputFiles) {
  // Imports of nothing only keep an order, which is none of ours: bundlers warn of them. The line stays,
  // for the source map counts it.
  writeFileSync(path, text.replace(/^import "\.[^"]+";$/gm, ''))
}
