import { describe, expect, it, vi } from 'vitest'
import type { Grant } from '../../../src/core/session.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { PATIENT } from '../../support/patient.js'
import { jwt } from '../../support/wire.js'
import { ADA, createStage, opened, PASSWORD, success } from './sealed-sessions-stage.js'

/** Lets everything happen that waits for nothing outside. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve))
const demote = { role: 'member', roles: ['member'], permissions: [] }

describe('many requests with one cookie', () => {
  it('cost nothing for those who come up to 30 s later', async () => {
    const { cookie, load, clock, exchanges } = createStage()
    const sealed = await cookie()
    const first = success(await load(sealed).refreshSession())
    clock.time += 29_999
    expect(success(await load(sealed).refreshSession()).session).toEqual(first.session)
    expect(exchanges()).toBe(1)
    clock.time += 2
    expect(await load(sealed).refreshSession()).toMatchObject({ reason: 'invalid_grant' })
    expect(await load(first.sealed).refreshSession()).toMatchObject({ signedIn: true })
  })

  it('share a transient failure, which is kept for as long as the server asked', async () => {
    const { cookie, start, server, hold, exchanges, clock } = createStage()
    const coordinator = memoryCoordinator({ now: clock.now })
    const once = vi.spyOn(coordinator, 'once')
    const sessions = start(coordinator)
    const load = (value: string) => sessions.openSession({ value, password: PASSWORD })
    const sealed = await cookie()
    server.fail({ type: 'rate-limited', retryAfter: 2 })
    const release = hold()
    const calls = Array.from({ length: 10 }, () => load(sealed).refreshSession())
    await vi.waitUntil(() => once.mock.calls.length === 10, PATIENT)
    release()
    for (const result of await Promise.all(calls)) {
      expect(result).toEqual({
        signedIn: false,
        retryable: true,
        reason: 'rate_limit_exceeded',
        retryAfter: 2000,
        error: expect.objectContaining({ code: 'rate_limited', status: 429 }),
      })
    }
    expect(exchanges()).toBe(1)
    clock.time += 2_000
    expect(await load(sealed).refreshSession()).toMatchObject({ signedIn: true })
  })

  it('are kept apart from those of another session', async () => {
    const { cookie, load, exchanges } = createStage()
    const [one, two] = [await cookie(), await cookie()]
    const results = await Promise.all([load(one).refreshSession(), load(two).refreshSession()])
    expect(new Set(results.map((result) => success(result).sessionId)).size).toBe(2)
    expect(exchanges()).toBe(2)
  })
})

describe('a fresh refresh', () => {
  it('goes on with the successor when the exchange of another is older than the call', async () => {
    const { cookie, load, server, clock, exchanges } = createStage()
    const sealed = await cookie()
    await load(sealed).refreshSession()
    clock.time += 1000
    server.setMembership(ADA.email, 'org_1', demote)
    expect(await load(sealed).refreshSession()).toMatchObject({ role: 'admin' })
    expect(await load(sealed).refreshSession({ fresh: true })).toMatchObject({ role: 'member' })
    expect(exchanges()).toBe(2)
    expect(server.requests.filter(({ grant }) => grant === 'refresh_token')).toMatchObject([
      { presented: (await opened(sealed)).refreshToken },
      { presented: server.requests.find(({ grant }) => grant === 'refresh_token')?.returned },
    ])
  })

  it('never joins an exchange that is under way, and shares with its like', async () => {
    const { cookie, load, server, clock, hold, exchanges } = createStage()
    const sealed = await cookie()
    const release = hold()
    const older = load(sealed).refreshSession()
    await vi.waitUntil(() => server.requests.at(-1)?.grant === 'refresh_token', PATIENT)
    await settle()
    clock.time += 1000
    server.setMembership(ADA.email, 'org_1', demote)
    const joined = load(sealed).refreshSession()
    const fresh = Array.from({ length: 20 }, () => load(sealed).refreshSession({ fresh: true }))
    await settle()
    release()
    expect(await older).toMatchObject({ role: 'admin' })
    expect(await joined).toMatchObject({ role: 'admin' })
    for (const result of await Promise.all(fresh)) expect(result).toMatchObject({ role: 'member' })
    expect(exchanges()).toBe(2)
  })

  it('gives nothing along when the successor is worth nothing', async () => {
    const { cookie, load, server, clock } = createStage()
    const sealed = await cookie()
    await load(sealed).refreshSession()
    clock.time += 1000
    for (const { id } of server.sessions()) server.endSession(id)
    const result = await load(sealed).refreshSession({ fresh: true })
    expect(result).toMatchObject({ reason: 'invalid_grant', retryable: false })
    expect(result.sealed).toBeUndefined()
  })

  it('is one exchange when there is nothing older', async () => {
    const { cookie, load, exchanges } = createStage()
    const sealed = await cookie()
    await Promise.all(
      Array.from({ length: 20 }, () => load(sealed).refreshSession({ fresh: true })),
    )
    expect(exchanges()).toBe(1)
  })

  it('stops following successors at some time, with the newest', async () => {
    const { signIn, workos, clock } = createStage()
    let minted = 0
    const restless = {
      id: 'restless',
      refresh: async (): Promise<Grant> => {
        minted += 1
        const accessToken = jwt({ sub: 'user_1', jti: minted })
        return { accessToken, refreshToken: `token-${minted}`, lifetime: 1 }
      },
    }
    // As if all that others got were from long ago, by a clock that is wrong.
    const coordinator = {
      ...memoryCoordinator(),
      once: async (_: string, work: () => Promise<string>) => ({
        text: await work(),
        startedAt: 0,
      }),
    }
    const verification = { jwksUrl: workos.jwksUrl, audience: false } as const
    const sessions = createSealedSessions({
      provider: restless,
      verification,
      coordinator,
      now: clock.now,
    })
    const grant = {
      ...(await signIn()),
      user: { id: 'user_1' },
      accessToken: jwt({ sub: 'user_1' }),
    }
    const value = await sessions.sealSession(grant, { password: PASSWORD })
    const session = sessions.openSession({ value, password: PASSWORD })
    expect(success(await session.refreshSession({ fresh: true })).session.refreshToken).toBe(
      'token-5',
    )
  })
})
