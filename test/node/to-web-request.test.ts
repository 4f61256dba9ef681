import { createServer } from 'node:https'
import { connect } from 'node:tls'
import { describe, expect, it } from 'vitest'
import { nodeHandler, toWebRequest, type WebRequestOptions } from '../../src/node/index.js'
import { allOf, atEnd, head, portOf, read, serve } from './stage.js'

/** A server that tells how the web reads a request. */
const mirror = (options: WebRequestOptions = {}, lenient = false) =>
  serve(
    (incoming, outgoing) => {
      const request = toWebRequest(incoming, options)
      const { method, url, headers } = request ?? {}
      outgoing.end(JSON.stringify(request && { method, url, headers: [...(headers ?? [])] }))
    },
    lenient ? { insecureHTTPParser: true, requireHostHeader: false } : {},
  )

/** The address that the web is asked for; `null` where it is none. */
async function urlOf(text: string, options?: WebRequestOptions): Promise<string | null> {
  const { talk } = await mirror(options)
  return JSON.parse(read(await talk(text)).body)?.url ?? null
}

const HOST = 'Host: app.example'

describe('a request that came over a socket', () => {
  it.each([
    ['/', 'http://app.example/'],
    ['/a/b?c=d', 'http://app.example/a/b?c=d'],
    ['//evil.example/a', 'http://app.example//evil.example/a'],
    ['http://evil.example/a', 'http://app.example/a'],
    ['HTTPS://evil.example:1/a?b', 'http://app.example/a?b'],
    ['/a"<>`{}', 'http://app.example/a%22%3C%3E%60%7B%7D'],
    ['/a%2f..%2fb', 'http://app.example/a%2f..%2fb'],
  ])('for %s is asked for as it was sent', async (target, expected) => {
    expect((await urlOf(head(`GET ${target}`)))?.toLowerCase()).toBe(expected.toLowerCase())
  })

  it.each([
    'OPTIONS *',
    'GET /a/../b',
    'GET /a/%2E%2e/b',
    'GET /./a',
    'GET /a\\b',
    'GET http:///evil\\a',
    'GET http://evil.example?a',
    'GET ftp://evil.example/a',
    'GET /a#b',
    'GET /a?b#c',
    'GET /a?b\tc',
    'TRACE /a',
  ])('for %s is none that the web knows', async (line) => {
    const { talk } = await mirror()
    const { status, body } = read(await talk(head(line)))
    // Node itself refuses what its parser does not take.
    expect([status, body]).toEqual(status === 400 ? [400, ''] : [200, 'null'])
  })

  it('is on the host that it names, whatever its whole address says', async () => {
    expect(await urlOf(head('GET http://evil.example/a', ['Host: APP.example:8080']))).toBe(
      'http://app.example:8080/a',
    )
    expect(await urlOf('GET /a HTTP/1.0\r\n\r\n')).toBe('http://localhost/a')
  })

  it.each([
    [[HOST, 'Host: evil.example']],
    [['Host: evil.example', HOST]],
    [[HOST, 'host: app.example']],
    [['Host: app.example/x?']],
    [['Host: user@app.example']],
    [['Host: ']],
    [['Host: app.example, evil.example']],
    [['Host: app.example:99999']],
  ])('is none with %j', async (headers) => {
    expect(await urlOf(head('GET /a', headers))).toBeNull()
  })

  describe('behind a proxy', () => {
    const told = (proto: string, host: string) => [
      'Host: 10.0.0.7:3000',
      `X-Forwarded-Proto: ${proto}`,
      `X-Forwarded-Host: ${host}`,
    ]

    it('is not believed what anybody could say', async () => {
      const text = head('GET /a', told('https', 'evil.example'))
      expect(await urlOf(text)).toBe('http://10.0.0.7:3000/a')
      expect(await urlOf(text, { trustProxy: false })).toBe('http://10.0.0.7:3000/a')
    })

    it('is where that says, if the app trusts it', async () => {
      const options = { trustProxy: true }
      expect(await urlOf(head('GET /a', told('https', 'app.example')), options)).toBe(
        'https://app.example/a',
      )
      // What came before the last comma is what somebody told the proxy.
      expect(await urlOf(head('GET /a', told('http, https', 'evil.example, b')), options)).toBe(
        'https://b/a',
      )
      expect(await urlOf(head('GET /a', ['Host: a']), options)).toBe('http://a/a')
    })

    it.each([
      ['https://x/auth?', 'app.example'],
      ['javascript', 'app.example'],
      ['https', 'app.example/auth/session?'],
      ['https', 'a@b'],
    ])('is none where that says what cannot be: %s, %s', async (proto, host) => {
      expect(await urlOf(head('GET /a', told(proto, host)), { trustProxy: true })).toBeNull()
    })

    it('is on the origin that the app names', async () => {
      const options = { origin: 'https://app.example', trustProxy: true }
      expect(await urlOf(head('GET /a', told('http', 'evil.example')), options)).toBe(
        'https://app.example/a',
      )
      expect(await urlOf(head('GET /a', [HOST, HOST]), options)).toBeNull()
    })
  })

  it('has its headers, those that came twice too', async () => {
    const { talk } = await mirror()
    const answer = await talk(
      head('GET /a', [HOST, 'Cookie: a=1', 'Cookie: b=2', 'X-One: 1', 'X-One: 2', 'X-U: \u00e9']),
    )
    expect(JSON.parse(read(answer).body).headers).toEqual([
      ['connection', 'close'],
      ['cookie', 'a=1; b=2'],
      ['host', 'app.example'],
      ['x-one', '1, 2'],
      ['x-u', '\u00e9'],
    ])
  })

  it('that says twice where its body ends is refused, by Node or where that is told to be lenient', async () => {
    const smuggled = 'POST /a HTTP/1.1\r\nHost: a\r\nConnection: close\r\n'
    const both = `${smuggled}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
    const packed = `${smuggled}Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n`
    expect(read(await (await mirror()).talk(both)).status).toBe(400)
    expect(read(await (await mirror({}, true)).talk(both)).body).toBe('null')
    expect(read(await (await mirror()).talk(packed)).body).toBe('null')
    const plain = `${smuggled}Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n`
    expect(JSON.parse(read(await (await mirror()).talk(plain)).body)).toMatchObject({
      method: 'POST',
    })
  })

  it('with a header that the web has no room for is none', async () => {
    const { talk } = await mirror({}, true)
    expect(read(await talk(head('GET /a', ['Host: a', 'X-A: \u0000b']))).body).toBe('null')
    expect(read(await talk(head('GET /a', ['Host: a', 'X-A: b']))).body).not.toBe('null')
  })
})

it('a request that came over TLS is one to https', async () => {
  // A key that both know is all that TLS needs (RFC 4279): nobody has to make a certificate.
  const psk = new Uint8Array(32).fill(7)
  const secret = { ciphers: 'PSK+HIGH', maxVersion: 'TLSv1.2' } as const
  const server = createServer({ ...secret, pskCallback: () => psk }, (incoming, outgoing) => {
    outgoing.end(toWebRequest(incoming)?.url)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  atEnd(() => server.close())
  const socket = connect({
    ...secret,
    port: portOf(server),
    host: '127.0.0.1',
    checkServerIdentity: () => undefined,
    pskCallback: () => ({ psk, identity: 'somebody' }),
  })
  socket.write(head('GET /a', ['Host: app.example', 'X-Forwarded-Proto: http']))
  expect(read(await allOf(socket)).body).toBe('https://app.example/a')
})

it('an app that names no origin, or a list of proxies, hears of it at the start', () => {
  const answer = () => null
  expect(() => nodeHandler(answer, { origin: 'app.example' })).toThrow(/An origin is/)
  expect(() => nodeHandler(answer, { origin: 'https://app.example/' })).toThrow(/An origin is/)
  const options: object = { trustProxy: ['10.0.0.1'] }
  expect(() => nodeHandler(answer, options)).toThrow('`trustProxy` is true or false.')
})
