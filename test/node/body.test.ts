import type { IncomingMessage } from 'node:http'
import { gzipSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/core/errors.js'
import { nodeHandler, toWebRequest, type WebHandler } from '../../src/node/index.js'
import { head, read, serve } from './stage.js'

const post = (length: number, more: readonly string[] = []): string =>
  head('POST /a', ['Host: a', `Content-Length: ${length}`, ...more])

/** What a server that takes this answers. */
async function answerTo(handle: WebHandler, ...pieces: readonly string[]) {
  const { talk } = await serve(nodeHandler(handle, { report: () => {} }))
  return read(await talk(...pieces))
}

const echo: WebHandler = async (request) => new Response(await request.text())

/** Reads a body before anybody else, as a body parser does. */
async function parse(incoming: IncomingMessage): Promise<string> {
  incoming.setEncoding('utf8')
  let all = ''
  for await (const piece of incoming) all += piece
  return all
}

/** What the web reads of a request whose body somebody has read before. */
async function readAfter(
  text: string,
  body: (parsed: string) => unknown,
): Promise<{ readonly text: string; readonly headers: Headers } | unknown> {
  const { open } = await serve((incoming, outgoing) => {
    parse(incoming)
      .then(async (parsed) => {
        const request = toWebRequest(incoming, { body: body(parsed) })
        seen(request && { text: await request.text(), headers: request.headers })
      })
      .catch(seen)
      .finally(() => outgoing.end())
  })
  let seen: (value: unknown) => void = () => {}
  const found = new Promise<unknown>((resolve) => {
    seen = resolve
  })
  open(text)
  return found
}

describe('a body that nobody has read', () => {
  it('is read as it comes, with a length or in chunks', async () => {
    expect((await answerTo(echo, `${post(5)}he`, 'llo')).body).toContain('hello')
    const chunked = head('PUT /a', ['Host: a', 'Transfer-Encoding: chunked'])
    expect((await answerTo(echo, chunked, '2\r\nhe\r\n', '3\r\nllo\r\n0\r\n\r\n')).body).toContain(
      'hello',
    )
  })

  it('is none with GET and HEAD, which have none on the web', async () => {
    const tell: WebHandler = ({ body }) => new Response(String(body))
    const text = head('GET /a', ['Host: a', 'Content-Length: 5'])
    expect((await answerTo(tell, `${text}hello`)).body).toContain('null')
    expect(
      (await answerTo(tell, head('POST /a', ['Host: a', 'Content-Length: 0']))).body,
    ).toContain('null')
  })

  it('may be refused halfway, and the browser still hears why', async () => {
    const refuse: WebHandler = async (request) => {
      const reader = request.body?.getReader()
      await reader?.read()
      await reader?.cancel()
      return new Response('Too much.', { status: 413 })
    }
    const rest = Array.from({ length: 20 }, () => 'x'.repeat(100_000))
    const { status, body } = await answerTo(refuse, `${post(2_000_001)}x`, ...rest)
    expect([status, body]).toEqual([413, expect.stringContaining('Too much.')])
  })

  it('may be refused halfway, and the next request of the browser is answered', async () => {
    const refuse: WebHandler = async (request) => {
      const reader = request.body?.getReader()
      await reader?.read()
      await reader?.cancel()
      return new Response(null, { status: request.method === 'GET' ? 200 : 413 })
    }
    const { talk } = await serve(nodeHandler(refuse))
    const large = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 500000\r\n\r\n'
    const pieces = Array.from({ length: 5 }, () => 'x'.repeat(100_000))
    const answers = await talk(large, ...pieces, head('GET /'))
    expect(answers.match(/^HTTP\/1\.1 \d+/gm)).toEqual(['HTTP/1.1 413', 'HTTP/1.1 200'])
  })

  it('fails where the browser goes away before all of it was there', async () => {
    let heard: (error: unknown) => void = () => {}
    const failure = new Promise<unknown>((resolve) => {
      heard = resolve
    })
    const { open } = await serve(
      nodeHandler(async (request) => {
        request.text().catch(async (error) => heard([error, request.signal.aborted]))
        return failure.then(() => null)
      }),
    )
    const socket = open(`${post(5)}he`)
    socket.once('connect', () => setImmediate(() => socket.destroy()))
    const [error, aborted] = Object(await failure)
    expect([isAuthError(error, 'aborted'), aborted]).toEqual([true, true])
  })

  it('fails at once where the browser was gone before anybody read', async () => {
    let heard: (error: unknown) => void = () => {}
    const failure = new Promise<unknown>((resolve) => {
      heard = resolve
    })
    const { open } = await serve((incoming) => {
      const request = toWebRequest(incoming)
      incoming.once('close', () => request?.text().then(heard, heard))
    })
    const socket = open(`${post(5)}he`)
    socket.once('connect', () => setImmediate(() => socket.destroy()))
    expect(isAuthError(await failure, 'aborted')).toBe(true)
  })

  it('fails where somebody else has begun to read it', async () => {
    let heard: (error: unknown) => void = () => {}
    const failure = new Promise<unknown>((resolve) => {
      heard = resolve
    })
    const { open } = await serve((incoming) => {
      incoming.once('data', () => {
        incoming.pause()
        toWebRequest(incoming)?.text().then(heard, heard)
      })
    })
    open(`${post(5)}he`)
    expect(await failure).toMatchObject({ code: 'invalid_argument' })
  })

  it('holds a browser back that sends more than is read', async () => {
    const paused: boolean[] = []
    const { talk } = await serve(async (incoming, outgoing) => {
      const reader = toWebRequest(incoming)?.body?.getReader()
      let seen = 0
      for (let piece = await reader?.read(); piece && !piece.done; piece = await reader?.read()) {
        seen += piece.value.byteLength
        // However long the app takes, nothing more is read.
        await new Promise(setImmediate)
        paused.push(incoming.isPaused())
      }
      outgoing.end(`${seen} bytes`)
    })
    const body = Array.from({ length: 10 }, () => 'x'.repeat(100_000))
    expect(await talk(post(1_000_000), ...body)).toContain('1000000 bytes')
    expect(paused.length).toBeGreaterThan(1)
    // The last piece may have been the end.
    expect(paused.slice(0, -1)).not.toContain(false)
  })
})

describe('a body that a parser has read', () => {
  const json = ['Content-Type: application/json']

  it.each([
    ['as JSON', `${post(10, json)}{ "a": 1 }`, (text: string) => JSON.parse(text), '{"a":1}'],
    ['as text', `${post(5)}hello`, (text: string) => text, 'hello'],
    ['as bytes', `${post(5)}hello`, (text: string) => Buffer.from(text), 'hello'],
  ])('%s is made again', async (_, text, body, expected) => {
    expect(await readAfter(text, body)).toMatchObject({ text: expected })
  })

  it.each([
    [
      'a form',
      `${post(3, ['Content-Type: application/x-www-form-urlencoded'])}a=1`,
      () => ({ a: 1 }),
    ],
    ['JSON that is kept elsewhere', `${post(2, json)}{}`, () => undefined],
  ])('is an error where nobody can make it again: %s', async (_, text, body) => {
    expect(await readAfter(text, body)).toMatchObject({ code: 'invalid_argument' })
  })

  it('is not called compressed any more', async () => {
    const packed = gzipSync('{}').toString('latin1')
    const text = `${post(packed.length, [...json, 'Content-Encoding: gzip'])}${packed}`
    const { headers } = Object(await readAfter(text, () => ({})))
    expect([headers.get('Content-Encoding'), headers.get('Content-Length')]).toEqual([null, null])
  })
})
