import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'

const textOf = (path: string): string =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8')

/** Those of an app on Holdfast: a page about a move shows first what was there before. */
function matchersIn(path: string): readonly RegExp[] {
  const found = [...textOf(path).matchAll(/matcher: \['([^']+)'\]/g)]
  const ours = path.startsWith('docs/moving/') ? found.slice(-1) : found
  return ours.map(([, text = '']) => new RegExp(`^${text.replaceAll('\\\\', '\\')}$`))
}

const FILES = [
  'src/next/types.ts',
  'docs/next.md',
  'docs/frameworks.md',
  ...['gotrue', 'oidc', 'supertokens', 'workos'].map((name) => `docs/guides/${name}-next.md`),
  ...['authkit-nextjs', 'next-auth', 'supabase-ssr'].map((name) => `docs/moving/${name}.md`),
  'frameworks/next/proxy.ts',
  'frameworks/next-15/middleware.ts',
]

describe.each(FILES)('the `matcher` in %s', (file) => {
  it('lets no page pass that has the name of a file in its path', () => {
    const pages = [
      '/',
      '/admin',
      '/favicon.ico/admin',
      '/favicon.icon/admin',
      '/faviconxico',
      '/_next/admin',
      '/_next/image/admin',
      '/_next/images/admin',
      '/_next/statics/admin',
      '/_next/data/build-1/admin.json',
    ]
    const matchers = matchersIn(file)
    expect(matchers).not.toEqual([])
    for (const matcher of matchers) {
      expect(pages.filter((page) => !matcher.test(page))).toEqual([])
    }
  })

  it('leaves out files that are no page', () => {
    const files = ['/_next/static/chunks/a.js', '/_next/image', '/_next/image/', '/favicon.ico']
    for (const matcher of matchersIn(file)) {
      expect(files.filter((path) => matcher.test(path))).toEqual([])
    }
  })
})
