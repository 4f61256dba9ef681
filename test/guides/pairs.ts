import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { root } from '../package/compile.js'

/** Lines of a guide, and what `docs/pairs.md` says to write in their place. */
interface Change {
  readonly old: readonly string[]
  readonly fresh: readonly string[]
}

/** A pair of an auth server and a framework that has no guide of its own. */
export interface Pair {
  /** As the guide would be called, such as `workos-svelte`. */
  readonly name: string
  /** The guide to follow, such as `oidc-svelte`. */
  readonly base: string
  readonly changes: readonly Change[]
  /** Files besides, by their names: they lie beside `auth.ts`. */
  readonly files: ReadonlyMap<string, string>
}

const page = readFileSync(join(root, 'docs', 'pairs.md'), 'utf8')
const pathOf = (name: string): string => join(root, 'docs', 'guides', `${name}.md`)

/** The cells of the page's table that are about pairs: `where` is what each links to. */
export function cells(): readonly { readonly name: string; readonly where: string }[] {
  const rows = page.split('\n').filter((line) => line.startsWith('| '))
  const servers = ['gotrue', 'workos', 'oidc', 'supertokens']
  return rows.slice(2).flatMap((row) => {
    const [, framework = '', ...links] = row.split('|').map((cell) => cell.trim())
    const kind = framework.toLowerCase().replace('.js', '')
    return servers.map((server, at) => ({
      name: `${server}-${kind}`,
      where: /\]\((.*)\)$/.exec(links[at] ?? '')?.[1] ?? '',
    }))
  })
}

/** What the `diff` blocks of a text change. */
const changesIn = (text: string): readonly Change[] =>
  [...text.matchAll(/^```diff\n([\s\S]*?)^```$/gm)]
    .flatMap(([, block = '']) => block.split(/\n\n|^# .*$/m))
    .map((part) => part.split('\n').filter((line) => /^[-+]/.test(line)))
    .filter((lines) => lines.length > 0)
    .map((lines) => ({
      old: lines.filter((line) => line.startsWith('-')).map((line) => line.slice(1)),
      fresh: lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)),
    }))

const filesIn = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^```ts\n\/\/ (\S+)\n([\s\S]*?)^```$/gm)].map(([, name = '', file = '']) => [
      name,
      file,
    ]),
  )

/** The section of the page with this anchor. */
const sectionOf = (anchor: string): string =>
  page
    .split(/^## /m)
    .find(
      (section) =>
        section.split('\n')[0]?.toLowerCase().replace(/,/g, '').replaceAll(' ', '-') === anchor,
    ) ?? ''

/** The pairs that have no guide of their own, as the table has them. */
export function readPairs(): readonly Pair[] {
  return cells().flatMap(({ name, where }) => {
    if (!where.startsWith('#')) return []
    const section = sectionOf(where.slice(1))
    const framework = name.split('-').at(-1)
    const bases = [...section.matchAll(/\(guides\/([\w-]+)\.md\)/g)].map(([, base = '']) => base)
    const base = bases.find((guide) => guide.endsWith(`-${framework}`))
    if (!base) throw new Error(`docs/pairs.md does not say which guide ${name} follows.`)
    return [{ name, base, changes: changesIn(section), files: filesIn(section) }]
  })
}

/** Where these lines stand in a text, however far they are set in: the numbers of their first lines. */
function placesOf(lines: readonly string[], old: readonly string[]): number[] {
  const same = (at: number): boolean =>
    old.every((line, index) => lines[at + index]?.trim() === line.trim())
  return lines.flatMap((_, at) => (same(at) ? [at] : []))
}

/** Whether a text has the lines of a change. @throws Error where it has them more than once */
export function fits(text: string, { old }: Change): boolean {
  const places = placesOf(text.split('\n'), old)
  if (places.length > 1)
    throw new Error(`These lines are there ${places.length} times:\n${old.join('\n')}`)
  return places.length === 1
}

const indentOf = (line = ''): string => /^ */.exec(line)?.[0] ?? ''

function change(text: string, { old, fresh }: Change): string {
  const lines = text.split('\n')
  const [at] = placesOf(lines, old)
  if (at === undefined) return text
  const [had, written] = [indentOf(lines[at]), indentOf(old[0])]
  lines.splice(at, old.length, ...fresh.map((line) => had + line.slice(written.length)))
  return lines.join('\n')
}

/** What somebody has before them who follows the guide of a pair: its own, or that of another with the lines changed. */
export function guideText(name: string): string {
  if (existsSync(pathOf(name))) return readFileSync(pathOf(name), 'utf8')
  const pair = readPairs().find((one) => one.name === name)
  if (!pair) throw new Error(`There is no guide for ${name}.`)
  const base = readFileSync(pathOf(pair.base), 'utf8')
  const changed = pair.changes.filter((one) => fits(base, one)).reduce(change, base)
  const [, folder = ''] = /^\/\/ (\S*)auth\.ts$/m.exec(base) ?? []
  const files = [...pair.files].map(
    ([file, text]) => `\n\`\`\`ts\n// ${folder}${file}\n${text}\`\`\`\n`,
  )
  return changed + files.join('')
}
