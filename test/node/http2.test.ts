import { once } from 'node:events'
import { type ClientHttp2Stream, connect, constants, createServer } from 'node:http2'
import { describe, expect, it, vi } from 'vitest'
import { createExpressSuperTokens } from '../../src/express/index.js'
import {
  type NodeMiddleware,
  type NodeRequest,
  type NodeResponse,
  nodeHandler,
  originGuard,
  sendWebResponse,
  type WebHandler,
} from '../../src/node/index.js'
import { createStage, GOOD } from '../server/supertokens/web-stage.js'
import { atEnd, portOf } from './stage.js'

/** A client of a server that speaks HTTP/2 only. */
async function openServer(listener: (request: NodeRequest, response: NodeResponse) => unknown) {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const client = connect(`http://127.0.0.1:${portOf(server)}`)
  atEnd(() => {
    client.destroy()
    server.close()
  })
  return client
}

const open = (handle: WebHandler) => openServer(nodeHandler(handle, { report: () => {} }))

/** The headers and the text of what comes back. */
async function answerOf(stream: ClientHttp2Stream) {
  let text = ''
  stream.setEncoding('utf8').on('data', (piece) => {
    text += piece
  })
  const [headers] = await once(stream, 'response')
  if (!stream.readableEnded) await once(stream, 'end')
  return { headers, text }
}

const tell: WebHandler = async (request) =>
  Response.json({
    url: request.url,
    headers: [...request.headers.keys()],
    text: await request.text(),
  })

describe('a server of HTTP/2', () => {
  it('is asked for what `:authority` and `:path` say, and passes neither on', async () => {
    const client = await open(tell)
    const { text } = await answerOf(
      client.request({ ':path': '/a?b', ':authority': 'app.example', cookie: 'a=1' }),
    )
    expect(JSON.parse(text)).toEqual({
      url: 'http://app.example/a?b',
      headers: ['cookie'],
      text: '',
    })
  })

  it('is asked for bytes that nobody has encoded as for those that somebody has', async () => {
    const client = await open(tell)
    const path = '/caf\u00c3\u00a9?\u00c3\u0080'
    const { text } = await answerOf(client.request({ ':path': path, ':authority': 'a' }))
    expect(JSON.parse(text).url).toBe('http://a/caf%c3%a9?%c3%80')
  })

  it('refuses what names two hosts', async () => {
    const client = await open(tell)
    const asked = { ':path': '/a', ':authority': 'app.example' }
    const twice = await answerOf(client.request({ ...asked, host: 'evil.example' }))
    expect(twice.headers[':status']).toBe(400)
    const same = await answerOf(client.request({ ...asked, host: 'APP.example' }))
    expect(same.headers[':status']).toBe(200)
  })

  const guard = originGuard()
  const { verifySession } = createExpressSuperTokens({ sessions: createStage().sessions })
  it.each<[string, NodeMiddleware]>([
    ['a guard', guard],
    ['SuperTokens', verifySession()],
  ])('has pages of its own by `:authority` too, and those of others (%s)', async (_, check) => {
    const client = await openServer((request, response) =>
      check(request, response, () => void sendWebResponse(new Response('done'), response)),
    )
    const post = (origin: string, more = {}) =>
      answerOf(
        client.request({
          ':method': 'POST',
          ':path': '/transfer',
          ':authority': 'app.example',
          cookie: `sAccessToken=${GOOD}`,
          origin,
          ...more,
        }),
      )
    expect((await post('https://app.example')).text).toBe('done')
    for (const refused of [
      await post('https://evil.example'),
      await post('https://evil.example', { host: 'evil.example' }),
      await post('https://app.example', { host: 'evil.example' }),
    ]) {
      expect(refused.text).not.toBe('done')
    }
  })

  it('reads a body whose length nobody has said', async () => {
    const client = await open(tell)
    const stream = client.request({ ':path': '/', ':method': 'POST', ':authority': 'a' })
    stream.write('he')
    stream.end('llo')
    expect(JSON.parse((await answerOf(stream)).text).text).toBe('hello')
  })

  it('sends cookies, and leaves out what HTTP/2 has no room for', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {})
    const client = await open(() => {
      const headers = new Headers({ Connection: 'close', 'Transfer-Encoding': 'chunked' })
      headers.append('Set-Cookie', 'a=1')
      headers.append('Set-Cookie', 'b=2')
      return new Response('fine', { status: 201, statusText: 'Made It', headers })
    })
    const { headers, text } = await answerOf(client.request({ ':path': '/', ':authority': 'a' }))
    expect([headers[':status'], headers['set-cookie'], text]).toEqual([201, ['a=1', 'b=2'], 'fine'])
    expect(warn).not.toHaveBeenCalled()
    warn.mockRestore()
  })

  it.each([constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR])(
    'fails the body of a browser that resets its stream (%i)',
    async (code) => {
      let heard: (error: unknown) => void = () => {}
      const failure = new Promise<unknown>((resolve) => {
        heard = resolve
      })
      let begun: (value: unknown) => void = () => {}
      const first = new Promise((resolve) => {
        begun = resolve
      })
      const client = await open(async (request) => {
        const reader = request.body?.getReader()
        await reader?.read()
        begun(null)
        await reader?.read().catch(heard)
        return null
      })
      const stream = client.request({ ':path': '/', ':method': 'POST', ':authority': 'a' })
      stream.on('error', () => {})
      stream.write('half')
      await first
      stream.close(code)
      expect(await failure).toMatchObject({ code: 'aborted' })
    },
  )

  it.each([constants.NGHTTP2_CANCEL, constants.NGHTTP2_INTERNAL_ERROR])(
    'survives a browser that resets its stream (%i), and stops its source',
    async (code) => {
      let cancelled: (value: unknown) => void = () => {}
      const stopped = new Promise((resolve) => {
        cancelled = resolve
      })
      const signals: AbortSignal[] = []
      const client = await open((request) => {
        signals.push(request.signal)
        const body = new ReadableStream({
          start: (controller) => controller.enqueue(new Uint8Array(10)),
          cancel: cancelled,
        })
        return new Response(body)
      })
      const stream = client.request({ ':path': '/', ':authority': 'a' })
      stream.on('error', () => {})
      await once(stream, 'response')
      stream.close(code)
      await stopped
      expect(signals.map(({ aborted }) => aborted)).toEqual([true])
    },
  )
})
