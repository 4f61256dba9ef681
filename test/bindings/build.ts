import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, extname, join } from 'node:path'
import { build, type Plugin, transform } from 'esbuild'
import { compile } from 'svelte/compiler'
import { compileScript, parse } from 'vue/compiler-sfc'
import type { Babel } from '../support/babel.js'

/** Not by a URL: with a page around it, a test has the URLs of the page. */
const at = (path: string): string => join(import.meta.dirname, '../..', path)

/** The frameworks that there are bindings for, and a page of each in the folder of that name. */
export const FRAMEWORKS = ['react', 'vue', 'svelte', 'solid', 'angular'] as const

/** One of them. */
export type Name = (typeof FRAMEWORKS)[number]

/** Where a page runs. */
export type Place = 'browser' | 'server'

/** A component of Vue as a module: its template compiled into its setup, as Vite's plugin does for production. */
const vue = (place: Place): Plugin => ({
  name: 'vue',
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, ({ path }) => {
      const { descriptor } = parse(readFileSync(path, 'utf8'), { filename: path })
      const templateOptions = { ssr: place === 'server', ssrCssVars: [] }
      const settings = { id: path, inlineTemplate: true, templateOptions }
      return { contents: compileScript(descriptor, settings).content, loader: 'ts' }
    })
  },
})

/** A component of Svelte as a module. */
const svelte = (place: Place): Plugin => ({
  name: 'svelte',
  setup({ onLoad }) {
    const generate = place === 'server' ? 'server' : 'client'
    onLoad({ filter: /\.svelte$/ }, ({ path }) => {
      const source = readFileSync(path, 'utf8')
      return { contents: compile(source, { filename: path, generate, dev: true }).js.code }
    })
  },
})

/** A module with JSX of Solid: by its own compiler, as Vite's plugin calls it for pages that a server renders. */
const solid = (place: Place): Plugin => ({
  name: 'solid',
  setup({ onLoad }) {
    const load = createRequire(at('package.json'))
    const generate = place === 'server' ? 'ssr' : 'dom'
    onLoad({ filter: /\.tsx$/ }, async ({ path }) => {
      const babel: Babel = load('@babel/core')
      const { code } = await transform(readFileSync(path, 'utf8'), {
        loader: 'tsx',
        jsx: 'preserve',
        tsconfigRaw: {},
      })
      const compiled = await babel.transformAsync(code, {
        filename: path,
        babelrc: false,
        configFile: false,
        presets: [[load.resolve('babel-preset-solid'), { generate, hydratable: true }]],
      })
      return { contents: compiled?.code ?? '' }
    })
  },
})

/** What `holdfast` and its subpaths are: the sources, or what was built. */
function packages(from: 'src' | 'dist'): Record<string, string> {
  const { exports } = JSON.parse(readFileSync(at('package.json'), 'utf8'))
  const all = Object.keys(exports).filter((key) => !key.endsWith('.json'))
  const files = all.map((key): [string, string] => {
    const built: string = exports[key].default
    const file = from === 'dist' ? built : built.replace('./dist/', 'src/').replace(/\.js$/, '.ts')
    return [key.replace(/^\./, 'holdfast'), at(file)]
  })
  // The longer names first: the shorter would take them for paths of its own.
  return Object.fromEntries(files.sort(([one], [other]) => other.length - one.length))
}

/** What ends in `?copy` is of another copy of the package, as in a page for which two versions are installed. */
const copy = (files: Readonly<Record<string, string>>): Plugin => ({
  name: 'copy',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /\?copy$/ }, ({ path }) => ({
      path: files[path.replace('?copy', '')] ?? path,
      namespace: 'copy',
    }))
    // Other packages are there once.
    onResolve({ filter: /^\./, namespace: 'copy' }, ({ path, importer }) => ({
      path: join(dirname(importer), path.replace(/\.js$/, extname(importer))),
      namespace: 'copy',
    }))
    onLoad({ filter: /./, namespace: 'copy' }, ({ path }) => ({
      contents: readFileSync(path, 'utf8'),
      loader: 'ts',
      resolveDir: dirname(path),
    }))
  },
})

/** How a page is built. */
export interface BuildOptions {
  /** The text of its first module, which lies in `test/bindings`. */
  readonly contents: string
  readonly place: Place
  readonly from: 'src' | 'dist'
}

/** A page with its framework in it, as a script that makes `page`. */
export async function buildPage({ contents, place, from }: BuildOptions): Promise<string> {
  const isServer = place === 'server'
  const files = packages(from)
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: at('test/bindings'), loader: 'ts' },
    bundle: true,
    write: false,
    format: 'iife',
    globalName: 'page',
    platform: isServer ? 'node' : 'browser',
    conditions: isServer ? [] : ['development'],
    alias: files,
    plugins: [copy(files), vue(place), svelte(place), solid(place)],
    define: {
      // What Angular's own builds for servers say.
      ...(isServer && { ngServerMode: 'true' }),
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'true',
    },
    tsconfigRaw: {},
    target: 'es2022',
    logLevel: 'error',
  })
  return outputFiles[0]?.text ?? ''
}
