import { readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { PAGES as ALL_PAGES, read } from '../docs/pages.js'
import { compile, manifest, modules, root } from './compile.js'

interface Example {
  readonly kind: string
  readonly text: string
}

/** The examples of a page. The script of a component is one more file of the example before it. */
function examplesOf(page: string): Example[] {
  const examples: Example[] = []
  // What is before and after a move is compiled with the other library, in test/guides.
  const own = read(page).replace(/\n## (?:Before|After)\n[\s\S]*?(?=\n## )/g, '')
  for (const [, kind = '', text = ''] of own.matchAll(/```(tsx?|vue|svelte)\n([\s\S]*?)```/g)) {
    const script = /<script[^>]*>\n([\s\S]*?)<\/script>/.exec(text)?.[1]
    const last = examples.at(-1)
    if (/^tsx?$/.test(kind) || !last) examples.push({ kind, text })
    else if (script) {
      const name = /<!-- (.*) -->/.exec(text)?.[1]?.replaceAll(/\W+/g, '-')
      examples.splice(-1, 1, {
        ...last,
        text: `${last.text}\n// ${name}.ts\n${script.replace(/^ {2}/gm, '')}`,
      })
    }
  }
  return examples
}

/** Whether the first example of a page is a file: it is beside those of every other. */
const beginsWithFiles = (page: string): boolean =>
  /^\/\/ [\w.]+\.ts\n/.test(/```tsx?\n([\s\S]*?)```/.exec(read(page))?.[1] ?? '')

const PAGES = ALL_PAGES.filter(
  (page) =>
    // Its blocks are lines of apps that are compiled with their frameworks, see test/frameworks.
    page !== 'docs/frameworks.md' &&
    // So are those of whole apps, in test/guides.
    !page.startsWith('docs/guides/') &&
    examplesOf(page).length > 0,
)

/** What examples leave to the app, and the libraries in them that are not installed here. */
const APP = `
  declare const email: string, phone: string, password: string, redirectTo: string, url: string
  declare const key: string, apikey: string, apiKey: string, token: string, idToken: string
  declare const message: string, signature: string, captchaToken: string
  declare const authorizationId: string, clientId: string, identityId: string
  declare const wallet: import('holdfast/providers/gotrue/web3').SolanaWallet
  declare const provider: import('holdfast/providers/gotrue').GoTrueProvider
  declare function askForTheCode(): Promise<string>

  declare const backend: import('holdfast/server').Backend, request: Request
  declare const superTokens: import('holdfast/server/supertokens').SuperTokens
  declare const appSessions: import('holdfast/server/supertokens').SuperTokensSessions
  declare const roles: import('holdfast/server/supertokens').PrimitiveArrayClaim
  declare const sessions: import('holdfast/server').RequestSessions<import('holdfast/providers/workos').WorkOSUser>

  declare const chrome: {
    readonly identity: {
      getRedirectURL(): string
      launchWebAuthFlow(details: {
        readonly url: string
        readonly interactive: boolean
      }): Promise<string | undefined>
    }
  }

  declare module 'fastify' {
    import type { IncomingMessage, OutgoingHttpHeaders, ServerResponse } from 'node:http'
    type Request = { readonly raw: IncomingMessage }
    type Reply = {
      readonly raw: ServerResponse
      hijack(): Reply
      headers(values: OutgoingHttpHeaders): Reply
    }
    type Handler = (request: Request, reply: Reply) => Promise<unknown>
    type App = {
      addHook(name: 'onRequest', hook: Handler): void
      get(path: string, handler: Handler): void
    }
    export default function Fastify(): App
  }
  declare module 'koa' {
    import type { IncomingMessage, ServerResponse } from 'node:http'
    type Context = {
      readonly path: string
      readonly req: IncomingMessage
      readonly res: ServerResponse
      respond?: boolean
    }
    export default class Koa {
      use(middleware: (ctx: Context, next: () => Promise<unknown>) => Promise<unknown>): this
    }
  }
  declare module '@nestjs/core' {
    import type { IncomingMessage, ServerResponse } from 'node:http'
    type Middleware = (
      request: IncomingMessage,
      response: ServerResponse,
      next: (error?: unknown) => void,
    ) => unknown
    type App = {
      use(middleware: Middleware): App
      use(path: string, middleware: Middleware): App
      listen(port: number): Promise<void>
    }
    export const NestFactory: { create(module: new () => object): Promise<App> }
  }
  declare module '*.vue' {
    const component: import('vue').Component
    export default component
  }
  declare module 'next/server' {
    export interface NextRequest extends Request {
      readonly nextUrl: URL
    }
    export class NextResponse extends Response {
      static next(init: { readonly request: { readonly headers: Headers } }): NextResponse
      static rewrite(url: URL, init: { readonly request: { readonly headers: Headers } }): NextResponse
    }
  }
  declare module 'react-native' {
    type AppStateStatus = 'active' | 'background' | 'inactive' | 'unknown' | 'extension'
    export const AppState: {
      readonly currentState: AppStateStatus
      addEventListener(
        type: 'change' | 'memoryWarning' | 'blur' | 'focus',
        listener: (state: AppStateStatus) => void,
      ): { remove(): void }
    }
    export const Linking: {
      getInitialURL(): Promise<string | null>
      addEventListener(
        type: 'url',
        listener: (event: { url: string }) => void,
      ): { remove(): void }
    }
  }
  declare module 'expo-secure-store' {
    type Options = { keychainService?: string; keychainAccessible?: number }
    export const AFTER_FIRST_UNLOCK: number
    export function getItemAsync(key: string, options?: Options): Promise<string | null>
    export function setItemAsync(key: string, value: string, options?: Options): Promise<void>
    export function deleteItemAsync(key: string, options?: Options): Promise<void>
  }
  declare module 'expo-crypto' {
    export enum CryptoDigestAlgorithm {
      SHA256 = 'SHA-256',
    }
    export function getRandomBytes(count: number): Uint8Array
    export function digest(
      algorithm: CryptoDigestAlgorithm,
      data: BufferSource,
    ): Promise<ArrayBuffer>
  }
  declare module 'expo-web-browser' {
    type Result = { type: 'success'; url: string } | { type: 'cancel' | 'dismiss' | 'opened' }
    export function openAuthSessionAsync(url: string, redirectUrl?: string): Promise<Result>
  }
  declare module 'react-native-mmkv' {
    export function createMMKV(options?: { id: string; encryptionKey?: string }): {
      getString(key: string): string | undefined
      set(key: string, value: boolean | string | number | ArrayBuffer): void
      remove(key: string): boolean
    }
  }
  declare module 'react-native-quick-crypto' {
    export function randomBytes(size: number): Buffer
    export function createHash(name: string): {
      update(data: string | NodeJS.ArrayBufferView): { digest(): Buffer }
    }
  }
  declare module 'electron' {
    export const app: {
      getPath(name: 'userData'): string
      on(event: 'open-url', listener: (event: object, url: string) => void): void
    }
    export const safeStorage: {
      encryptString(text: string): Buffer
      decryptString(bytes: Buffer): string
    }
    export class BrowserWindow {
      static getAllWindows(): BrowserWindow[]
      readonly webContents: { send(channel: string, ...args: unknown[]): void }
    }
  }
  declare module '@capacitor/app' {
    export const App: {
      addListener(event: 'appUrlOpen', listener: (event: { url: string }) => void): Promise<object>
    }
  }
  declare module '@capacitor/preferences' {
    export const Preferences: {
      get(options: { key: string }): Promise<{ value: string | null }>
      set(options: { key: string; value: string }): Promise<void>
      remove(options: { key: string }): Promise<void>
    }
  }
  declare module '@tauri-apps/plugin-deep-link' {
    export function onOpenUrl(listener: (urls: string[]) => void): Promise<() => void>
  }
  declare module '@react-native-async-storage/async-storage' {
    const AsyncStorage: {
      getItem(key: string): Promise<string | null>
      setItem(key: string, value: string): Promise<void>
      removeItem(key: string): Promise<void>
    }
    export default AsyncStorage
  }
  declare module '@react-native-community/netinfo' {
    const NetInfo: {
      addEventListener(listener: (state: { isConnected: boolean | null }) => void): () => void
    }
    export default NetInfo
  }`

const IMPORT = /^import\b[\s\S]*?'$/gm

/** The client of the README's first example, which all others but those with their own go on with. */
const CLIENT = examplesOf('README.md')[0]?.text.split('auth.onAuthStateChange')[0] ?? ''

/** An example as a module: by default it goes on where the README's first one ends. */
function toModule(text: string): string {
  const hasClient =
    /^export const auth\b|\b(?:AuthClient|auth)\b.*from '(?!holdfast')/m.test(text) ||
    text.includes(CLIENT)
  const makesClient =
    /^import (?:type )?\{[^}]*\bAuthClient\b[^}]*\} from 'holdfast'$/m.test(text) &&
    /\bnew AuthClient\(/.test(text)
  // One that makes a client of its own goes on from nowhere.
  if (hasClient || makesClient) return `${text}\nexport {}`
  const known: readonly string[] = CLIENT.match(IMPORT) ?? []
  const imports = (text.match(IMPORT) ?? []).filter((line) => !known.includes(line))
  const rest = text.replace(IMPORT, '')
  // What it names may have the name of something in the first one. Some things stand at the top only.
  const own = /^(?:export|declare module)\b/m.test(rest) ? rest : `{${rest}}`
  return [...imports, CLIENT, own, 'export {}'].join('\n')
}

/** The files of an example: a comment that is a path begins one. */
function toFiles(
  { kind, text }: Example,
  index: number,
): (readonly [path: string, text: string])[] {
  const [first = '', ...parts] = text.split(/^\/\/ (?=[\w./[\]-]+\.tsx?\b)/m)
  const name = `example-${index + 1}`
  if (parts.length === 0) return [[`${name}.${kind}`, toModule(first)]]
  return parts.map((part) => {
    const [path = ''] = part.split(/[ :\n]/, 1)
    return [`${name}/${path}`, toModule(`// ${part}`)]
  })
}

/** The files of `src`, with their texts. */
const sources = new Map(
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => [name.replaceAll('\\', '/'), read(join('src', name))] as const),
)

/** Each of Solid's examples begins with it: it cannot stand in a comment. */
const SOLID = '/** @jsxImportSource solid-js */\n'

/** The examples that hovers show: each is what somebody pastes, its imports among it. */
const hovers = (): Example[] =>
  [...sources].flatMap(([name, source]) =>
    [...source.matchAll(/ \* @example.*\n \* ```(tsx?)\n([\s\S]*?) \* ```/g)].map(
      ([, kind = '', block = '']) => {
        const text = block.replace(/^ \*(?: |$)/gm, '')
        return { kind, text: name.startsWith('solid/') ? `${SOLID}${text}` : text }
      },
    ),
  )

/** The file in `src` of what an app imports. */
const fileOf = (name: string): string =>
  manifest.exports[name.replace(/^holdfast/, '.')].types
    .replace('./dist/', '')
    .replace('.d.ts', '.ts')

/** The functions, classes and other values that a module exports: their names, and the comment on each. */
function exportsOf(file: string): ReadonlyMap<string, string> {
  const text = sources.get(file) ?? ''
  const found = new Map<string, string>()
  const made =
    /(?:\/\*\*((?:(?!\*\/)[\s\S])*)\*\/\n)?export (?:async )?(?:function|class|const) (\w+)/g
  for (const [, comment = '', name = ''] of text.matchAll(made)) {
    // Of a function with several signatures the first one is shown first.
    if (!found.has(name)) found.set(name, comment)
  }
  for (const [, names = '', from = ''] of text.matchAll(/^export \{([^}]*)\} from '(.*)\.js'/gm)) {
    const others = exportsOf(posix.join(posix.dirname(file), `${from}.ts`))
    for (const one of names.split(',')) {
      const [, name, as = name] = /^\s*(\w+)(?: as (\w+))?\s*$/.exec(one) ?? []
      if (name && as) found.set(as, others.get(name) ?? '')
    }
  }
  return found
}

/** What the pages import of each module. */
function metFirst(): ReadonlyMap<string, ReadonlySet<string>> {
  const met = new Map(modules.map((name) => [name, new Set<string>()]))
  const line = /^import \{([^}]*)\} from '(holdfast.*)'$/gm
  for (const [, names = '', from = ''] of PAGES.map(read).join('\n').matchAll(line)) {
    for (const name of names.split(',')) met.get(from)?.add(name.trim().split(' as ')[0] ?? '')
  }
  return met
}

it('pages with examples are found', () => {
  expect(PAGES).toEqual(
    expect.arrayContaining(['README.md', 'docs/moving/auth-js.md', 'docs/gotrue.md']),
  )
  expect(CLIENT).toContain('const auth = ')
})

describe('an example is shown by a hover', () => {
  const met = metFirst()
  // Not the address of Ada, who is `@example.com`.
  const hasExample = (comment = ''): boolean => / \* @example\n \* ```/.test(comment)

  it.each(modules)('over what is met first of %s', (name) => {
    const comments = [...exportsOf(fileOf(name))]
    const bare = comments.filter(([, comment]) => !hasExample(comment))
    const names = bare.map(([value]) => value)
    expect(
      names.filter((value) => met.get(name)?.has(value) || /^create[A-Z]/.test(value)),
    ).toEqual([])
    // Also of a module that no page imports.
    expect(comments.some(([, comment]) => hasExample(comment))).toBe(true)
  })

  it('also of what a module has from another one, by whatever name', () => {
    const express = exportsOf('express/index.ts')
    expect(hasExample(express.get('createExpressSessions'))).toBe(true)
    expect([...exportsOf('providers/oidc/popup.ts').keys()]).toEqual(['popup', 'handBack'])
  })
})

const folderOf = (page: string): string => page.replaceAll(/\W+/g, '-')

/** The files of a page's examples, each in the folder of the page. */
function filesOf(page: string): readonly (readonly [path: string, text: string])[] {
  const found = page === 'hovers' ? hovers() : examplesOf(page)
  const files = found.flatMap(toFiles)
  const first = page !== 'hovers' && beginsWithFiles(page) ? found.slice(0, 1).flatMap(toFiles) : []
  const beside = found.flatMap((_, index) =>
    first.map(
      ([path, text]) => [path.replace('example-1/', `example-${index + 1}/`), text] as const,
    ),
  )
  return [...beside, ...files].map(([path, text]) => [`${folderOf(page)}/${path}`, text])
}

/** What tsc says of the examples of some pages, which it reads as one program: each would take it seconds. */
function errorsOf(pages: readonly string[]): string {
  const paths = modules.map((name) => [name, [`../../../src/${fileOf(name)}`]])
  const at = join(root, '.tmp', 'examples', folderOf(pages.length === 1 ? `${pages[0]}` : 'pages'))
  try {
    compile(
      at,
      { ...Object.fromEntries(pages.flatMap(filesOf)), 'app.d.ts': APP },
      {
        extends: '../../../test/tsconfig.json',
        compilerOptions: {
          rootDir: '../../..',
          jsx: 'react-jsx',
          jsxImportSource: 'react',
          paths: Object.fromEntries(paths),
        },
        include: ['**/*.ts', '**/*.tsx', '../../../src/**/*.d.ts'],
      },
    )
    return ''
  } catch (error) {
    return error instanceof Error ? error.message : `${error}`
  }
}

/** Which of these errors are a page's: those in its own files, and those of no page, which are of each. */
const ofPage = (errors: readonly string[], page: string, pages: readonly string[]): string[] =>
  errors.filter((error) => {
    // What follows is the message, which may name the file of another page.
    const [place = ''] = /^[^(\n]*/.exec(error) ?? []
    return !pages.some((other) => other !== page && place.includes(`/${folderOf(other)}/`))
  })

describe('an error of the compiler', () => {
  const pages = ['a.md', 'b.md']

  it.each([
    ['is of the page that it is in', 'pages/a-md/1.ts(1,1): error: No.', ['a.md']],
    ['is so where it names another', "pages/a-md/1.ts(1,1): error: See 'pages/b-md/1'.", ['a.md']],
    ['is of every page where it is of none', 'error: There is no memory left.', pages],
  ])('%s', (_what, error, whose) => {
    expect(pages.filter((page) => ofPage([error], page, pages).length > 0)).toEqual(whose)
  })

  it('is one also where the compiler ends without a word', () => {
    vi.stubEnv('NODE_OPTIONS', '--import=data:text/javascript,process.exit(7)')
    try {
      expect(() => compile(join(root, '.tmp', 'silent'), {}, {})).toThrow(/\S/)
    } finally {
      vi.unstubAllEnvs()
    }
  })
})

describe('examples', () => {
  const all = [...PAGES, 'hovers']
  /** What they add to a module of ours would hold for the other pages as well. */
  const apart = all.filter((page) =>
    filesOf(page).some(([, text]) => /^declare (?:module|global)\b/m.test(text)),
  )
  let together: readonly string[] = []
  beforeAll(() => {
    const errors = errorsOf(all.filter((page) => !apart.includes(page)))
    // An error goes on in lines that are indented.
    together = errors.split(/\n(?=\S)/).filter((error) => error !== '')
  }, 120_000)

  it.each(all.filter((page) => !apart.includes(page)))('of %s compile', (page) => {
    expect(ofPage(together, page, all)).toEqual([])
  })

  it.each(apart)('of %s compile', (page) => {
    expect(errorsOf([page])).toBe('')
  })
})
