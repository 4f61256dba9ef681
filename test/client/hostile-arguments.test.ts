import { describe, expect, it } from 'vitest'
import { AuthClient, isAuthError, type Provider } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { claims } from '../../src/providers/gotrue/claims.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { mfa, recoveryCodes, webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import { netlifyIdentity } from '../../src/providers/gotrue/netlify.js'
import { oauthConsent } from '../../src/providers/gotrue/oauth-consent.js'
import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import { sso } from '../../src/providers/gotrue/sso.js'
import { web3 } from '../../src/providers/gotrue/web3.js'
import { oidc } from '../../src/providers/oidc/index.js'
import { popup } from '../../src/providers/oidc/popup.js'
import { supertokens } from '../../src/providers/supertokens/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'

const HERE = 'http://localhost:3000/'

/** What throws an error of its own, whatever is done with it. */
function trap(target: object, names: readonly (keyof ProxyHandler<object>)[]): object {
  const refuse = (): never => {
    throw new TypeError('Do not touch this.')
  }
  return new Proxy(target, Object.fromEntries(names.map((name) => [name, refuse])))
}
const ALL = ['get', 'has', 'ownKeys', 'getPrototypeOf', 'getOwnPropertyDescriptor'] as const

/** Every name that a method of ours reads. */
const NAMES = [
  ...['email', 'phone', 'password', 'provider', 'redirectTo', 'flow', 'url', 'type', 'scope'],
  ...['signal', 'accessToken', 'refreshToken', 'organizationId', 'audience', 'resource', 'headers'],
  ...['factorId', 'code', 'identityId', 'authorizationId', 'clientId', 'domain', 'chain', 'id'],
  ...['path', 'returnTo', 'parameters', 'friendlyName', 'captchaToken', 'queryParams', 'message'],
  ...['confirmationToken', 'recoveryToken', 'inviteToken', 'data'],
]
const getters = (names: readonly string[]): object =>
  Object.defineProperties(
    {},
    Object.fromEntries(
      names.map((name) => [
        name,
        {
          enumerable: true,
          get() {
            throw new Error(`Do not read ${name}.`)
          },
        },
      ]),
    ),
  )

const HOSTILE: readonly (readonly [string, unknown])[] = [
  ['undefined', undefined],
  ['null', null],
  ['a number', 5],
  ['an empty text', ''],
  ['a list', []],
  ['a Symbol', Symbol('hostile')],
  ['a Proxy that throws', trap({}, ALL)],
  ['a Proxy that throws when it is read', trap({}, ['get'])],
  ['a Proxy of a function', trap(() => {}, ALL)],
  ['an object with getters that throw', getters(NAMES)],
  ...NAMES.map((name): [string, unknown] => [`a getter of ${name} that throws`, getters([name])]),
  ...NAMES.map((name): [string, unknown] => [`a hostile ${name}`, { [name]: trap({}, ALL) }]),
  ...NAMES.map((name): [string, unknown] => [`a Symbol for ${name}`, { [name]: Symbol(name) }]),
]

/** A server that never says anything of use, and nothing definite. */
const nothing: typeof fetch = async () => Response.json({}, { status: 418 })

/** A provider whose clients are signed in, with its own actions and errors. */
const PROVIDERS: Readonly<Record<string, () => Provider<never, never, object>>> = {}
function add(name: string, make: () => object): void {
  Object.assign(PROVIDERS, { [name]: make })
}
add('gotrue', () => gotrue({ url: 'http://localhost/auth/v1', fetch: nothing }))
add('netlifyIdentity', () =>
  netlifyIdentity({ url: `${HERE}id`, fetch: nothing, acceptFragmentTokens: true }),
)
add('workos', () => workos({ clientId: 'app', redirectUri: HERE, fetch: nothing }))
add('oidc', () =>
  oidc({ issuer: 'https://id.example', clientId: 'app', redirectUri: HERE, fetch: nothing }),
)
add('supertokens', () => supertokens({ url: `${HERE}auth`, fetch: nothing }))
add('backend', () => backend({ url: `${HERE}auth`, fetch: nothing }))

async function signedIn(provider: object) {
  const { environment, storage } = createFakeBrowser().tab({ href: HERE })
  const session = { accessToken: 'a', refreshToken: 'r', lifetime: 3_600_000, user: { id: 'ada' } }
  const restored = Object.assign(provider, { resume: undefined, restore: async () => session })
  const auth: AuthClient<unknown, never, object> = Reflect.construct(AuthClient, [
    { provider: restored, environment, storage, autoRefresh: false },
  ])
  await auth.setSession({ accessToken: 'a', refreshToken: 'r' })
  return auth
}

/** The methods of an object, of its own and of its class, those last that end things. */
function methodsOf(api: object): string[] {
  const own = [...Object.keys(api), ...Object.getOwnPropertyNames(Object.getPrototypeOf(api))]
  const inherited = Object.getOwnPropertyNames(Object.prototype)
  const callable = own.filter((name) => {
    if (inherited.includes(name) || name === 'actions') return false
    return typeof Reflect.get(api, name) === 'function'
  })
  const ends = ['signOut', 'dispose']
  return [...callable.filter((name) => !ends.includes(name)), ...ends.filter((name) => name in api)]
}

/** What is not for promises, and what is the platform's own. */
const SYNCHRONOUS = ['onAuthStateChange', 'subscribe', 'getSnapshot', 'dispose']
const PLATFORM = ['fetch']

/** How a call fails in a way that is not ours. */
async function strangeness(api: object, name: string, given: readonly unknown[]) {
  const own = (error: unknown): string | null => (isAuthError(error) ? null : `raw ${error}`)
  let result: unknown
  try {
    result = Reflect.apply(Reflect.get(api, name), api, given)
  } catch (error) {
    return SYNCHRONOUS.includes(name) ? own(error) : `it throws: ${error}`
  }
  if (SYNCHRONOUS.includes(name)) return null
  if (!(result instanceof Promise)) return 'it makes no promise'
  return result.then(() => null, own)
}

async function strange(api: object): Promise<string[]> {
  const found: string[] = []
  for (const name of methodsOf(api).filter((each) => !PLATFORM.includes(each))) {
    for (const [what, value] of HOSTILE) {
      for (const given of [[value], [{}, value]]) {
        const how = await strangeness(api, name, given)
        if (how) found.push(`${name}(${what} as ${given.length}): ${how}`)
      }
    }
  }
  return found
}

describe.each(Object.keys(PROVIDERS))('whatever is passed to a client of %s', (name) => {
  it('its methods fail with AuthErrors only', async () => {
    const auth = await signedIn(Object(PROVIDERS[name]?.()))
    expect(methodsOf(auth).length).toBeGreaterThan(9)
    expect(await strange(auth)).toEqual([])
  })

  it('its actions fail with AuthErrors only', async () => {
    const { actions } = await signedIn(Object(PROVIDERS[name]?.()))
    expect(methodsOf(actions).length).toBeGreaterThan(0)
    expect(await strange(actions)).toEqual([])
  })
})

const AREAS = {
  ...{ mfa, recoveryCodes, webauthnFactors, passkeys, identities, sso, web3, claims, oauthConsent },
}

describe.each(Object.entries(AREAS))('whatever is passed to %s of GoTrue', (_, area) => {
  it('it fails with AuthErrors only', async () => {
    const auth = await signedIn(gotrue({ url: 'http://localhost/auth/v1', fetch: nothing }))
    const api: object = Reflect.apply(area, undefined, [auth])
    expect(methodsOf(api).length).toBeGreaterThan(0)
    expect(await strange(api)).toEqual([])
  })
})

describe('whatever is passed to popup of OpenID Connect', () => {
  it('it fails with AuthErrors only', async () => {
    const fetchless = { issuer: 'https://id.example', clientId: 'app', redirectUri: HERE }
    const auth = await signedIn(oidc({ ...fetchless, fetch: nothing }))
    const opened = { closed: false, location: { replace: () => {} }, close: () => {} }
    const page = { open: () => opened, hear: () => () => {} }
    const api: object = Reflect.apply(popup, undefined, [auth, { page }])
    expect(methodsOf(api)).toEqual(['signIn'])
    expect(await strange(api)).toEqual([])
  })
})

describe('a method of a provider of the app’s own', () => {
  const make = (actions: object) =>
    signedIn({ id: 'own', refresh: async () => null, actions: () => actions })

  it('that answers at once still does', async () => {
    const auth = await make({ url: (to: string) => `/${to}` })
    expect(Reflect.apply(Reflect.get(auth.actions, 'url'), undefined, ['x'])).toBe('/x')
  })

  it('that fails otherwise is an AuthError with the reason', async () => {
    const reason = new Error('of the app')
    const fails = (): never => {
      throw reason
    }
    const auth = await make({ now: fails, later: async () => fails(), word: 'kept' })
    const error = { code: 'invalid_argument', retryable: false, cause: reason }
    expect(() => Reflect.apply(Reflect.get(auth.actions, 'now'), undefined, [])).toThrow(
      expect.objectContaining(error),
    )
    await expect(
      Reflect.apply(Reflect.get(auth.actions, 'later'), undefined, []),
    ).rejects.toMatchObject(error)
    expect(Reflect.get(auth.actions, 'word')).toBe('kept')
  })
})
