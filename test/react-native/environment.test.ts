import { createHash, randomBytes } from 'node:crypto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient, memoryStorage } from '../../src/index.js'
import { identities } from '../../src/providers/gotrue/identities.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { sso } from '../../src/providers/gotrue/sso.js'
import { oidc } from '../../src/providers/oidc/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { nativeEnvironment, secureStorage } from '../../src/react-native/index.js'
import { createScriptedGoTrue, createScriptedOidc } from '../../src/testing/index.js'
import { lockContract } from '../contracts/lock-contract.js'
import { createSecureStore } from '../support/native-modules.js'
import { createAppState } from '../support/react-native-app.js'
import { createWorld } from '../support/world.js'

const crypto = {
  randomBytes: (length: number) => randomBytes(length),
  // `Crypto.digest` of Expo gives an ArrayBuffer.
  sha256: async (bytes: Uint8Array) =>
    Uint8Array.from(createHash('sha256').update(bytes).digest()).buffer,
}

afterEach(() => vi.unstubAllGlobals())

const open = () => nativeEnvironment({ AppState: createAppState().AppState, crypto })

describe('nativeEnvironment', () => {
  it.each(lockContract)('has a lock that $name', async ({ run }) => {
    await run(() => open().lock)
  })

  it('is taken by a client also where the platform has a `crypto` of its own, and none is passed', async () => {
    const environment = nativeEnvironment({ AppState: createAppState().AppState })
    const provider = gotrue({ url: 'https://project.example/auth/v1' })
    const auth = new AuthClient({ provider, storage: memoryStorage(), environment })
    expect(await auth.getSession()).toBeNull()
    auth.dispose()
  })

  it('gives every provider what PKCE takes, where the platform has nothing', async () => {
    vi.stubGlobal('crypto', undefined)
    const storage = memoryStorage()
    const client = { environment: open(), storage }
    const users = [{ email: 'ada@example.com', password: 'x' }]
    const server = createScriptedGoTrue({ users, signing: 'digest' })
    const issuer = createScriptedOidc()
    const redirectUri = 'com.example.app://callback'
    const provider = oidc({
      issuer: 'https://id.example',
      clientId: 'app',
      redirectUri,
      fetch: issuer.fetch,
    })
    const url = 'https://project.example/auth/v1'
    const auth = new AuthClient({ ...client, provider: gotrue({ url, fetch: server.fetch }) })
    const addresses = [
      await auth.actions.authorizeUrl({ provider: 'github', redirectTo: redirectUri }),
      await new AuthClient({ ...client, provider }).actions.signInUrl(),
      await new AuthClient({
        ...client,
        provider: workos({ clientId: 'client_1', redirectUri }),
      }).actions.signInUrl(),
    ]
    for (const address of addresses) {
      expect(new URL(address).searchParams.get('code_challenge')).toMatch(/^[\w-]{43}$/)
    }
    // What else asks for a proof says what the server says, not that there is no crypto.
    const asked = sso(auth).signInUrl({ domain: 'example.com' })
    await expect(asked).rejects.not.toMatchObject({ code: 'invalid_argument' })
    await auth.signIn({ email: 'ada@example.com', password: 'x' })
    const linked = identities(auth).linkUrl({ provider: 'github', redirectTo: redirectUri })
    await expect(linked.catch((error) => error.code)).resolves.not.toBe('invalid_argument')
  })

  it.each([
    [undefined],
    [{}],
    [{ AppState: createAppState().AppState, crypto: globalThis.crypto }],
    [{ AppState: createAppState().AppState, crypto: {} }],
    [{ AppState: createAppState().AppState, NetInfo: {} }],
  ])('says what is wrong with %j', (options) => {
    expect(() => Reflect.apply(nativeEnvironment, undefined, [options])).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

describe('a phone that is locked', () => {
  it('when the system starts the app, shows its person once somebody opens it', async () => {
    const phone = createSecureStore()
    const storage = secureStorage(phone.SecureStore)
    const world = createWorld()
    const first = await world.signedIn('ada', { storage })
    first.auth.dispose()
    phone.lock(true)
    const app = createAppState('background')
    const { wake } = nativeEnvironment({ AppState: app.AppState })
    const { auth, events } = world.open({ storage, environment: { wake } })
    await world.clock.advance(10_000)
    expect(await auth.getSession()).toBe(null)
    phone.lock(false)
    app.go('active')
    await world.clock.advance(3_000)
    expect(events).toEqual(['INITIAL_SESSION -', 'SIGNED_IN access-1 elsewhere'])
    expect((await auth.getSession())?.accessToken).toBe('access-1')
  })

  it('costs nobody the session: it goes on in memory, and is saved once the phone is open', async () => {
    const phone = createSecureStore()
    const storage = secureStorage(phone.SecureStore)
    const world = createWorld()
    const { auth, events } = await world.signedIn('ada', { storage })
    phone.lock(true)
    await auth.refreshSession()
    expect((await auth.getSession())?.accessToken).toBe('access-2')
    expect(events.join()).not.toContain('SIGNED_OUT')
    phone.lock(false)
    await world.clock.advance(60_000)
    const next = world.open({ storage })
    expect((await next.auth.getSession())?.accessToken).toBe('access-2')
  })
})
