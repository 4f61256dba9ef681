import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'

/** What changes a process for longer than a test, or what its modules have looked for once. */
const CHANGE =
  /\bvi\.(mock|doMock|resetModules)\(|@vitest-environment|getBuiltinModule|stubGlobal\('process'/

/** What a file of TypeScript imports from beside it. */
const IMPORT = /^(?:import|export|\}).* from '(\.[^']+)\.js'$/gm

/** All tests below a folder, as paths from the root. */
export function testsIn(folder: string): string[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter((name) => name.endsWith('.test.ts')).map((name) => join(folder, name))
}

const texts = new Map<string, string>()

function textOf(file: string): string {
  const known = texts.get(file)
  if (known !== undefined) return known
  const text = readFileSync(file, 'utf8')
  texts.set(file, text)
  return text
}

/**
 * Whether a test, or a file of `test` that it imports, changes its process. Such a test has one of
 * its own; all others share a few, which takes less time.
 */
export function changesProcess(file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false
  seen.add(file)
  const text = textOf(file)
  if (CHANGE.test(text)) return true
  const imported = [...text.matchAll(IMPORT)].map(([, path = '']) =>
    normalize(join(file, '..', `${path}.ts`)),
  )
  return imported.some((path) => path.startsWith('test') && changesProcess(path, seen))
}
