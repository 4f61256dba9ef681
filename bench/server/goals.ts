import type { Figures } from '../figures.js'
import type { PerSdk } from './sdks.js'

/** What a scenario came to, or why it came to nothing. */
interface Result {
  readonly name: string
  readonly outcome: PerSdk<Figures> | Error | { readonly lacks: string }
}

/** What Holdfast is to reach beside WorkOS's SDK. */
interface Goal {
  readonly scenario: string
  readonly measure: string
  /** Whose time is compared with that of the other. */
  readonly who: 'theirs' | 'ours'
  /** How many times as long it takes at least when it is theirs, and at most when it is ours. */
  readonly times: number
}

const CALL = 'CPU time of a call, median'

const GOALS: readonly Goal[] = [
  { scenario: '`authenticate()`, each cookie new', measure: CALL, who: 'theirs', times: 2 },
  { scenario: '`authenticate()`, the same cookie again', measure: CALL, who: 'theirs', times: 15 },
  { scenario: '`refresh()`', measure: CALL, who: 'theirs', times: 1 },
  {
    scenario: 'Import',
    measure: 'CPU time of `holdfast/server`, median',
    who: 'ours',
    times: 3,
  },
]

/** One goal in words, by what both took. */
function lineOf({ scenario, who, times }: Goal, { holdfast, workos }: PerSdk<number>): string {
  const theirs = who === 'theirs'
  const ratio = theirs ? workos / holdfast : holdfast / workos
  const met = theirs ? ratio >= times : ratio <= times
  const goal = `${who} takes ${times} times as long or ${theirs ? 'more' : 'less'}`
  return `- ${scenario}: ${goal}. It takes ${ratio.toFixed(1)} times as long: ${met ? 'met' : 'MISSED'}.`
}

/** Each goal that was measured, what came of it, and whether that is enough. It fails nothing. */
export function goalsOf(results: readonly Result[]): readonly string[] {
  const lines = GOALS.flatMap((goal) => {
    const outcome = results.find(({ name }) => name === goal.scenario)?.outcome
    if (!outcome || outcome instanceof Error || 'lacks' in outcome) return []
    const holdfast = outcome.holdfast[goal.measure]?.score
    const workos = outcome.workos[goal.measure]?.score
    return holdfast && workos ? [lineOf(goal, { holdfast, workos })] : []
  })
  return lines.length > 0 ? ['Goals:', lines.join('\n')] : []
}
