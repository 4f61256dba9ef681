/** The tables that `docs/comparison.md` has from `bench/README.md`, by the words of their marks. */
export const TABLES: readonly string[]

/** What lies between two marks of a text. @throws Error where they are missing. */
export function between(text: string, name: string): string
