import { expect, it } from 'vitest'
import { proseOf, read } from './pages.js'

/** What is read in a minute, with the table of where to go on. */
const WORDS = 500

it('the README stays one screen that can be read in a minute: the rest is in docs', () => {
  const text = proseOf(read('README.md')).replace(/\]\([^)]*\)/g, ']')
  const words = text.match(/[\w’'.-]*\w[\w’'.-]*/g) ?? []
  console.log(`README.md: ${words.length} of ${WORDS} words`)
  expect(words.length).toBeLessThanOrEqual(WORDS)
  expect(text.match(/^- \*\*/gm)).toHaveLength(7)
})
