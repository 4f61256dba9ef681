import { once } from 'node:events'
import { describe, expect, it, vi } from 'vitest'
import { type NodeNext, nodeHandler } from '../../src/node/index.js'
import { createBackendWorld } from '../server/backend/backend-world.js'
import { head, read, serve } from './stage.js'

const fine = () => new Response('fine')

describe('a handler of the web in a server of Node', () => {
  it('is a backend, or any function', async () => {
    const { backend } = createBackendWorld()
    const { talk } = await serve(nodeHandler(backend))
    const { status, body } = read(
      await talk(head('GET /auth/session', ['Host: app.example', 'X-Holdfast: 1'])),
    )
    expect([status, body]).toEqual([200, expect.stringContaining('{"session":null}')])
    expect(read(await (await serve(nodeHandler(fine))).talk(head('GET /'))).body).toContain('fine')
  })

  it.each([
    ['what is none of its own', 'GET /', () => null, 404, 'not_found'],
    ['what the web does not know', 'OPTIONS *', fine, 400, 'invalid_request'],
    ['what can be read in two ways', 'GET /a/../b', fine, 400, 'invalid_request'],
  ])('answers %s', async (_, line, handle, status, code) => {
    const answer = read(await (await serve(nodeHandler(handle))).talk(head(line)))
    expect([answer.status, answer.body]).toEqual([status, expect.stringContaining(code)])
  })

  it.each([
    ['throws', () => Promise.reject(new Error('Broken.'))],
    ['answers what is no answer', () => JSON.parse('{ "status": 200 }')],
    ['answers what cannot be sent', () => Response.error()],
  ])('answers 500 where it %s, and tells', async (_, handle) => {
    const report = vi.fn()
    const { talk } = await serve(nodeHandler(handle, { report }))
    const { status, body } = read(await talk(head('GET /')))
    expect([status, body]).toEqual([500, expect.stringContaining('internal')])
    expect(body).not.toContain('Broken')
    expect(report).toHaveBeenCalledOnce()
  })

  it('goes on, with errors too, where there is something to go on to', async () => {
    const went: unknown[] = []
    for (const handle of [() => null, () => Promise.reject(new Error('Broken.'))]) {
      const handler = nodeHandler(handle)
      const { talk } = await serve((incoming, outgoing) => {
        const next: NodeNext = (error) => {
          went.push(error instanceof Error ? error.message : error)
          outgoing.end('the app')
        }
        void handler(incoming, outgoing, next)
      })
      for (const line of ['GET /', 'OPTIONS *']) {
        expect(read(await talk(head(line))).body).toBe('the app')
      }
    }
    expect(went).toEqual([undefined, undefined, 'Broken.', undefined])
  })

  it('breaks off where somebody else has begun to answer', async () => {
    const report = vi.fn()
    const handler = nodeHandler(fine, { report })
    const { talk } = await serve((incoming, outgoing) => {
      outgoing.write('other')
      void handler(incoming, outgoing)
    })
    expect(await talk(head('GET /'))).not.toContain('fine')
    expect(report.mock.calls).toMatchObject([[{ code: 'invalid_argument' }]])
  })

  it('is told when the browser goes, and not when it has been answered', async () => {
    const signals: AbortSignal[] = []
    const { open, talk } = await serve(
      nodeHandler((request) => {
        signals.push(request.signal)
        if (request.url.endsWith('/fine')) return fine()
        return new Promise(() => {})
      }),
    )
    await talk(head('GET /fine'))
    const socket = open(head('GET /slow'))
    await vi.waitUntil(() => signals.length === 2, { timeout: 50_000 })
    socket.destroy()
    await once(signals[1] ?? new EventTarget(), 'abort')
    expect(signals.map(({ aborted }) => aborted)).toEqual([false, true])
  })

  it('answers a browser that would rather speak another protocol', async () => {
    const { talk } = await serve(nodeHandler(fine))
    const upgrade = ['Host: a', 'Connection: Upgrade, close', 'Upgrade: websocket']
    expect(read(await talk(head('GET /', upgrade))).body).toContain('fine')
  })

  it('leaves a connection in order for the next request, whatever was not read of this one', async () => {
    const { talk } = await serve(nodeHandler(fine))
    const unread = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nGET /x`
    const answer = await talk(unread, head('GET /'))
    expect(answer.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2)
  })

  it('is refused at the start where it is none', () => {
    for (const nothing of [undefined, null, {}, 'backend']) {
      expect(() => Reflect.apply(nodeHandler, undefined, [nothing])).toThrow(/Pass a backend/)
    }
  })
})
