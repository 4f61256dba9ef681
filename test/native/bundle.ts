import { readFile, writeFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, type Plugin } from 'esbuild'
import type { Babel } from '../support/babel.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Starts React Native's own set-up, and then the app. */
const ENTRY = `
  import './engine.mjs'
  import { connect, native } from './host.mjs'
  require('react-native/Libraries/Core/setUpGlobals')
  require('react-native/Libraries/Core/setUpXHR')
  connect(require('react-native/Libraries/EventEmitter/RCTDeviceEventEmitter').default)
  require('./main.mjs').run(native)
`

/** React Native is written in Flow. */
function flow(babel: Babel, preset: string): Plugin {
  return {
    name: 'flow',
    setup({ onLoad }) {
      onLoad(
        { filter: /node_modules\/(@react-native|react-native)\/.*\.js$/ },
        async ({ path }) => {
          const result = await babel.transformAsync(await readFile(path, 'utf8'), {
            filename: path,
            babelrc: false,
            configFile: false,
            presets: [[preset, { disableImportExportTransform: true, enableBabelRuntime: false }]],
          })
          return { contents: result?.code ?? '', loader: 'js' }
        },
      )
    },
  }
}

/** The scripted server has the web around it; the app has what React Native gives it. */
const beside: Plugin = {
  name: 'beside',
  setup({ onLoad }) {
    onLoad({ filter: /\/dist\/testing\/.*\.js$/ }, async ({ path }) => {
      const names = 'crypto, TextDecoder, TextEncoder, URL, URLSearchParams'
      const line = `import { ${names} } from '${at('app/server-globals.mjs')}';`
      return { contents: line + (await readFile(path, 'utf8')), loader: 'js' }
    })
  },
}

/** What packages of phones find around them. */
const around: Plugin = {
  name: 'around',
  setup({ onResolve }) {
    onResolve({ filter: /^react-native$/ }, () => ({ path: at('app/react-native.mjs') }))
    onResolve({ filter: /^expo(-modules-core)?$/ }, () => ({ path: at('app/expo.mjs') }))
  },
}

/**
 * Bundles the app with the built package and with React Native's own code out of `folder`, as far down as the
 * Hermes that there is a program of needs it: it knows neither classes nor private members.
 */
export async function bundleApp(folder: string): Promise<string> {
  const modules = join(folder, 'node_modules')
  const load = createRequire(join(folder, 'package.json'))
  const babel: Babel = load('@babel/core')
  const preset = load.resolve('@react-native/babel-preset')
  const { outputFiles } = await build({
    stdin: { contents: ENTRY, resolveDir: at('app') },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
    nodePaths: [modules],
    resolveExtensions: ['.ios.js', '.native.js', '.js', '.ts', '.mjs', '.json'],
    mainFields: ['react-native', 'module', 'main'],
    alias: {
      'holdfast/providers/gotrue': at('../../dist/providers/gotrue/index.js'),
      'holdfast/providers/oidc': at('../../dist/providers/oidc/index.js'),
      'holdfast/react-native': at('../../dist/react-native/index.js'),
      'holdfast/testing': at('../../dist/testing/index.js'),
      holdfast: at('../../dist/index.js'),
    },
    plugins: [flow(babel, preset), beside, around],
    tsconfigRaw: {},
    logLevel: 'error',
  })
  const lowered = await babel.transformAsync(outputFiles[0]?.text ?? '', {
    babelrc: false,
    configFile: false,
    compact: true,
    presets: [
      [
        preset,
        {
          disableImportExportTransform: true,
          enableBabelRuntime: false,
          unstable_transformProfile: 'default',
        },
      ],
    ],
  })
  const file = join(folder, 'app.js')
  await writeFile(file, lowered?.code ?? '')
  return file
}
