/** The versions of the core driver interface that a core of today speaks: those of core 12.1. */
export const TODAYS_VERSIONS: readonly string[] = [
  ...['2.7', '2.8', '2.9', '2.10', '2.11', '2.12', '2.13', '2.14', '2.15', '2.16', '2.17'],
  ...['2.18', '2.19', '2.20', '2.21', '3.0', '3.1', '4.0'],
  ...['5.0', '5.1', '5.2', '5.3', '5.4', '5.5', '5.6'],
]

/** What becomes of a request's choice of a key. */
export type KeyChoice = 'none' | 'optional' | 'required'

/** How one version of the interface differs from others. */
export interface Dialect {
  readonly version: string
  /** Paths begin with `/recipe`, and cookies are the app's. */
  readonly recipe: boolean
  /** Whether requests say if anti-CSRF is on, which the core's own settings did. */
  readonly antiCsrfPerRequest: boolean
  /** Access tokens are JWTs of whole seconds, whose keys are published. */
  readonly jwt: boolean
  /** Whether a refresh is checked for the anti-CSRF token: since core 2.4.0, interface 2.3. */
  readonly antiCsrfAtRefresh: boolean
  readonly tenantId: boolean
  /** Whether only the public tenant may be asked about a person's sessions of all tenants. */
  readonly guardsTenants: boolean
  readonly recipeUserId: boolean
  /** Whether requests may, or must, choose between static and dynamic keys: for a new session. */
  readonly keyChoiceAtStart: KeyChoice
  /** The same at a refresh: at 2.21 a session keeps the kind that it began with. */
  readonly keyChoice: KeyChoice
  /** Whether answers list all keys that verify, and not the newest alone: from 2.9 to 2.20. */
  readonly keyList: boolean
  /**
   * Whether a refresh token is replaced when it is traded, and not when its successor is used; then a
   * reused one is told in detail, and requests may shorten the life of an access token.
   */
  readonly rotatesAtRefresh: boolean
  /** The version of its access tokens. */
  readonly format: AccessTokenFormat
}

/** Versions of access tokens: 2 before interface 2.21, 3 with it, 4 since 3.0, 5 since 4.0. */
export type AccessTokenFormat = '2' | '3' | '4' | '5'

const numbers = (version: string): readonly [number, number] => {
  const [major = 0, minor = 0] = version.split('.').map(Number)
  return [major, minor]
}

/** Whether a version is `least` or later. */
export function atLeast(version: string, least: string): boolean {
  const [major, minor] = numbers(version)
  const [leastMajor, leastMinor] = numbers(least)
  return major > leastMajor || (major === leastMajor && minor >= leastMinor)
}

/** The latest of some versions; 1.0 of none. */
export const newest = (versions: readonly string[]): string =>
  versions.reduce((best, version) => (atLeast(version, best) ? version : best), '1.0')

function formatOf(since: (least: string) => boolean): AccessTokenFormat {
  if (since('4.0')) return '5'
  if (since('3.0')) return '4'
  return since('2.21') ? '3' : '2'
}

/** What a version of the interface is like. */
export function dialectOf(version: string): Dialect {
  const since = (least: string): boolean => atLeast(version, least)
  const choiceSince = (least: string): KeyChoice => {
    if (since('5.0')) return 'required'
    return since(least) ? 'optional' : 'none'
  }
  return {
    version,
    recipe: since('2.4'),
    antiCsrfPerRequest: since('2.6'),
    jwt: since('2.21'),
    antiCsrfAtRefresh: since('2.3'),
    tenantId: since('3.0'),
    guardsTenants: since('5.0'),
    recipeUserId: since('4.0'),
    keyChoiceAtStart: choiceSince('2.21'),
    keyChoice: choiceSince('3.0'),
    keyList: since('2.9') && !since('2.21'),
    rotatesAtRefresh: since('5.6'),
    format: formatOf(since),
  }
}
