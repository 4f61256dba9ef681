import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { type BuildOptions, build } from 'esbuild'

/** The clients, in the order of the table's columns. */
export const CLIENTS = ['holdfast', 'auth-js'] as const

/** One of the clients. */
export type ClientName = (typeof CLIENTS)[number]

/** Something for each client. */
export type PerClient<T> = Readonly<Record<ClientName, T>>

/** Makes something for each client, one after the other. */
export async function perClient<T>(
  make: (client: ClientName) => Promise<T>,
): Promise<PerClient<T>> {
  const holdfast = await make('holdfast')
  return { holdfast, 'auth-js': await make('auth-js') }
}

/** What a page needs to have a client that keeps its session in localStorage, and no more. */
const SMALLEST: PerClient<string> = {
  holdfast: `
    import { AuthClient } from 'holdfast'
    import { gotrue } from 'holdfast/providers/gotrue'
    globalThis.auth = new AuthClient({ provider: gotrue({ url: '/auth/v1', apiKey: 'public' }) })`,
  'auth-js': `
    import { AuthClient } from '@supabase/auth-js'
    globalThis.auth = new AuthClient({ url: '/auth/v1', headers: { apikey: 'public' } })`,
}

/** A page's script, as small as esbuild makes it. */
export async function bundle(root: string, options: BuildOptions): Promise<Uint8Array> {
  const { outputFiles = [] } = await build({
    ...options,
    absWorkingDir: root,
    bundle: true,
    minify: true,
    write: false,
    target: 'es2022',
    tsconfigRaw: {},
    // What is measured is what was built.
    alias: {
      holdfast: join(root, 'dist/index.js'),
      'holdfast/providers/gotrue': join(root, 'dist/providers/gotrue/index.js'),
      'holdfast/providers/oidc': join(root, 'dist/providers/oidc/index.js'),
      // The root's own, not the older one that another package brings.
      '@supabase/auth-js': join(root, 'node_modules/@supabase/auth-js'),
    },
  })
  const [file] = outputFiles
  if (!file) throw new Error('esbuild made no file.')
  return file.contents
}

/** The script of each client's page. Its first statement notes the time. */
export const pageScripts = (root: string): Promise<PerClient<string>> =>
  perClient(async (client) => {
    const contents = await bundle(root, {
      entryPoints: [join(root, `bench/clients/${client}.ts`)],
      format: 'iife',
      banner: { js: 'globalThis.started=performance.now();' },
    })
    return new TextDecoder().decode(contents)
  })

/** Bytes of each client, minified and compressed by gzip at its best. */
export const bundleSizes = (root: string): Promise<PerClient<number>> =>
  perClient(async (client) => {
    const stdin = { contents: SMALLEST[client], resolveDir: root }
    return gzipSync(await bundle(root, { stdin, format: 'esm' }), { level: 9 }).length
  })
