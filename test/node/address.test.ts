import { describe, expect, it } from 'vitest'
import { type AddressOptions, addressOf } from '../../src/node/address.js'
import { toWebRequest } from '../../src/node/index.js'
import type { NodeRequest } from '../../src/node/types.js'

/** A request as Node would have read it. */
function asked(parts: Partial<NodeRequest> = {}): NodeRequest {
  const headers = parts.headers ?? { host: 'app.example' }
  const rawHeaders = Object.entries(headers).flatMap(([name, value]) =>
    [value].flat().flatMap((one) => (one === undefined ? [] : [name, one])),
  )
  const nothing = (): void => {}
  const stream = { on: nothing, removeListener: nothing, pause: nothing, resume: nothing }
  return { url: '/a?b', headers, rawHeaders, ...stream, ...parts }
}

describe('the address of a request', () => {
  it.each<readonly [string, Partial<NodeRequest>, AddressOptions, string | null]>([
    [
      'a header whose value is `host`',
      { rawHeaders: ['X-A', 'host', 'Host', 'app.example'] },
      {},
      'http://app.example/a?b',
    ],
    ['two hosts', { rawHeaders: ['Host', 'app.example', 'HOST', 'app.example'] }, {}, null],
    ['no header as it came', { rawHeaders: undefined }, {}, 'http://app.example/a?b'],
    ['no host', { headers: {} }, {}, 'http://localhost/a?b'],
    ['a list of hosts', { headers: { host: ['a', 'b'] }, rawHeaders: [] }, {}, null],
    [
      'an authority of the same name',
      { headers: { host: 'APP.example', ':authority': 'app.example' } },
      {},
      'http://app.example/a?b',
    ],
    [
      'an authority of another name',
      { headers: { host: 'app.example', ':authority': 'b' } },
      {},
      null,
    ],
    ['a port that is none', { headers: { host: 'app.example:99999' } }, {}, null],
    [
      'an address before a router',
      { originalUrl: '/api/a', url: '/a' },
      {},
      'http://app.example/api/a',
    ],
    [
      'a connection by TLS',
      { socket: { destroyed: false, encrypted: true } },
      {},
      'https://app.example/a?b',
    ],
    ['what Express says of the scheme', { protocol: 'https' }, {}, 'https://app.example/a?b'],
    [
      'a proxy that nobody trusts',
      { headers: { host: 'a', 'x-forwarded-proto': 'https', 'x-forwarded-host': 'b' } },
      {},
      'http://a/a?b',
    ],
    [
      'one that tells the scheme alone',
      { headers: { host: 'a', 'x-forwarded-proto': 'https' } },
      { trustProxy: true },
      'https://a/a?b',
    ],
    [
      'one that tells the host alone',
      { headers: { host: 'a', 'x-forwarded-host': 'b' } },
      { trustProxy: true },
      'http://b/a?b',
    ],
    [
      'one that tells nothing',
      { headers: { host: 'a', 'x-forwarded-host': ' ' } },
      { trustProxy: true },
      'http://a/a?b',
    ],
    [
      'an origin that the app names',
      { headers: { host: 'a' } },
      { origin: 'https://o.example' },
      'https://o.example/a?b',
    ],
    ['bytes that nobody has encoded', { url: '/ü?ü' }, {}, 'http://app.example/%fc?%fc'],
    ['a fragment', { url: '/a#b' }, {}, null],
    ['a backslash', { url: '/a\\b' }, {}, null],
    ['dots', { url: '/a/../b' }, {}, null],
    ['dots that are encoded', { url: '/a/%2e%2E/b' }, {}, null],
    ['dots in its query', { url: '/a?b=/../c' }, {}, 'http://app.example/a?b=/../c'],
    ['no slash', { url: 'a' }, {}, null],
  ])('with %s', (_, parts, options, address) => {
    expect(addressOf(asked(parts), options)).toBe(address)
  })
})

describe('the body of a request', () => {
  const post = (headers: NodeRequest['headers'], more: Partial<NodeRequest> = {}) =>
    toWebRequest(asked({ method: 'POST', headers: { host: 'a', ...headers }, ...more }))

  it.each<readonly [string, NodeRequest['headers'], Partial<NodeRequest>, boolean]>([
    ['no length', {}, {}, false],
    ['a length of nothing', { 'content-length': '0' }, {}, false],
    ['a length', { 'content-length': '5' }, {}, true],
    ['chunks', { 'transfer-encoding': 'chunked' }, {}, true],
    ['chunks in capitals', { 'transfer-encoding': 'Chunked' }, {}, true],
    ['a stream that goes on', {}, { stream: { endAfterHeaders: false } }, true],
    ['a stream that has ended', {}, { stream: { endAfterHeaders: true } }, false],
    [
      'a length over a stream',
      { 'content-length': '0' },
      { stream: { endAfterHeaders: false } },
      false,
    ],
  ])('is there or not, by %s', (_, headers, more, is) => {
    const request = post(headers, more)
    expect(request).not.toBeNull()
    expect(request?.body !== null).toBe(is)
    const got = toWebRequest(asked({ method: 'GET', headers: { host: 'a', ...headers }, ...more }))
    expect(got?.body).toBeNull()
  })

  it.each<readonly [string, NodeRequest['headers']]>([
    ['a length that is no number', { 'content-length': 'five' }],
    ['a length with a sign', { 'content-length': '+5' }],
    ['two lengths', { 'content-length': ['5', '6'] }],
    ['a length and chunks', { 'content-length': '5', 'transfer-encoding': 'chunked' }],
    ['another coding', { 'transfer-encoding': 'gzip' }],
    ['several codings', { 'transfer-encoding': 'gzip, chunked' }],
    ['two headers of codings', { 'transfer-encoding': ['chunked', 'identity'] }],
  ])('ends where nobody can tell by %s', (_, headers) => {
    expect(post(headers)).toBeNull()
  })

  it('is called compressed until a parser has read it', () => {
    const headers = { 'content-length': '5', 'content-encoding': 'gzip' }
    expect(post(headers)?.headers.get('Content-Encoding')).toBe('gzip')
    const parsed = post(headers, { readableEnded: true, body: {} })?.headers
    expect([parsed?.get('Content-Encoding'), parsed?.get('Content-Length')]).toEqual([null, null])
    const plain = post({ 'content-length': '5' }, { readableEnded: true, body: {} })?.headers
    expect(plain?.get('Content-Length')).toBe('5')
  })
})
