import type { Mutant } from './list.mjs'

/** Lines of a file, counted from 1. */
export interface Span {
  readonly from: number
  readonly to: number
}

/** What a test file takes without a mutant, in ms, and the lines it leaves out: from, to, from, to … */
export interface Known {
  readonly ms: number
  readonly missed: Readonly<Record<string, readonly number[]>>
}

/** A test file, and what it takes without a mutant, in ms. */
export interface TimedTest {
  readonly test: string
  readonly ms: number
}

/** The lines of a text that a mutant changes. */
export function linesOf(text: string, mutant: Mutant): Span[]

/** The tests that run what a mutant changes in a text: those named after its file, and others, the short ones first. */
export function testsOf(
  mutant: Mutant,
  facts: {
    readonly known: ReadonlyMap<string, Known>
    readonly text: string
    /** The test that caught it last. */
    readonly last?: string | undefined
  },
): { readonly own: TimedTest[]; readonly others: TimedTest[] }
