import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { PAGES as ALL_PAGES, read } from '../docs/pages.js'
import { manifest, root } from './compile.js'

/** A block of code on a page, or in the comment on a name. */
export interface Example {
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

/** The pages with examples that are compiled here. */
export const PAGES = ALL_PAGES.filter(
  (page) =>
    // Its blocks are lines of apps that are compiled with their frameworks, see test/frameworks.
    page !== 'docs/frameworks.md' &&
    // So are those of whole apps, in test/guides.
    !page.startsWith('docs/guides/') &&
    examplesOf(page).length > 0,
)

/** What examples leave to the app, and the libraries in them that are not installed here. */
export const APP = `
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
  }`

const IMPORT = /^import\b[\s\S]*?'$/gm

/** The client of the README's first example, which all others but those with their own go on with. */
export const CLIENT = examplesOf('README.md')[0]?.text.split('auth.onAuthStateChange')[0] ?? ''

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
export const sources = new Map(
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
export const fileOf = (name: string): string =>
  manifest.exports[name.replace(/^holdfast/, '.')].types
    .replace('./dist/', '')
    .replace('.d.ts', '.ts')

/** The folder of a page's examples. */
export const folderOf = (page: string): string => page.replaceAll(/\W+/g, '-')

/** Where the libraries of an example are installed: here, or for `test/native` alone. */
export type Place = 'here' | 'test/native'

/** What phones and desktops have. */
const OF_DEVICES =
  /^import .* from '(?:@?react-native\b|expo-|electron'|@capacitor\/|@tauri-apps\/)/m

const placeOf = ({ text }: Example): Place => (OF_DEVICES.test(text) ? 'test/native' : 'here')

/** The files of a page's examples that have a place, each in the folder of the page. */
export function filesOf(
  page: string,
  place: Place,
): readonly (readonly [path: string, text: string])[] {
  const found = page === 'hovers' ? hovers() : examplesOf(page)
  const first = page !== 'hovers' && beginsWithFiles(page) ? found.slice(0, 1) : []
  const isThere = (example: Example): boolean =>
    place === ([...first, example].some((one) => placeOf(one) !== 'here') ? 'test/native' : 'here')
  const files = found.flatMap((example, index) => {
    if (!isThere(example)) return []
    const beside = first
      .flatMap(toFiles)
      .map(([path, text]) => [path.replace('example-1/', `example-${index + 1}/`), text] as const)
    return [...beside, ...toFiles(example, index)]
  })
  return files.map(([path, text]) => [`${folderOf(page)}/${path}`, text])
}
