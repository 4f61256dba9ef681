import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Answer, createDesk, type Desk, LEGACY, objectOf } from './desk.js'
import { createShaper } from './shape.js'

/** One request that was captured from a real core, and what its answer looked like. */
interface Step {
  readonly title: string
  readonly request: string
  readonly expected: string
}

/** What a real core was asked and said. Tokens in requests are names: `{{step.path}}`. */
function capture(name: string): readonly Step[] {
  const text = readFileSync(new URL(`captures/${name}.txt`, import.meta.url), 'utf8')
  return text
    .trim()
    .split('\n\n')
    .map((block) => {
      const [title = '', request = '', expected = ''] = block.split('\n')
      return { title: title.replace('# ', ''), request, expected }
    })
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((found, name) => objectOf(found)[name], value)

/** Sends the steps in order; each answer as a text, as the capture has it. */
async function replay(desk: Desk, steps: readonly Step[]): Promise<readonly string[]> {
  const shape = createShaper()
  const answers: Answer[] = []
  const seen: string[] = []
  for (const { request } of steps) {
    const [method = '', path = '', ...rest] = request
      .replace(/\{\{(\d+)\.([\w.]+)\}\}/g, (_, step, name) =>
        String(at(answers[Number(step) - 1]?.body, name)),
      )
      .split(' ')
    const body = rest.length === 0 ? null : rest.join(' ')
    const answer = await desk.send(`http://localhost:3567${path}`, { method, body })
    answers.push(answer)
    const json = answer.text.startsWith('{')
    const shown = json ? shape(answer.body) : JSON.stringify(answer.text)
    seen.push(`${answer.status} ${answer.type} ${shown}`)
  }
  return seen
}

const TODAY = [
  ...['2.14', '2.13', '2.12', '2.11', '2.10', '2.21', '2.20', '2.19', '2.18', '2.17', '3.0'],
  ...['2.16', '3.1', '4.0', '2.15', '5.0', '5.1', '5.2', '5.3', '2.7', '2.8', '2.9'],
]

const CORES = [
  { name: 'core-10.1.8', versions: TODAY, speak: '5.3', length: 34 },
  { name: 'core-2.5.2', versions: LEGACY, speak: null, length: 22 },
]

describe.each(CORES)('asked as the real $name was', ({ name, versions, speak, length }) => {
  const steps = capture(name)
  const run = (async () => {
    // No round number: whole seconds are told from milliseconds by it.
    const clock = { now: () => 1_700_000_123_456 }
    return replay(createDesk({ versions, speak, clock }), steps)
  })()

  it('the scripted core hears all of it', () => expect(steps).toHaveLength(length))

  it.each(steps.map((step, index) => ({ ...step, index })))(
    'the scripted core answers alike: $title',
    async ({ index, expected }) => {
      expect((await run)[index]).toBe(expected)
    },
  )
})
