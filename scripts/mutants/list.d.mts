/** A small bug: texts of one file that occur once each, and what takes their place. */
export interface Mutant {
  /** The bug as a reviewer would say it. */
  readonly name: string
  readonly file: string
  readonly find?: string
  readonly replace?: string
  readonly edits?: readonly (readonly [find: string, replace: string])[]
}

/** Every mutant, by area. */
export const MUTANTS: readonly Mutant[]
