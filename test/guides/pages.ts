import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { guideText, readPairs } from './pairs.js'

/** The files of an app, by their paths. */
export type Files = ReadonlyMap<string, string>

const BLOCK = /^```(tsx?|vue|svelte)\n([\s\S]*?)^```$/gm
const PATH = /^(?:\/\/|<!--) (\S+\.\w+)(?: -->)?\n/

/** What a component of Vue or Svelte is for those who import it. */
const COMPONENT = {
  vue: "\nexport default {} as import('vue').Component\n",
  svelte: "\nexport default {} as import('svelte').Component\n",
}

/** The script of a component, as a module that the compiler finds in its place. */
function scriptOf(kind: 'vue' | 'svelte', text: string): string {
  const script = /<script[^>]*>\n([\s\S]*?)<\/script>/.exec(text)?.[1] ?? ''
  return script + COMPONENT[kind]
}

/**
 * The files in a text.
 * @throws Error for a block that does not say which file it is, or is one that was there before: nobody would compile it.
 */
export function filesIn(text: string): Files {
  const files = new Map<string, string>()
  for (const [, kind = '', whole = ''] of text.matchAll(BLOCK)) {
    const [line = '', path = ''] = PATH.exec(whole) ?? []
    if (!path) throw new Error(`A block does not say which file it is:\n${whole}`)
    const isComponent = kind === 'vue' || kind === 'svelte'
    const name = isComponent ? `${path}.ts` : path
    if (files.has(name)) throw new Error(`The file ${path} is there twice.`)
    const block = whole.slice(line.length)
    files.set(name, isComponent ? scriptOf(kind, block) : block)
  }
  return files
}

const namesIn = (folder: string): readonly string[] =>
  readdirSync(folder).flatMap((name) => (name.endsWith('.md') ? [name.slice(0, -3)] : []))

/** The guides that have files of TypeScript, and those files: of `docs/guides`, and of the pairs of `docs/pairs.md`. */
export function readGuides(root: string): ReadonlyMap<string, Files> {
  const pairs = readPairs().map(({ name }) => name)
  const names = [...namesIn(join(root, 'docs', 'guides')), ...pairs]
  const all = names.map((name) => [name, filesIn(guideText(name))] as const)
  return new Map(all.filter(([, files]) => files.size > 0))
}

/** The parts of a page of `docs/moving`. */
export interface Move {
  readonly before: Files
  readonly after: Files
}

/** The pages of `docs/moving`, and what each has before and after. */
export function readMoves(root: string): ReadonlyMap<string, Move> {
  const folder = join(root, 'docs', 'moving')
  return new Map(
    namesIn(folder).map((name) => {
      const text = readFileSync(join(folder, `${name}.md`), 'utf8')
      const part = (title: string): Files =>
        filesIn(text.split(`\n## ${title}\n`)[1]?.split('\n## ')[0] ?? '')
      return [name, { before: part('Before'), after: part('After') }]
    }),
  )
}
