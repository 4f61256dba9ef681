import { AuthError } from '../core/errors.js'

/** What `process.env` is. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Says what is wrong with the settings of an app. @throws AuthError `invalid_argument`, always. */
export function fail(message: string): never {
  throw new AuthError('invalid_argument', message)
}

/** Where a setting comes from: an option, or else the environment. */
export interface Source<T> {
  readonly given: T | undefined
  /** The name of the option. */
  readonly option: string
  /** Those that may have it, the first of which is told when none does. */
  readonly variables: readonly [string, ...string[]]
}

/** A setting that is there. @throws AuthError `invalid_argument` that names the variable which is missing. */
export function need<T = string>(
  env: Variables,
  { given, option, variables }: Source<T>,
): T | string {
  const known = given || variables.map((name) => env[name]).find(Boolean)
  return known || fail(`Pass \`${option}\` to createNextAuth, or set ${variables[0]}.`)
}

/** An absolute http(s) URL. @throws AuthError `invalid_argument` that names what should be one. */
export function needUrl(text: string, name: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  return url && /^https?:$/.test(url.protocol) ? url : fail(`${name} is an absolute http(s) URL.`)
}
