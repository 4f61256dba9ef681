import { describe, expect, it } from 'vitest'
import { fullText, index, publishedPages, summaryOf } from '../../docs/.vitepress/llms.mjs'
import { exists, pagesOf, SECTIONS, sidebar } from '../../docs/.vitepress/pages.mjs'
import { pagesIn, read } from './pages.js'

const planned = SECTIONS.flatMap(([, names]) => pagesOf(names))
const written = pagesIn('docs').map((path) => path.replace(/^docs\/(.*)\.md$/, '$1'))

describe('the sidebar', () => {
  it('has every page once', () => {
    // The home page is what the sidebar stands beside.
    const pages = written.filter((page) => page !== 'index')
    const linked = sidebar().flatMap(({ items }) => items.map(({ link }) => link.slice(1)))
    expect(linked.sort()).toEqual(pages.sort())
  })

  it('has no entry whose page is still to be written', () => {
    expect(planned.filter((page) => !exists(page))).toEqual([])
  })
})

describe('a page', () => {
  it.each(written.filter((page) => page !== 'index'))(
    'begins with a title, and a sentence that says what it is for: %s',
    (page) => {
      expect(read(`docs/${page}.md`)).toMatch(/^(---\n[\s\S]*?\n---\n\s*)?# \S.*\n/)
      expect(summaryOf(page)).toMatch(/\S+ \S+/)
    },
  )
})

describe('llms.txt', () => {
  it('begins as its convention has it: the name, then what it is', () => {
    expect(index()).toMatch(/^# Holdfast\n\n> \S.*\n\n/)
  })

  it('links every page as Markdown', () => {
    const linked = [...index().matchAll(/^- \[[^\]]+\]\(([^)]+)\.md\)/gm)].map(([, page]) => page)
    expect(linked.sort()).toEqual(publishedPages().sort())
  })

  it('has a second file with the text of all pages', () => {
    const text = fullText()
    for (const page of planned.filter(exists)) expect(text).toContain(`<!-- ${page}.md -->`)
    expect(text).toContain('Everything that fails throws an `AuthError`')
  })
})
