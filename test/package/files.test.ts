import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build } from 'esbuild'
import { describe, expect, it } from 'vitest'
import { manifest, root } from './compile.js'

/** What npm says of a package that it would pack. */
interface Packed {
  /** Bytes of the archive. */
  readonly size: number
  readonly files: readonly { readonly path: string }[]
}

function pack(): Packed {
  const printed = execFileSync('npm', ['pack', '--dry-run', '--ignore-scripts', '--json'], {
    cwd: root,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  // npm 12 names the packages, those before it list them.
  const [first] = Object.values<Packed>(JSON.parse(printed))
  if (!first) throw new Error('npm packs nothing.')
  return first
}

/** Bytes: with the sources, which source maps lead to, and the examples in doc comments, which are there twice. */
const MOST = 1_785_000

describe('the archive that npm packs', () => {
  const { size, files } = pack()
  const paths = files.map(({ path }) => path)

  it(`has at most ${MOST} bytes`, () => {
    console.log(`packed: ${size} of ${MOST} bytes`)
    expect(size).toBeLessThanOrEqual(MOST)
  })

  it('has the code of the test kit, but not its sources, and no test', () => {
    expect(paths).toContain('dist/testing/index.js')
    const strange =
      /^(test|demo|docs|bench|scripts|frameworks|src\/testing)\/|\.test\.|^dist\/testing\/.*\.map$/
    expect(paths.filter((path) => strange.test(path))).toEqual([])
  })

  it('names no map where there is none', () => {
    const named = paths.filter(
      (path) =>
        /\.js$/.test(path) &&
        /^\/\/# sourceMappingURL=/m.test(readFileSync(join(root, path), 'utf8')) &&
        !paths.includes(`${path}.map`),
    )
    expect(named).toEqual([])
  })

  it('can be found by what it is for', () => {
    expect(manifest.keywords).toEqual(expect.arrayContaining(['auth', 'session', 'refresh-token']))
  })
})

/** Bytes, minified and compressed: `AuthClient` with every provider, and what a page that a server rendered needs. */
const ONE_FILE = 47_250

describe('the file for pages without a bundler', () => {
  const file = join(root, 'dist/browser.js')

  it(`has at most ${ONE_FILE} bytes, compressed`, () => {
    const bytes = gzipSync(readFileSync(file), { level: 9 }).length
    console.log(`one file: ${bytes} of ${ONE_FILE} bytes`)
    expect(bytes).toBeLessThanOrEqual(ONE_FILE)
  })

  it('needs no other file, and exports the client, the storages and the providers', async () => {
    const { metafile } = await build({
      entryPoints: [file],
      bundle: true,
      write: false,
      metafile: true,
      format: 'esm',
      outdir: '.',
    })
    expect(Object.values(metafile.inputs).flatMap(({ imports }) => imports)).toEqual([])
    const [{ exports = [] } = {}] = Object.values(metafile.outputs)
    const wanted = [
      'AuthClient',
      'webStorage',
      'gotrue',
      'workos',
      'supertokens',
      'oidc',
      'backend',
    ]
    expect(exports).toEqual(expect.arrayContaining(wanted))
  })
})

describe('the frameworks that an app brings', () => {
  it.each(Object.entries(manifest.peerDependencies))(
    'of %s may be any release from a first one on (%s)',
    (_name, range) => {
      // What the tests here were pinned to is no limit for apps.
      expect(range).toMatch(/^(>=|\^)\d+(\.\d+)*$/)
    },
  )
})
