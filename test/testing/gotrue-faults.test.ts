import { describe, expect, it } from 'vitest'
import type { Fault, FaultScope } from '../../src/testing/server/types.js'
import { createDesk, said } from './gotrue-desk.js'

const REFRESH: FaultScope = { path: '/token', grant: 'refresh_token' }

/** A server in strict rotation with somebody signed in, and a fault that waits for a refresh. */
async function faulty(fault: Fault, scope: FaultScope = REFRESH) {
  const desk = createDesk({ rotation: 'strict' })
  const { refresh: token } = await desk.signIn()
  return { ...desk, token, undo: desk.server.fail(fault, scope) }
}

describe('a fault', () => {
  it('drops a request before the server sees it', async () => {
    const { refresh, rotate, token } = await faulty({ type: 'drop' })
    await expect(refresh(token)).rejects.toBeInstanceOf(TypeError)
    await rotate(token)
  })

  it('loses the answer after the server has rotated', async () => {
    const { refresh, token } = await faulty({ type: 'lose-response' })
    await expect(refresh(token)).rejects.toBeInstanceOf(TypeError)
    expect(said(await refresh(token))).toBe('400 refresh_token_already_used')
  })

  it('answers any status, body and headers without rotating', async () => {
    const headers = { 'retry-after': '3' }
    const fault: Fault = { type: 'status', status: 503, body: '{"code":"down"}', headers }
    const { refresh, rotate, token } = await faulty(fault)
    const answer = await refresh(token)
    expect(said(answer)).toBe('503 down')
    expect(answer.headers.get('retry-after')).toBe('3')
    await rotate(token)
  })

  it.each([2, 'Wed, 21 Oct 2015 07:28:00 GMT'])('limits the rate: %s', async (retryAfter) => {
    const { refresh, rotate, token } = await faulty({ type: 'rate-limited', retryAfter })
    const answer = await refresh(token)
    expect(said(answer)).toBe('429 over_request_rate_limit')
    expect(answer.headers.get('retry-after')).toBe(String(retryAfter))
    await rotate(token)
  })

  it.each([200, 502])('shows a page with status %i instead of an answer', async (status) => {
    const { server, token, undo } = await faulty({ type: 'html', status })
    const response = await server.fetch('http://localhost/auth/v1/token?grant_type=refresh_token', {
      method: 'POST',
      body: JSON.stringify({ refresh_token: token }),
    })
    expect(response.status).toBe(status)
    expect(response.headers.get('content-type')).toBe('text/html')
    undo()
  })

  it('answers any text with 200', async () => {
    const { refresh, rotate, token } = await faulty({ type: 'body', body: '{"access_token":5}' })
    expect(await refresh(token)).toMatchObject({ status: 200, body: { access_token: 5 } })
    await rotate(token)
  })

  it('hangs until the caller gives up, with the reason of the caller', async () => {
    const { server, rotate, token } = await faulty({ type: 'hang' })
    const { signal, abort } = controller()
    const waiting = server.fetch('http://localhost/auth/v1/token?grant_type=refresh_token', {
      method: 'POST',
      body: JSON.stringify({ refresh_token: token }),
      signal,
    })
    abort('enough')
    await expect(waiting).rejects.toBe('enough')
    await rotate(token)
  })

  it('is slow by as much as it is told, on the clock it is given', async () => {
    const waits: number[] = []
    const desk = createDesk({ wait: async (ms) => void waits.push(ms) })
    const { refresh: token } = await desk.signIn()
    desk.server.fail({ type: 'slow', delay: 2500 })
    await desk.rotate(token)
    expect(waits).toEqual([2500])
  })

  it('that is slow does no work for a caller who has left', async () => {
    const { signal, abort } = controller()
    const desk = createDesk({ rotation: 'strict', wait: async () => abort('left') })
    const { refresh: token } = await desk.signIn()
    desk.server.fail({ type: 'slow', delay: 1 })
    const path = '/token?grant_type=refresh_token'
    const body = JSON.stringify({ refresh_token: token })
    await expect(desk.send(path, { method: 'POST', body, signal })).rejects.toBe('left')
    await desk.rotate(token)
  })

  it('meets as many requests as it is told, and only those in scope', async () => {
    const { server, refresh, rotate, signIn } = createDesk()
    const { refresh: token } = await signIn()
    server.fail({ type: 'status', status: 503 }, { ...REFRESH, times: 2 })
    await signIn()
    expect([(await refresh(token)).status, (await refresh(token)).status]).toEqual([503, 503])
    await rotate(token)
  })

  it('can be undone one by one, or healed all at once', async () => {
    const { server, refresh, rotate, token, undo } = await faulty(
      { type: 'status', status: 500 },
      { times: Number.POSITIVE_INFINITY },
    )
    server.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    expect((await refresh(token)).status).toBe(500)
    undo()
    expect((await refresh(token)).status).toBe(503)
    server.heal()
    await rotate(token)
  })

  it('leaves preflights alone', async () => {
    const { send } = await faulty({ type: 'drop' }, { times: Number.POSITIVE_INFINITY })
    const asked = {
      origin: 'https://app.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'apikey,content-type',
    }
    const { status, headers } = await send('/token', { method: 'OPTIONS', headers: asked })
    expect(status).toBe(204)
    expect(headers.get('access-control-allow-origin')).toBe('*')
    expect(headers.get('access-control-allow-headers')).toContain('apikey')
  })
})

describe('a caller who has given up before sending', () => {
  it('never reaches the server', async () => {
    const desk = createDesk({ rotation: 'strict' })
    const { refresh: token } = await desk.signIn()
    desk.server.clearLog()
    const { signal, abort } = controller()
    abort('too late')
    const body = JSON.stringify({ refresh_token: token })
    const path = '/token?grant_type=refresh_token'
    await expect(desk.send(path, { method: 'POST', body, signal })).rejects.toBe('too late')
    expect(desk.server.requests).toEqual([])
    await desk.rotate(token)
  })
})

describe('the log', () => {
  it('tells which refresh token was presented and which was given back', async () => {
    const { server, rotate, signIn } = createDesk()
    const { refresh: first } = await signIn()
    const second = await rotate(first)
    expect(server.requests.at(-1)).toMatchObject({
      method: 'POST',
      path: '/token',
      grant: 'refresh_token',
      status: 200,
      code: null,
      presented: first,
      returned: second,
    })
    expect(server.count('refresh_token')).toBe(1)
  })

  it('holds lost requests too, without a status', async () => {
    const { server, refresh, token } = await faulty({ type: 'drop' })
    await refresh(token).catch(() => null)
    expect(server.requests.at(-1)).toMatchObject({ presented: token, status: null, returned: null })
  })

  it('stays whole when it is cleared while a request is on its way', async () => {
    const { server, rotate, signIn } = createDesk()
    const { refresh: first } = await signIn()
    await signIn()
    const underway = rotate(first)
    // The request must have been logged before the log is cleared.
    while (server.count('refresh_token') === 0) await Promise.resolve()
    server.clearLog()
    await underway
    await signIn()
    expect(server.requests.map(({ grant }) => grant)).toEqual(['password'])
  })
})

function controller(): { signal: AbortSignal; abort: (reason: string) => void } {
  const made = new AbortController()
  return { signal: made.signal, abort: (reason) => made.abort(reason) }
}
