import { describe, expect, it } from 'vitest'
import { webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import { passkeys, type WebAuthnAuthenticator } from '../../src/providers/gotrue/passkeys.js'
import { failureOf } from '../support/gotrue-tabs.js'
import { ADA, createMfaWorld, SITE } from '../support/mfa-world.js'

const GRACE = { email: 'grace@example.com', password: 'secret-2' }

/** Ada's tab, in which Grace signs in while the browser asks for a key, once that is wanted. */
async function interrupted() {
  const world = createMfaWorld({ users: [ADA, GRACE], passkeys: SITE })
  const { auth } = await world.signedIn()
  const { create, get } = world.authenticator
  let armed = false
  const meanwhile =
    (prove: WebAuthnAuthenticator['get']): WebAuthnAuthenticator['get'] =>
    async (...given) => {
      if (armed) {
        await auth.signIn(GRACE)
        world.server.clearLog()
      }
      return prove(...given)
    }
  const authenticator = { create: meanwhile(create), get: meanwhile(get) }
  return {
    auth,
    keys: webauthnFactors(auth, { authenticator }),
    own: passkeys(auth, { authenticator }),
    /** The requests that were sent since Grace has signed in. */
    sent: () => world.server.requests.map(({ method, path }) => `${method} ${path}`),
    arm: () => {
      armed = true
    },
  }
}

type World = Awaited<ReturnType<typeof interrupted>>

describe('while the browser asks for a key, somebody else signs in, and nothing is sent as them:', () => {
  it.each<readonly [string, (world: World, factorId: string) => Promise<unknown>]>([
    ['a proof', ({ keys }, factorId) => keys.authenticate({ factorId })],
    ['a new factor, nor its removal', ({ keys }) => keys.register({ friendlyName: 'other' })],
    ['a new passkey', ({ own }) => own.register({ friendlyName: 'Laptop' })],
  ])('%s', async (_, call) => {
    const world = await interrupted()
    const { factorId } = await world.keys.register({ friendlyName: 'key' })
    world.arm()
    expect(await failureOf(call(world, factorId))).toMatchObject({ code: 'superseded' })
    expect(world.sent()).toEqual([])
    expect((await world.auth.getSession())?.user?.email).toBe(GRACE.email)
  })

  it('the same client then serves whoever is signed in', async () => {
    const world = await interrupted()
    await world.auth.signIn(GRACE)
    expect((await world.keys.register()).session.user?.email).toBe(GRACE.email)
    await world.auth.signIn(ADA)
    expect((await world.keys.register()).session.user?.email).toBe(ADA.email)
  })
})
