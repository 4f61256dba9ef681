import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../../src', import.meta.url))
const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.replaceAll('\\', '/'))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** The parts of jose that servers need. */
const JOSE = [
  'jose/base64url',
  'jose/decode/protected_header',
  'jose/errors',
  'jose/jwk/thumbprint',
  'jose/jwks/remote',
  'jose/jwt/sign',
  'jose/jwt/unsecured',
  'jose/jwt/verify',
]

/** Who may import whom: a part, and the parts and packages it may name. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  core: ['core', 'mitt'],
  environment: ['environment', 'core'],
  storage: ['storage', 'core', 'idb-keyval'],
  providers: ['providers', 'core'],
  // Imports of their own, for whoever verifies tokens.
  'providers/gotrue/claims.ts': ['providers', 'core', 'jose/jwks/local', 'jose/jwt/verify'],
  'providers/oidc/verify-id-token.ts': [
    ...['providers', 'core', 'jose/jwks/local', 'jose/jws/compact/verify'],
  ],
  testing: ['testing', 'core'],
  // Of jose, types from its index and code from its parts: all of it takes longer to load than we do.
  server: ['server', 'providers', 'core', 'iron-webcrypto', 'jose', ...JOSE],
  node: ['node', 'server', 'core'],
  express: ['express', 'node', 'server', 'core'],
  next: [
    'next',
    'server',
    'providers',
    'core',
    'next/headers.js',
    'next/navigation',
    'next/server.js',
  ],
  // Other libraries' faces on a client: they make one of a provider and what its options say.
  compat: [
    'compat',
    'client.ts',
    'defaults.ts',
    'take-over.ts',
    'providers',
    'storage',
    'environment',
    'core',
  ],
  // Of the client and what it names, types only.
  bindings: ['bindings', 'client.ts', 'core'],
  // How the names begin that stand for tokens.
  'bindings/exposed.ts': ['core', 'providers'],
  react: ['react', 'bindings', 'client.ts', 'core'],
  vue: ['vue', 'bindings', 'client.ts', 'core'],
  svelte: ['svelte', 'svelte/store', 'bindings', 'client.ts', 'core'],
  solid: ['solid', 'solid-js', 'bindings', 'client.ts', 'core'],
  angular: ['angular', '@angular/core', 'bindings', 'client.ts', 'core'],
  'defaults.ts': ['core', 'environment', 'storage'],
  'fetch.ts': ['core', 'defaults.ts'],
  'react-native': ['react-native', 'core', 'environment'],
  // The client's type, by what it needs of it.
  'ky.ts': ['core', 'ky'],
  // Over a client's public methods: of the client itself, types only.
  devtools: ['devtools', 'client.ts', 'defaults.ts', 'core', 'environment', 'storage', 'timeouts'],
  // How the names begin that stand for tokens.
  'devtools/theft.ts': ['devtools', 'core', 'providers'],
  'host.ts': ['core'],
  'client.ts': ['core', 'defaults.ts', 'fetch.ts', 'host.ts', 'usable.ts'],
  'take-over.ts': ['core', 'defaults.ts'],
  timeouts: ['timeouts', 'core', 'environment'],
  'user-change.ts': ['client.ts', 'core', 'environment'],
  // What a page without a bundler gets: all that pages have, in one file.
  'browser.ts': ['index.ts', 'providers'],
  'index.ts': [
    ...['core', 'client.ts', 'environment', 'storage', 'take-over.ts', 'timeouts'],
    'user-change.ts',
  ],
}

const partOf = (file: string): string => file.split('/')[0] ?? file

/** What a file imports: packages by their names, files by their paths. */
function pathsOf(file: string, text: string): string[] {
  // Examples in comments import what apps do.
  const code = text.replace(/^ *\*.*$/gm, '')
  const names = [...code.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, name = '']) => name,
  )
  return names.map((name) =>
    name.startsWith('.')
      ? normalize(join(dirname(file), name))
          .replaceAll('\\', '/')
          .replace(/\.js$/, '.ts')
      : name,
  )
}

const importsOf = (file: string, text: string): string[] =>
  pathsOf(file, text).map((path) => (/\.ts$/.test(path) ? partOf(path) : path))

function wrongArrows(file: string, text: string): string[] {
  const allowed = ALLOWED[file] ?? ALLOWED[partOf(file)] ?? []
  return importsOf(file, text).filter((name) => !allowed.includes(name))
}

/** The wire whose folder a file is in; none for what all of them share. */
const wireOf = (file: string): string | undefined =>
  /^(?:providers\/(?!shared\/)|testing\/(?!server\/|browser\/))([^/]+)\//.exec(file)?.[1]

/** What a provider or a scripted server imports from another one, or what is shared from any. */
const fromSiblings = (file: string, text: string): string[] =>
  pathsOf(file, text).filter((path) => {
    const [own, other] = [wireOf(file), wireOf(path)]
    return /^(?:providers|testing)\/.+\//.test(file) && other !== undefined && other !== own
  })

/** The vendor whose folder of `server` a file is in. */
const vendorOf = (file: string): string | undefined =>
  /^server\/(workos|supertokens|oidc|gotrue)\//.exec(file)?.[1]

/** What the parts of `next` that are for every auth server import from a folder of one. */
const ofOneServer = (file: string, text: string): string[] =>
  /^next\/[^/]+$/.test(file)
    ? pathsOf(file, text).filter((path) =>
        /^(next|server|providers)\/(workos|oidc|gotrue|supertokens)\//.test(path),
      )
    : []

/** What the parts of `server` that are for every vendor, or another's, import from a vendor's folder. */
const fromVendors = (file: string, text: string): string[] =>
  pathsOf(file, text).filter((path) => {
    const vendor = vendorOf(path)
    return file.startsWith('server/') && vendor !== undefined && vendor !== vendorOf(file)
  })

/** Exports whose declaration no doc comment precedes. */
const undocumented = (text: string): string[] =>
  [...text.matchAll(/^(.*)\nexport (?:async )?(?:function|const|class|interface|type) (\w+)/gm)]
    .filter(([, before = '', name]) => {
      // Overloads share the comment of the first.
      const overload = new RegExp(`^export function ${name}\\b`).test(before)
      return !before.trimEnd().endsWith('*/') && !overload && !/^[})]/.test(before)
    })
    .map(([, , name = '']) => name)

/** Files that import each other in a circle, types included. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[] {
  const done = new Set<string>()
  const found: string[] = []
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) found.push([...path.slice(path.indexOf(file)), file].join(' → '))
    else if (!done.has(file)) {
      for (const next of imports.get(file) ?? []) visit(next, [...path, file])
      done.add(file)
    }
  }
  for (const file of imports.keys()) visit(file, [])
  return found
}

/** The files of `src` that a file imports. */
const filesFrom = (file: string): string[] =>
  [...read(file).matchAll(/(?:from|import)\s*\(?\s*'(\.[^']+)\.js'/g)].map(
    ([, name = '']) => `${normalize(join(dirname(file), name)).replaceAll('\\', '/')}.ts`,
  )

describe('the architecture', () => {
  it('is looked at: there are files', () => {
    expect(files.length).toBeGreaterThan(30)
  })

  it('has no import that points the wrong way', () => {
    expect(
      files.flatMap((file) => wrongArrows(file, read(file)).map((to) => `${file} → ${to}`)),
    ).toEqual([])
  })

  it('would notice one', () => {
    expect(
      wrongArrows('core/engine.ts', "import { webStorage } from '../storage/web-storage.js'"),
    ).toEqual(['storage'])
    expect(wrongArrows('providers/gotrue/index.ts', "import ky from 'axios'")).toEqual(['axios'])
    expect(
      wrongArrows('client.ts', "import { gotrue } from './providers/gotrue/index.js'"),
    ).toEqual(['providers'])
  })

  it('has a skin for Next that knows no auth server but in a folder for each', () => {
    expect(ofOneServer('next/proxy.ts', "import '../server/oidc/index.js'")).toEqual([
      'server/oidc/index.ts',
    ])
    expect(files.flatMap((file) => ofOneServer(file, read(file)))).toEqual([])
  })

  it('knows a vendor of servers in its own folder only', () => {
    expect(fromVendors('server/sealed/seal.ts', "import '../workos/index.js'")).toEqual([
      'server/workos/index.ts',
    ])
    expect(
      files.flatMap((file) => fromVendors(file, read(file)).map((to) => `${file} → ${to}`)),
    ).toEqual([])
  })

  it('has no circle, not even of types', () => {
    expect(
      circles(
        new Map([
          ['a.ts', ['b.ts']],
          ['b.ts', ['c.ts']],
          ['c.ts', ['b.ts']],
        ]),
      ),
    ).toEqual(['b.ts → c.ts → b.ts'])
    expect(circles(new Map(files.map((file) => [file, filesFrom(file)])))).toEqual([])
  })

  it('writes storage in one file of the core, and changes sessions there by one other', () => {
    const core = files.filter((file) => file.startsWith('core/'))
    const writers = (call: RegExp): string[] => core.filter((file) => call.test(read(file)))
    expect(writers(/\bstorage\.(set|remove|update)\(/)).toEqual(['core/vault.ts'])
    expect(writers(/\bvault\.(save|end|discard)\(/)).toEqual(['core/commit.ts'])
  })

  it('has no provider that imports from the folder of another', () => {
    expect(
      fromSiblings('providers/backend/index.ts', "import { a } from '../workos/wire.js'"),
    ).toEqual(['providers/workos/wire.ts'])
    expect(
      fromSiblings('providers/shared/http.ts', "import { a } from '../gotrue/wire.js'"),
    ).toEqual(['providers/gotrue/wire.ts'])
    expect(fromSiblings('providers/gotrue/index.ts', "import { a } from './wire.js'")).toEqual([])
    expect(fromSiblings('testing/workos/index.ts', "import { a } from '../gotrue/a.js'")).toEqual([
      'testing/gotrue/a.ts',
    ])
    expect(fromSiblings('testing/workos/index.ts', "import { a } from '../server/a.js'")).toEqual(
      [],
    )
    expect(
      files.flatMap((file) => fromSiblings(file, read(file)).map((path) => `${file} → ${path}`)),
    ).toEqual([])
    // What is shared has a home, and what is in no folder has none.
    expect(files.filter((file) => /^providers\/[^/]+$/.test(file))).toEqual([])
  })

  it('gives the core no global to name', () => {
    const { compilerOptions } = JSON.parse(read('core/tsconfig.json'))
    expect(compilerOptions).toMatchObject({ lib: ['ES2022'], types: [] })
  })

  it('keeps files under 250 lines', () => {
    expect(files.filter((file) => read(file).split('\n').length > 251)).toEqual([])
  })

  it('logs nothing, but what nobody can catch', () => {
    expect(files.filter((file) => read(file).includes('console.'))).toEqual([
      'defaults.ts',
      'node/handler.ts',
    ])
  })

  it('documents every export', () => {
    expect(undocumented('\nexport const bare = 1')).toEqual(['bare'])
    expect(
      files.flatMap((file) => undocumented(read(file)).map((name) => `${file}: ${name}`)),
    ).toEqual([])
  })

  it('has no path that leads outside', () => {
    expect(relative(root, join(root, 'index.ts'))).toBe('index.ts')
    const outside = (file: string): boolean =>
      pathsOf(file, read(file)).some((path) => path.startsWith('..'))
    expect(files.filter(outside)).toEqual([])
  })
})
