import type { Mutant } from './list.mjs'

/** What became of a mutant. */
export interface Verdict extends Mutant {
  readonly how: 'caught' | 'SURVIVED' | 'NOT APPLIED' | 'NOT JUDGED'
  readonly by: string
  /** The test file that caught it. */
  readonly test?: string | null
  /** What it took, in ms. */
  readonly ms: number
}

/** One word for all sources and tests in `folder`: another one after any change. */
export function stateOf(folder: string): string

/** Opens a log of verdicts about sources in a state, or none without a path. */
export function openLog(
  path: string | undefined,
  state: string,
): {
  /** What an earlier run made of a mutant. */
  find(mutant: Mutant): Verdict | undefined
  /** The test file that caught it last, whatever the sources were. */
  lastTest(mutant: Mutant): string | undefined
  add(verdict: Verdict): void
}
