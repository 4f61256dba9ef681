import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { readGuide } from '../newcomer/guide.js'
import { root } from '../package/compile.js'
import { cells, fits, guideText, readPairs } from './pairs.js'

const guides = readdirSync(join(root, 'docs', 'guides')).map((name) => name.replace(/\.md$/, ''))
const pairs = readPairs()

/** How the files of a guide name its auth server. */
const WORDS: Readonly<Record<string, RegExp>> = { gotrue: /gotrue|supabase/i, oidc: /oidc/i }

describe('the page of all pairs', () => {
  it('has each pair of a framework and an auth server, and leads to every guide', () => {
    expect(cells()).toHaveLength(28)
    const led = cells().filter(({ where }) => where.startsWith('guides/'))
    expect(led.map(({ name }) => name).sort()).toEqual([...guides].sort())
    expect(led.filter(({ name, where }) => where !== `guides/${name}.md`)).toEqual([])
    expect([...led.map(({ name }) => name), ...pairs.map(({ name }) => name)]).toHaveLength(28)
  })

  it('changes no line that none of its guides has', () => {
    const wordsOf = (change: object): string => JSON.stringify(change)
    const used = pairs.flatMap(({ base, changes }) =>
      changes.filter((change) => fits(guideText(base), change)).map(wordsOf),
    )
    const idle = pairs
      .flatMap(({ changes }) => changes.map(wordsOf))
      .filter((change) => !used.includes(change))
    expect(idle).toEqual([])
  })

  it.each(pairs)('leaves nothing of the other auth server in an app: $name', ({ name, base }) => {
    const word = WORDS[base.split('-')[0] ?? ''] ?? /./
    const { files } = readGuide(name)
    const own = [...files].filter(([path]) => !path.endsWith('.sql'))
    expect(own.filter(([, text]) => word.test(text)).map(([path]) => path)).toEqual([])
  })
})
