// Copies of the project in which mutants can be planted; the project itself is never touched.
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
import { mutate } from './apply.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const CONFIGURED = ['package.json', 'tsconfig.json', 'vitest.config.ts']
/** With what a unit test reads. */
const PARTS = ['src', 'test', 'scripts', 'docs/moving', 'docs/proof.md', ...CONFIGURED]

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

/** What esbuild says of the files that the entries are made of, by their paths in `folder`. */
async function inputsOf(folder, entries) {
  const contents = entries.map((entry) => `import './${entry}'`).join('\n')
  const { metafile } = await build({
    // One entry for all: a bundle of each would take a second.
    stdin: { contents, resolveDir: folder },
    absWorkingDir: folder,
    bundle: true,
    write: false,
    metafile: true,
    packages: 'external',
    // What tests that are no unit tests import, and no copy has.
    external: ['../../bench/*', '../../demo/*', '../../docs/*'],
    platform: 'neutral',
    tsconfigRaw: {},
    logLevel: 'silent',
  })
  return metafile.inputs
}

/** The modules that apps import. */
function entriesOf(folder) {
  const { exports } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  return Object.values(exports)
    .map((target) => target.default?.replace(/^\.\/dist\/(.*)\.js$/, 'src/$1.ts'))
    .filter((entry) => entry !== undefined)
}

async function filesOf(folder, entries) {
  const files = new Set(Object.keys(await inputsOf(folder, entries)))
  files.delete('<stdin>')
  return files
}

/** The files that the simulator is made of: what is not among them it cannot judge. */
export const simulatedFiles = (folder) => filesOf(folder, ['test/simulation/worker.ts'])

/** The files that apps get: a mutant in another one would count as not applied. */
export const packagedFiles = (folder) => filesOf(folder, entriesOf(folder))

/** Each of the entries, with the set of files that it is made of. */
export async function graphsOf(folder, entries) {
  const inputs = await inputsOf(folder, entries)
  const reach = (file, found) => {
    if (found.has(file)) return found
    found.add(file)
    for (const { path, external } of inputs[file].imports) if (!external) reach(path, found)
    return found
  }
  return new Map(entries.map((entry) => [entry, reach(entry, new Set())]))
}

/** Opens a copy of the project, or of another copy. `plant` returns what takes the mutant out again. */
export function openWorkshop(from = root) {
  const folder = copy(from)
  const changed = new Set()
  return {
    folder,
    read: (file) => readFileSync(join(folder, file), 'utf8'),
    plant(mutant) {
      const path = join(folder, mutant.file)
      const text = readFileSync(path, 'utf8')
      const write = (content) => {
        writeFileSync(path, content)
        changed.add(mutant.file)
      }
      write(mutate(text, mutant))
      return () => write(text)
    },
    /** The files that were written since this was asked last. */
    takeChanged() {
      const files = [...changed]
      changed.clear()
      return files
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}
