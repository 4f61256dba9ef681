import { execFile } from 'node:child_process'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { installLocked } from '../support/npm.js'
import { type Files, readGuides, readMoves } from './pages.js'
import { createSsrApp, type SsrOptions } from './supabase-ssr.js'
import { createDatabase, PROJECTS, readTables } from './tables.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const folder = join(root, '.tmp', 'guides')
const guides = readGuides(root)
const moves = readMoves(root)

/** What Vite and other tools tell the compiler of an app's surroundings. */
const SURROUNDINGS = `
interface ImportMeta {
  readonly env: Readonly<Record<string, string>>
}
`

const settingsOf = (name: string) => ({
  compilerOptions: {
    strict: true,
    noEmit: true,
    target: 'ES2022',
    lib: ['ES2022', 'DOM', 'DOM.Iterable'],
    module: 'ESNext',
    moduleResolution: 'bundler',
    verbatimModuleSyntax: true,
    experimentalDecorators: name.endsWith('-angular'),
    jsx: name.endsWith('-solid') ? 'preserve' : 'react-jsx',
    ...(name.endsWith('-solid') && { jsxImportSource: 'solid-js' }),
    types: name.endsWith('-svelte') ? ['node', 'svelte'] : ['node'],
    skipLibCheck: true,
    // What the package imports of others is looked for beside it, as where it is installed.
    preserveSymlinks: true,
  },
})

/** All that is compiled, by the names of the tests. */
const apps: ReadonlyMap<string, Files> = new Map([
  ...guides,
  ...[...moves].flatMap(([name, { before, after }]): [string, Files][] => [
    [`${name}-before`, before],
    [`${name}-after`, after],
  ]),
])

/** Compiles the apps that want the same settings at once: the libraries' types are read once. @returns what the compiler says */
async function compileAll(settings: string, names: readonly string[]): Promise<string> {
  const at = join(folder, 'apps', `tsconfig.${names[0]}.json`)
  const include = ['surroundings.d.ts', ...names.map((name) => `${name}/**/*`)]
  writeFileSync(at, JSON.stringify({ ...JSON.parse(settings), include }))
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  return promisify(execFile)(process.execPath, [tsc, '-p', at, '--pretty', 'false']).then(
    ({ stdout }) => stdout,
    (error) => String(error.stdout || error),
  )
}

let said = ''

/** What the compiler says of an app, which is nothing when all is well. */
const wrongWith = (name: string): string[] =>
  // A fault of no app is one of each.
  said.split(/\n(?=\S)/).filter((fault) => {
    const [app = ''] = /(?<=\/apps\/|^)[\w-]+(?=\/)/.exec(fault) ?? []
    return fault !== '' && (app === name || !apps.has(app))
  })

beforeAll(async () => {
  rmSync(join(folder, 'apps'), { recursive: true, force: true })
  await installLocked(fileURLToPath(new URL('.', import.meta.url)), folder)
  symlinkSync(root, join(folder, 'node_modules', 'holdfast'))
  const alike = new Map<string, string[]>()
  for (const [name, files] of apps) {
    for (const [path, text] of files) {
      const at = join(folder, 'apps', name, path)
      mkdirSync(dirname(at), { recursive: true })
      writeFileSync(at, text)
    }
    const settings = JSON.stringify(settingsOf(name))
    alike.set(settings, [...(alike.get(settings) ?? []), name])
  }
  writeFileSync(join(folder, 'apps', 'surroundings.d.ts'), SURROUNDINGS)
  const answers: string[] = []
  for (const [settings, names] of alike) answers.push(await compileAll(settings, names))
  said = answers.join('')
})

it('guides of all frameworks are found, and pages of moving', () => {
  const frameworks = new Set([...guides.keys()].map((name) => name.split('-').at(-1)))
  expect([...frameworks].sort()).toEqual(['angular', 'next', 'react', 'solid', 'svelte', 'vue'])
  expect(moves.size).toBeGreaterThan(0)
})

describe.each([...guides.keys()])('the guide %s', (name) => {
  it('compiles', () => {
    expect(wrongWith(name)).toEqual([])
  })
})

describe.each([...moves])('the page of moving from %s', (name, { before, after }) => {
  it('has what was before, which compiles with that library', () => {
    expect([...before.values()].join('\n')).toMatch(/ from '(?!holdfast)/)
    expect([...before.values()].join('\n')).not.toContain("'holdfast")
    expect(wrongWith(`${name}-before`)).toEqual([])
  })

  it('has what comes after, which compiles with Holdfast', () => {
    expect([...after.values()].join('\n')).toContain("'holdfast")
    expect(wrongWith(`${name}-after`)).toEqual([])
  })
})

describe('somebody whom the real @supabase/ssr has signed in', () => {
  const large = { note: 'x'.repeat(3_000) }

  it.each<[string, RegExp, SsrOptions]>([
    ['in one cookie', /auth-token$/, {}],
    ['in pieces', /auth-token\.\d$/, { data: large }],
    ['without the user', /auth-token$/, { encode: 'tokens-only' }],
    ['as JSON', /auth-token$/, { encoding: 'raw' }],
    ['as JSON in pieces', /auth-token\.\d$/, { data: large, encoding: 'raw' }],
  ])('goes on with one exchange, and nothing of it stays: %s', async (_, form, options) => {
    const app = await createSsrApp(folder, options)
    expect(app.names().filter((kept) => !form.test(kept))).toEqual([])
    // Another sign-in is under way.
    await app.before().signInWithOAuth({
      provider: 'github',
      options: { skipBrowserRedirect: true },
    })
    expect(app.names()).toContain('sb-project-auth-token-code-verifier')

    const session = await app.after()
    expect(session?.user.email).toBe('ada@example.com')
    expect(session?.sessionId).toBe(app.scripted.sessions()[0]?.id)
    expect(app.names().filter((left) => !left.startsWith('__Host-holdfast'))).toEqual([])
    expect((await app.after())?.user.email).toBe('ada@example.com')
    expect(app.scripted.count('refresh_token')).toBe(1)
    expect((await app.before().getSession()).data.session).toBeNull()
  })
})

describe('the table of the guides', () => {
  const [table, ...others] = readTables()
  if (!table) throw new Error('No guide makes a table.')
  let database: Awaited<ReturnType<typeof createDatabase>>

  beforeAll(async () => {
    database = await createDatabase(folder)
  })
  afterAll(() => database.close())

  it('is made and read by the same words in each of them', () => {
    const pages = [table, ...others].map(({ page }) => page)
    const gotrue = [...guides.keys()].filter((name) => name.startsWith('gotrue-'))
    expect(pages).toEqual(expect.arrayContaining(gotrue.map((name) => `docs/guides/${name}.md`)))
    expect(others.filter(({ sql }) => sql !== table.sql)).toEqual([])
    expect(others.filter(({ query }) => query !== table.query)).toEqual([])
  })

  it.each(PROJECTS)(
    'shows its rows to whoever is signed in alone, in a project $name',
    async (project) => {
      expect(await database.wrongWith(table, project)).toEqual([])
    },
  )

  it('may have a policy that asks who somebody is', async () => {
    const sql = table.sql.replace('using (true)', 'using (auth.uid() is not null)')
    expect(sql).not.toBe(table.sql)
    for (const project of PROJECTS) {
      expect(await database.wrongWith({ ...table, sql }, project)).toEqual([])
    }
  })

  it.each([
    ['whose words PostgreSQL does not know', 'create policy', 'create polcy', 'syntax error'],
    ['without the column that the app asks for', 'as title', 'as name', '"title" does not exist'],
    ['that has no rows', /$/, 'delete from todos;', 'Ada reads 0 rows'],
    ['without a policy', /create policy.*/, '', 'Ada reads 0 rows'],
    ['that nobody may read', /grant.*/, '', 'Ada reads 0 rows'],
    ['whose rows are nobody’s', 'using (true)', 'using (auth.uid() is null)', 'Ada reads 0 rows'],
    ['for everybody', 'to authenticated using', 'to public using', 'a stranger reads 1 rows'],
    ['without row-level security', /alter.*/, '', 'a stranger reads 1 rows'],
    ['that everybody may write', 'for select', 'for all', 'Ada may delete from todos'],
  ])('that is made by mistake is found: %s', async (_how, old, fresh, problem) => {
    const sql = table.sql.replace(old, fresh)
    expect(sql).not.toBe(table.sql)
    const wrong: string[] = []
    for (const project of PROJECTS)
      wrong.push(...(await database.wrongWith({ ...table, sql }, project)))
    expect(wrong.join()).toContain(problem)
  })
})
