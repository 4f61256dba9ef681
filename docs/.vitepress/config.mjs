import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { defineConfig } from 'vitepress'
import { addPolicy } from './content-policy.mjs'
import { drawings } from './drawings.mjs'
import { finish } from './finish.mjs'
import { linksOutside } from './links.mjs'
import { docs, sidebar } from './pages.mjs'
import { slug } from './slug.mjs'
import { emptyCorners } from './tables.mjs'

const root = join(docs, '..')
const { exports, description } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))

/** Where the site will be, such as `/holdfast/`. */
const base = process.env.DOCS_BASE ?? '/'
/** The address of the repository; there is none yet. With it, pages can be edited by a link. */
const repository = process.env.DOCS_REPOSITORY

/** `holdfast/…` means the sources here, the longest names first. */
const aliases = Object.entries(exports)
  .filter(([, { types }]) => types)
  .map(([name, { types }]) => [
    name.replace(/^\./, 'holdfast'),
    join(root, types.replace(/^\.\/dist\/(.*)\.d\.ts$/, 'src/$1.ts')),
  ])
  .sort(([a], [b]) => b.length - a.length)
  .map(([find, replacement]) => ({ find: new RegExp(`^${find}$`), replacement }))

/** The reference, once it is made: `npm run docs` does it. */
function reference() {
  const file = join(docs, 'reference', 'sidebar.json')
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : []
}

export default defineConfig({
  base,
  lang: 'en-GB',
  title: 'Holdfast',
  description,
  cleanUrls: true,
  // Inline scripts would need a new entry in the policy with each page.
  metaChunk: true,
  srcExclude: ['README.md'],
  head: [
    ['link', { rel: 'icon', href: `${base}icon.svg`, type: 'image/svg+xml' }],
    ['meta', { name: 'theme-color', content: '#0f766e' }],
  ],
  themeConfig: {
    nav: [
      { text: 'Start', link: '/start' },
      { text: 'Playground', link: '/playground' },
      { text: 'Errors', link: '/errors' },
      { text: 'Reference', link: '/reference/' },
    ],
    sidebar: {
      '/reference/': [{ text: 'Reference', link: '/reference/', items: reference() }],
      '/': [...sidebar(), { text: 'Reference', link: '/reference/' }],
    },
    outline: { level: [2, 3] },
    search: { provider: 'local' },
    externalLinkIcon: true,
    ...(repository && {
      editLink: { pattern: `${repository}/edit/main/docs/:path`, text: 'Edit this page' },
    }),
  },
  markdown: {
    anchor: { slugify: slug },
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config(markdown) {
      linksOutside(markdown, repository)
      emptyCorners(markdown)
      drawings(markdown)
    },
  },
  transformPageData(page) {
    // Beneath the names there are the same few headings each time.
    if (page.relativePath.startsWith('reference/')) page.frontmatter.outline = 2
  },
  transformHtml: addPolicy,
  buildEnd: finish,
  vite: {
    resolve: {
      alias: [...aliases, { find: '#house.css', replacement: join(root, 'demo/styles/house.css') }],
    },
    server: { fs: { allow: [root] } },
    build: { chunkSizeWarningLimit: 3_000 },
  },
})
