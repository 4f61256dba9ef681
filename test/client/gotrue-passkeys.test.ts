import { describe, expect, it } from 'vitest'
import { type Passkeys, passkeys } from '../../src/providers/gotrue/passkeys.js'
import { ADA, BOB, failureOf } from '../support/gotrue-tabs.js'
import { signedIn, withDevice } from '../support/passkey-world.js'

describe('a passkey', () => {
  it('is made, listed, renamed, signs in, and is removed', async () => {
    const { world, auth, events, own } = await signedIn()
    const made = await own.register()
    const createdAt = world.browser.clock.now()
    expect(made).toEqual({
      id: expect.any(String),
      friendlyName: 'Passkey',
      createdAt,
      lastUsedAt: null,
    })
    expect(await own.list()).toEqual([made])
    const renamed = { ...made, friendlyName: 'Laptop' }
    expect(await own.rename({ id: made.id, friendlyName: 'Laptop' })).toEqual(renamed)
    expect(await own.list()).toEqual([renamed])
    await auth.signOut()
    await world.browser.clock.advance(60_000)
    const { session, user } = await own.signIn()
    expect(user?.email).toBe(ADA.email)
    expect(session?.amr).toMatchObject([{ method: 'passkey' }])
    expect(events.slice(-2)).toEqual(['SIGNED_OUT', 'SIGNED_IN'])
    const lastUsedAt = world.browser.clock.now()
    expect(lastUsedAt).toBeGreaterThan(createdAt)
    expect(await own.list()).toEqual([{ ...renamed, lastUsedAt }])
    await own.remove(made)
    expect(await own.list()).toEqual([])
    expect(await failureOf(own.remove(made))).toMatchObject({ code: 'rejected', status: 404 })
  })

  it('can be given its name at once', async () => {
    const { own } = await signedIn()
    const made = await own.register({ friendlyName: 'Phone' })
    expect(made.friendlyName).toBe('Phone')
    expect(await own.list()).toEqual([made])
  })

  it('is there although the server does not take its name', async () => {
    const { world, own } = await signedIn()
    world.takeDown('PATCH')
    const made = await own.register({ friendlyName: 'Phone' })
    expect(made.friendlyName).toBe('Passkey')
    expect(await own.list()).toEqual([made])
  })

  it('that is removed signs nobody in', async () => {
    const { auth, own } = await signedIn()
    await own.remove(await own.register())
    await auth.signOut()
    expect(await failureOf(own.signIn())).toMatchObject({
      code: 'rejected',
      serverCode: 'webauthn_verification_failed',
    })
    expect(await auth.getSession()).toBeNull()
  })

  it('is no way in where the server has them switched off', async () => {
    const { own } = withDevice({}, {})
    expect(await failureOf(own.signIn())).toMatchObject({
      code: 'rejected',
      serverCode: 'passkey_disabled',
    })
  })

  it('of another site’s page is not believed by the server', async () => {
    const { own } = await signedIn({ origin: 'https://evil.example' })
    expect(await failureOf(own.register())).toMatchObject({
      serverCode: 'webauthn_verification_failed',
    })
  })

  it('is not made for whoever has signed in before the person answered', async () => {
    const { world, auth, authenticator, own } = await signedIn()
    const { create } = authenticator
    const slow = {
      ...authenticator,
      async create(json: PublicKeyCredentialCreationOptionsJSON) {
        await auth.signIn(BOB)
        return create(json)
      },
    }
    const error = await failureOf(passkeys(auth, { authenticator: slow }).register())
    expect(error).toMatchObject({ code: 'superseded' })
    expect(world.sent()).not.toContain('POST /passkeys/registration/verify')
    expect(await own.list()).toEqual([])
    expect((await auth.getSession())?.user?.email).toBe(BOB.email)
  })

  it('sends the proof of a captcha where it asks for a challenge', async () => {
    const { auth, own, world } = await signedIn()
    await own.register()
    await auth.signOut()
    const bodies: string[] = []
    const { fetch } = world.server
    Object.assign(world.server, {
      fetch: (input: string, init?: RequestInit) => {
        bodies.push(String(init?.body))
        return fetch(input, init)
      },
    })
    await own.signIn({ captchaToken: 'human' })
    expect(bodies[0]).toBe('{"gotrue_meta_security":{"captcha_token":"human"}}')
    expect(bodies[1]).not.toContain('human')
  })
})

describe('a caller’s mistake', () => {
  it.each<[string, keyof Passkeys, unknown]>([
    ['rename()', 'rename', undefined],
    ['an id that is none', 'rename', { id: '..', friendlyName: 'x' }],
    ['no name', 'rename', { id: 'x' }],
    ['remove()', 'remove', null],
    ['an id that leads elsewhere', 'remove', { id: '../user' }],
    ['a name that is no text', 'register', { friendlyName: 7 }],
    ['an empty name', 'register', { friendlyName: '' }],
  ])('is told before anything is sent: %s', async (_, method, options) => {
    const { world, own } = await signedIn()
    const error = await failureOf(Reflect.apply(own[method], own, [options]))
    expect(error).toMatchObject({ code: 'invalid_argument' })
    expect(world.sent()).toEqual([])
  })

  it('is to ask where there is no WebAuthn, as on a server or an insecure page', async () => {
    const { world, auth } = await signedIn()
    const get = async () => ({})
    const given = [{}, { get }, { create: get }, 7, null, undefined].map((authenticator) => ({
      authenticator,
    }))
    for (const options of [undefined, null, {}, ...given]) {
      const own = Reflect.apply(passkeys, undefined, [auth, options])
      for (const call of [own.register, own.signIn]) {
        expect(await failureOf(call())).toMatchObject({
          code: 'invalid_argument',
          message: expect.stringContaining('WebAuthn'),
        })
      }
      expect(await own.list()).toEqual([])
    }
    expect(new Set(world.sent())).toEqual(new Set(['GET /passkeys']))
  })

  it('is a client of another provider, or none', () => {
    const refused = expect.objectContaining({ code: 'invalid_argument' })
    for (const auth of [undefined, null, {}, { actions: {} }]) {
      expect(() => Reflect.apply(passkeys, undefined, [auth])).toThrow(refused)
    }
  })
})
