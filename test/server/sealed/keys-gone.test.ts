import { beforeAll, beforeEach, describe, expect, it } from 'vitest'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { createIssuer, type Issuer } from '../../interop/issuer.js'
import { createStage, outcomeOf } from '../supertokens/stage.js'
import { PASSWORD, START } from './sealed-sessions-stage.js'

/** As many as the machine of a small app has at once. */
const USERS = Array.from({ length: 20 }, (_, index) => `user_${index}`)

let issuer: Issuer
beforeAll(async () => {
  issuer = await createIssuer('before', 'after', 'later')
})
beforeEach(() => {
  issuer.answer = null
  issuer.publish('before')
})

/** Sessions of an issuer whose keys change, and the key that it signs by. */
function createWorld() {
  const world = { time: START, key: 'before', exchanges: 0 }
  const tokenFor = (sub: string): Promise<string> =>
    issuer.sign({ sub, sid: `s-${sub}`, exp: START / 1000 + 300, iat: START / 1000 }, world.key)
  const sessions = createSealedSessions({
    provider: {
      id: 'issuer',
      async refresh(refreshToken) {
        world.exchanges += 1
        const [sub = ''] = refreshToken.split('.')
        return { accessToken: await tokenFor(sub), refreshToken: `${refreshToken}.`, lifetime: 1 }
      },
    },
    verification: { jwksUrl: 'https://issuer.example/jwks', fetch: issuer.fetch, audience: false },
    now: () => world.time,
  })
  const signIn = async (id: string) => {
    const grant = { accessToken: await tokenFor(id), refreshToken: id, user: { id }, lifetime: 1 }
    const value = await sessions.sealSession(grant, { password: PASSWORD })
    return sessions.openSession({ value, password: PASSWORD })
  }
  return { world, signIn }
}

describe('keys that are gone', () => {
  it('cost each sealed session a refresh, and nobody an error', async () => {
    const { world, signIn } = createWorld()
    const all = await Promise.all(USERS.map(signIn))
    // The process has started since, or ten minutes are over.
    world.key = 'after'
    issuer.publish('after')
    const before = issuer.requests()
    for (const session of all) {
      world.time += 100
      // No word about an outage, on which nobody would refresh.
      expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt' })
      expect(await session.refreshSession()).toMatchObject({ signedIn: true })
      expect(await session.getSession()).toMatchObject({ signedIn: true })
    }
    expect(world.exchanges).toBe(USERS.length)
    expect(issuer.requests()).toBe(before + 2)
  })

  it('right after a forged key id cost no second exchange', async () => {
    const { world, signIn } = createWorld()
    const session = await signIn('user_1')
    await session.getSession()
    world.key = 'later'
    const forged = await signIn('user_2')
    expect(await forged.getSession()).toMatchObject({ reason: 'invalid_jwt' })
    issuer.publish('later')
    world.time += 3_000
    expect(await session.refreshSession()).toMatchObject({ signedIn: true })
    expect(await session.getSession()).toMatchObject({ signedIn: true })
  })

  it('are no outage to SuperTokens: every token is to be refreshed, at once', async () => {
    const { core, superTokens, start } = createStage()
    const made = await Promise.all(USERS.map((userId) => superTokens.createNewSession(userId)))
    core.rotateKeys({ withdraw: true })
    const restarted = start()
    const verify = (): Promise<string[]> =>
      Promise.all(made.map(({ accessToken }) => outcomeOf(restarted.getSession(accessToken.token))))
    for (let round = 0; round < 3; round += 1) {
      expect(new Set(await verify())).toEqual(new Set(['TRY_REFRESH_TOKEN']))
    }
  })

  it('are unknown where no key set could be fetched at all', async () => {
    const { world, signIn } = createWorld()
    const session = await signIn('user_1')
    await session.getSession()
    world.key = 'after'
    const other = await signIn('user_2')
    issuer.answer = () => new Response('', { status: 503 })
    for (const wait of [0, 100, 31_000]) {
      world.time += wait
      expect(await other.getSession()).toMatchObject({ reason: 'server_error', retryable: true })
    }
  })
})
