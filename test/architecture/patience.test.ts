import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

/** What is between the parentheses that open at `start`. */
function argumentsAt(text: string, start: number): string {
  let depth = 0
  for (let at = start; at < text.length; at += 1) {
    if (text[at] === '(') depth += 1
    if (text[at] === ')') depth -= 1
    if (depth === 0) return text.slice(start, at)
  }
  return text.slice(start)
}

/** The waits of a test that end after a second, which is the default of vitest. */
const hasty = (text: string): string[] =>
  [...text.matchAll(/\bvi\.wait(?:Until|For)(?=\()/g)]
    .map((call) => argumentsAt(text, call.index + call[0].length))
    .filter((call) => !/\bPATIENT\b|\btimeout:/.test(call))

const files = readdirSync('test', { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
)

describe('what a test waits for', () => {
  it('has more time than a second, which a busy machine takes for anything', () => {
    const found = files.flatMap((name) =>
      hasty(readFileSync(join('test', name), 'utf8')).map((call) => `${name}: ${call}`),
    )
    expect(files.length).toBeGreaterThan(300)
    expect(found).toEqual([])
  })

  it('would be noticed if it had less', () => {
    const wait = 'await vi.wait'
    expect(hasty(`${wait}Until(() => one.length > 0)\n${wait}For(() => two(3))`)).toHaveLength(2)
    expect(hasty(`${wait}Until(() => one(2), PATIENT)\n${wait}For(f, { timeout: 9 })`)).toEqual([])
  })
})
