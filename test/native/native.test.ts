import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { beforeAll, describe, expect, it } from 'vitest'
import { installLocked } from '../support/npm.js'
import { bundleApp } from './bundle.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const folder = at('../../.tmp/native')

/** What a story came to; `failure` is `null` when it ended well. */
interface Outcome {
  readonly name: string
  readonly failure: string | null
}

/** Where the package keeps its programs. */
const PROGRAMS: Readonly<Record<string, string>> = {
  linux: 'linux64-bin/hermes',
  darwin: 'osx-bin/hermes',
  win32: 'win64-bin/hermes.exe',
}

/** Runs the app in Hermes, with a queue for what promises do next, as React Native has it. */
async function play(): Promise<readonly Outcome[]> {
  await installLocked(at('.'), folder)
  const app = await bundleApp(folder)
  const program = PROGRAMS[process.platform]
  if (!program) throw new Error(`There is no Hermes for ${process.platform}.`)
  const hermes = join(folder, 'node_modules', 'hermes-engine-cli', program)
  const { stdout } = await promisify(execFile)(hermes, ['-w', '-Xmicrotask-queue', app], {
    maxBuffer: 2 ** 24,
  })
  return stdout
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line))
}

/** The titles of the stories, which only Hermes can run. */
const titles = [
  ...readFileSync(at('app/stories.ts'), 'utf8').matchAll(/^ {2}async '([^']+)'/gm),
].map(([, title = '']) => title)

describe('in Hermes, with the URL, the fetch and the globals of React Native,', () => {
  let outcomes: readonly Outcome[] = []

  beforeAll(async () => {
    outcomes = await play()
  })

  it('all stories are told', () => {
    expect(titles.length).toBeGreaterThan(10)
    expect(outcomes.map(({ name }) => name)).toEqual(titles)
  })

  it.each(titles)('%s', (title) => {
    const { failure } = outcomes.find(({ name }) => name === title) ?? { failure: 'It is missing.' }
    expect(failure).toBe(null)
  })
})
