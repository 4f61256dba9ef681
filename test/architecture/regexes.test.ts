import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isSafe } from 'redos-detector'
import { parseSync } from 'vite'
import { describe, expect, it } from 'vitest'

/** A pattern as it stands in a file. */
interface Pattern {
  readonly source: string
  readonly flags: string
}

/** What stands in templates of patterns, by how it is spelt there. */
const STAND_INS: Readonly<Record<string, string>> = {
  AGAIN: 'again',
  prefix: '__Host-holdfast-flow-',
  // All that `compile` makes of segments, one after the other.
  "parts.join('/')": 'literal/[^/]+/[^/]+',
  end: '(?:/.*)?',
  flags: 'i',
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !(value instanceof RegExp)

function* nodesOf(tree: unknown): Generator<Readonly<Record<string, unknown>>> {
  if (!isObject(tree)) return
  if (typeof tree.type === 'string') yield tree
  for (const part of Object.values(tree)) yield* nodesOf(part)
}

const spelling = (text: string, node: unknown): string =>
  isObject(node) ? text.slice(Number(node.start), Number(node.end)) : ''

/** The text of `new RegExp('…')`, or of a template with what stands for its gaps. */
function textOf(text: string, argument: unknown): string {
  if (!isObject(argument)) throw new Error('A pattern without a text.')
  if (argument.type === 'Literal') return String(argument.value)
  const { quasis, expressions } = argument
  if (!Array.isArray(quasis) || !Array.isArray(expressions)) {
    throw new Error(`Write the pattern as a literal or a template: ${spelling(text, argument)}`)
  }
  return quasis.map((quasi, at) => quasi.value.cooked + gap(text, expressions[at])).join('')
}

function gap(text: string, expression: unknown): string {
  if (expression === undefined) return ''
  const name = spelling(text, expression)
  const found = STAND_INS[name]
  if (found === undefined) throw new Error(`Add to STAND_INS what \`${name}\` may be.`)
  return found
}

/** The flags of `new RegExp(…, flags)`, which may have a name. */
const flagsOf = (text: string, flags: unknown): string =>
  isObject(flags) && flags.type === 'Identifier' ? gap(text, flags) : textOf(text, flags)

/** Every pattern of a file: literals, and what is given to `RegExp`. */
function patternsOf(file: string, text: string): Pattern[] {
  const { program, errors } = parseSync(file, text)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed.`)
  return [...nodesOf(program)].flatMap((node) => {
    if (isObject(node.regex)) {
      return [{ source: String(node.regex.pattern), flags: String(node.regex.flags) }]
    }
    if (!isObject(node.callee) || node.callee.name !== 'RegExp') return []
    const [pattern, flags]: unknown[] = Array.isArray(node.arguments) ? node.arguments : []
    return [{ source: textOf(text, pattern), flags: flags ? flagsOf(text, flags) : '' }]
  })
}

/**
 * Whether a time in proportion to the text is enough, wherever in it the pattern may begin. What the
 * linter does not understand counts as no.
 */
function isLinear({ source, flags }: Pattern): boolean {
  try {
    return isSafe(new RegExp(source, flags)).safe
  } catch {
    return false
  }
}

const root = fileURLToPath(new URL('../../src', import.meta.url))
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' }).filter((file) =>
  /\.tsx?$/.test(file),
)

const gapped = (before: string, name: string, after: string): string =>
  `new RegExp(\`${before}\${${name}}${after}\`)`

describe('the patterns of the source', () => {
  it('take a time in proportion to the text, every one', { timeout: 120_000 }, () => {
    const slow: string[] = []
    const seen = new Set<string>()
    for (const file of sources) {
      for (const pattern of patternsOf(file, readFileSync(join(root, file), 'utf8'))) {
        const name = `/${pattern.source}/${pattern.flags}`
        if (!seen.has(name) && !isLinear(pattern)) slow.push(`${file}: ${name}`)
        seen.add(name)
      }
    }
    expect(slow).toEqual([])
    expect(seen.size).toBeGreaterThan(80)
  })

  it.each([
    ['blanks around a comma', String.raw`text.split(/\s*,\s*/)`],
    ['slashes at the end', String.raw`text.replace(/\/*([?#].*)?$/, '')`],
    ['padding at the end', `text.replace(/=+$/, '')`],
    ['blanks at both ends', String.raw`text.replace(/^\s+|\s+$/g, '')`],
    ['repeats of repeats', 'const a: RegExp = /^(a+)+$/'],
    ['a pattern that is put together', gapped('', 'prefix', '=+$')],
    ['a pattern in a text', `RegExp('=+$', 'g')`],
    ['what the linter cannot read', String.raw`/\p{Cc}|a/iu`],
  ])('are caught when they are not linear: %s', (_, code) => {
    const patterns = patternsOf('file.ts', code)
    expect(patterns.map(isLinear)).toEqual([false])
  })

  it('must be told what a new gap stands for', () => {
    expect(() => patternsOf('file.ts', gapped('^', 'unknown', '$'))).toThrow(/STAND_INS/)
    expect(() => patternsOf('file.ts', 'new RegExp(pattern)')).toThrow(/literal or a template/)
  })
})
