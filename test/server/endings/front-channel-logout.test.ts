import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import type { Coordinator } from '../../../src/server/coordination/coordinator-types.js'
import { jwt } from '../../support/wire.js'
import { ISSUER, type OidcServerWorldOptions } from '../oidc/oidc-server-world.js'
import { createEndingsWorld } from './endings-stage.js'

const FRAME = 'https://app.example/auth/front-channel-logout'

const ONE = '11111111-2222-3333-4444-555555555555'
const OTHER = '99999999-2222-3333-4444-555555555555'
const issuerOf = (tenant: string): string => `https://login.microsoftonline.com/${tenant}/v2.0`

/** A browser in which Ada is signed in, and the frame of her auth server. */
async function createFrames(options: OidcServerWorldOptions = {}) {
  const backend = { frontChannelLogout: true, ...options.backend }
  const world = await createEndingsWorld({ ...options, backend })
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

  it.each<[string, string, 'ended' | 'alive', number]>([
    ['that of its session', ONE, 'ended', 200],
    ['another one', OTHER, 'alive', 200],
    ['none', '{tenantid}', 'alive', 400],
    ['a word', 'common', 'alive', 400],
    ['one with a path', `${ONE}/x`, 'alive', 400],
  ])('of Entra for all tenants has to name the tenant: %s', async (_, tenant, fate, status) => {
    const { oidc } = await createEndingsWorld()
    const signIn = { ...oidc, issuer: issuerOf('{tenantid}') }
    const { show, seal, isAlive } = await createFrames({ backend: { signIn } })
    const id_token = jwt({ iss: issuerOf(ONE), tid: ONE, sub: 'ada', sid: 'sid-3' })
    const value = await seal('sid-3', { id_token })
    const response = await show({ iss: issuerOf(tenant), sid: 'sid-3' }, `__Host-holdfast=${value}`)
    expect([response.status, await isAlive(value)]).toEqual([status, fate === 'alive'])
    if (status !== 200) return
    const frames = 'frame-ancestors https://login.microsoftonline.com'
    expect(response.headers.get('Content-Security-Policy')).toContain(frames)
  })

  it('of Entra may name any tenant where the seal keeps no id token: nobody else knows its `sid`', async () => {
    const { oidc } = await createEndingsWorld()
    const signIn = { ...oidc, issuer: issuerOf('{tenantid}') }
    const options = { oidc: { keepIdToken: false }, backend: { signIn } }
    const { show, value, isAlive } = await createFrames(options)
    expect((await show({ iss: issuerOf(ONE), sid: 'sid-1' })).status).toBe(200)
    expect(await isAlive(value)).toBe(false)
  })

  it('is there where the app says so, and its auth server has a name', async () => {
    const { backend, oidc } = await createEndingsWorld()
    expect(backend.owns('/auth/front-channel-logout')).toBe(false)
    const { issuer: _, ...signIn } = oidc
    const without = createEndingsWorld({ backend: { signIn, frontChannelLogout: true } })
    await expect(without).rejects.toThrow(AuthError)
  })
})
