/** Where a test is: a file under `test`, and the title of the test as it stands there. */
export type Shown = readonly [file: string, title: string]

/** What a public test of auth-js wants of it, in our words. */
export interface Intention {
  readonly wants: string
  /** The tests of ours that show it; or that show what is so instead. */
  readonly shown: readonly Shown[]
  /** Why it is otherwise here, on purpose; one sentence. */
  readonly differs?: string
}

/** Titles by the files that have them; `…` stands for anything. */
export const rows = (promise: string): Shown => ['compat/rows.ts', promise]
export const areas = (promise: string): Shown => ['compat/rows-areas.ts', promise]
export const factors = (promise: string): Shown => ['compat/rows-factors.ts', promise]
export const keys = (promise: string): Shown => ['compat/rows-keys.ts', promise]
export const face = (title: string): Shown => ['compat/face.test.ts', title]
export const redirect = (title: string): Shown => ['compat/redirect.test.ts', title]
export const left = (title: string): Shown => ['compat/take-over.test.ts', title]
export const client = (file: string, title: string): Shown => [`client/${file}.test.ts`, title]
