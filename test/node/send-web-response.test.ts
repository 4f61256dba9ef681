import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import { describe, expect, it } from 'vitest'
import { sendWebResponse } from '../../src/node/index.js'
import { allOf, head, read, serve } from './stage.js'

type Answer = () => Response

/** What a browser hears of an answer, and what whoever sent it hears. */
async function hear(
  make: Answer,
  line = 'GET /',
  before: (outgoing: ServerResponse) => void = () => {},
) {
  const errors: unknown[] = []
  const { talk } = await serve(async (_incoming, outgoing) => {
    before(outgoing)
    await sendWebResponse(make(), outgoing).catch((error: unknown) => {
      errors.push(error)
      outgoing.end('failed')
    })
  })
  const text = await talk(head(line))
  return { text, errors, ...read(text) }
}

/** A body that comes in these pieces, and what becomes of it. */
function stream(pieces: readonly unknown[], end: 'closes' | 'fails' | 'goes on' = 'closes') {
  const left = [...pieces]
  const state = { cancelled: false }
  const body = new ReadableStream({
    pull(controller) {
      if (left.length > 0) return controller.enqueue(left.shift())
      if (end === 'closes') return controller.close()
      if (end === 'fails') throw new Error('It broke.')
      return new Promise(() => {})
    },
    cancel() {
      state.cancelled = true
    },
  })
  return { body, state }
}

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)

describe('an answer of the web', () => {
  it('is sent with its status, its words, its headers and each cookie in a header of its own', async () => {
    const headers = new Headers({ 'X-One': '1' })
    headers.append('Set-Cookie', 'a=1; Path=/')
    headers.append('Set-Cookie', 'b=2; Expires=Thu, 01 Jan 2026 00:00:00 GMT')
    const { text } = await hear(
      () => new Response('hello', { status: 201, statusText: 'Made It', headers }),
    )
    expect(text).toMatch(/^HTTP\/1\.1 201 Made It\r\n/)
    expect(text).toContain('x-one: 1\r\n')
    expect(text).toMatch(/Set-Cookie: a=1; Path=\/\r\nSet-Cookie: b=2; Expires=Thu, 01/)
    expect(text).toContain('\r\n5\r\nhello\r\n0\r\n\r\n')
  })

  it('leaves what is about the connection to Node', async () => {
    const headers = {
      Connection: 'keep-alive, upgrade',
      'Keep-Alive': 'timeout=99',
      'Proxy-Connection': 'keep-alive',
      TE: 'trailers',
      Trailer: 'X-A',
      'Transfer-Encoding': 'gzip',
      Upgrade: 'websocket',
      'Content-Length': '5',
    }
    const { text } = await hear(() => new Response('hello', { headers }))
    expect(text.match(/^(?:connection|keep|proxy|te|trailer|transfer|upgrade)[^\r]*/gim)).toEqual([
      'Connection: close',
    ])
    expect(text).toMatch(/content-length: 5\r\n.*\r\n\r\nhello$/s)
  })

  it.each([
    ['HEAD /', 200, '5'],
    ['GET /', 204, null],
    ['GET /', 304, '5'],
  ])('has no body where HTTP has none: %s, %s', async (line, status, length) => {
    const { body, state } = stream([bytes('hello')])
    const answer = new Response(status === 200 ? body : null, {
      status,
      headers: { 'Content-Length': '5' },
    })
    const { text } = await hear(() => answer, line)
    expect(/content-length: (\d+)/i.exec(text)?.[1] ?? null).toBe(length)
    expect(text.endsWith('\r\n\r\n')).toBe(true)
    expect(state.cancelled).toBe(status === 200)
  })

  it.each([
    ['longer', ['hello', ' and what a proxy takes for the next answer']],
    ['shorter', ['hel']],
  ])('breaks off where it is %s than it says', async (_, pieces) => {
    const { body } = stream(pieces.map(bytes))
    const { text } = await hear(() => new Response(body, { headers: { 'Content-Length': '5' } }))
    expect(text).not.toContain('next answer')
    expect(text.length === 0 || text.endsWith('hel') || text.endsWith('hello')).toBe(true)
  })

  it('is not filled up by the next one, where it is shorter than it says', async () => {
    const { talk } = await serve((_incoming, outgoing) => {
      const answer = new Response('hel', { headers: { 'Content-Length': '50' } })
      void sendWebResponse(answer, outgoing)
    })
    const answers = await talk('GET /1 HTTP/1.1\r\nHost: a\r\n\r\n', head('GET /2'))
    expect(answers.match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThan(2)
  })

  it('that says a length without a body closes, and nobody waits for it', async () => {
    const answer = new Response(null, { headers: { 'Content-Length': '5' } })
    expect((await hear(() => answer)).text).toBe('')
  })

  it('is sent in chunks where its length is no number', async () => {
    const answer = new Response('hello', { headers: { 'Content-Length': '5, 5' } })
    const { text } = await hear(() => answer)
    expect(text).not.toMatch(/content-length/i)
    expect(text).toContain('\r\n5\r\nhello\r\n0\r\n\r\n')
  })

  it.each([
    ['fails', stream([bytes('half')], 'fails')],
    ['is made of no bytes', stream([bytes('half'), 'text'])],
  ])('breaks off where its body %s', async (_, { body }) => {
    const { text } = await hear(() => new Response(body))
    expect(text).not.toContain('\r\n0\r\n')
  })

  it('keeps the cookies and the `Vary` that others have set', async () => {
    const headers = { 'Set-Cookie': 'b=2', Vary: 'Cookie' }
    const { text } = await hear(
      () => new Response('', { headers }),
      'GET /',
      (outgoing) => outgoing.setHeader('Set-Cookie', ['a=1']).setHeader('Vary', 'Accept'),
    )
    expect(text).toMatch(/Set-Cookie: a=1\r\nSet-Cookie: b=2/)
    expect(text).toMatch(/vary: Accept, Cookie/i)
  })

  it.each<[string, Answer, (outgoing: ServerResponse) => void]>([
    ['a network error', () => Response.error(), () => {}],
    [
      'one whose body is read already',
      () => {
        const answer = new Response('hello')
        void answer.text()
        return answer
      },
      () => {},
    ],
    [
      'a header that Node does not send',
      () => new Response('', { headers: { 'X-A': 'a\u0001b', 'Set-Cookie': 'a=1' } }),
      () => {},
    ],
    [
      'where somebody else has begun',
      () => new Response('hello'),
      (outgoing) => outgoing.write('other'),
    ],
  ])('is refused before anything of it is sent: %s', async (_, make, before) => {
    const { errors, text } = await hear(make, 'GET /', before)
    expect(errors).toMatchObject([{ code: 'invalid_argument' }])
    expect(text).not.toMatch(/hello|a=1/)
    expect(text).toContain('failed')
  })

  it('tells a page that listens that it is connected, before anything happens', async () => {
    const { body } = stream([], 'goes on')
    const { open } = await serve((_incoming, outgoing) => {
      void sendWebResponse(new Response(body), outgoing)
    })
    const [first] = await once(open(head('GET /')), 'data')
    expect(String(first)).toContain('HTTP/1.1 200 OK')
  })

  it('stops its source when the browser has gone, while it waits for it and while it sends', async () => {
    for (const { body, state } of [
      stream([bytes('one')], 'goes on'),
      stream(Array.from({ length: 1_000 }, () => new Uint8Array(100_000))),
    ]) {
      let sent: Promise<void> = Promise.resolve()
      const { open } = await serve((_incoming, outgoing) => {
        sent = sendWebResponse(new Response(body), outgoing)
      })
      const socket = open(head('GET /'))
      await once(socket, 'data')
      socket.destroy()
      await sent
      expect(state.cancelled).toBe(true)
    }
  })

  it('for a browser that has gone is not read at all', async () => {
    const { body, state } = stream([bytes('one')])
    const { open } = await serve((_incoming, outgoing) => {
      outgoing.once('close', () => done(sendWebResponse(new Response(body), outgoing)))
    })
    let done: (sent: Promise<void>) => void = () => {}
    const closed = new Promise<void>((resolve) => {
      done = (sent) => resolve(sent)
    })
    const socket = open(head('GET /'))
    socket.once('connect', () => setImmediate(() => socket.destroy()))
    await closed
    expect(state.cancelled).toBe(true)
  })

  it('breaks off at once when its source fails, also while the browser takes nothing', async () => {
    let fail = (): void => {}
    const body = new ReadableStream({
      start(controller) {
        fail = () => controller.error(new Error('The page has not read on.'))
        // More than connections hold.
        for (let i = 0; i < 200; i++) controller.enqueue(new Uint8Array(100_000))
      },
    })
    const { open } = await serve((_incoming, outgoing) => {
      const write = outgoing.write.bind(outgoing)
      outgoing.write = (chunk: Uint8Array) => {
        const isTaken = write(chunk)
        if (!isTaken) fail()
        return isTaken
      }
      outgoing.once('close', () => isClosed())
      void sendWebResponse(new Response(body), outgoing)
    })
    let isClosed = (): void => {}
    const closed = new Promise<void>((resolve) => {
      isClosed = resolve
    })
    const socket = open(head('GET /'))
    socket.on('error', () => {})
    socket.pause()
    await closed
  })

  it('is sent as fast as the browser takes it', async () => {
    let made = 0
    const body = new ReadableStream(
      {
        pull(controller) {
          made += 1
          if (made > 300) controller.close()
          else controller.enqueue(new Uint8Array(100_000))
        },
      },
      { highWaterMark: 0 },
    )
    const waited: boolean[] = []
    const { open } = await serve((_incoming, outgoing) => {
      const write = outgoing.write.bind(outgoing)
      // What is written although the last write said that it is enough.
      outgoing.write = (chunk: Uint8Array) => {
        waited.push(outgoing.writableNeedDrain)
        return write(chunk)
      }
      void sendWebResponse(new Response(body), outgoing)
    })
    const text = await allOf(open(head('GET /')))
    expect(text.length).toBeGreaterThan(30_000_000)
    expect(waited).toHaveLength(300)
    expect(waited).not.toContain(true)
  })
})
