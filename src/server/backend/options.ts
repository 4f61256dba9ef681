import { AuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { checkMethods, checkObject } from '../shared/arguments.js'
import type { BackendOptions } from './types.js'

/** What `typeof` says of an option, but for lists. */
const KINDS = {
  redirectUris: 'list',
  allowedOrigins: 'list',
  crossSiteHints: 'list',
  upstreams: 'object',
  organizationPage: 'string',
  exposeAccessToken: 'boolean',
  frontChannelLogout: 'boolean',
  onSignIn: 'function',
  onSignInError: 'function',
  report: 'function',
  fetch: 'function',
  now: 'function',
} as const satisfies Partial<Record<keyof BackendOptions, string>>

const kindOf = (value: unknown): string =>
  Array.isArray(value) ? 'list' : value === null ? 'null' : typeof value

/**
 * Looks at the options of a backend before anything is made of them: JavaScript has no types. The text `false`, such
 * as an environment has it, would show pages the access tokens.
 * @throws AuthError `invalid_argument` without sessions of requests and a sign-in, and for an option of another kind.
 */
export function checkBackendOptions<User extends SessionUser>(options: BackendOptions<User>): void {
  checkObject('options', options)
  const sessions = '`sessions` are none; use createRequestSessions().'
  checkMethods(
    options.sessions,
    ['getSession', 'refreshSession', 'setSession', 'signOut'],
    sessions,
  )
  const signIn = '`signIn` is no auth server; use createOidc() or the like.'
  checkMethods(options.signIn, ['authorizeUrl', 'exchangeCode'], signIn)
  for (const [name, kind] of Object.entries(KINDS)) {
    const value: unknown = Reflect.get(options, name)
    if (value === undefined || kindOf(value) === kind) continue
    throw new AuthError('invalid_argument', `\`${name}\` of a backend must be of the kind ${kind}.`)
  }
}
