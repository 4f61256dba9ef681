import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/testing/server/types.js'
import { CLIENT, createDesk, SECRET, said } from './desk.js'

const REFRESH = { path: '/user_management/authenticate', grant: 'refresh_token' }

describe('a fault', () => {
  const STATUS: Fault = { type: 'status', status: 503, body: '<h1>down</h1>' }

  it.each([
    [{ type: 'rate-limited', retryAfter: 2 }, '429 error:too_many_requests', '2'],
    [{ type: 'rate-limited' }, '429 error:too_many_requests', null],
    [STATUS, '503', null],
    [{ type: 'html', status: 502 }, '502', null],
    [{ type: 'body', body: '{"user":null}' }, '200', null],
  ] as const)('%o costs no token', async (fault, expected, retryAfter) => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    desk.server.fail(fault, REFRESH)
    const answer = await desk.refresh(refresh_token)
    expect(said(answer)).toBe(expected)
    expect(answer.headers.get('retry-after')).toBe(retryAfter)
    await desk.clock.advance(31_000)
    expect(said(await desk.refresh(refresh_token))).toBe('200')
  })

  it('that loses the answer costs the token, but for the replay grace', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    desk.server.fail({ type: 'lose-response' }, REFRESH)
    await expect(desk.refresh(refresh_token)).rejects.toBeInstanceOf(TypeError)
    expect(said(await desk.refresh(refresh_token))).toBe('200')
    await desk.clock.advance(31_000)
    expect(said(await desk.refresh(refresh_token))).toBe('400 error:invalid_grant')
  })

  it('meets the requests in its scope only, until it is healed', async () => {
    const desk = createDesk()
    desk.server.fail(STATUS, { path: '/sso/jwks/client_scripted', times: Infinity })
    expect((await desk.password()).status).toBe(200)
    expect((await desk.send('/sso/jwks/client_scripted')).status).toBe(503)
    desk.server.heal()
    expect((await desk.send('/sso/jwks/client_scripted')).status).toBe(200)
  })

  it('that is slow waits as it is told to', async () => {
    const waits: number[] = []
    const desk = createDesk({ wait: async (ms) => void waits.push(ms) })
    desk.server.fail({ type: 'slow', delay: 2_500 })
    await desk.signIn()
    expect(waits).toEqual([2_500])
  })

  it('that is slow does no work for a caller who has left', async () => {
    const { signal, abort } = controller()
    const desk = createDesk({ wait: async () => abort('left') })
    desk.server.fail({ type: 'slow', delay: 1 })
    const fields = { email: 'ada@example.com', password: 'correct horse', client_secret: SECRET }
    const waiting = desk.authenticate({ grant_type: 'password', ...fields }, { signal })
    await expect(waiting).rejects.toBe('left')
    await desk.clock.settle()
    expect(desk.server.sessions()).toEqual([])
  })

  it('that hangs ends with the patience of the caller', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    desk.server.fail({ type: 'hang' })
    const { signal, abort } = controller()
    const waiting = desk.authenticate({ grant_type: 'refresh_token', refresh_token }, { signal })
    abort('enough')
    await expect(waiting).rejects.toBe('enough')
    expect(desk.server.requests.at(-1)).toMatchObject({ presented: refresh_token, status: null })
  })
})

describe('the log', () => {
  it('tells who asked for what, and what came of it', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    desk.server.clearLog()
    const { body } = await desk.refresh(refresh_token, { organization_id: 'org_b' })
    await desk.refresh('nope')
    const asked = { at: desk.clock.now(), method: 'POST', ...REFRESH, clientId: CLIENT }
    const [organizationId, returned] = ['org_b', body.refresh_token]
    expect(desk.server.requests).toEqual([
      { ...asked, organizationId, presented: refresh_token, status: 200, code: null, returned },
      {
        ...asked,
        organizationId: null,
        presented: 'nope',
        status: 400,
        code: 'invalid_grant',
        returned: null,
      },
    ])
    expect(desk.server.count('refresh_token')).toBe(2)
    expect(desk.server.count('password')).toBe(0)
  })

  it('leaves a caller out who had given up before', async () => {
    const desk = createDesk()
    const { signal, abort } = controller()
    abort('too late')
    await expect(desk.authenticate({ grant_type: 'password' }, { signal })).rejects.toBe('too late')
    expect(desk.server.requests).toEqual([])
  })
})

function controller(): { signal: AbortSignal; abort: (reason: string) => void } {
  const made = new AbortController()
  return { signal: made.signal, abort: (reason) => made.abort(reason) }
}
