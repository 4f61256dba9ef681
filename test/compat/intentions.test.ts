import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { INTENTIONS } from './intentions.js'
import type { Shown } from './intentions-shown.js'

const all = Object.values(INTENTIONS).flat()

/** What makes a text the title of a test, or the promise of a row: what stands before it. */
const BEFORE = String.raw`(?:\bit\(|\bpromise: |\]\)\(|\)\)\(|\n\s*\]\)\(\s*|\)\(\s*)`

/** Whether a file has a test of this title, or a row that promises it. */
function isThere([file, title]: Shown): boolean {
  const source = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8')
  const text = title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*')
  return new RegExp(`${BEFORE}(['"\`])${text}\\1`).test(source)
}

describe('what the public tests of auth-js want', () => {
  it('is shown by tests that there are', () => {
    const shown = all.flatMap((intention) => intention.shown)
    expect(shown.filter((each) => !isThere(each))).toEqual([])
  })

  it('is shown by one at least, each time, also where it is otherwise here', () => {
    expect(all.filter(({ shown }) => shown.length === 0)).toEqual([])
  })

  it('is said once', () => {
    const wants = all.map((intention) => intention.wants)
    expect(wants.filter((text, index) => wants.indexOf(text) !== index)).toEqual([])
  })

  it('is told from what merely stands in a test', () => {
    expect(isThere(['compat/rows.ts', 'a password signs in'])).toBe(true)
    expect(isThere(['compat/rows.ts', 'secret-9'])).toBe(false)
    expect(isThere(['compat/face.test.ts', 'of the app'])).toBe(false)
  })
})
