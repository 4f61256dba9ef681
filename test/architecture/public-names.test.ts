import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string): string => readFileSync(join(root, file), 'utf8')

/** Reads a file of the sources, by its path in the project. */
type Read = (file: string) => string

/** A name that a file exports, and what it is called there, or in the file that it comes from. */
interface Exported {
  readonly name: string
  readonly local: string
  readonly from: string | null
}

const DECLARED =
  /^export (?:declare )?(?:abstract )?(?:async )?(?:interface|type|class|function|const) (\w+)/gm
const LISTED = /^export (?:type )?\{([^}]*)\}(?: from '([^']+)')?/gm

/** What one file exports by itself or from another; an export of everything is none of ours. */
function exportsOf(file: string, text: string): Exported[] {
  const declared = [...text.matchAll(DECLARED)].map(([, name = '']) => ({
    name,
    local: name,
    from: null,
  }))
  const listed = [...text.matchAll(LISTED)].flatMap(([, names = '', from]) =>
    names
      .split(',')
      .map((part) => part.trim().replace(/^type /, ''))
      .filter((part) => part !== '')
      .map((part) => {
        const [local = '', name = local] = part.split(' as ')
        const path = from && normalize(join(dirname(file), from)).replace(/\.js$/, '.ts')
        return { name, local, from: path ?? null }
      }),
  )
  return [...declared, ...listed]
}

/** Where a name is declared, as `file#name`. */
function declarationOf(file: string, name: string, readFile: Read): string {
  const found = exportsOf(file, readFile(file)).find((one) => one.name === name)
  return found?.from
    ? declarationOf(found.from, found.local, readFile)
    : `${file}#${found?.local ?? name}`
}

/** The declarations of each name that is exported by any of these entry points. */
function publicNames(
  entries: readonly string[],
  readFile: Read,
): ReadonlyMap<string, ReadonlySet<string>> {
  const names = new Map<string, Set<string>>()
  for (const entry of entries) {
    for (const { name } of exportsOf(entry, readFile(entry))) {
      const known = names.get(name) ?? new Set()
      names.set(name, known.add(declarationOf(entry, name, readFile)))
    }
  }
  return names
}

/** What makes an app's sessions of its environment: it is the one word for it, whatever the auth server. */
const ONE_FOR_EACH = /^src\/next\/\w+\/index\.ts#createNextAuth$/

/** An app has one framework, and all bindings have the same words for the same things, in its own types. */
const BINDING = /^src\/(react|vue|svelte|solid|angular)\//

/**
 * Names that mean two things. Faces of other libraries have those of the library on purpose.
 */
function homonyms(names: ReadonlyMap<string, ReadonlySet<string>>): string[] {
  return [...names].flatMap(([name, declarations]) => {
    const own = [...declarations].filter(
      (place) => !place.startsWith('src/compat/') && !ONE_FOR_EACH.test(place),
    )
    const things = new Set(own.map((place) => (BINDING.test(place) ? 'src/bindings' : place)))
    return things.size > 1 ? [`${name}: ${own.join(', ')}`] : []
  })
}

/** Where WorkOS's words may be: its provider too, and what a backend tells its pages of a step. */
const WORKOS =
  /^src\/((server|testing|providers|next)\/workos|providers\/backend)\/|^src\/providers\/shared\/steps.ts$/

/** What SDKs and servers call what we have other words for, or none, and where their words belong. */
const BORROWED = [
  {
    whose: 'WorkOS',
    words: [
      'loadSealedSession',
      'sealedSession',
      'refreshAndSealSessionData',
      'cookiePassword',
      'getLogoutUrl',
      'organization_not_authorized',
      'mfa_enrollment',
      'connectionIds',
    ],
    skin: WORKOS,
  },
  {
    whose: 'SuperTokens',
    words: ['createNewSession', 'revokeSession', 'userDataInJWT', 'sessionHandle'],
    skin: /supertokens/,
  },
  {
    whose: 'GoTrue',
    words: ['weak_password', 'PASSWORD_RECOVERY', 'MFA_CHALLENGE_VERIFIED'],
    // The last reads what processes of 0.1 have written.
    skin: /gotrue|^src\/(compat\/auth-js|server\/coordination\/redis-records)/,
  },
  // A cookie to the one, and what an app keeps with a session to the other.
  {
    whose: 'WorkOS and SuperTokens',
    words: ['sessionData'],
    skin: /^src\/server\/workos\/|supertokens/,
  },
]

const sources = (): string[] =>
  readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `src/${file.replaceAll('\\', '/')}`)

/** The sources of all entry points of the package. */
function entryPoints(): string[] {
  const { exports } = JSON.parse(read('package.json'))
  return Object.values(exports)
    .flatMap((target) => (typeof target === 'object' && target ? [Object(target).types] : []))
    .map((types) => String(types).replace('./dist/', 'src/').replace('.d.ts', '.ts'))
    .map((file) => (existsSync(join(root, file)) ? file : `${file}x`))
}

describe('the names that the package exports', () => {
  it('are looked at: there are entry points with hundreds of them', () => {
    expect(entryPoints()).toContain('src/server/workos/index.ts')
    expect(publicNames(entryPoints(), read).size).toBeGreaterThan(400)
    expect(relative(root, join(root, 'src/index.ts'))).toBe(normalize('src/index.ts'))
  })

  it('mean one thing each', () => {
    expect(homonyms(publicNames(entryPoints(), read))).toEqual([])
  })

  it('would be seen to mean two', () => {
    const files: Readonly<Record<string, string>> = {
      'src/one.ts': "export { type Options, type Shared as Known } from './parts/a.js'\n",
      'src/two.ts': "export type { Shared as Known } from './parts/a.js'\nexport * from './x.js'\n",
      'src/three.ts': 'export interface Options {}\nexport const make = 1\n',
      'src/compat/four.ts': 'export class Options {}\n',
      'src/parts/a.ts': "export type Options = {}\nexport { Shared } from './b.js'\n",
      'src/parts/b.ts': 'export abstract class Shared {}\n',
    }
    const entries = ['src/one.ts', 'src/two.ts', 'src/three.ts', 'src/compat/four.ts']
    const names = publicNames(entries, (file) => files[file] ?? '')
    expect([...names.keys()].sort()).toEqual(['Known', 'Options', 'make'])
    expect(homonyms(names)).toEqual(['Options: src/parts/a.ts#Options, src/three.ts#Options'])
  })

  it.each(BORROWED)('have the words of $whose in its own places only', ({ words, skin }) => {
    const found = words.flatMap((word) =>
      sources()
        .filter((file) => new RegExp(`\\b${word}\\b`).test(read(file)))
        .map((file) => ({ word, file })),
    )
    // Each is really looked for.
    expect(new Set(found.map(({ word }) => word))).toEqual(new Set(words))
    expect(found.filter(({ file }) => !skin.test(file))).toEqual([])
  })

  it('are all named: no entry point exports whatever another file has', () => {
    expect(entryPoints().filter((file) => /^export \*/m.test(read(file)))).toEqual([])
  })
})
