/** A TypeScript that the package's types must do for; `today` is the one of this repository. */
export type Version = '5.4' | '5.8' | '6.0' | 'today'
export type Resolution = 'bundler' | 'node16' | 'nodenext'
/** What an app's `lib` has besides ES2022: pages' names, Node's instead, or what `using` needs too. */
export type Lib = 'pages' | 'node' | 'disposable'

/** One way of compiling. */
export interface Row {
  readonly version: Version
  readonly resolution: Resolution
  readonly lib: Lib
  readonly skipLibCheck: boolean
}

/** Every value that a row can have. */
export const VALUES: {
  readonly [Name in keyof Row]: readonly Row[Name][]
} = {
  version: ['5.4', '5.8', '6.0', 'today'],
  resolution: ['bundler', 'node16', 'nodenext'],
  lib: ['pages', 'node', 'disposable'],
  skipLibCheck: [false, true],
}

/** Where `skipLibCheck` is on: once for each version, and for each resolution and lib. */
const SKIPPED: readonly string[] = ['5.4 bundler', '5.8 node16', '6.0 nodenext', 'today node16']

/** After so many days each row has come. */
export const ROUNDS = 6

/**
 * Twelve of the seventy-two: each value meets each other value at least once, and in six days all of them come. All at
 * once would take minutes, and what breaks types is mostly one value, or two that meet.
 */
export const rowsOf = (day: number): readonly Row[] =>
  VALUES.version.flatMap((version, index) =>
    VALUES.resolution.map((resolution, column) => ({
      version,
      resolution,
      // Three resolutions in a row have three libs, and the next version and the next day have them one further.
      lib: VALUES.lib[(index + column + day) % VALUES.lib.length] ?? 'pages',
      skipLibCheck: SKIPPED.includes(`${version} ${resolution}`) === day % ROUNDS < ROUNDS / 2,
    })),
  )

/** All of them. */
export const ALL: readonly Row[] = Array.from({ length: ROUNDS }, (_, day) => rowsOf(day)).flat()
