import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import type { ScriptedGoTrueOptions } from '../../../src/testing/gotrue/index.js'
import { createLab } from './lab.js'
import { NOT_MODELLED } from './not-modelled.js'
import { createShaper } from './shape.js'

/** One request that a real GoTrue 2.196 was asked, and what its answer looked like. */
interface Step {
  readonly title: string
  /** What was done by hand before. */
  readonly acts: readonly string[]
  readonly request: string
  readonly expected: string
}

/** The steps on one server, from a fresh database on. */
interface Story {
  readonly options: ScriptedGoTrueOptions
  readonly steps: readonly Step[]
}

/**
 * Reads a capture: `##` begins a server with its options, `!` is something done by hand, `#` names a
 * step, whose request and answer follow, a line each.
 */
function storiesOf(name: string): readonly Story[] {
  const text = readFileSync(new URL(`captures/${name}.txt`, import.meta.url), 'utf8')
  return text
    .split(/^## /m)
    .slice(1)
    .map((story) => {
      const [options = '', ...rest] = story.trim().split('\n')
      const steps = [...rest.join('\n').matchAll(/((?:^! .*\n)*)^# (.*)\n(.*)\n(.*)/gm)].map(
        ([, acts = '', title = '', request = '', expected = '']): Step => ({
          title,
          acts: acts
            .split('\n')
            .filter(Boolean)
            .map((line) => line.slice(2)),
          request,
          expected,
        }),
      )
      return { options: JSON.parse(options), steps }
    })
}

/** Does a story over again on the scripted server. A step that cannot even be asked says why. */
async function replay(name: string, { options, steps }: Story): Promise<readonly string[]> {
  const lab = createLab(options)
  const shape = createShaper(name)
  const seen: string[] = []
  for (const { acts, request, title } of steps) {
    try {
      for (const act of acts) await lab.act(act)
      seen.push(shape(await lab.ask(request, title)))
    } catch (error) {
      seen.push(String(error))
    }
  }
  return seen
}

/** How many exchanges were captured. */
const CAPTURED = 496

/** How many of them are replayed, so that none is lost unseen. */
const CAPTURES = [
  { name: 'sign-in', length: 76 },
  { name: 'refresh', length: 93 },
  { name: 'user', length: 76 },
  { name: 'errors', length: 55 },
  { name: 'cors', length: 9 },
  { name: 'messages', length: 23 },
  { name: 'sso-oauth', length: 35 },
  { name: 'mfa', length: 58 },
  { name: 'identities', length: 23 },
  { name: 'passkeys', length: 18 },
]

describe('the exchanges that were captured', () => {
  const replayed = CAPTURES.flatMap(({ name }) => storiesOf(name)).flatMap(({ steps }) => steps)

  it('are replayed, but for those of what the scripted server does not have', () => {
    expect(NOT_MODELLED).toHaveLength(CAPTURED - replayed.length)
  })

  it('are named once where they are not, with a reason', () => {
    const names = NOT_MODELLED.map(({ step }) => step)
    expect(new Set(names).size).toBe(names.length)
    expect(replayed.filter(({ title }) => names.includes(title))).toEqual([])
    expect(NOT_MODELLED.filter(({ reason }) => reason === '')).toEqual([])
  })
})

describe.each(CAPTURES)('asked for $name as a real GoTrue was', ({ name, length }) => {
  const stories = storiesOf(name)

  it(`hears all of it: ${length} requests`, () => {
    expect(stories.reduce((sum, { steps }) => sum + steps.length, 0)).toBe(length)
  })

  describe.each(stories.map((story) => ({ story, server: JSON.stringify(story.options) })))(
    'with $server',
    ({ story }) => {
      const run = replay(name, story)

      it.each(story.steps.map((step, index) => ({ ...step, index })))(
        'the scripted server answers alike: $title',
        async ({ index, expected }) => {
          expect((await run)[index]).toBe(expected)
        },
      )
    },
  )
})
