/** What failed with a mutant. */
export interface Finding {
  readonly by: string
  /** The test file that failed. */
  readonly test?: string | null
  /** Nothing but the mutant can explain it. */
  readonly sure: boolean
  /** A time was up. */
  readonly slow: boolean
  /** Looks at it alone, with or without the mutant. */
  again(): Promise<object | null>
}

/** What catches a mutant, or `null`. @throws Error if it cannot be told. */
export function judge(
  steps: readonly (() => Promise<Finding | null>)[],
  plant: () => () => void,
): Promise<Finding | null>
