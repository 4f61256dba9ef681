import type { Mutant } from './list.mjs'

/** Mutants that are planted at once: no two of a batch are of one file. */
export function batched(mutants: readonly Mutant[]): Mutant[][]

/** What to try apart when the compiler complains about a batch. */
export function divided(batch: readonly Mutant[], complaints: readonly string[]): Mutant[][]
