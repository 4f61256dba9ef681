import { describe, expect, it, vi } from 'vitest'
import type {
  RefreshErrorEvent,
  RefreshEvent,
  RefreshListeners,
} from '../../../src/server/shared/refresh-events.js'
import { PATIENT } from '../../support/patient.js'
import { ADA, createBackendWorld } from '../backend/backend-world.js'

async function createWorld(listeners: RefreshListeners = {}) {
  const refreshed: RefreshEvent[] = []
  const failed: RefreshErrorEvent[] = []
  const world = createBackendWorld({
    sealed: {
      onRefresh: (event) => refreshed.push(event),
      onRefreshError: (event) => failed.push(event),
      ...listeners,
    },
  })
  await world.signIn()
  // The keys are known from then on: what fails next is an exchange.
  await world.sessions.getSession(world.jar.header())
  const [{ id: sessionId = '', userId = '' } = {}] = world.workos.sessions()
  const refresh = (request?: unknown) =>
    world.sessions.refreshSession(world.jar.header(), { request })
  return { ...world, refreshed, failed, refresh, sessionId, userId }
}

describe('whoever listens to refreshes', () => {
  it('hears once of each that was made, whoever shares it, and gets no token', async () => {
    const { refresh, refreshed, failed, sessionId, workos } = await createWorld()
    // Which of them comes first is the platform's to say.
    const request = 'one of three'
    await Promise.all([refresh(request), refresh(request), refresh(request)])
    await vi.waitUntil(() => refreshed.length > 0, PATIENT)
    expect(workos.count('refresh_token')).toBe(1)
    expect(refreshed).toEqual([
      {
        sessionId,
        organizationId: 'org_1',
        user: expect.objectContaining({ email: ADA, firstName: 'Ada' }),
        request,
      },
    ])
    const { presented } = workos.requests.filter(({ grant }) => grant === 'refresh_token')[0] ?? {}
    expect(JSON.stringify(refreshed)).not.toMatch(/ey[\w-]+\./)
    expect(JSON.stringify(refreshed)).not.toContain(presented)
    expect(failed).toEqual([])
  })

  it('hears of one that failed, and whether the session lives on', async () => {
    const { refresh, refreshed, failed, workos, sessionId, userId, clock } = await createWorld()
    workos.fail({ type: 'status', status: 503 }, { times: 2 })
    await refresh('a request')
    await clock.advance(60_000)
    workos.endSession(sessionId)
    await refresh('another')
    await vi.waitUntil(() => failed.length > 1, PATIENT)
    const whose = { sessionId, userId }
    expect(failed).toEqual([
      { ...whose, retryable: true, code: 'server_error', status: 503, request: 'a request' },
      {
        ...whose,
        retryable: false,
        code: 'refresh_rejected',
        serverCode: 'invalid_grant',
        status: 400,
        request: 'another',
      },
    ])
    expect(refreshed).toEqual([])
  })

  it('costs nobody anything by a mistake of its own', async () => {
    const { refresh } = await createWorld({
      onRefresh() {
        throw new Error('a mistake')
      },
    })
    expect((await refresh()).session?.user.email).toBe(ADA)
  })
})
