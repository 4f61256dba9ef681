import { describe, expect, it } from 'vitest'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { createOidcServerWorld, MINUTE, PASSWORD } from './oidc-server-world.js'

describe('two sign-ins that the server calls by one `sid`, as long as the browser is signed in there', () => {
  /** Two sessions of one browser, as they are sealed. */
  async function createTwo() {
    const world = createOidcServerWorld()
    const seal = async (): Promise<string> =>
      world.sealed.sealSession(
        { ...(await world.grant()), sessionId: 'this browser at the server' },
        { password: PASSWORD },
      )
    return { ...world, first: await seal(), second: await seal() }
  }

  it('are two sessions: a sign-out ends its own, also while the server cannot be told', async () => {
    const { server, sealed, load, clock, first, second } = await createTwo()
    server.fail({ type: 'status', status: 503 }, { path: '/token/revocation', times: 100 })
    await sealed.signOut({ value: first, password: PASSWORD })
    expect(await load(first).getSession()).toMatchObject({ signedIn: false })
    expect(await load(second).getSession()).toMatchObject({ signedIn: true })
    await clock.advance(2 * MINUTE)
    expect(await load(first).refreshSession()).toMatchObject({ signedIn: false })
    expect(await load(second).refreshSession()).toMatchObject({ signedIn: true })
  })

  it('have ids of their own, which last as long as they do', async () => {
    const { load, first, second } = await createTwo()
    const idOf = async (session: ReturnType<typeof load>): Promise<string | undefined> => {
      const found = await session.getSession()
      return found.signedIn ? found.sessionId : undefined
    }
    const [one, other] = [load(first), load(second)]
    const before = await idOf(one)
    expect(before).toMatch(/^[\w-]{36}$/)
    expect(await idOf(other)).not.toBe(before)
    await one.refreshSession()
    expect(await idOf(one)).toBe(before)
  })
})

describe('somebody who signs in again without a sign-out', () => {
  const revoked = ({ server }: ReturnType<typeof createOidcServerWorld>): number =>
    server.requests.filter(({ path }) => path === '/token/revocation').length

  it('keeps the new session: the server is not told of the old one, which it may take for the same', async () => {
    const world = createOidcServerWorld()
    const { signIn, jar, sessions, clock } = world
    await signIn()
    const before = jar.header()
    await signIn()
    expect(revoked(world)).toBe(0)
    // Late requests and a stolen cookie: the old one is nobody's here, and nobody tells the server then.
    for (let i = 0; i < 3; i++) {
      expect((await sessions.getSession(before)).session).toBeNull()
      expect((await sessions.refreshSession(before)).session).toBeNull()
      await clock.advance(2 * MINUTE)
    }
    expect(revoked(world)).toBe(0)
    expect((await sessions.refreshSession(jar.header())).session).toMatchObject({
      user: { id: 'ada' },
    })
  })

  it('ends that of another person in this browser as ever', async () => {
    const world = createOidcServerWorld()
    const { signIn, jar, sessions, grant } = world
    await signIn()
    await sessions.setSession({ ...(await grant()), user: { id: 'bob' } }, jar.header())
    expect(revoked(world)).toBe(1)
  })

  it('does not push out what keeps those of others who have signed out away, however often', async () => {
    const coordinator = memoryCoordinator({ limit: 3 })
    const world = createOidcServerWorld({ sessions: { coordinator } })
    const { signIn, seal, sealed, server, load } = world
    const stolen = await seal()
    server.fail({ type: 'status', status: 503 }, { path: '/token/revocation', times: 100 })
    await sealed.signOut({ value: stolen, password: PASSWORD })
    for (let i = 0; i < 10; i++) await signIn()
    expect(await load(stolen).refreshSession()).toMatchObject({ signedIn: false })
  })
})
