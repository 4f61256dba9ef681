import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { claims } from '../../src/providers/gotrue/claims.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { mfa, recoveryCodes, webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import { oauthConsent } from '../../src/providers/gotrue/oauth-consent.js'
import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import { sso } from '../../src/providers/gotrue/sso.js'
import { web3 } from '../../src/providers/gotrue/web3.js'
import { appStateWake } from '../../src/react-native/index.js'
import { ADA, createGoTrueWorld } from '../support/gotrue-tabs.js'

const SYMBOL = Symbol('a text?')
const NONSENSE: readonly unknown[] = [
  undefined,
  null,
  {},
  [],
  5,
  'x',
  SYMBOL,
  { email: 5 },
  { email: 'ada@example.com', redirectTo: 5 },
  { email: 'ada@example.com', data: { a: 1n } },
  { url: null },
  { provider: SYMBOL },
  { provider: 'x', queryParams: { a: null } },
  { factorId: 'x', code: 5 },
  { domain: 'x', providerId: SYMBOL },
  { chain: 'ethereum', wallet: {}, url: 5 },
]

/** Fits every method that takes something. */
const FIT: Readonly<Record<string, unknown>> = {
  ...{ id: 'x', friendlyName: 'y', provider: 'x', idToken: 'y', factorId: 'x', code: '1' },
  ...{ authorizationId: 'x', clientId: 'x', domain: 'd', identityId: 'x', type: 'signup' },
  ...{ email: 'ada@example.com', password: 'secret-1', chain: 'solana' },
  ...{ message: 'm', signature: 's', redirectTo: 'https://app.example/', scopes: 'a b' },
  ...{ queryParams: { a: 'b' }, data: {}, flow: 'pkce', url: 'https://app.example/', phone: '1' },
  ...{ accessToken: 'x', refreshToken: 'y', organizationId: 'x', channel: 'sms', nonce: 'x' },
}

/** What no text can be made of. */
const MUTE = {
  toString() {
    throw new Error('This is no text.')
  },
}

/** `FIT`, and each time something in it that is no text. */
const SPOILT: readonly object[] = Object.keys(FIT).flatMap((name) => [
  { ...FIT, [name]: SYMBOL },
  { ...FIT, [name]: MUTE },
  { ...FIT, [name]: { a: SYMBOL } },
  { email: 'ada@example.com', provider: 'x', [name]: SYMBOL },
])

const authenticator = { create: async () => null, get: async () => null }

async function areas() {
  const world = createGoTrueWorld()
  const { auth } = world.open()
  await auth.signIn(ADA)
  const all: Readonly<Record<string, object>> = {
    client: {
      getSession: (call: unknown) => Reflect.apply(auth.getSession, auth, [call]),
      getAccessToken: auth.getAccessToken,
      refreshSession: (...given: unknown[]) => Reflect.apply(auth.refreshSession, auth, given),
      setSession: (...given: unknown[]) => Reflect.apply(auth.setSession, auth, given),
    },
    actions: auth.actions,
    identities: identities(auth),
    passkeys: passkeys(auth, { authenticator }),
    sso: sso(auth),
    web3: web3(auth),
    claims: claims(auth),
    oauthConsent: oauthConsent(auth),
    mfa: mfa(auth),
    recoveryCodes: recoveryCodes(auth),
    webauthnFactors: webauthnFactors(auth),
  }
  return { all, auth, world }
}

/** What a method throws, or rejects with, that is no AuthError. */
async function rawFailure(api: object, name: string, given: readonly unknown[]): Promise<string[]> {
  try {
    await Reflect.apply(Reflect.get(api, name), api, given)
    return []
  } catch (error) {
    return isAuthError(error) ? [] : [`${name}: ${error}`]
  }
}

describe('without types', () => {
  it('a mistake in any call of GoTrue is an AuthError', async () => {
    const { all, auth } = await areas()
    const raw: string[] = []
    for (const api of Object.values(all)) {
      for (const name of Object.keys(api)) {
        for (const given of [...NONSENSE, ...SPOILT])
          raw.push(...(await rawFailure(api, name, [given])))
      }
    }
    expect(raw).toEqual([])
    expect(auth.getSnapshot().status).toBe('signed-in')
  })

  it.each([[null], [5], [{ signal: 5 }], [{ signal: null }]])(
    'so is %j in place of the options of a call',
    async (call) => {
      const { all, auth } = await areas()
      const raw: string[] = []
      for (const api of Object.values(all)) {
        for (const name of Object.keys(api)) {
          raw.push(...(await rawFailure(api, name, [FIT, call])))
          raw.push(...(await rawFailure(api, name, [call])))
        }
      }
      expect(raw).toEqual([])
      expect(auth.getSnapshot().status).toBe('signed-in')
    },
  )

  it.each<[string, string, readonly unknown[]]>([
    ['a token', 'refreshSession', [SYMBOL]],
    ['a number for a token', 'refreshSession', [5]],
    ['an organization', 'refreshSession', [{ organizationId: SYMBOL }]],
    ['an organization beside a token', 'refreshSession', ['token', { organizationId: MUTE }]],
    ['the tokens of a session', 'setSession', [{ accessToken: 'a', refreshToken: SYMBOL }]],
    ['its access token', 'setSession', [{ accessToken: MUTE, refreshToken: 'r' }]],
    ['whose sessions end', 'signOut', [{ scope: SYMBOL }]],
    ['whose sessions end, misspelt', 'signOut', [{ scope: 'everywhere' }]],
    ['a provider', 'authorizeUrl', [{ provider: SYMBOL }]],
    ['where to come back to', 'authorizeUrl', [{ provider: 'x', redirectTo: SYMBOL }]],
    ['rights', 'authorizeUrl', [{ provider: 'x', scopes: MUTE }]],
    ['what is passed on', 'authorizeUrl', [{ provider: 'x', queryParams: { a: SYMBOL } }]],
    ['a kind of message', 'resend', [{ type: SYMBOL, email: 'ada@example.com' }]],
    ['an address', 'handleRedirect', [{ url: SYMBOL }]],
  ])('no text for %s is invalid_argument, and nothing is sent: %s()', async (_, name, given) => {
    const { auth, world } = await areas()
    const before = auth.getSnapshot()
    world.server.clearLog()
    const owner = name in auth.actions ? auth.actions : auth
    const call = Promise.resolve().then(() => Reflect.apply(Reflect.get(owner, name), owner, given))
    await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(world.sent()).toEqual([])
    expect(auth.getSnapshot()).toBe(before)
  })

  it('null for the options of a sign-out is none: this session ends', async () => {
    const { auth } = await areas()
    await Reflect.apply(auth.signOut, auth, [null])
    expect(auth.getSnapshot().status).toBe('signed-out')
  })

  it('no provider is named by nothing, and nothing is kept for the way back', async () => {
    const { auth } = await areas()
    for (const given of [{}, { provider: '' }, { provider: 5 }]) {
      const call = Reflect.apply(auth.actions.authorizeUrl, undefined, [given])
      await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
    }
    await expect(auth.actions.handleRedirect({ url: '?code=x' })).resolves.toMatchObject({
      ignored: 'code',
    })
  })

  it('null stands for no options where an area is made', async () => {
    const { auth } = await areas()
    const state = { currentState: 'active', addEventListener: () => undefined }
    expect(() => Reflect.apply(passkeys, undefined, [auth, null])).not.toThrow()
    expect(() => Reflect.apply(appStateWake, undefined, [state, null])).not.toThrow()
  })
})
