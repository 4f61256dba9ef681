/** Named counts, such as `evaluated one-in-flight`; merged over runs by addition. */
export type Tally = Record<string, number>

/** Adds to one count. */
export function count(tally: Tally, name: string, by = 1): void {
  tally[name] = (tally[name] ?? 0) + by
}

/** Adds all counts of `more` to `tally`; those that name a maximum keep the larger one. */
export function merge(tally: Tally, more: Tally): void {
  for (const [name, by] of Object.entries(more)) {
    if (name.startsWith('most ')) tally[name] = Math.max(tally[name] ?? 0, by)
    else count(tally, name, by)
  }
}

/** The counts whose names begin with `prefix`, without it, largest first. */
export const counts = (tally: Tally, prefix: string): [string, number][] =>
  Object.entries(tally)
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, value]): [string, number] => [name.slice(prefix.length), value])
    .sort(([, a], [, b]) => b - a)

/** The sum of the counts whose names begin with `prefix`. */
export const sum = (tally: Tally, prefix: string): number =>
  counts(tally, prefix).reduce((total, [, value]) => total + value, 0)
