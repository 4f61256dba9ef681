import type { Mutant } from './list.mjs'

/** A mutant that says nothing about the tests: it was not what it claims to be. */
export class UnappliedError extends Error {}

/** The replacements of a mutant: pairs of a text that occurs once, and what takes its place. */
export function editsOf(mutant: Mutant): readonly (readonly [string, string])[]

/** The text with the mutant in it. @throws UnappliedError unless each text occurs once. */
export function mutate(text: string, mutant: Mutant): string
