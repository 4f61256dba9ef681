import { execFileSync } from 'node:child_process'
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { builtinModules } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { build, type Plugin } from 'esbuild'
import { publint } from 'publint'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { compile, manifest, modules, root } from './compile.js'

/**
 * Bytes, minified and compressed. See the commit that set them: the promises of crash and
 * lock-free safety cost more than the first estimate. Of GoTrue's 90 know the app's own `state` in an
 * address from another integration's, 40 keep the provider's tokens of an implicit flow, 20 make a
 * secret for a new address as whoever asked for that. 8 of the core keep a request without a token its caller's,
 * 33 the age of tokens for resources, 101 have waits end and pauses pass as real timers and sleeps do, 305 refuse parts of
 * an environment and delays that cannot work, 160 of them and 70 more areas and parts that nobody knows. 2,400 of the core
 * are for what is rare and real: a line of tabs before a slow server, pages that cannot know yet who is signed in, pages
 * that are rendered ahead, leases in slow storage. 75 send the code of a callback once, whoever handles it. 50 of every
 * provider leave names of claims that are addresses as they are, and hear who wants a nonce by headers alone. 100 of OpenID
 * Connect are for tenants of Entra that name themselves, and send a session that was taken over to its own issuer alone.
 */
const BUDGETS = { core: 22_685, gotrue: 31_165, oidc: 32_445 }

/** What the pages of the budgets have. */
const CORE = `export { AuthClient, memoryStorage } from 'holdfast'`
const OIDC = `export { AuthClient, webStorage } from 'holdfast'; export { oidc } from 'holdfast/providers/oidc'`
const TAKING_OVER = `${OIDC}; export { takeOver } from 'holdfast'`
const OIDC_CLIENT_TS = `export { oidcClientTs } from 'holdfast/providers/oidc/take-over'`
const GOTRUE = `export { AuthClient, webStorage } from 'holdfast'; export { gotrue } from 'holdfast/providers/gotrue'`
const CORE_WEB = `export { AuthClient, webStorage } from 'holdfast'`
const NETLIFY = `export { netlifyIdentity } from 'holdfast/providers/gotrue/netlify'`

/** What of jose a page has that verifies tokens. */
const JOSE = `export { createLocalJWKSet } from 'jose/jwks/local'; export { jwtVerify } from 'jose/jwt/verify'`

const JWS = `export { createLocalJWKSet } from 'jose/jwks/local'; export { compactVerify } from 'jose/jws/compact/verify'`

/** With the endings by which Node finds them, but for the one that only bundles of Next need. */
const NEXT_MODULES = ['next/headers.js', 'next/navigation', 'next/server.js']

/** The frameworks that subpaths are for. They are the app's, and neither packed nor measured. */
const FRAMEWORKS: Readonly<Record<string, readonly string[]>> = {
  'holdfast/next': NEXT_MODULES,
  'holdfast/next/workos': NEXT_MODULES,
  'holdfast/next/oidc': NEXT_MODULES,
  'holdfast/next/gotrue': NEXT_MODULES,
  'holdfast/next/supertokens': NEXT_MODULES,
  'holdfast/react': ['react'],
  'holdfast/react/impersonation': ['react'],
  'holdfast/vue': ['vue'],
  'holdfast/svelte': ['svelte', 'svelte/store'],
  'holdfast/solid': ['solid-js'],
  'holdfast/angular': ['@angular/core'],
}

/** The frameworks of pages. */
const PAGES = ['react', 'vue', 'svelte', 'solid-js', '@angular/core']

/** A page that has its framework already. */
const pageOf = (framework: string): string => {
  const names = FRAMEWORKS[`holdfast/${framework}`] ?? []
  return [CORE, ...names.map((name, i) => `export * as framework${i} from '${name}'`)].join(';')
}

/** The bindings, and what makes one that is typed for the app's client. */
const BINDINGS = [
  ['react', 'createAuthHooks'],
  ['vue', 'createAuthComposables'],
  ['svelte', 'createAuthContext'],
  ['solid', 'createAuthContext'],
  ['angular', 'createAuthInjection'],
] as const

/** What an app has of a binding. */
const binding = (framework: string, make: string): string =>
  `import { ${make} } from 'holdfast/${framework}'; export const binding = ${make}()`

let folder: string

/** What Node prints for a module with this text, in a project that has the packed package. */
function run(text: string): string {
  writeFileSync(join(folder, 'run.mjs'), text)
  return execFileSync(process.execPath, ['run.mjs'], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 20_000,
  })
}

/** What a page loads only when it uses it is no part of the page. */
const later: Plugin = {
  name: 'later',
  setup({ onResolve }) {
    onResolve({ filter: /./ }, ({ path, kind }) =>
      kind === 'dynamic-import' ? { path, external: true } : undefined,
    )
  },
}

/** A framework is there for the page itself, and bundled with it: of it only its names are left. */
const bundled: Plugin = {
  name: 'bundled',
  setup({ onResolve, onLoad }) {
    const filter = new RegExp(`^(${PAGES.join('|')})(/store)?$`)
    onResolve({ filter }, ({ path }) => ({ path, namespace: 'bundled', sideEffects: false }))
    onLoad({ filter: /./, namespace: 'bundled' }, async ({ path }) => {
      const names = Object.keys(await import(path)).filter((name) => /^(?!default$)\w+$/.test(name))
      return { contents: names.map((name) => `export let ${name}`).join('\n') }
    })
  },
}

async function size(text: string): Promise<number> {
  const { outputFiles } = await build({
    stdin: { contents: text, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    plugins: [later, bundled],
  })
  return gzipSync(outputFiles[0]?.contents ?? new Uint8Array(), { level: 9 }).length
}

/** What a subpath with all that it needs still imports, when nothing is there but the web. */
async function importsOf(name: string): Promise<string[]> {
  const { metafile } = await build({
    stdin: { contents: `export * from '${name}'`, resolveDir: folder },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    platform: 'neutral',
    mainFields: ['module', 'main'],
    external: ['node:*', ...builtinModules, ...PAGES, 'next/*'],
  })
  const imports = Object.values(metafile.outputs).flatMap((output) => output.imports)
  const paths = imports.filter(({ external }) => external).map(({ path }) => path)
  return [...new Set(paths)].sort()
}

/** The files that an import of a subpath reads: of this package, and of those that it needs. */
async function filesOf(name: string): Promise<{ readonly own: string[]; readonly all: string[] }> {
  const { metafile } = await build({
    stdin: { contents: `import * as all from '${name}'; console.log(all)`, resolveDir: folder },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    // As Node does, which drops nothing.
    treeShaking: false,
    ignoreAnnotations: true,
    external: ['next/*'],
    logLevel: 'error',
  })
  const all = Object.keys(metafile.inputs).filter((path) => path !== '<stdin>')
  return { all, own: all.filter((path) => !path.includes('node_modules/')) }
}

/** The packages that a bundle of these subpaths holds. */
async function packagesOf(names: readonly string[]): Promise<string[]> {
  const { metafile } = await build({
    stdin: {
      contents: names.map((name, i) => `export * as m${i} from '${name}'`).join(';'),
      resolveDir: folder,
    },
    bundle: true,
    write: false,
    metafile: true,
    format: 'esm',
    external: PAGES,
  })
  const held = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs))
  const found = held
    .filter(([, { bytesInOutput }]) => bytesInOutput > 0)
    .flatMap(([path]) => /node_modules\/(?!holdfast\/)((?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1] ?? [])
  return [...new Set(found)].sort()
}

const MODULE = '{ "type": "module" }'

/** The settings of an app that is strict. */
const APP = {
  compilerOptions: {
    strict: true,
    exactOptionalPropertyTypes: true,
    noEmit: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable', 'ESNext.Disposable'],
    types: [],
    module: 'ESNext',
    moduleResolution: 'Bundler',
  },
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-'))
  execFileSync('npm', ['pack', '--ignore-scripts', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
  })
  const tarball = join(folder, readdirSync(folder).find((name) => name.endsWith('.tgz')) ?? '')
  execFileSync('tar', ['-xzf', tarball, '-C', folder])
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(join(folder, 'package'), join(folder, 'node_modules', 'holdfast'))
  const names = [...PAGES, '@types/react', ...Object.keys(manifest.dependencies)]
  for (const name of names) {
    mkdirSync(dirname(join(folder, 'node_modules', name)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  symlinkSync(join(root, 'test/fixtures/next'), join(folder, 'node_modules', 'next'))
  symlinkSync(join(folder, 'node_modules'), join(folder, 'package', 'node_modules'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the packed package', () => {
  it('satisfies publint', async () => {
    const { messages } = await publint({
      pkgDir: join(folder, 'package'),
      pack: false,
      strict: true,
    })
    expect(messages).toEqual([])
  })

  it('gives every subpath to a plain import', () => {
    const text = modules.map((name) => `console.log(Object.keys(await import('${name}')).length)`)
    expect(
      run(text.join('\n'))
        .trim()
        .split('\n')
        .map(Number)
        .every((count) => count > 0),
    ).toBe(true)
    expect(
      run(`import json from 'holdfast/package.json' with { type: 'json' }; console.log(json.name)`),
    ).toContain('holdfast')
  })

  it('does nothing when it is imported, and lets the process exit', () => {
    const names = [
      'localStorage',
      'sessionStorage',
      'indexedDB',
      'BroadcastChannel',
      'fetch',
      'setTimeout',
      'setInterval',
      'addEventListener',
      'document',
      'navigator',
    ]
    const text = `
      const touched = []
      for (const name of ${JSON.stringify(names)}) {
        const value = globalThis[name]
        Object.defineProperty(globalThis, name, { configurable: true, get() { touched.push(name); return value } })
      }
      touched.length = 0
      ${modules.map((name) => `await import('${name}')`).join('\n')}
      console.log(JSON.stringify(touched))`
    // jose and ky look at the platform's name when they load; nothing is called.
    const touched: string[] = JSON.parse(run(text))
    expect(touched.filter((name) => name !== 'navigator' && name !== 'document')).toEqual([])
  })

  it.each([
    ['holdfast/server', 3, 20],
    ['holdfast/server/workos', 5, 22],
    ['holdfast/server/oidc', 6, 23],
    ['holdfast/server/gotrue', 5, 22],
    ['holdfast/server/dbsc', 5, 24],
    ['holdfast/server/supertokens', 5, 22],
    ['holdfast/node', 5, 22],
    ['holdfast/express', 5, 22],
    ['holdfast/next', 6, 24],
    ['holdfast/next/workos', 8, 26],
    ['holdfast/next/oidc', 8, 26],
    ['holdfast/next/gotrue', 8, 26],
    ['holdfast/next/supertokens', 8, 26],
  ])('reads a few files for %s', async (name, most, altogether) => {
    const { own, all } = await filesOf(name)
    expect(own.length).toBeGreaterThan(0)
    expect(own.length).toBeLessThanOrEqual(most)
    expect(all.length).toBeLessThanOrEqual(altogether)
  })

  it('has one AuthError, whatever subpath throws it', () => {
    const text = `
      import { AuthError, isAuthError } from 'holdfast'
      import { sealText, createVerifier } from 'holdfast/server'
      import { createWorkOSSessions } from 'holdfast/server/workos'
      import { createOidc } from 'holdfast/server/oidc'
      import { createGotrue } from 'holdfast/server/gotrue'
      import { createSuperTokens } from 'holdfast/server/supertokens'
      import { createExpressSessions } from 'holdfast/express'
      const attempts = [() => sealText('', ''), createVerifier, createWorkOSSessions, createOidc, createGotrue, createSuperTokens, () => createExpressSessions({}).of({})]
      const failures = attempts.map(async (attempt) => attempt())
      const errors = (await Promise.allSettled(failures)).map(({ reason }) => reason)
      console.log(JSON.stringify(errors.map((error) => [error instanceof AuthError, isAuthError(error, 'invalid_argument')])))`
    expect(JSON.parse(run(text))).toEqual(Array.from({ length: 7 }, () => [true, true]))
  })

  it('has source maps that lead to the sources that are packed', () => {
    const at = (...path: readonly string[]): string => join(folder, 'package', ...path)
    const maps = readdirSync(at('dist'), { recursive: true, encoding: 'utf8' }).filter((name) =>
      name.endsWith('.js.map'),
    )
    const leads = maps.flatMap((name) => {
      const { sources }: { readonly sources: readonly string[] } = JSON.parse(
        readFileSync(at('dist', name), 'utf8'),
      )
      return sources.map((source) => at('dist', name, '..', source))
    })
    expect(leads.length).toBeGreaterThan(200)
    expect(leads.filter((path) => !existsSync(path))).toEqual([])
  })

  it.each(modules)('needs no Node for %s, and no package but its framework', async (name) => {
    expect(await importsOf(name)).toEqual(FRAMEWORKS[name] ?? [])
  })

  it('gives a page no package that it has not asked for', async () => {
    const verifying = [
      'holdfast/providers/gotrue/claims',
      'holdfast/providers/oidc/verify-id-token',
    ]
    const providers = modules.filter(
      (name) => name.includes('/providers/') && !verifying.includes(name),
    )
    const bindings = modules.filter((name) => PAGES.includes(FRAMEWORKS[name]?.[0] ?? ''))
    const page = ['holdfast', ...providers, ...bindings, 'holdfast/react-native']
    expect(await packagesOf(page)).toEqual(['idb-keyval', 'mitt'])
    for (const name of verifying) {
      expect(await packagesOf([...page, name])).toEqual(['idb-keyval', 'jose', 'mitt'])
    }
    expect(await packagesOf([...page, 'holdfast/ky'])).toEqual(['idb-keyval', 'ky', 'mitt'])
  })

  it.each(['Bundler', 'NodeNext'])(
    'has types that compile without those of Node (%s)',
    (module) => {
      const imports = modules.map((name, index) => `export * as m${index} from '${name}'\n`)
      compile(
        join(folder, 'types'),
        { 'package.json': MODULE, 'all.ts': imports.join('') },
        {
          compilerOptions: {
            ...APP.compilerOptions,
            module: module === 'Bundler' ? 'ESNext' : module,
            moduleResolution: module,
          },
        },
      )
    },
  )

  it.each([
    ['knows the events of GoTrue with its provider', `import 'holdfast/providers/gotrue'`, true],
    ['knows them with auth-js’ face too', `import 'holdfast/compat/auth-js'`, true],
    ['knows none of them without', '', false],
  ])('%s', (_, wanted, known) => {
    const text = `
      import { AuthClient } from 'holdfast'
      ${wanted}
      new AuthClient({ provider: { id: 'x', refresh: async () => null } }).onAuthStateChange((event, session, detail) => {
        ${known ? '' : '// @ts-expect-error Nobody tells of it.'}
        if (event === 'PASSWORD_RECOVERY') return [session.accessToken, detail.origin]
      })`
    compile(join(folder, 'events'), { 'package.json': MODULE, 'all.ts': text }, APP)
  })

  it.each([
    ['WorkOS says of a step, with its provider', `import 'holdfast/providers/workos'`, true],
    ['WorkOS says of a step, on a server', `import 'holdfast/server/workos'`, true],
    ['WorkOS says of a step, through a backend', `import 'holdfast/providers/backend'`, true],
    ['a step is where nobody says more', '', false],
  ])('knows what %s', (_, wanted, known) => {
    const text = `
      import type { RequiredStep } from 'holdfast'
      ${wanted}
      ${known ? '' : '// @ts-expect-error Nobody tells of them.'}
      export const ids = (step: RequiredStep): readonly string[] | undefined => step.connectionIds`
    compile(join(folder, 'steps'), { 'package.json': MODULE, 'all.ts': text }, APP)
  })

  it('names no path of the machine that built it', () => {
    const texts = readdirSync(join(folder, 'package'), {
      recursive: true,
      encoding: 'utf8',
      withFileTypes: true,
    })
      .filter((entry) => entry.isFile() && !entry.parentPath.includes('node_modules'))
      .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'))
    expect(texts.length).toBeGreaterThan(50)
    expect(texts.filter((text) => text.includes(root))).toEqual([])
  })

  it.each([
    ['core', CORE],
    ['gotrue', GOTRUE],
    ['oidc', OIDC],
  ] as const)('stays within the budget of %s', async (name, text) => {
    const bytes = await size(text)
    console.log(`${name}: ${bytes} of ${BUDGETS[name]} bytes`)
    expect(bytes).toBeLessThanOrEqual(BUDGETS[name])
  })

  it('is told of in the questions with the bytes of the budgets, and no others', () => {
    const text = readFileSync(join(root, 'docs/faq.md'), 'utf8')
    const figures = [...text.matchAll(/([\d.,]+)\skB/g)].map(([, figure]) => figure)
    const { core, gotrue, oidc } = BUDGETS
    expect(figures).toEqual([gotrue, core, oidc].map((bytes) => (bytes / 1000).toFixed(1)))
  })

  it.each<readonly [string, string, string, string, number]>([
    ['workos', 'gotrue', GOTRUE, `export { workos } from 'holdfast/providers/workos'`, 3_105],
    // 75 of it send the tokens of a session to no other issuer, 70 find documents and endpoints that pages do not hear.
    ['oidc', 'gotrue', GOTRUE, `export { oidc } from 'holdfast/providers/oidc'`, 6_030],
    [
      'userinfo, stepUp and pushRequest',
      'oidc',
      OIDC,
      `export { pushRequest, stepOf, stepUp, userinfo } from 'holdfast/providers/oidc'`,
      900,
    ],
    // The proof and its thumbprint alone are 550; the rest is what keeps a bound session alive, and 240 of it
    // remove the keys of sign-ins that nobody comes back from, 110 tell a server's time from what is none.
    ['dpop', 'oidc', OIDC, `export { dpop } from 'holdfast/providers/oidc/dpop'`, 2_105],
    ['popup', 'oidc', OIDC, `export { popup } from 'holdfast/providers/oidc/popup'`, 965],
    [
      'silentSignIn and silentRenewal',
      'oidc',
      OIDC,
      `export * from 'holdfast/providers/oidc/silent'`,
      // 120 of it say why a server may not have answered in the frame.
      1_525,
    ],
    [
      'secondFactor',
      'oidc',
      OIDC,
      `export { secondFactor } from 'holdfast/providers/oidc/second-factor'`,
      900,
    ],
    [
      'verifyIdToken',
      'oidc and jose',
      `${OIDC};${JWS}`,
      `export { verifyIdToken } from 'holdfast/providers/oidc/verify-id-token'`,
      // 80 of it are for clients with DPoP, whose proofs have the time that a verified token tells, 40 part what
      // judges tokens from the keys, for servers have it too.
      1_385,
    ],
    // What all parsers share comes with the first: the form of a session, which of several is the newest, and what stands
    // for an access token that was removed.
    ['oidcClientTs', 'oidc and takeOver', TAKING_OVER, OIDC_CLIENT_TS, 520],
    [
      'supertokens',
      'gotrue',
      GOTRUE,
      // 480 of it read the answers of an app's API: new payloads, and claims that fail.
      `export { supertokens } from 'holdfast/providers/supertokens'`,
      3_000,
    ],
    // A provider of its own, which has the requests and refusals of GoTrue's.
    ['netlify', 'core and webStorage', CORE_WEB, NETLIFY, 6_815],
    ['mfa', 'gotrue', GOTRUE, `export { mfa } from 'holdfast/providers/gotrue/mfa'`, 1_000],
    [
      'passkeys',
      'gotrue',
      GOTRUE,
      `export { passkeys } from 'holdfast/providers/gotrue/passkeys'`,
      1_000,
    ],
    [
      'identities',
      'gotrue',
      GOTRUE,
      `export { identities } from 'holdfast/providers/gotrue/identities'`,
      1_000,
    ],
    [
      'compat/auth-js',
      'gotrue',
      GOTRUE,
      // 40 of it believe no user but the token's, and find one whom auth-js kept apart in the same storage; 125 tell
      // the end of a session as auth-js does, and take the `wake` of a client; 110 take the secrets of all its redirects away;
      // 165 send a call as whoever made it, or not at all, though its work is loaded first.
      `export { GoTrueClient, isAuthApiError } from 'holdfast/compat/auth-js'`,
      4_040,
    ],
    // 85 of it keep all requests of a call one person’s, while somebody else may sign in.
    [
      'webauthnFactors',
      'gotrue',
      GOTRUE,
      `export { webauthnFactors } from 'holdfast/providers/gotrue/mfa'`,
      1_105,
    ],
    [
      'recoveryCodes',
      'gotrue',
      GOTRUE,
      `export { recoveryCodes } from 'holdfast/providers/gotrue/mfa'`,
      700,
    ],
    ['backend', 'gotrue', GOTRUE, `export { backend } from 'holdfast/providers/backend'`, 1_600],
    ['sessionTimeouts', 'core', CORE, `export { sessionTimeouts } from 'holdfast'`, 2_080],
    ['onUserChange', 'core', CORE, `export { onUserChange } from 'holdfast'`, 175],
    [
      'backendEvents',
      'backend',
      `${CORE};export { backend } from 'holdfast/providers/backend'`,
      `export { backendEvents } from 'holdfast/providers/backend/events'`,
      1_150,
    ],
    ...BINDINGS.map(
      ([name, make]) =>
        [name, 'core and its framework', pageOf(name), binding(name, make), 920] as const,
    ),
    [
      'react/impersonation',
      'react',
      `${CORE};export * from 'holdfast/react'`,
      `export { Impersonation } from 'holdfast/react/impersonation'`,
      400,
    ],
    ['sso', 'gotrue', GOTRUE, `export { sso } from 'holdfast/providers/gotrue/sso'`, 1_000],
    ['web3', 'gotrue', GOTRUE, `export { web3 } from 'holdfast/providers/gotrue/web3'`, 1_160],
    [
      'oauth-consent',
      'gotrue',
      GOTRUE,
      `export { oauthConsent } from 'holdfast/providers/gotrue/oauth-consent'`,
      1_000,
    ],
    [
      'claims',
      'gotrue and jose',
      `${GOTRUE};${JOSE}`,
      `export { claims } from 'holdfast/providers/gotrue/claims'`,
      1_000,
    ],
    // For development: all of it is here, style included.
    [
      'devtools',
      'core and sessionTimeouts',
      `${CORE};export { sessionTimeouts } from 'holdfast'`,
      `export * from 'holdfast/devtools/production'`,
      12_400,
    ],
    ['react-native', 'gotrue', GOTRUE, `export * from 'holdfast/react-native'`, 2_010],
    [
      'an app with AsyncStorage',
      'gotrue',
      GOTRUE,
      `export { asyncStorage, nativeEnvironment } from 'holdfast/react-native'`,
      900,
    ],
  ])('stays within the budget of %s on top of %s', async (name, _, page, text, budget) => {
    const bytes = (await size(`${page};${text}`)) - (await size(page))
    console.log(`${name}: ${bytes} of ${budget} bytes`)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(budget)
  })

  // msal-browser has encrypted what it keeps in localStorage: reading that takes nearly the half of these bytes. 80 find
  // sessions whose access token was removed, and the id token of the right tenant.
  it.each([
    ['axaOidcClient', 150],
    ['auth0SpaJs', 150],
    ['msalBrowser', 625],
  ])(
    'takes over sessions for %s in a few bytes on top of another library’s',
    async (name, most) => {
      const page = `${TAKING_OVER}; ${OIDC_CLIENT_TS}`
      const text = `export { ${name} } from 'holdfast/providers/oidc/take-over'`
      const bytes = (await size(`${page};${text}`)) - (await size(page))
      console.log(`${name}: ${bytes} of ${most} bytes`)
      expect(bytes).toBeGreaterThan(0)
      expect(bytes).toBeLessThanOrEqual(most)
    },
  )

  // The end-session page of Cognito has names of its own, and the region is in the id of a pool. No document of all
  // tenants of Entra is an issuer's own, so that the preset says where the endpoints are.
  it.each([
    ['keycloak', 160],
    ['auth0', 150],
    ['okta', 150],
    ['entra', 290],
    ['cognito', 165],
    ['zitadel', 150],
  ])('has a preset for %s of a few bytes on top of oidc', async (name, most) => {
    const preset = `export { ${name} } from 'holdfast/providers/oidc/presets'`
    const bytes = (await size(`${OIDC};${preset}`)) - (await size(OIDC))
    console.log(`${name}: ${bytes} of ${most} bytes`)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(most)
  })
})
