import { readdirSync } from 'node:fs'
import { join, posix } from 'node:path'
import { describe, expect, it } from 'vitest'
import { AuthError, type AuthErrorCode, isAuthErrorCode } from '../../src/core/errors.js'
import { root } from '../package/compile.js'
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

/** The section on words that are no code. */
const OWN = "Words of Holdfast's own"

/** The sources, without the scripted servers and the faces of other libraries: those say the words of others. */
const sources = readdirSync(join(root, 'src'), { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.ts') && !/^(?:testing|compat|server\/supertokens)\W/.test(path))
  .map((path) => read(posix.join('src', path)))

const SOURCE = sources.join('\n')

/** The first group of each match. */
const found = (text: string, pattern: RegExp): string[] =>
  [...text.matchAll(pattern)].map(([, word = '']) => word)

/** The literals of a type of the sources. */
function literalsOf(type: string): string[] {
  const body = new RegExp(`export type ${type} =([^]*?)\n(?:\n|export)`).exec(SOURCE)?.[1] ?? ''
  return found(body, /'(\w+)'/g)
}

/** The text of a constant of the sources. */
const textOf = (constant: string): string =>
  new RegExp(`const ${constant} = '(\\w+)'`).exec(SOURCE)?.[1] ?? constant

/** The words that Holdfast itself writes into errors, reasons and answers, and that are no code of an error. */
function ownWords(): string[] {
  const reasons = ['CookieReason', 'FinalReason', 'TransientReason'].flatMap(literalsOf)
  const answers = found(SOURCE, /status: [^,\n]*\d{3},\s*code: '(\w+)'/g)
  const serverCodes = [
    ...found(SOURCE, /serverCode: '(\w+)'/g),
    ...found(SOURCE, /serverCode: ([A-Z][A-Z_]+)\b/g).map(textOf),
  ]
  const words = [...answers, ...serverCodes].filter((word) => !isAuthErrorCode(word))
  return [...new Set([...reasons, ...words])].sort()
}

/** The words of the page, by the first cells of its tables there. */
const toldWords = (): string[] =>
  found(sections.get(OWN) ?? '', /^\| (`\w+`(?:, `\w+`)*) \|/gm)
    .flatMap((cell) => found(cell, /`(\w+)`/g))
    .sort()

describe('the page of errors', () => {
  it('knows the codes of the types, which are many', () => {
    expect(codes().length).toBeGreaterThan(15)
  })

  it('has a section for each code, in the order of the types, and one for words that are none', () => {
    expect([...sections.keys()]).toEqual([...codes(), OWN])
  })

  it('says of each word of the sources that is no code what happened, and of no other', () => {
    expect(ownWords().length).toBeGreaterThan(20)
    expect(toldWords()).toEqual(ownWords())
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
