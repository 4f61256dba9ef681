import { describe, expect, it } from 'vitest'
import type { SealedSessionsOptions } from '../../../src/server/sealed/sealed-sessions.js'
import { createWorkOSSessions } from '../../../src/server/workos/index.js'
import { createBackendWorld, MINUTE } from '../backend/backend-world.js'

const CLAIMS = { plan: 'pro', seats: { taken: 3 }, secret: 'for APIs only', sid: 'forged' }

const createWorld = (claims?: readonly string[]) =>
  createBackendWorld({ workos: { claims: CLAIMS }, sealed: { claims } })

describe('the claims of an app’s own', () => {
  it('are in its server sessions and pages, as far as it names them', async () => {
    const { signIn, sessions, jar, call } = createWorld(['plan', 'seats', 'none', 'toString'])
    await signIn()
    const wanted = { plan: 'pro', seats: { taken: 3 } }
    const { session } = await sessions.getSession(jar.header())
    expect(session?.claims).toEqual(wanted)
    const text = await (await call('/auth/session')).text()
    expect(JSON.parse(text).session.claims).toEqual(wanted)
    expect(text).not.toContain('for APIs only')
  })

  it('are those of the newest token', async () => {
    const world = createWorld(['auth_time', 'permissions'])
    await world.signIn()
    world.workos.setMembership('ada@example.com', 'org_1', { permissions: ['posts:read'] })
    const { session } = await world.sessions.refreshSession(world.jar.header(), { fresh: true })
    expect(session?.claims?.permissions).toEqual(['posts:read'])
  })

  it('cannot be changed by whoever reads them', async () => {
    const { signIn, sessions, jar } = createWorld(['seats'])
    await signIn()
    const { session } = await sessions.getSession(jar.header())
    expect(() => Object.assign(Object(session?.claims?.seats), { taken: 0 })).toThrow(TypeError)
  })

  it('are none where nothing is named', async () => {
    const { signIn, sessions, jar } = createWorld()
    await signIn()
    expect((await sessions.getSession(jar.header())).session).not.toHaveProperty('claims')
  })

  it.each([
    ['a text', 'plan'],
    ['what is no name', ['plan', 7]],
    ['an empty name', ['']],
  ])('are not named by %s', (_, claims) => {
    const options: object = { clientId: 'client_1', apiKey: 'sk_1', claims }
    expect(() => Reflect.apply(createWorkOSSessions, null, [options])).toThrow(/list of names/)
  })
})

describe('a refresh ahead of need', () => {
  /** Whether the session of a token of five minutes is refreshed when so much of its life has gone. */
  async function isRefreshed(after: number, refreshMargin?: number): Promise<boolean> {
    const { signIn, sessions, jar, clock, workos } = createBackendWorld({
      sealed: { refreshMargin },
    })
    await signIn()
    await clock.advance(after)
    await sessions.getSession(jar.header())
    return workos.count('refresh_token') > 0
  }

  it('comes in the last minute, or as the app says', async () => {
    expect(await isRefreshed(3.9 * MINUTE)).toBe(false)
    expect(await isRefreshed(4.1 * MINUTE)).toBe(true)
    expect(await isRefreshed(4.1 * MINUTE, MINUTE / 2)).toBe(false)
    expect(await isRefreshed(4.6 * MINUTE, MINUTE / 2)).toBe(true)
    expect(await isRefreshed(3.1 * MINUTE, 2 * MINUTE)).toBe(true)
  })

  it('never comes before half of a token’s life, however large the margin', async () => {
    expect(await isRefreshed(2.4 * MINUTE, 60 * MINUTE)).toBe(false)
    expect(await isRefreshed(2.6 * MINUTE, 60 * MINUTE)).toBe(true)
  })

  it.each([0, -1, Number.NaN])('is not %s ms', (refreshMargin) => {
    const options: Partial<SealedSessionsOptions> = { refreshMargin }
    expect(() => createBackendWorld({ sealed: options })).toThrow(/`refreshMargin` must be/)
  })
})
