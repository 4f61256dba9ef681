// Puts the figures of the last recorded runs of the benchmark into docs/comparison.md, between its marks:
// node scripts/comparison.mjs
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('..', import.meta.url)
const at = (path) => fileURLToPath(new URL(path, root))
const read = (path) => readFileSync(at(path), 'utf8')

/** The tables that the page has from `bench/README.md`, by the words of their marks. */
export const TABLES = ['browser table', 'server table', 'oidc table']

/** Who is compared, and the lock file that says in which version. */
const PEERS = {
  '@supabase/auth-js': 'package-lock.json',
  '@supabase/ssr': 'test/guides/package-lock.json',
  '@workos-inc/node': 'package-lock.json',
  '@workos-inc/authkit-js': 'package-lock.json',
  '@workos-inc/authkit-nextjs': 'test/guides/package-lock.json',
  'supertokens-web-js': 'test/guides/package-lock.json',
  'oidc-client-ts': 'package-lock.json',
  'keycloak-js': 'package-lock.json',
  '@axa-fr/oidc-client': 'package-lock.json',
  '@auth0/auth0-spa-js': 'package-lock.json',
  'next-auth': 'test/guides/package-lock.json',
}

const marksOf = (name) => [`<!-- ${name} -->`, `<!-- end of ${name} -->`]

/** What lies between two marks of a text. @throws Error where they are missing. */
export function between(text, name) {
  const [begin, end] = marksOf(name)
  const [from, to] = [text.indexOf(begin), text.indexOf(end)]
  if (from < 0 || to < from) throw new Error(`There are no marks \`${name}\`.`)
  return text.slice(from + begin.length, to).trim()
}

function replace(text, name, report) {
  const [begin, end] = marksOf(name)
  const [head] = text.split(begin)
  const [, tail] = text.split(end)
  return `${head}${begin}\n\n${report}\n\n${end}${tail}`
}

/** The packages: which version was compared, and what else it installs, as the lock files say. */
function peersTable() {
  const rows = Object.entries(PEERS).map(([name, lock]) => {
    const entry = JSON.parse(read(lock)).packages[`node_modules/${name}`]
    const needs = Object.keys(entry.dependencies ?? {}).length
    return [`\`${name}\``, entry.version, needs, entry.license]
  })
  const head = ['package', 'version', 'dependencies', 'licence']
  const lines = [head, head.map(() => '---'), ...rows]
  return lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}

/** Writes the page. */
function main() {
  const page = 'docs/comparison.md'
  const recorded = read('bench/README.md')
  let text = read(page)
  for (const name of TABLES) text = replace(text, name, between(recorded, name))
  writeFileSync(at(page), replace(text, 'peers table', peersTable()))
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main()
