import { AuthError } from '../../core/errors.js'

/** The versions of the core's interface that are spoken, from the oldest to the newest. */
export const VERSIONS = [
  '1.0',
  '2.0',
  '2.1',
  '2.2',
  '2.3',
  '2.4',
  '2.5',
  '2.6',
  '2.7',
  '2.8',
  '2.9',
  '2.10',
  '2.11',
  '2.12',
  '2.13',
  '2.14',
  '2.15',
  '2.16',
  '2.17',
  '2.18',
  '2.19',
  '2.20',
  '2.21',
  '3.0',
  '3.1',
  '4.0',
  '5.0',
  '5.1',
  '5.2',
  '5.3',
  '5.4',
  '5.5',
  '5.6',
] as const

/** A version of the core's interface. */
export type Version = (typeof VERSIONS)[number]

/**
 * The newest version that is spoken unless the app asks for another: 5.6 rotates otherwise, and two
 * processes that differ in that take each other's retries for theft.
 */
export const USUAL: Version = '5.4'

/** What a version of the interface may be able to do. */
export type Ability =
  | 'named'
  | 'payloads'
  | 'antiCsrfAtRefresh'
  | 'recipe'
  | 'antiCsrfPerRequest'
  | 'information'
  | 'jwt'
  | 'tenants'
  | 'linkedAccounts'
  | 'rotatesAtRefresh'

/**
 * Since when the interface can do what. From cores that were run, but for 2.4 to 2.6, which are from
 * the interface's text.
 */
const SINCE: Readonly<Record<Ability, Version>> = {
  /** Requests name the version. */
  named: '2.0',
  /** Sessions are ended by lists, and the payload of one that lives can be changed. */
  payloads: '2.0',
  /** A refresh is checked for its anti-CSRF token. */
  antiCsrfAtRefresh: '2.3',
  /** Paths begin with `/recipe`, and cookies are the app's. */
  recipe: '2.4',
  /** Requests say whether anti-CSRF is on, which the core's own settings did. */
  antiCsrfPerRequest: '2.6',
  /** It tells what is known of a session. */
  information: '2.8',
  /** Access tokens are JWTs of published keys, and the database can be asked with them. */
  jwt: '2.21',
  /** Sessions belong to tenants, which paths name; a refresh chooses the kind of key. */
  tenants: '3.0',
  /** Accounts can be linked, and a session names the one that signed in. */
  linkedAccounts: '4.0',
  /** A refresh token is replaced when it is traded, and not when its successor is used. */
  rotatesAtRefresh: '5.6',
}

/** Since when there is an ability. */
export const sinceOf = (ability: Ability): Version => SINCE[ability]

/** Whether `version` has an ability. */
export const can = (version: Version, ability: Ability): boolean =>
  VERSIONS.indexOf(version) >= VERSIONS.indexOf(SINCE[ability])

/** @throws AuthError `invalid_argument` unless `value` is a version, or nothing: then the usual one. */
export function checkInterface(value: unknown): Version {
  if (value === undefined) return USUAL
  const version = VERSIONS.find((one) => one === value)
  if (version) return version
  const message = `\`interface\` is a version from ${VERSIONS[0]} to ${VERSIONS.at(-1)}, as a text.`
  throw new AuthError('invalid_argument', message)
}

/**
 * The newest version that is among those a core names, up to `most`. A version that rotates otherwise
 * than all before it is spoken by all or not at all: then there is none.
 */
export function newestOf(told: readonly unknown[], most: Version): Version | undefined {
  const spoken = VERSIONS.slice(0, VERSIONS.indexOf(most) + 1)
  const newest = spoken.reverse().find((version) => told.includes(version))
  const alike = newest && can(newest, 'rotatesAtRefresh') === can(most, 'rotatesAtRefresh')
  return alike ? newest : undefined
}
