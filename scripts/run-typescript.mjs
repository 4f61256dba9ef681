// Runs a program that is written in TypeScript, against the built package. Node 20 reads no TypeScript.
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'

/** The folder of the repository. */
export const root = fileURLToPath(new URL('..', import.meta.url))

const isStale = () => {
  const built = join(root, 'dist/testing/index.js')
  if (!existsSync(built)) return true
  const at = statSync(built).mtimeMs
  const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  return sources.some((name) => statSync(join(root, 'src', name)).mtimeMs > at)
}

/** Calls `main(root, args)` of a file; the process ends with the code that it resolves to. */
export async function runTypeScript(entry, args) {
  if (isStale()) {
    execFileSync(process.execPath, [join(root, 'scripts/build.mjs')], { stdio: 'inherit' })
  }
  // Inside the package, the output finds `holdfast` by its own name.
  const outfile = join(root, `.tmp/run-${process.pid}.mjs`)
  await build({
    entryPoints: [join(root, entry)],
    outfile,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    target: 'node20',
    tsconfigRaw: {},
  })
  const { main } = await import(pathToFileURL(outfile).href)
  rmSync(outfile)
  process.exitCode = await main(root, args)
}
