import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import * as esbuild from 'esbuild'
import * as vite from 'vite'
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { EMPTY, PANEL, tracesIn } from '../devtools/traces.js'
import { root } from './compile.js'

/** An app that shows the panel without a thought of where it will run. */
const WITH = `
  import { AuthClient } from 'holdfast'
  import { faultInjector, recordSteps, showDevtools } from 'holdfast/devtools'
  import { gotrue } from 'holdfast/providers/gotrue'
  const faults = faultInjector()
  const options = {
    provider: gotrue({ url: 'https://auth.example', fetch: faults.fetch }),
    environment: faults.environment,
    debug: recordSteps(),
  }
  globalThis.auth = new AuthClient(options)
  showDevtools(globalThis.auth, { options })`

/** The same app without it. */
const WITHOUT = `
  import { AuthClient } from 'holdfast'
  import { gotrue } from 'holdfast/providers/gotrue'
  const options = { provider: gotrue({ url: 'https://auth.example' }) }
  globalThis.auth = new AuthClient(options)`

/** The panel, its style, and what makes things go wrong. */
const TRACES = [...PANEL, 'adoptedStyleSheets', 'Failed to fetch']

const size = (text: string): number => gzipSync(text, { level: 9 }).length

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-devtools-'))
  mkdirSync(join(folder, 'node_modules'))
  symlinkSync(root, join(folder, 'node_modules', 'holdfast'))
  writeFileSync(join(folder, 'index.html'), '<script type=module src=/app.js></script>')
  writeFileSync(join(folder, 'app.js'), WITH)
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

async function withEsbuild(contents: string, conditions?: string[]): Promise<string> {
  const { outputFiles } = await esbuild.build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    write: false,
    format: 'esm',
    target: 'es2022',
    ...(conditions && { conditions }),
  })
  return outputFiles[0]?.text ?? ''
}

async function withVite(mode: string): Promise<string> {
  // As in a terminal. The test runner has said that this is a test, which Vite takes for development.
  vi.stubEnv('NODE_ENV', undefined)
  const built = await vite
    .build({
      root: folder,
      mode,
      configFile: false,
      logLevel: 'silent',
      build: { write: false, modulePreload: false },
    })
    .finally(() => vi.unstubAllEnvs())
  const outputs = [built].flat().flatMap((one) => ('output' in one ? one.output : []))
  return outputs.map((one) => (one.type === 'chunk' ? one.code : '')).join('\n')
}

describe('an app that shows the panel', () => {
  it('has nothing of it when esbuild bundles it for production', async () => {
    const text = await withEsbuild(WITH)
    expect(tracesIn(text, TRACES)).toEqual([])
    expect(text).toContain(EMPTY)
  })

  it.each(['production', 'staging'])(
    'has nothing of it when Vite builds it for %s',
    async (mode) => {
      const text = await withVite(mode)
      expect(text).toContain('auth.example')
      expect(text).toContain(EMPTY)
      expect(tracesIn(text, TRACES)).toEqual([])
    },
  )

  it('pays a line for it in production, and no more', async () => {
    const bytes = size(await withEsbuild(WITH)) - size(await withEsbuild(WITHOUT))
    console.log(`devtools in production: ${bytes} of 150 bytes`)
    expect(bytes).toBeGreaterThan(0)
    expect(bytes).toBeLessThanOrEqual(150)
  })

  it('has all of it under the condition that development servers set', async () => {
    expect(tracesIn(await withEsbuild(WITH, ['development']), TRACES)).toEqual(TRACES)
  })

  it('is given it by Vite’s development server', async () => {
    const server = await vite.createServer({
      root: folder,
      configFile: false,
      logLevel: 'silent',
      server: { middlewareMode: true, ws: false },
      optimizeDeps: { noDiscovery: true },
    })
    try {
      const from = join(folder, 'app.js')
      const found = await server.environments.client.pluginContainer.resolveId(
        'holdfast/devtools',
        from,
      )
      expect(found?.id).toContain('dist/devtools/index.js')
    } finally {
      await server.close()
    }
  })

  it('has it in production where its import says so', async () => {
    const text = WITH.replace("'holdfast/devtools'", "'holdfast/devtools/production'")
    expect(tracesIn(await withEsbuild(text), TRACES)).toEqual(TRACES)
  })
})
