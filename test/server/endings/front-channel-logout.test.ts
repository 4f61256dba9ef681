import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import { ISSUER, type OidcServerWorldOptions } from '../oidc/oidc-server-world.js'
import { createEndingsWorld } from './endings-stage.js'

const FRAME = 'https://app.example/auth/front-channel-logout'

/** A browser in which Ada is signed in, and the frame of her auth server. */
async function createFrames(options: OidcServerWorldOptions = {}) {
  const world = await createEndingsWorld({ ...options, backend: { frontChannelLogout: true } })
  const [value, other] = [await world.seal('sid-1'), await world.seal('sid-2')]
  const show = async (query: object, cookie: string | null = `__Host-holdfast=${value}`) => {
    const address = `${FRAME}?${new URLSearchParams({ ...query })}`
    const headers = {
      'Sec-Fetch-Site': 'cross-site',
      'Sec-Fetch-Mode': 'navigate',
      'Sec-Fetch-Dest': 'iframe',
      ...(cookie !== null && { Cookie: cookie }),
    }
    const response = await world.backend.handle(new Request(address, { headers }))
    if (!response) throw new Error('The backend does not know this address.')
    return response
  }
  return { ...world, value, other, show }
}

describe('a frame of the auth server', () => {
  it('ends the session that it names, where the cookies of the browser hold it', async () => {
    const { show, value, other, isAlive } = await createFrames()
    const response = await show({ iss: ISSUER, sid: 'sid-1' })
    expect(response.status).toBe(200)
    expect(response.headers.get('Cache-Control')).toContain('no-store')
    expect(response.headers.get('Content-Security-Policy')).toContain(`frame-ancestors ${ISSUER}`)
    expect(response.headers.getSetCookie().join()).toMatch(/__Host-holdfast=;.*Max-Age=0/)
    expect([await isAlive(value), await isAlive(other)]).toEqual([false, true])
  })

  it('ends none that it does not name, and none of a browser that sends no cookies', async () => {
    const { show, value, other, isAlive } = await createFrames()
    for (const [query, cookie] of [
      [{ iss: ISSUER, sid: 'sid-2' }, undefined],
      [{ iss: ISSUER, sid: 'sid-1' }, null],
      [{ iss: ISSUER, sid: 'sid-1' }, '__Host-holdfast=garbage'],
    ] as const) {
      const response = await show(query, cookie)
      expect([response.status, response.headers.getSetCookie()]).toEqual([200, []])
    }
    expect([await isAlive(value), await isAlive(other)]).toEqual([true, true])
  })

  it('signs this browser out also while the other processes cannot be told', async () => {
    const inner = memoryCoordinator()
    const coordinator: Coordinator = {
      ...inner,
      async end(name, ttl, options) {
        await inner.end(name, ttl, options)
        // As redisCoordinator() does while Redis is down.
        if (options?.everywhere) throw new AuthError('storage', 'Redis fails.', { retryable: true })
      },
    }
    const { show, value, isAlive, reports } = await createFrames({ sessions: { coordinator } })
    const response = await show({ iss: ISSUER, sid: 'sid-1' })
    expect(response.status).toBe(200)
    expect(response.headers.getSetCookie().join()).toMatch(/__Host-holdfast=;.*Max-Age=0/)
    expect(await isAlive(value)).toBe(false)
    expect(reports).toMatchObject([{ code: 'storage' }])
  })

  it('of another server, or without a name, is refused', async () => {
    const { show, value, isAlive } = await createFrames()
    for (const query of [
      { iss: 'https://evil.example', sid: 'sid-1' },
      { sid: 'sid-1' },
      { iss: ISSUER },
      { iss: ISSUER, sid: '' },
    ]) {
      expect((await show(query)).status).toBe(400)
    }
    expect(await isAlive(value)).toBe(true)
  })

  it('is there where the app says so, and its auth server has a name', async () => {
    const { backend, oidc } = await createEndingsWorld()
    expect(backend.owns('/auth/front-channel-logout')).toBe(false)
    const { issuer: _, ...signIn } = oidc
    const without = createEndingsWorld({ backend: { signIn, frontChannelLogout: true } })
    await expect(without).rejects.toThrow(AuthError)
  })
})
