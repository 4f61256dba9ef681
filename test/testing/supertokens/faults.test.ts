import { describe, expect, it } from 'vitest'
import type { Fault } from '../../../src/testing/server/types.js'
import { createDesk, said, tokenOf } from './desk.js'

const REFRESH = { path: '/recipe/session/refresh' }

describe('a fault', () => {
  const STATUS: Fault = { type: 'status', status: 503, body: 'down' }

  it.each([
    [{ type: 'rate-limited', retryAfter: 2 }, '429 Rate limit exceeded', '2'],
    [{ type: 'rate-limited' }, '429 Rate limit exceeded', null],
    [STATUS, '503 down', null],
    [{ type: 'html', status: 502 }, '502 <!doctype html>', null],
    [{ type: 'body', body: '{"status":"WHATEVER"}' }, 'WHATEVER', null],
  ] as const)('%o reaches the requests in its scope', async (fault, expected, retryAfter) => {
    const desk = createDesk()
    const token = tokenOf(await desk.create())
    desk.core.fail(fault, REFRESH)
    expect(said(await desk.verify('x'))).toContain('TRY_REFRESH_TOKEN')
    expect(said(await desk.refresh(token))).toContain(expected)
    expect(desk.core.requests.at(-1)?.status).toBe(
      expected.startsWith('W') ? 200 : Number(expected.slice(0, 3)),
    )
    desk.core.fail(fault, { ...REFRESH, times: Infinity })
    const response = await desk.core.fetch(`http://localhost:3567${REFRESH.path}`, {
      method: 'POST',
    })
    expect(response.headers.get('retry-after')).toBe(retryAfter)
    desk.core.heal()
    expect(said(await desk.refresh(token))).toBe('OK')
  })

  it.each([
    ['5.5', 'OK'],
    ['5.6', 'TOKEN_THEFT_DETECTED RECENT_PREV'],
  ] as const)('that loses the answer costs what rotation at %s says', async (speak, expected) => {
    const desk = createDesk({ speak, rotation: { grace: 0 } })
    const token = tokenOf(await desk.create())
    desk.core.fail({ type: 'lose-response' }, REFRESH)
    await expect(desk.refresh(token)).rejects.toBeInstanceOf(TypeError)
    await desk.clock.advance(1)
    expect(said(await desk.refresh(token))).toBe(expected)
  })

  it('that drops a request keeps it from the core', async () => {
    const desk = createDesk()
    desk.core.fail({ type: 'drop' })
    await expect(desk.create()).rejects.toBeInstanceOf(TypeError)
    expect(desk.core.sessions()).toEqual([])
    expect(desk.core.requests.at(-1)).toMatchObject({ status: null, code: null })
  })

  it('that is slow waits as it is told to, and works for nobody who has left', async () => {
    const controller = new AbortController()
    const waits: number[] = []
    const wait = async (ms: number): Promise<void> => {
      waits.push(ms)
      controller.abort('left')
    }
    const desk = createDesk({ wait })
    desk.core.fail({ type: 'slow', delay: 2_500 })
    const init = { method: 'POST', body: '{}', signal: controller.signal }
    await expect(desk.send('http://localhost:3567/recipe/session', init)).rejects.toBe('left')
    expect(waits).toEqual([2_500])
  })

  it('that hangs ends with the patience of the caller', async () => {
    const desk = createDesk()
    const controller = new AbortController()
    desk.core.fail({ type: 'hang' })
    const waiting = desk.send('http://localhost:3567/hello', { signal: controller.signal })
    controller.abort('enough')
    await expect(waiting).rejects.toBe('enough')
  })
})

describe('the log', () => {
  it('tells who asked for what, and what came of it', async () => {
    const desk = createDesk({ tenants: ['t1'] })
    const token = tokenOf(await desk.create())
    desk.core.clearLog()
    const { body } = await desk.refresh(token)
    await desk.send('https://core.example/appid-x/t1/recipe/session/refresh', {
      method: 'POST',
      body: '{"refreshToken":"nope","enableAntiCsrf":false,"useDynamicSigningKey":true}',
    })
    await desk.send('https://core.example/nothing')
    const asked = { at: desk.clock.now(), method: 'POST', ...REFRESH, version: '5.4', grant: null }
    const [host, returned] = ['localhost:3567', tokenOf(body)]
    const none = { code: null, presented: null, returned: null, path: '/nothing', method: 'GET' }
    expect(desk.core.requests).toEqual([
      { ...asked, host, presented: token, status: 200, code: 'OK', returned },
      {
        ...asked,
        host: 'core.example',
        presented: 'nope',
        status: 200,
        code: 'UNAUTHORISED',
        returned: null,
      },
      { ...asked, host: 'core.example', ...none, status: 404 },
    ])
    expect(desk.core.count('/session/refresh')).toBe(2)
    expect(desk.core.count('/session/verify')).toBe(0)
  })
})
