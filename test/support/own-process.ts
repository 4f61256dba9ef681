import { readdirSync, readFileSync } from 'node:fs'
import { join, normalize } from 'node:path'

/** What changes a process for longer than a test, or what its modules have looked for once. */
const CHANGE = /\bvi\.(mock|doMock|resetModules)\(|getBuiltinModule|stubGlobal\('process'/

/** Asks for a page, which a process has from its first file on. */
const PAGE = /@vitest-environment/

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

/** Whether a test, or a file of `test` that it imports, has such a text. */
function has(pattern: RegExp, file: string, seen = new Set<string>()): boolean {
  if (seen.has(file)) return false
  seen.add(file)
  const text = textOf(file)
  if (pattern.test(text)) return true
  const imported = [...text.matchAll(IMPORT)].map(([, path = '']) =>
    normalize(join(file, '..', `${path}.ts`)),
  )
  return imported.some((path) => path.startsWith('test') && has(pattern, path, seen))
}

/** Whether a test changes its process. Such a test has one of its own; others share a few, which takes less time. */
export const changesProcess = (file: string): boolean => has(CHANGE, file)

/** Whether a test is one of a page. These share processes with each other. */
export const hasPage = (file: string): boolean => has(PAGE, file)
