import { once } from 'node:events'
import { connect, createServer } from 'node:http2'
import { describe, expect, it } from 'vitest'
import { beforeHeaders } from '../../src/server/requests/late-headers.js'
import { atEnd, portOf, serve } from './stage.js'

/** What comes back of a handler whose answer is looked at before it leaves. */
async function answerTo(
  handler: Parameters<typeof serve>[0],
  work: (response: Parameters<Parameters<typeof serve>[0]>[1]) => void,
): Promise<string> {
  const { talk } = await serve((request, response) => {
    beforeHeaders(response, () => work(response))
    return handler(request, response)
  })
  return talk('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
}

describe('the headers of an answer that are about to leave', () => {
  it('can be changed once more, once, whatever sends them', async () => {
    for (const send of ['end', 'write', 'flushHeaders', 'writeHead'] as const) {
      let calls = 0
      const said = await answerTo(
        (_, response) => {
          response.setHeader('X-Mine', 'old')
          if (send === 'flushHeaders') response.flushHeaders()
          if (send === 'writeHead') response.writeHead(201, 'Made', { 'x-mine': 'newer' })
          if (send === 'write') response.write('he')
          response.end('llo')
        },
        (response) => {
          calls += 1
          response.setHeader('X-Mine', `${response.getHeader('X-Mine')}, seen`)
        },
      )
      expect([send, calls]).toEqual([send, 1])
      expect(said).toContain(send === 'writeHead' ? 'newer, seen' : 'X-Mine: old, seen')
      if (send === 'writeHead') expect(said).toMatch(/^HTTP\/1\.1 201 Made/)
    }
  })

  it.each([
    ['an object', { 'X-One': '1', 'Set-Cookie': ['a=1', 'b=2'], 'Content-Length': 2 }],
    ['a list', ['X-One', '1', 'Set-Cookie', 'a=1', 'set-cookie', 'b=2', 'Content-Length', '2']],
  ])('are those of `writeHead` too, as %s', async (_, given) => {
    const said = await answerTo(
      (_request, response) => void response.writeHead(200, given).end('ok'),
      (response) => {
        expect(response.getHeader('x-one')).toBe('1')
        response.removeHeader('x-one')
      },
    )
    expect(said).not.toContain('X-One')
    expect(said).toMatch(/Set-Cookie: a=1\r\nSet-Cookie: b=2\r\n/)
    expect(said).toContain('Content-Length: 2\r\n')
  })

  it('are not touched where they have left: Node says what is wrong', async () => {
    let calls = 0
    const said = await answerTo(
      (_, response) => {
        response.write('begun, ')
        try {
          response.writeHead(500)
        } catch (error) {
          response.end(String(Object(error).code))
        }
      },
      () => {
        calls += 1
      },
    )
    expect(said).toContain('ERR_HTTP_HEADERS_SENT')
    expect(calls).toBe(1)
  })

  it('can be changed over HTTP/2 as well', async () => {
    const server = createServer((_, response) => {
      beforeHeaders(response, () => response.setHeader('x-mine', 'seen'))
      response.end('ok')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = connect(`http://127.0.0.1:${portOf(server)}`)
    atEnd(() => {
      client.destroy()
      server.close()
    })
    const [headers] = await once(client.request({ ':path': '/' }), 'response')
    expect(headers['x-mine']).toBe('seen')
  })
})
