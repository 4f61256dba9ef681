import { readFileSync } from 'node:fs'

/** The paragraphs of a file of captures, by their titles. */
function paragraphs(name: string): ReadonlyMap<string, readonly string[]> {
  const text = readFileSync(new URL(`captures/${name}.txt`, import.meta.url), 'utf8')
  const blocks = text.trim().split('\n\n')
  return new Map(
    blocks.map((block): [string, readonly string[]] => {
      const [title = '', ...lines] = block.split('\n')
      return [title.slice(2), lines]
    }),
  )
}

/** What a real server answered, by the name of the step. */
export const capture = (name: string): ReadonlyMap<string, string> =>
  new Map([...paragraphs(name)].map(([step, lines]) => [step, lines.join('\n')]))

/**
 * All that each real server was asked, by the names of the steps. What the names begin with `only` for was
 * asked of a server whose answers are not replayed step by step.
 */
export const STEPS: ReadonlyMap<string, readonly string[]> = paragraphs('steps')
