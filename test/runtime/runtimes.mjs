// The built package in every runtime that there is a binary of. Run by hand:
//
//     npm run build
//     npm i --prefix ./runtimes workerd deno bun @edge-runtime/vm
//     node test/runtime/runtimes.mjs ./runtimes
import { execFileSync } from 'node:child_process'
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const tools = resolve(process.argv[2] ?? '.')
const here = fileURLToPath(new URL('.', import.meta.url))
const root = fileURLToPath(new URL('../..', import.meta.url))

// An app that has installed the package. Beside its sources, Bun and esbuild would take those.
const folder = mkdtempSync(join(tmpdir(), 'holdfast-runtimes-'))
cpSync(here, folder, { recursive: true })
mkdirSync(join(folder, 'node_modules'))
symlinkSync(root, join(folder, 'node_modules/holdfast'))
writeFileSync(join(folder, 'package.json'), '{ "dependencies": { "holdfast": "*" } }')

const bin = (name) => join(tools, 'node_modules/.bin', name)

function run(name, command, args) {
  try {
    const options = { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], timeout: 300_000 }
    const output = execFileSync(command, args, options).trim()
    console.log(`${name}: ${output || 'passed'}`)
  } catch (error) {
    console.log(`${name}: FAILED\n${error.stdout ?? ''}${error.stderr ?? error}`)
    process.exitCode = 1
  }
}

const bundle = (name, options) =>
  build({
    entryPoints: [join(folder, name)],
    bundle: true,
    target: 'es2022',
    outdir: join(folder, 'bundled'),
    logLevel: 'error',
    ...options,
  })

/** The worker, and a site that is all it can reach. */
const configuration = (date, flags) => `
using Workerd = import "/workerd/workerd.capnp";
const config :Workerd.Config = (services = [
  (name = "main", worker = .smoke), (name = "site", worker = .far)
]);
const smoke :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "worker.js")],
  bindings = [(name = "SELF", service = "main")],
  compatibilityDate = "${date}", compatibilityFlags = [${flags.map((flag) => `"${flag}"`)}],
  globalOutbound = "site"
);
const far :Workerd.Worker = (
  modules = [(name = "worker", esModule = embed "site.js")], compatibilityDate = "${date}"
);`

// The first date with all that the test kit needs; the last before promises of other requests may be
// waited for, and the first after it; the first that knows `cache`; and of late.
const DATES = ['2023-03-01', '2024-10-13', '2024-10-14', '2024-11-11', '2026-04-01']

try {
  for (const version of [20, 22, 24, 26]) {
    for (const file of ['smoke.mjs', 'server.mjs']) {
      const args = ['-y', '-p', `node@${version}`, '--', 'node', join(folder, file)]
      run(`Node ${version}, ${file}`, 'npx', args)
    }
  }
  for (const file of ['smoke.mjs', 'server.mjs']) {
    run(`Deno, ${file}`, bin('deno'), ['run', '-A', join(folder, file)])
    run(`Bun, ${file}`, bin('bun'), ['run', join(folder, file)])
  }
  await bundle('worker.mjs', { format: 'esm', conditions: ['workerd', 'worker', 'browser'] })
  await bundle('site.mjs', { format: 'esm' })
  // With and without functions of Node's, of which workerd has ever more by the date.
  for (const [date, ...flags] of DATES.flatMap((date) => [[date], [date, 'nodejs_compat']])) {
    writeFileSync(join(folder, 'bundled/worker.capnp'), configuration(date, flags))
    run(`workerd of ${[date, ...flags].join(', ')}`, bin('workerd'), [
      'test',
      join(folder, 'bundled/worker.capnp'),
      'main:default',
    ])
  }
  const conditions = ['edge-light', 'worker', 'browser']
  await bundle('server-checks.mjs', { format: 'iife', globalName: 'checks', conditions })
  const { EdgeVM } = createRequire(join(tools, 'index.js'))('@edge-runtime/vm')
  const edge = new EdgeVM({ codeGeneration: { strings: false, wasm: false } })
  edge.evaluate(readFileSync(join(folder, 'bundled/server-checks.js'), 'utf8'))
  console.log(`Vercel's edge runtime: ${await edge.evaluate('checks.checkServer()')}`)
} finally {
  rmSync(folder, { recursive: true })
}
