import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import * as theirs from '@supabase/auth-js'
import { describe, expect, it } from 'vitest'
import * as ours from '../../src/compat/auth-js/index.js'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (...path: readonly string[]): string => readFileSync(join(root, ...path), 'utf8')

type Reasons = Readonly<Record<string, readonly string[]>>

/** Members of auth-js's client that ours lacks, by why it does: TypeScript hides all but `admin`. */
const LEFT_OUT: Reasons = {
  'it takes a secret key, which no client should have': ['admin'],
  'it is a part of a public method, and private': [
    ...['signInWithEthereum', 'signInWithSolana', 'linkIdentityOAuth', 'linkIdentityIdToken'],
    'fetchJwk',
    'mfa.webauthn.client',
  ],
  'it is an option, which is not read again': [
    ...['url', 'headers', 'fetch', 'storage', 'userStorage', 'storageKey', 'persistSession'],
    ...[
      'autoRefreshToken',
      'detectSessionInUrl',
      'flowType',
      'throwOnError',
      'lock',
      'experimental',
    ],
    ...['hasCustomAuthorizationHeader', 'lockAcquireTimeout'],
  ],
  'it is what an engine knows while it runs, and ours knows elsewhere': [
    ...['instanceID', 'memoryStorage', 'stateChangeEmitters', 'autoRefreshTicker', 'jwks'],
    ...['autoRefreshTickTimeout', 'visibilityChangedCallback', 'refreshingDeferred'],
    ...[
      'lastRefreshFailure',
      'initializePromise',
      'lockAcquired',
      'pendingInLock',
      'jwks_cached_at',
    ],
    ...['broadcastChannel', 'logDebugMessages', 'logger', 'suppressGetSessionWarning'],
  ],
}

/** Exports of auth-js that the face has not, by why. */
const NOT_EXPORTED: Reasons = {
  'it is for those who have a secret key, on servers': [
    ...['GoTrueAdminApi', 'AuthAdminApi', 'AdminUserAttributes', 'GoTrueAdminMFAApi', 'PageParams'],
    ...[
      'GenerateSignupLinkParams',
      'GenerateInviteOrMagiclinkParams',
      'GenerateRecoveryLinkParams',
    ],
    ...['GenerateEmailChangeLinkParams', 'GenerateLinkOptions', 'GenerateLinkParams'],
    ...['GenerateLinkResponse', 'GenerateLinkProperties', 'GenerateLinkType', 'Pagination'],
    ...['AuthMFAAdminDeleteFactorResponse', 'AuthMFAAdminDeleteFactorParams'],
    ...['AuthMFAAdminListFactorsResponse', 'AuthMFAAdminListFactorsParams', 'OAuthClient'],
    ...['OAuthClientGrantType', 'OAuthClientResponseType', 'OAuthClientType'],
    ...['OAuthClientRegistrationType', 'OAuthClientTokenEndpointAuthMethod'],
    ...['CreateOAuthClientParams', 'UpdateOAuthClientParams', 'OAuthClientResponse'],
    ...['OAuthClientListResponse', 'GoTrueAdminOAuthApi', 'CustomProviderType'],
    ...['OIDCDiscoveryDocument', 'CustomOAuthProvider', 'CreateCustomProviderParams'],
    ...['UpdateCustomProviderParams', 'ListCustomProvidersParams', 'CustomProviderResponse'],
    ...['CustomProviderListResponse', 'GoTrueAdminCustomProvidersApi', 'GoTrueAdminPasskeyApi'],
    ...['AuthPasskeyAdminListParams', 'AuthPasskeyAdminDeleteParams'],
  ],
  'a lock is there already: the option means nothing': [
    ...['navigatorLock', 'processLock', 'lockInternals', 'NavigatorLockAcquireTimeoutError'],
  ],
  'it is no part of what a method takes or gives': [
    ...['Prettify', 'StrictOmit', 'AuthMFAChallengeWebauthnResponseDataJSON', 'SIGN_OUT_SCOPES'],
    ...['AuthMFAChallengeWebauthnServerResponse', 'PasskeyRegistrationVerifyParams'],
    'PasskeyAuthenticationVerifyParams',
  ],
  'getClaims() takes no keys: it verifies by those of the server': ['JWK'],
}

const namesIn = (reasons: Reasons): string[] => Object.values(reasons).flat()

/** The names of an object, and of the classes that it is of. */
function namesOf(value: object): string[] {
  const found = new Set(Object.getOwnPropertyNames(value))
  let kind: unknown = Object.getPrototypeOf(value)
  while (kind instanceof Object && kind !== Object.prototype) {
    for (const name of Object.getOwnPropertyNames(kind)) found.add(name)
    kind = Object.getPrototypeOf(kind)
  }
  // An underscore says private, in auth-js as anywhere.
  return [...found].filter((name) => name !== 'constructor' && !name.startsWith('_'))
}

/** Where methods lie below the client. */
const BELOW = ['mfa', 'mfa.webauthn', 'mfa.recoveryCodes', 'passkey', 'oauth']

const at = (client: object, path: string): object =>
  path.split('.').reduce<object>((value, name) => Object(Reflect.get(value, name)), client)

const membersOf = (client: object): string[] => [
  ...namesOf(client),
  ...BELOW.flatMap((path) => namesOf(at(client, path)).map((name) => `${path}.${name}`)),
]

const options = { persistSession: false, autoRefreshToken: false, skipAutoInitialize: true }
const url = 'http://localhost:9999'

describe('the face of auth-js', () => {
  const their = new theirs.GoTrueClient({ url, ...options })
  const our = new ours.GoTrueClient({ url, ...options })

  it('has every member of its client, but for those that are left out on purpose', () => {
    const members = membersOf(their)
    expect(members.length).toBeGreaterThan(80)
    const known = new Set([...membersOf(our), ...namesIn(LEFT_OUT)])
    expect(members.filter((name) => !known.has(name))).toEqual([])
  })

  it('has methods where auth-js has methods', () => {
    const kinds = (client: object): string[] =>
      membersOf(their)
        .filter((name) => !namesIn(LEFT_OUT).includes(name))
        .map((name) => `${name}: ${typeof at(client, name)}`)
    expect(kinds(our)).toEqual(kinds(their))
  })

  it('leaves nothing out that it has, or that auth-js has not', () => {
    const [theirMembers, ourMembers] = [membersOf(their), membersOf(our)]
    const stale = namesIn(LEFT_OUT).filter((name) => {
      const isOurs = ourMembers.includes(name) && name !== 'admin'
      return isOurs || !theirMembers.includes(name)
    })
    expect(stale).toEqual([])
  })

  it('exports every value and type of auth-js, but for those that are left out on purpose', () => {
    const module = ['node_modules', '@supabase', 'auth-js', 'dist', 'module']
    const declared = ['types', 'errors'].flatMap((name) => [
      ...read(...module, 'lib', `${name}.d.ts`).matchAll(
        /^export (?:declare )?(?:type|interface|class|const|function) (\w+)/gm,
      ),
    ])
    const named = [...Object.keys(theirs), ...declared.map(([, name = '']) => name)]
    expect(new Set(named).size).toBeGreaterThan(150)
    const index = read('src', 'compat', 'auth-js', 'index.ts')
    const exported = [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)].flatMap(([, list = '']) =>
      list.split(',').map((name) => name.trim().replace(/^type |.* as /g, '')),
    )
    const known = new Set([...exported, ...namesIn(NOT_EXPORTED)])
    expect(named.filter((name) => name !== 'default' && !known.has(name))).toEqual([])
    const stale = namesIn(NOT_EXPORTED).filter(
      (name) => exported.includes(name) || !named.includes(name),
    )
    expect(stale).toEqual([])
  })
})
