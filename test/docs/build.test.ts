import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, inject, it } from 'vitest'
import { publishedPages } from '../../docs/.vitepress/llms.mjs'
import { manifest, modules } from '../package/compile.js'

const folder = inject('siteFolder')

/** The pages as they were built, by their paths without `.html`. */
const built = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => name.endsWith('.html'))
    .map(
      (name) => [name.replace(/\.html$/, ''), readFileSync(join(folder, name), 'utf8')] as const,
    ),
)

const anchorsOf = (html: string): ReadonlySet<string> =>
  new Set([...html.matchAll(/\sid="([^"]+)"/g)].map(([, id = '']) => id))
const anchors = new Map([...built].map(([path, html]) => [path, anchorsOf(html)] as const))

/** The page that an address of the site leads to. */
function pageAt(path: string): string | undefined {
  const name = path.replace(/^\//, '').replace(/\.html$/, '')
  return [name, posix.join(name, 'index')].find((page) => built.has(page))
}

/** What is wrong with the links of a page. */
function deadLinks(page: string, html: string): string[] {
  const links = new Set(
    [...html.matchAll(/<a\s[^>]*?href="([^"]+)"/g)].map(([, href = '']) => href),
  )
  return [...links]
    .filter((href) => /^[/#]/.test(href))
    .filter((href) => {
      const [path = '', anchor] = href.split('#')
      if (/\.\w+$/.test(path) && existsSync(join(folder, path))) return false
      const target = path === '' ? page : pageAt(path)
      if (target === undefined) return true
      return Boolean(anchor) && !anchors.get(target)?.has(decodeURIComponent(anchor ?? ''))
    })
}

describe('the build of the site', () => {
  it.skipIf(process.env.HOLDFAST_SITE === 'built')('warns of nothing', () => {
    const log = inject('siteLog')
    expect(log).toContain('build complete')
    expect(log).not.toMatch(/warn|deprecat|\(!\)|dead link/i)
  })

  it('makes a page of every page', () => {
    expect(publishedPages().filter((page) => !built.has(page))).toEqual([])
  })

  it.each([...built])('leaves no link of /%s that leads nowhere', (page, html) => {
    expect(deadLinks(page, html)).toEqual([])
  })

  it('would find a link that leads nowhere', () => {
    const html =
      '<a class="x" href="/nowhere">a</a> <a href="/errors#nowhere">b</a> <a href="/errors">c</a>'
    expect(deadLinks('index', html)).toEqual(['/nowhere', '/errors#nowhere'])
  })

  it('lets a page load nothing from elsewhere, nor run a script that it did not write', () => {
    for (const [page, html] of built) {
      const [, policy = ''] =
        /http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html) ?? []
      expect(policy, page).toContain("default-src 'self'")
      expect(policy, page).not.toMatch(/script-src[^;]*unsafe/)
    }
  })
})

/** What an app can import, but for second names of one source. */
const described = modules.filter((name, index) => {
  const typesOf = (module: string): string =>
    manifest.exports[module.replace(/^holdfast/, '.')].types
  return modules.findIndex((other) => typesOf(other) === typesOf(name)) === index
})

describe('the reference', () => {
  it.each(described)('has a page for %s', (name) => {
    expect(built.get(`reference/${name}`)).toMatch(/<h1[^>]*>/)
  })
})

describe('the texts for language models', () => {
  it('lie beside the pages that they link', () => {
    const index = readFileSync(join(folder, 'llms.txt'), 'utf8')
    const links = [...index.matchAll(/\]\(([^)]+)\)/g)].map(([, href = '']) => href)
    expect(links.length).toBeGreaterThan(50)
    expect(links.filter((href) => !existsSync(join(folder, href)))).toEqual([])
  })
})
