import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { APPS } from './apps.js'

const at = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url))
const guide = readFileSync(at('docs/frameworks.md'), 'utf8')

/** The blocks of the guide: the path in the first line, and the lines after it. */
const blocks = [...guide.matchAll(/```\w+\n[^\n]*?(frameworks\/\S+)[^\n]*\n([\s\S]*?)```/g)].map(
  ([, path = '', text = '']) => ({ path, text: text.trim() }),
)

describe('the guide to frameworks', () => {
  it.each(blocks)('shows lines of $path as they are driven', ({ path, text }) => {
    expect(readFileSync(at(path), 'utf8')).toContain(text)
  })

  it('shows nothing else, but for the commands', () => {
    expect(blocks).toHaveLength((guide.split('```').length - 1) / 2 - 1)
  })

  it('shows something of every app, or says where it is shown', () => {
    const shown = new Set(blocks.map(({ path }) => path.split('/')[1]))
    const rest = APPS.filter(({ name }) => !shown.has(name))
    const node = readFileSync(at('docs/node.md'), 'utf8')
    expect(rest.filter(({ title }) => !node.includes(title))).toEqual([])
  })
})

describe('the apps of frameworks', () => {
  it('are the folders there, each with a lock file of its own', () => {
    const folders = readdirSync(at('frameworks'), { withFileTypes: true })
    const names = folders.filter((entry) => entry.isDirectory()).map(({ name }) => name)
    expect(names.sort()).toEqual(APPS.map(({ name }) => name).sort())
    for (const name of names) {
      expect(readdirSync(at(`frameworks/${name}`))).toContain('package-lock.json')
    }
  })
})
