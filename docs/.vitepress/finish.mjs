import { copyFileSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fullText, index, publishedPages } from './llms.mjs'
import { textOf } from './pages.mjs'

/** A plain file server knows `/start` only as a folder, others only as `start.html`: give them both. */
function addFolders(folder) {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    if (!name.endsWith('.html') || /(^|[\\/])(index|404)\.html$/.test(name)) continue
    const copy = join(folder, name.replace(/\.html$/, ''), 'index.html')
    mkdirSync(dirname(copy), { recursive: true })
    copyFileSync(join(folder, name), copy)
  }
}

/** What language models read: an index, each page as Markdown, and all of them in one file. */
function addTexts(folder) {
  writeFileSync(join(folder, 'llms.txt'), index())
  writeFileSync(join(folder, 'llms-full.txt'), fullText())
  for (const page of publishedPages()) {
    mkdirSync(dirname(join(folder, page)), { recursive: true })
    writeFileSync(join(folder, `${page}.md`), textOf(page))
  }
}

/** What is added to a site that was built. */
export function finish({ outDir }) {
  addFolders(outDir)
  addTexts(outDir)
}
