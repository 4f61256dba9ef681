/** One thing that passes or fails as a whole. */
export interface Check {
  readonly name: string
  /** Run one after the other; the first that fails fails the check. */
  readonly commands: readonly string[]
}

/** A part: a project of vitest, or some checks. */
export interface Part {
  readonly name: string
  /** Of the minutes of `.ci/run`. */
  readonly share: number
  readonly project?: string
  readonly checks?: readonly Check[]
  readonly needsBuild?: boolean
  /** Whether it runs beside the other parts, at the lowest priority. Its share is what it takes after them. */
  readonly beside?: boolean
}

/** What `.ci/run` may take, in minutes. */
export const CI_MINUTES: number
/** What `.ci/run` does before the first part. */
export const PREPARATION: { readonly name: string; readonly share: number }
/** What `npm test` runs, and what `npm run test:all` runs. */
export const PARTS: { readonly change: readonly Part[]; readonly rest: readonly Part[] }
