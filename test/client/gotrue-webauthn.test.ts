import { afterEach, describe, expect, it, vi } from 'vitest'
import { webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import type { WebAuthnAuthenticator } from '../../src/providers/gotrue/passkeys.js'
import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import { ADA, failureOf } from '../support/gotrue-tabs.js'
import { createMfaWorld } from '../support/mfa-world.js'
import { signedIn, withDevice } from '../support/passkey-world.js'
import { plantWebAuthn } from '../support/web-authn.js'

afterEach(() => vi.unstubAllGlobals())

/** An error of the platform's. */
const platformError = (name: string) => () =>
  Object.assign(new Error('As the browser says.'), { name })

/** Everything that asks an authenticator, each with somebody signed in. */
async function askers(authenticator: WebAuthnAuthenticator) {
  const { auth } = await signedIn()
  const second = await createMfaWorld().signedIn()
  const { factorId } = await second.keys.register()
  const own = passkeys(auth, { authenticator })
  const keys = webauthnFactors(second.auth, { authenticator })
  const raised = second.auth.getSnapshot().session
  return {
    auth,
    second: second.auth,
    raised,
    calls: [
      () => own.register(),
      () => own.signIn(),
      () => keys.register({ friendlyName: 'other' }),
      () => keys.authenticate({ factorId }),
    ],
  }
}

describe('what an authenticator says', () => {
  it.each([
    ['NotAllowedError', 'aborted'],
    ['AbortError', 'aborted'],
    ['SecurityError', 'invalid_argument'],
    ['InvalidStateError', 'aborted'],
    ['NotSupportedError', 'aborted'],
    ['TypeError', 'bad_response'],
    ['EncodingError', 'bad_response'],
    ['__proto__', 'aborted'],
  ])('has one code of ours everywhere, and costs no session: %s is %s', async (name, code) => {
    const cause = platformError(name)()
    const refuse = () => Promise.reject(cause)
    const { auth, second, raised, calls } = await askers({ create: refuse, get: refuse })
    const before = await auth.getSession()
    for (const call of calls) {
      expect(await failureOf(call())).toMatchObject({
        code,
        message: expect.stringContaining('As the browser says.'),
        cause,
      })
    }
    expect(await auth.getSession()).toBe(before)
    expect(await second.getSession()).toEqual(raised)
  })

  it.each([null, undefined, 7, 'x', []])('is no proof: %j', async (found) => {
    const { calls } = await askers({ create: async () => found, get: async () => found })
    for (const call of calls) expect(await failureOf(call())).toMatchObject({ code: 'aborted' })
  })

  it.each(['AbortError', 'TypeError', 'SecurityError'])(
    'ends when the caller gives up, whatever the reason: %s',
    async (name) => {
      const { auth } = withDevice()
      const abort = new AbortController()
      const ask = (_: unknown, signal: AbortSignal): Promise<never> =>
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason))
          abort.abort(platformError(name)())
        })
      const own = passkeys(auth, { authenticator: { get: ask, create: ask } })
      expect(await failureOf(own.signIn({}, { signal: abort.signal }))).toMatchObject({
        code: 'aborted',
      })
    },
  )

  it('may take the person longer than any request', async () => {
    const { world, auth, authenticator, own } = await signedIn()
    await own.register()
    const slow = {
      ...authenticator,
      async get(json: PublicKeyCredentialRequestOptionsJSON) {
        await world.browser.clock.advance(120_000)
        return authenticator.get(json)
      },
    }
    const { session } = await passkeys(auth, { authenticator: slow }).signIn()
    expect(session?.user?.email).toBe(ADA.email)
  })
})

describe('a browser whose WebAuthn speaks JSON', () => {
  it('is asked with what it has made of the server’s JSON, and a signal that aborts', async () => {
    const { auth, authenticator } = await signedIn()
    const asked = plantWebAuthn(authenticator)
    const own = passkeys(auth)
    await own.register()
    await own.signIn()
    const signal = expect.any(AbortSignal)
    expect(asked).toEqual([
      { ceremony: 'create', json: authenticator.asked[0], signal },
      { ceremony: 'get', json: authenticator.asked[1], signal },
    ])
    expect(asked).toMatchObject([
      { json: { rp: { id: 'app.example' } } },
      { json: { rpId: 'app.example' } },
    ])
  })

  it('proves a second factor too', async () => {
    const { signedIn: enter, authenticator } = createMfaWorld()
    const { auth } = await enter()
    const asked = plantWebAuthn(authenticator)
    const { session } = await webauthnFactors(auth).register()
    expect(session.aal).toBe('aal2')
    expect(asked).toHaveLength(1)
  })

  it('and gives no credential proves nothing', async () => {
    const { auth, authenticator } = await signedIn()
    plantWebAuthn(authenticator)
    vi.stubGlobal('navigator', { credentials: { create: async () => null } })
    expect(await failureOf(passkeys(auth).register())).toMatchObject({ code: 'aborted' })
  })
})
