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
const ENTRIES = [
  'src/index.ts',
  'src/providers/gotrue/index.ts',
  'src/providers/gotrue/identities.ts',
  'src/providers/gotrue/passkeys.ts',
  'src/providers/workos/index.ts',
  'src/providers/supertokens/index.ts',
  'src/server/index.ts',
  'src/server/oidc/index.ts',
  'src/server/gotrue/index.ts',
  'src/server/dbsc/index.ts',
  'src/server/workos/index.ts',
  'src/server/supertokens/index.ts',
  'src/node/index.ts',
  'src/express/index.ts',
  'src/next/index.ts',
  'src/next/workos/index.ts',
  'src/next/oidc/index.ts',
  'src/next/gotrue/index.ts',
  'src/next/supertokens/index.ts',
]
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

async function bundleOf(folder) {
  const { outputFiles } = await bundling(folder, ENTRIES)
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

/** The files that the simulator is made of: what is not among them it cannot judge. */
export async function simulatedFiles(folder) {
  const { metafile } = await bundling(folder, ['test/simulation/worker.ts'])
  return new Set(Object.keys(metafile.inputs))
}

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
