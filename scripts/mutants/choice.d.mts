import type { Mutant } from './list.mjs'

/** The mutants that have one of the texts in their name or file, in the order of the texts. @throws Error for a text that none has. */
export function chosen(mutants: readonly Mutant[], texts: readonly string[]): Mutant[]

/** One of several equal parts of the mutants: '1/4' is the first of four. @throws Error for another text. */
export function partOf(mutants: readonly Mutant[], part: string): Mutant[]
