import { execFileSync } from 'node:child_process'
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of this project. */
export const root = fileURLToPath(new URL('../..', import.meta.url))

/** `package.json`. */
export const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** What an app can import, such as `holdfast/react`. */
export const modules: readonly string[] = Object.keys(manifest.exports)
  .map((key) => key.replace(/^\./, 'holdfast'))
  .filter((name) => !name.endsWith('.json'))

/** Runs tsc on modules of a project of its own. @throws Error with what tsc says */
export function compile(
  at: string,
  files: Readonly<Record<string, string>>,
  tsconfig: object,
): void {
  rmSync(at, { recursive: true, force: true })
  mkdirSync(at, { recursive: true })
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(at, name)), { recursive: true })
    writeFileSync(join(at, name), text)
  }
  writeFileSync(join(at, 'tsconfig.json'), JSON.stringify(tsconfig))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  try {
    execFileSync(process.execPath, [tsc, '-p', at], { encoding: 'utf8', stdio: 'pipe' })
  } catch (error) {
    // A compiler that was killed has said nothing, which must not look as if all were well.
    const said = error instanceof Error && 'stdout' in error ? `${error.stdout}` : ''
    throw new Error(said || `${error}`)
  }
}
