/** What came of a part. `names` are those of the tests that were skipped. */
export interface Result {
  readonly name: string
  /** How long it took, in ms. */
  readonly ms: number
  /** What it may take, in minutes. */
  readonly share: number
  readonly passed?: number
  readonly failed?: number
  readonly skipped?: number
  readonly names?: readonly string[]
  /** The names of the tests that failed. */
  readonly failures?: readonly string[]
}

/** Leaves what came of a part in a file, where others add theirs. */
export function keep(file: string, result: Result): void
/** What lies in such a file. */
export function kept(file: string): Result[]
/** All of it as lines; the last has the sums. */
export function summary(results: readonly Result[]): string[]
