// Copies of the project in which a mutant can be planted; the project itself is never touched.
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { mutate, UnappliedError } from './apply.mjs'
import { run } from './run.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const PARTS = ['src', 'test', 'scripts', 'package.json', 'tsconfig.json', 'vitest.config.ts']
/** What a check of the types may take, in ms. */
const TYPECHECK = 120_000

/** Makes a copy of `from` in a fresh folder; its packages are those of the project. */
function copy(from) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-mutants-'))
  for (const part of PARTS) cpSync(join(from, part), join(folder, part), { recursive: true })
  mkdirSync(join(folder, 'node_modules'))
  // One link for each, so that what the tools cache beside them stays in the copy.
  for (const name of readdirSync(join(root, 'node_modules'))) {
    if (name.startsWith('.')) continue
    symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name))
  }
  return folder
}

const bundling = (folder, entryPoints) =>
  build({
    entryPoints: entryPoints.map((entry) => join(folder, entry)),
    absWorkingDir: folder,
    outdir: join(folder, 'unwritten'),
    bundle: true,
    write: false,
    metafile: true,
    minify: true,
    packages: 'external',
    platform: 'neutral',
    tsconfigRaw: {},
    logLevel: 'silent',
  })

/** The modules that apps import. */
function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Object.values(exports)
    .map((target) => target.default?.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts'))
    .filter((entry) => entry !== undefined)
}

async function bundleOf(folder) {
  const { outputFiles } = await bundling(folder, entriesOf(folder))
  return outputFiles.map(({ text }) => text).join('\n')
}

/** The first complaint about the types in `folder`, or nothing. */
export async function typeError(folder) {
  const tsc = join(folder, 'node_modules/typescript/bin/tsc')
  const { code, output } = await run([tsc, '-p', '.', '--noEmit'], {
    cwd: folder,
    limit: TYPECHECK,
  })
  return code === 0 ? undefined : (output.trim().split('\n')[0] ?? 'no reason given')
}

async function filesOf(folder, entries) {
  const { metafile } = await bundling(folder, entries)
  return new Set(Object.keys(metafile.inputs))
}

/** The files that the simulator is made of: what is not among them it cannot judge. */
export const simulatedFiles = (folder) => filesOf(folder, ['test/simulation/worker.ts'])

/** The files that apps get: a mutant in another one would count as not applied. */
export const packagedFiles = (folder) => filesOf(folder, entriesOf(folder))

/** Opens a copy of the project, or of another copy. `plant` resolves to what takes it out again. */
export function openWorkshop(from = root) {
  const folder = copy(from)
  return {
    folder,
    async plant(mutant) {
      const path = join(folder, mutant.file)
      const text = readFileSync(path, 'utf8')
      const sound = await bundleOf(folder)
      writeFileSync(path, mutate(text, mutant))
      const remove = () => writeFileSync(path, text)
      try {
        if ((await bundleOf(folder)) === sound) {
          throw new UnappliedError('The bundle is the same with and without it.')
        }
        const complaint = await typeError(folder)
        if (complaint) throw new UnappliedError(`The compiler already refuses it: ${complaint}`)
        return remove
      } catch (error) {
        remove()
        throw error
      }
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
