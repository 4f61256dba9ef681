import { afterEach, describe, expect, it, vi } from 'vitest'
import { passkeys } from '../../src/providers/gotrue/passkeys.js'
import { ADA, failureOf } from '../support/gotrue-tabs.js'
import { signedIn, withDevice } from '../support/passkey-world.js'

afterEach(() => vi.unstubAllGlobals())

/** An error of the platform's. */
const platformError = (name: string) => () =>
  Object.assign(new Error('As the browser says.'), { name })

describe('what the browser says', () => {
  it.each([
    ['NotAllowedError', 'aborted'],
    ['AbortError', 'aborted'],
    ['SecurityError', 'invalid_argument'],
    ['InvalidStateError', 'rejected'],
    ['NotSupportedError', 'rejected'],
    ['TypeError', 'bad_response'],
    ['__proto__', 'rejected'],
    ['constructor', 'rejected'],
  ])('has a code of ours, and costs no session: %s is %s', async (name, code) => {
    const { auth, own } = await signedIn({ refuse: platformError(name) })
    const before = await auth.getSession()
    for (const call of [own.register, own.signIn]) {
      expect(await failureOf(call())).toMatchObject({
        code,
        message: expect.stringContaining('As the browser says.'),
      })
    }
    expect(await auth.getSession()).toBe(before)
  })

  it.each([null, undefined, 7, 'x', {}, { id: 'x', type: 'password' }])(
    'is no passkey: %j',
    async (found) => {
      const { auth } = await signedIn()
      const credentials = { create: async () => found, get: async () => found }
      const own = Reflect.apply(passkeys, undefined, [auth, { credentials }])
      expect(await failureOf(own.signIn())).toMatchObject({ code: 'rejected' })
      expect(await failureOf(own.register())).toMatchObject({ code: 'rejected' })
    },
  )

  it('ends when the caller gives up, and so does its prompt', async () => {
    const { auth } = withDevice()
    const abort = new AbortController()
    let prompted = (): void => {}
    const shown = new Promise<void>((resolve) => {
      prompted = resolve
    })
    const get = ({ signal }: CredentialRequestOptions = {}): Promise<never> =>
      new Promise((_, reject) => {
        prompted()
        signal?.addEventListener('abort', () => reject(platformError('AbortError')()))
      })
    const own = passkeys(auth, { credentials: { get, create: get } })
    const signingIn = failureOf(own.signIn({}, { signal: abort.signal }))
    await shown
    abort.abort()
    expect(await signingIn).toMatchObject({ code: 'aborted' })
  })

  it('may take the person longer than any request', async () => {
    const { world, auth, credentials } = await signedIn()
    await passkeys(auth, { credentials }).register()
    const slow = {
      ...credentials,
      async get(options?: CredentialRequestOptions) {
        await world.browser.clock.advance(120_000)
        return credentials.get(options)
      },
    }
    const { session } = await passkeys(auth, { credentials: slow }).signIn()
    expect(session?.user?.email).toBe(ADA.email)
  })

  it('is asked for in bytes where the browser cannot read JSON itself', async () => {
    const { credentials, own, auth } = await signedIn()
    await own.register()
    await own.register()
    const [first, second] = credentials.asked
    expect(first?.publicKey).toMatchObject({ challenge: expect.any(Uint8Array) })
    expect(second?.publicKey).toMatchObject({
      user: { id: new TextEncoder().encode((await auth.getSession())?.user?.id) },
      excludeCredentials: [{ id: expect.any(Uint8Array), type: 'public-key' }],
    })
  })

  it('is asked for with the browser’s own reading of JSON where there is one', async () => {
    const read: unknown[] = []
    const parse = (options: unknown): unknown => {
      read.push(options)
      return options
    }
    vi.stubGlobal('PublicKeyCredential', {
      parseRequestOptionsFromJSON: parse,
      parseCreationOptionsFromJSON: parse,
    })
    const { credentials, own } = await signedIn({ json: true })
    await own.register()
    await own.signIn()
    expect(read).toEqual(credentials.asked.map(({ publicKey }) => publicKey))
    expect(read).toMatchObject([{ rp: { id: 'app.example' } }, { rpId: 'app.example' }])
  })
})
