import type { Entry, Row } from '../report.js'

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

/** What a goal came to, by how many times as long one takes as the other. */
function verdictOf({ who, times }: Goal, ours: number, theirs: number): string {
  const ratio = who === 'theirs' ? theirs / ours : ours / theirs
  const met = who === 'theirs' ? ratio >= times : ratio <= times
  const goal = who === 'theirs' ? `WorkOS ≥ ${times}×` : `Holdfast ≤ ${times}×`
  return `${goal}: ${ratio.toFixed(1)}×, ${met ? 'met' : 'MISSED'}`
}

function withGoal(scenario: string, row: Row): Row {
  const goal = GOALS.find((one) => one.scenario === scenario && one.measure === row.measure)
  const [ours, theirs] = [row.holdfast.score, row.peer.score]
  return goal && ours && theirs ? { ...row, goal: verdictOf(goal, ours, theirs) } : row
}

/** The same, with each goal beside the row that it is for, and whether it is met. It fails nothing. */
export const withGoals = ({ name, outcome }: Entry): Entry => ({
  name,
  outcome: typeof outcome === 'string' ? outcome : outcome.map((row) => withGoal(name, row)),
})
