// Which pages there are, and in which order. The sidebar, llms.txt and the tests read it here.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The folder of the documentation. */
export const docs = fileURLToPath(new URL('..', import.meta.url))

/** The sections of the sidebar. A name that ends in `/` stands for all pages of that folder. */
export const SECTIONS = [
  ['Start', ['start', 'concepts', 'playground']],
  ['Using it', ['sign-in', 'sessions', 'events', 'storages', 'errors', 'testing', 'devtools']],
  ['Auth servers', ['gotrue', 'workos', 'supertokens', 'oidc', 'servers']],
  ['Pages and apps', ['bindings', 'react-native', 'extensions', 'desktop']],
  ['Servers', ['backend', 'next', 'express', 'frameworks', 'node', 'authkit', 'dbsc']],
  ['Guides', ['pairs', 'guides/']],
  ['Moving', ['moving/']],
  ['Why', ['comparison', 'proof', 'security', 'faq']],
]

/** What the sidebar calls pages whose titles are too long for it. */
const SHORT = {
  bindings: 'Vue, Svelte, Solid, Angular, React',
  dbsc: 'Device-bound sessions',
  desktop: 'Desktop and webviews',
  frameworks: 'Other frameworks',
  gotrue: 'GoTrue (Supabase Auth)',
  oidc: 'OpenID Connect',
  pairs: 'All pairs',
  playground: 'Playground',
  proof: 'How it is tested',
  servers: 'Servers tried',
}

/** The pages of a folder, such as `guides/gotrue-react`, by their names. */
const pagesIn = (folder) =>
  existsSync(join(docs, folder))
    ? readdirSync(join(docs, folder))
        .filter((name) => name.endsWith('.md'))
        .map((name) => `${folder}${name.slice(0, -'.md'.length)}`)
        .sort()
    : []

/** The pages that a section has, or should have. */
export const pagesOf = (names) =>
  names.flatMap((name) => (name.endsWith('/') ? pagesIn(name) : [name]))

/** The text of a page, without its front matter. */
export const textOf = (page) =>
  readFileSync(join(docs, `${page}.md`), 'utf8').replace(/^---\n[\s\S]*?\n---\n/, '')

/** The first heading of a page. */
export const titleOf = (page) => /^# (.*)$/m.exec(textOf(page))?.[1] ?? page

export const exists = (page) => existsSync(join(docs, `${page}.md`))

/** The sidebar: what is planned and is there. */
export const sidebar = () =>
  SECTIONS.map(([text, names]) => ({
    text,
    items: pagesOf(names)
      .filter(exists)
      .map((page) => ({ text: SHORT[page] ?? titleOf(page), link: `/${page}` })),
  })).filter(({ items }) => items.length > 0)
