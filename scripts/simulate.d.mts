import type { Plugin } from 'esbuild'

/** How far the runs are. Times in ms. */
export interface Progress {
  readonly done: number
  readonly runs: number
  /** In the order in which they were found. */
  readonly violations: readonly FoundViolation[]
  readonly ms: number
}

/** What to run: the seeds from `seed` on, one world each. */
export interface SimulateOptions {
  readonly runs: number
  readonly seed: number
  /** What the clients of the worlds speak. @default 'gotrue' */
  readonly protocol?: 'gotrue' | 'oidc'
  /** How many processes. @default one for each core */
  readonly workers?: number
  /** After so many ms without a sign of life a world counts as hung. @default 120000 */
  readonly patience?: number
  /** Whether the first violation of each invariant is shrunk and drawn. @default false */
  readonly explain?: boolean
  /** Plugins of esbuild for the bundle that is run, such as one that plants a defect. */
  readonly plugins?: Plugin[]
  readonly onProgress?: (progress: Progress) => void
}

/** A run in which something failed; `threw` and `hung` are no invariants, but fail as well. */
export interface FoundViolation {
  readonly seed: number
  readonly invariant: string
  readonly what: string
}

/** The counts of all runs, and those that failed in the order of their seeds. */
export interface Simulation {
  readonly tally: Record<string, number>
  readonly violations: readonly FoundViolation[]
  readonly ms: number
  /** One text per invariant that was broken, if `explain` asks for it. */
  readonly reports: readonly string[]
}

/**
 * Runs random worlds in processes of their own, and ends those. Rejects when a process dies, when
 * worlds hang again and again, and when not all runs were made. Does not judge how much they
 * explored: `assertThorough` does.
 */
export function simulate(options: SimulateOptions): Promise<Simulation>
