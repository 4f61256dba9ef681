// llms.txt, by the convention of that name: a title, a summary, then links with a line each.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { docs, exists, pagesOf, SECTIONS, textOf, titleOf } from './pages.mjs'

/** The modules of the reference, such as `{ text: 'holdfast/react', link: '/reference/react' }`. */
function modules() {
  const file = join(docs, 'reference', 'sidebar.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
}

const pagesOfSection = ([, names]) => pagesOf(names).filter(exists)

/** Every page that is there as Markdown: those of the sidebar, and the reference. */
export const publishedPages = () => [
  ...SECTIONS.flatMap(pagesOfSection),
  ...modules().map(({ link }) => link.slice(1)),
]

/** The first paragraph of a page, which says what it is for, in one line and without its links. */
export function summaryOf(page) {
  const [, paragraph = ''] =
    /^# .*\n\s*\n((?!```)[^#<|\n][\s\S]*?)(?:\n\s*\n|$)/m.exec(textOf(page)) ?? []
  return paragraph
    .replace(/\s+/g, ' ')
    .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .trim()
}

const lineOf = (page) => {
  const summary = summaryOf(page)
  return `- [${titleOf(page)}](${page}.md)${summary && `: ${summary}`}`
}

/** The text of llms.txt. */
export function index() {
  const { description } = JSON.parse(readFileSync(join(docs, '../package.json'), 'utf8'))
  const sections = SECTIONS.filter((section) => pagesOfSection(section).length > 0).map(
    (section) => `## ${section[0]}\n\n${pagesOfSection(section).map(lineOf).join('\n')}`,
  )
  const reference = modules().map(({ text, link }) => `- [${text}](${link.slice(1)}.md)`)
  return [
    '# Holdfast',
    `> ${description}`,
    'All pages in one file: [llms-full.txt](llms-full.txt)',
    ...sections,
    `## Optional\n\nThe reference, made from the types:\n\n${reference.join('\n')}`,
    '',
  ].join('\n\n')
}

/** All pages but the reference, one after the other. */
export const fullText = () =>
  SECTIONS.flatMap(pagesOfSection)
    .map((page) => `<!-- ${page}.md -->\n\n${textOf(page).trim()}\n`)
    .join('\n')
