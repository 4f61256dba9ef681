import { describe, expect, it } from 'vitest'
import { AuthError, type AuthErrorCode, isAuthErrorCode } from '../../src/core/errors.js'
import { anchorsOf, read } from './pages.js'

const page = read('docs/errors.md')

/** The codes, as the types have them. */
const codes = (): AuthErrorCode[] => {
  const [, body = ''] =
    /export interface AuthErrorDetails \{\n([\s\S]*?)\n\}/.exec(read('src/core/errors.ts')) ?? []
  return [...body.matchAll(/^ {2}(\w+):/gm)].map(([, code = '']) => code).filter(isAuthErrorCode)
}

/** The sections of the page, by their headings. */
const sections = new Map(
  page
    .split(/^## /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), section] as const),
)

describe('the page of errors', () => {
  it('knows the codes of the types, which are many', () => {
    expect(codes().length).toBeGreaterThan(15)
  })

  it('has a section for each code, and for nothing else, in the order of the types', () => {
    expect([...sections.keys()]).toEqual(codes())
  })

  it.each(codes())('says what %s means, and what to do', (code) => {
    const section = sections.get(code) ?? ''
    expect(section).toMatch(/\*\*Means:\*\* \S+ \S+/)
    expect(section).toMatch(/\*\*Do:\*\* \S+ \S+/)
    expect(anchorsOf(page).has(code)).toBe(true)
  })

  it.each(codes())('says truly whether %s may pass', (code) => {
    const [, cell] =
      new RegExp(`^\\| \\[\`${code}\`\\]\\(#${code}\\) *\\| (\\w+) `, 'm').exec(page) ?? []
    expect(cell).toBe(new AuthError(code, '').retryable ? 'yes' : 'no')
  })
})
