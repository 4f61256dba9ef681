import { createRequire } from 'node:module'
import { join } from 'node:path'
import { blocksOf } from '../docs/blocks.js'
import { pagesIn, read } from '../docs/pages.js'

/** What is used here of `@electric-sql/pglite`, which is PostgreSQL in this process. */
interface Postgres {
  exec(sql: string): Promise<readonly { readonly rows: readonly object[] }[]>
  close(): Promise<void>
}

/** What a page has somebody run in the SQL editor of Supabase, and what its app asks of the table. */
export interface Table {
  readonly page: string
  /** The block as it stands. */
  readonly sql: string
  /** What PostgREST makes of the app's request. */
  readonly query: string
}

/**
 * The tables of all pages.
 * @throws Error for a page that asks for a table and makes none, or makes one and does not ask for it.
 */
export function readTables(): readonly Table[] {
  return pagesIn('docs').flatMap((page) => {
    const text = read(page)
    const blocks = blocksOf(text)
    const made = blocks.filter(({ kind }) => kind === 'sql').map(({ text: sql }) => sql)
    const asked = blocks
      .filter(({ kind }) => kind !== 'diff')
      .flatMap((block) => [...block.text.matchAll(/\/rest\/v1\/(\w+)\?select=(\w+)/g)])
      .map(([, table = '', column = '']) => `select ${column} from ${table}`)
    if (made.length !== asked.length)
      throw new Error(`${page} makes ${made.length} tables, and asks for ${asked.length}.`)
    return made.map((sql, at) => ({ page, sql, query: asked[at] ?? '' }))
  })
}

/**
 * What a project has when it is new. `editor` is whoever uses the SQL editor: no superuser, and the
 * owner of what is made there. After `docker/volumes/db/init` of github.com/supabase/supabase.
 */
const PROJECT = `
create role anon nologin noinherit;
create role authenticated nologin noinherit;
create role authenticator noinherit;
grant anon, authenticated to authenticator;
create role editor createrole bypassrls;
grant all on schema public to editor;
grant usage on schema public to anon, authenticated;
create schema auth;
grant usage on schema auth to editor, anon, authenticated;
create function auth.uid() returns uuid language sql stable as $$
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid
$$;
`

/**
 * Who may use a new table before anybody grants it: everybody in a project of before, and nobody since 2026.
 * https://supabase.com/changelog/45329-breaking-change-tables-not-exposed-to-data-and-graphql-api-automatically
 */
export const PROJECTS = [
  { name: 'of today', grants: '' },
  {
    name: 'of before 2026',
    grants: `alter default privileges for role editor in schema public
      grant select, insert, update, delete on tables to anon, authenticated;`,
  },
] as const
type Project = (typeof PROJECTS)[number]

/** What PostgREST knows of whoever asks: the claims of the token. An app without one sends its key, whose role is `anon`. */
const PEOPLE = {
  Ada: { role: 'authenticated', sub: '11111111-1111-4111-8111-111111111111' },
  'a stranger': { role: 'anon' },
} as const
type Person = keyof typeof PEOPLE

/** No app changes what is in the table: the guides give nobody leave. */
const WRITES = [
  "insert into TABLE (COLUMN) values ('Mine')",
  "update TABLE set COLUMN = 'Mine'",
  'delete from TABLE',
] as const

/** The database of a project, in the PostgreSQL that is installed in a folder. Nothing that is tried in it stays. */
export async function createDatabase(folder: string) {
  const { PGlite } = createRequire(join(folder, 'package.json'))('@electric-sql/pglite')
  const postgres: Postgres = new PGlite()
  await postgres.exec(PROJECT)

  /** Runs this, and takes it back. @returns the rows of its last query @throws Error as PostgreSQL refuses it */
  async function tried(sql: string): Promise<readonly object[]> {
    try {
      const results = await postgres.exec(`savepoint before; ${sql}`)
      return results.at(-1)?.rows ?? []
    } finally {
      await postgres.exec('rollback to savepoint before')
    }
  }

  /** As PostgREST has it run: with the role and the claims of the token that came with the request. */
  const asked = (who: Person, sql: string): string => `
    set local role ${PEOPLE[who].role};
    select set_config('request.jwt.claims', '${JSON.stringify(PEOPLE[who])}', true);
    ${sql};`

  /** The rows that somebody reads: none where PostgreSQL refuses it. */
  const seenBy = (who: Person, query: string): Promise<readonly object[]> =>
    tried(asked(who, query)).catch(() => [])

  /** Whether the owner of the table finds other rows in it after this request. */
  async function changes(who: Person, write: string, query: string): Promise<boolean> {
    const before = await tried(query)
    const after = await tried(`${asked(who, write)} set local role editor; ${query}`).catch(
      () => before,
    )
    return JSON.stringify(after) !== JSON.stringify(before)
  }

  async function wrongFor(who: Person, query: string): Promise<string[]> {
    const [, column = '', table = ''] = /^select (\w+) from (\w+)$/.exec(query) ?? []
    const { length } = await seenBy(who, query)
    const wrong = length > 0 === (who === 'Ada') ? [] : [`${who} reads ${length} rows`]
    for (const write of WRITES) {
      const sql = write.replace('TABLE', table).replace('COLUMN', column)
      if (await changes(who, sql, query)) wrong.push(`${who} may ${sql}`)
    }
    return wrong
  }

  return {
    /** What is wrong with a table in a project: PostgreSQL's own words, or what somebody reads or changes who may not. */
    async wrongWith({ sql, query }: Table, { grants }: Project): Promise<string[]> {
      await postgres.exec(`begin; ${grants} set local role editor;`)
      try {
        await postgres.exec(sql)
        const wrong: string[] = []
        for (const who of ['Ada', 'a stranger'] as const)
          wrong.push(...(await wrongFor(who, query)))
        return wrong
      } catch (error) {
        return [String(error)]
      } finally {
        await postgres.exec('rollback')
      }
    },

    close: (): Promise<void> => postgres.close(),
  }
}
