import { readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { slug } from '../../docs/.vitepress/slug.mjs'
import { root } from '../package/compile.js'

/** The text of a file of the repository. */
export const read = (path: string): string => readFileSync(join(root, path), 'utf8')

const NO_PAGES = /(^|\/)(node_modules|\.vitepress|reference|\.next|\.tmp|dist)(\/|$)/

/** All Markdown files in a folder of the repository, such as `docs/start.md`; none that a run has made. */
export function pagesIn(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .map((entry) => ({ entry, path: posix.join(folder, entry.name) }))
    .filter(({ path }) => !NO_PAGES.test(path))
    .flatMap(({ entry, path }) => {
      if (entry.isDirectory()) return pagesIn(path)
      return path.endsWith('.md') ? [path] : []
    })
}

/** The pages that people read: the documentation, and what lies beside the code. */
export const PAGES: readonly string[] = [
  ...['README.md', 'CONTRIBUTING.md', 'SECURITY.md', 'CHANGELOG.md'],
  ...['docs', 'demo', 'bench', 'frameworks'].flatMap(pagesIn),
].sort()

/** What a reader is told: the text without its blocks of code and its comments. */
export const proseOf = (text: string): string =>
  text
    .replace(/^( *)(```+)[\s\S]*?^\1\2$/gm, '')
    .replace(/^---\n[\s\S]*?\n---\n/, '')
    .replace(/<!--[\s\S]*?-->/g, '')

/** What a heading says, without its marks. */
const plain = (heading: string): string =>
  heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')

/** The anchors that a page has on a code forge and on the site. */
export function anchorsOf(text: string): ReadonlySet<string> {
  const prose = proseOf(text)
  const seen = new Map<string, number>()
  const headings = [...prose.matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)].map(([, heading = '']) => {
    const anchor = slug(plain(heading))
    const count = seen.get(anchor) ?? 0
    seen.set(anchor, count + 1)
    return count === 0 ? anchor : `${anchor}-${count}`
  })
  const given = [...prose.matchAll(/\b(?:id|name)="([^"]+)"/g)].map(([, id = '']) => id)
  return new Set([...headings, ...given])
}

/** Where the links of a page lead, as they are written. */
export function linksOf(text: string): string[] {
  const prose = proseOf(text).replace(/`[^`\n]*`/g, '`')
  const patterns = [/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g, /^\[[^\]]+\]: +(\S+)/gm]
  const html = /\b(?:href|src|srcset)="([^"]+)"/g
  return [...patterns, html].flatMap((pattern) =>
    [...prose.matchAll(pattern)].map(([, href = '']) => href),
  )
}

/** The files of the repository that a page names in its text, as code: those of `src` and of apps are theirs to have. */
export const filesNamedIn = (text: string): string[] =>
  [
    ...proseOf(text).matchAll(
      /`((?:(?:test|scripts|demo|bench|frameworks)\/[\w./@[\]-]+)|docs\/[\w./-]+\.md)`/g,
    ),
  ].map(([, path = '']) => path)
