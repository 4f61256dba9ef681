import type { PerClient } from './bundles.js'
import type { Outcome } from './clients/peer.js'

/** One measured value, as the table shows it. */
export interface Figure {
  readonly text: string
  /** Less is better. Without it nobody is ahead. */
  readonly score?: number
  /** What was measured, one by one. */
  readonly raw: unknown
}

/** The figures of one client by what they measure. */
export type Figures = Readonly<Record<string, Figure>>

/** Something that both clients go through. */
export interface Scenario<Host> {
  readonly name: string
  readonly run: (host: Host) => Promise<PerClient<Figures>>
}

/** The middle one; of an even number, the lower of the two. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b)
  const middle = sorted[Math.floor((sorted.length - 1) / 2)]
  if (middle === undefined) throw new Error('Nothing was measured.')
  return middle
}

/** The median of whole numbers, with the least and most where they differ. */
export function count(raw: readonly number[]): Figure {
  const [least, most, score] = [Math.min(...raw), Math.max(...raw), median(raw)]
  return { text: least === most ? `${score}` : `${score} (${least} to ${most})`, score, raw }
}

/** A number that says what happened and is neither good nor bad. */
export const fact = (raw: number): Figure => ({ text: `${raw}`, raw })

/** To three digits, or whole. */
const rounded = (value: number): string => (value >= 100 ? value.toFixed(0) : value.toPrecision(3))

const UNITS: readonly (readonly [ms: number, name: string])[] = [
  [1_000, 's'],
  [1, 'ms'],
  [1e-3, 'µs'],
  [1e-6, 'ns'],
]

function timeText(ms: number): string {
  const [size, name] = UNITS.find(([least]) => ms >= least) ?? [1, 'ms']
  return `${rounded(ms / size)} ${name}`
}

/** The median of times in ms. */
export function duration(raw: readonly number[]): Figure {
  const score = median(raw)
  return { text: timeText(score), score, raw }
}

/** The median of sizes in bytes. */
export function bytes(raw: readonly number[]): Figure {
  const score = median(raw)
  return { text: `${rounded(score / 1_000)} kB`, score, raw }
}

/** Whether something good is so. */
export const yes = (raw: boolean): Figure => ({ text: raw ? 'yes' : 'no', score: raw ? 0 : 1, raw })

/** How long something took in ms; `null` when it had not come after `bound` ms. */
export const took = (raw: number | null, bound: number): Figure =>
  raw === null
    ? { text: `not within ${bound / 1000} s`, score: Number.POSITIVE_INFINITY, raw }
    : { text: timeText(raw), score: raw, raw }

const SCORES = { session: 0, error: 1, none: 2 }

/** What calls came to, without the tokens. An error is better than a false "nobody is signed in". */
export function outcomes(raw: readonly Outcome[]): Figure {
  const texts = raw.map((one) => {
    if (one.kind === 'session') return 'a session'
    return one.kind === 'none' ? 'no session' : `error ${one.error}`
  })
  const kinds = [...new Set(texts)]
  const score = Math.max(...raw.map(({ kind }) => SCORES[kind]))
  return { text: kinds.join(', '), score, raw: texts }
}
