import { alignedTable } from '../../test/support/markdown.js'
import type { Figure, Figures } from '../figures.js'
import { PACKAGES, PEERS, type PeerName, type PerPeer } from './peers.js'

/** What a client came to in a scenario: figures, or why there are none. */
export type Outcome = Figures | Error

/** What all clients came to in a scenario. */
export interface Result {
  readonly name: string
  readonly outcomes: PerPeer<Outcome>
}

/** A client's name in tables. */
export const titleOf = (peer: PeerName): string =>
  peer === 'holdfast' ? 'Holdfast' : PACKAGES[peer]

const NONE = '–'

/** Whether a score is as good as the best: differences below a twentieth are noise. */
const isBest = (score: number, best: number): boolean =>
  score === best || (Number.isFinite(score) && score - best <= 0.05 * score)

/** Who is ahead of those that have a figure; nobody is where one of the figures is a mere fact. */
function aheadOf(figures: readonly (readonly [PeerName, Figure])[]): string {
  const scores = figures.map(([, { score }]) => score)
  if (scores.some((score) => score === undefined)) return ''
  const best = Math.min(...scores.map((score) => score ?? 0))
  const ahead = figures.filter(([, { score = 0 }]) => isBest(score, best))
  if (ahead.length === figures.length) return 'equal'
  return ahead.map(([peer]) => titleOf(peer)).join(', ')
}

function rowOf(measure: string, outcomes: PerPeer<Outcome>): readonly string[] {
  const figures = PEERS.flatMap((peer): (readonly [PeerName, Figure])[] => {
    const outcome = outcomes[peer]
    const figure = outcome instanceof Error ? undefined : outcome[measure]
    return figure ? [[peer, figure]] : []
  })
  const cells = PEERS.map((peer) => figures.find(([name]) => name === peer)?.[1].text ?? NONE)
  return [measure, ...cells, aheadOf(figures)]
}

function rowsOf({ name, outcomes }: Result): readonly (readonly string[])[] {
  const all = PEERS.flatMap((peer) => {
    const outcome = outcomes[peer]
    return outcome instanceof Error ? [] : Object.keys(outcome)
  })
  const rows = [...new Set(all)].map((measure) => rowOf(measure, outcomes))
  return rows.map((row, index) => [index === 0 ? name : '', ...row])
}

/** A table in Markdown with a column for each client. */
export const oidcTable = (results: readonly Result[]): string =>
  alignedTable(['scenario', 'measured', ...PEERS.map(titleOf), 'ahead'], results.flatMap(rowsOf))
