import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { compile, manifest, modules, root } from '../package/compile.js'
import { APP, filesOf, PAGES } from '../package/examples.js'
import { installLocked } from '../support/npm.js'
import { bundleApp } from './bundle.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const folder = at('../../.tmp/native')

/** What a story came to; `failure` is `null` when it ended well. */
interface Outcome {
  readonly name: string
  readonly failure: string | null
}

/** Where the package keeps its programs. */
const PROGRAMS: Readonly<Record<string, string>> = {
  linux: 'linux64-bin/hermes',
  darwin: 'osx-bin/hermes',
  win32: 'win64-bin/hermes.exe',
}

/** Runs the app in Hermes, with a queue for what promises do next, as React Native has it. */
async function play(): Promise<readonly Outcome[]> {
  const app = await bundleApp(folder)
  const program = PROGRAMS[process.platform]
  if (!program) throw new Error(`There is no Hermes for ${process.platform}.`)
  const hermes = join(folder, 'node_modules', 'hermes-engine-cli', program)
  const { stdout } = await promisify(execFile)(hermes, ['-w', '-Xmicrotask-queue', app], {
    maxBuffer: 2 ** 24,
  })
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/** The titles of the stories, which only Hermes can run. */
const titles = ['app/stories.ts', 'app/storages.ts']
  .flatMap((file) => [
    ...readFileSync(at(file), 'utf8').matchAll(/^ {2}(?:async )?'([^']+)'[(:]/gm),
  ])
  .map(([, title = '']) => title)

/** What an app imports of the built package. */
const paths = modules.map((name) => {
  const { types } = manifest.exports[name.replace(/^holdfast/, '.')]
  return [name, [join(root, types)]]
})

/** What is the same for all apps. */
const SETTINGS = {
  strict: true,
  noEmit: true,
  target: 'ES2022',
  module: 'ESNext',
  moduleResolution: 'bundler',
  skipLibCheck: true,
  paths: Object.fromEntries(paths),
}

/** As `@react-native/typescript-config` has it: what React Native lacks of a browser its apps cannot name. */
const PHONE = {
  ...SETTINGS,
  lib: ['ES2022'],
  types: [],
  jsx: 'react-native',
  customConditions: ['react-native'],
}

const DESKTOP = { ...SETTINGS, lib: ['ES2022', 'DOM', 'DOM.Iterable'], types: ['node'] }

/** What the compiler says of files of an app, which is nothing when all is well. */
function errorsOf(files: Readonly<Record<string, string>>, compilerOptions: object): string {
  try {
    compile(join(folder, 'examples'), files, { compilerOptions, include: ['**/*'] })
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`
  }
}

/** A package, what is imported of it, and a call that its types refuse. */
type Mistake = readonly [from: string, names: string, call: string]

const PHONE_MISTAKES: readonly Mistake[] = [
  ['@react-native-async-storage/async-storage', 'AsyncStorage', 'AsyncStorage.getItem(1)'],
  ['@react-native-community/netinfo', 'NetInfo', 'NetInfo.addEventListener(1)'],
  ['expo-crypto', '* as Crypto', 'Crypto.getRandomBytes("1")'],
  ['expo-secure-store', '* as SecureStore', 'SecureStore.getItemAsync(1)'],
  ['expo-web-browser', '* as WebBrowser', 'WebBrowser.openAuthSessionAsync(1)'],
  ['react-native', '{ AppState, Linking }', 'AppState.addEventListener(1, Linking)'],
  ['react-native-mmkv', '{ createMMKV }', 'createMMKV().getString(1)'],
  ['react-native-quick-crypto', '{ createHash }', 'createHash(1)'],
]

const DESKTOP_MISTAKES: readonly Mistake[] = [
  ['@capacitor/app', '{ App }', 'App.addListener(1)'],
  ['@capacitor/preferences', '{ Preferences }', 'Preferences.get({ key: 1 })'],
  ['@tauri-apps/plugin-deep-link', '{ onOpenUrl }', 'onOpenUrl(1)'],
  ['electron', '{ safeStorage }', 'safeStorage.encryptString(1)'],
]

beforeAll(() => installLocked(at('.'), folder))

describe('with what the packages of phones and desktops say of their types', () => {
  const pages = [...PAGES, 'hovers'].filter((page) => filesOf(page, 'test/native').length > 0)

  it('examples are found', () => {
    expect(pages).toEqual(
      expect.arrayContaining(['docs/desktop.md', 'docs/react-native.md', 'hovers']),
    )
  })

  it.each(pages)('the examples of %s compile', (page) => {
    const files = { ...Object.fromEntries(filesOf(page, 'test/native')), 'app.d.ts': APP }
    expect(errorsOf(files, page === 'docs/desktop.md' ? DESKTOP : PHONE)).toBe('')
  })

  it.each([
    ['phones', PHONE_MISTAKES, PHONE],
    ['desktops', DESKTOP_MISTAKES, DESKTOP],
  ] as const)(
    'a mistake in a call of any package of %s would be found',
    (_, mistakes, settings) => {
      const lines = mistakes.map(
        ([from, names, call]) => `import ${names} from '${from}'\n// @ts-expect-error\n${call}`,
      )
      expect(errorsOf({ 'mistakes.ts': lines.join('\n') }, settings)).toBe('')
    },
  )
})

describe('in Hermes, with the URL, the fetch and the globals of React Native,', () => {
  let outcomes: readonly Outcome[] = []

  beforeAll(async () => {
    outcomes = await play()
  })

  it('all stories are told', () => {
    expect(titles.length).toBeGreaterThan(10)
    expect(outcomes.map(({ name }) => name)).toEqual(titles)
  })

  it.each(titles)('%s', (title) => {
    const { failure } = outcomes.find(({ name }) => name === title) ?? { failure: 'It is missing.' }
    expect(failure).toBe(null)
  })
})
