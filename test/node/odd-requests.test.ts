import { describe, expect, it } from 'vitest'
import { nodeHandler, toWebRequest } from '../../src/node/index.js'
import type { NodeRequest, NodeResponse } from '../../src/node/types.js'

const nothing = (): void => {}
const STREAM = { on: nothing, removeListener: nothing, pause: nothing, resume: nothing }

/** A request as Node would have read it, by a parser that is told to be lenient. */
const asked = (parts: Partial<NodeRequest> = {}): NodeRequest => ({
  url: '/a',
  headers: { host: 'app.example' },
  ...STREAM,
  ...parts,
})

const withHeaders = (headers: NodeRequest['headers'], parts: Partial<NodeRequest> = {}) =>
  asked({ headers: { host: 'app.example', ...headers }, ...parts })

describe('a request of Node', () => {
  it('has the headers that have a value, those that came twice too, and none of HTTP/2’s own', () => {
    const headers = { ':path': '/a', 'x-a': undefined, 'x-b': ['1', '2'], 'x-c': '' }
    const request = toWebRequest(withHeaders(headers))
    expect(Object.fromEntries(request?.headers ?? [])).toEqual({
      host: 'app.example',
      'x-b': '1, 2',
      'x-c': '',
    })
  })

  it.each<[string, NodeRequest]>([
    ['an address that leads back', asked({ url: '/a/../b' })],
    ['a header that the web has no room for', withHeaders({ 'x a': '1' })],
    ['a value that the web has no room for', withHeaders({ 'x-a': 'a\nb' })],
    [
      'two ends of its body',
      withHeaders({ 'content-length': '1', 'transfer-encoding': 'chunked' }),
    ],
    ['a method that is none', asked({ method: 'GE T' })],
    ['a method that the web does not know', asked({ method: 'TRACE' })],
    ['nothing right', withHeaders({ 'x a': '1' }, { url: 'a', method: '' })],
  ])('is none with %s', (_, request) => {
    expect(toWebRequest(request)).toBeNull()
  })

  it.each(['GET', 'HEAD', 'head'])('by %s has no body, and keeps what it says of one', (method) => {
    const headers = { 'content-length': '5', 'content-encoding': 'gzip' }
    const request = toWebRequest(withHeaders(headers, { method, readableEnded: true }))
    expect([request?.method, request?.body]).toEqual([method.toUpperCase(), null])
    expect(request?.headers.get('Content-Encoding')).toBe('gzip')
  })

  it('is given up from the start where its connection has closed already', () => {
    const listeners: unknown[] = []
    const response = (parts: object) =>
      ({ once: (name: string) => listeners.push(name), ...parts }) as unknown as NodeResponse
    for (const gone of [{ destroyed: true }, { stream: { destroyed: true } }]) {
      const request = toWebRequest(asked(), { response: response(gone) })
      expect(request?.signal.aborted).toBe(true)
    }
    const open = { destroyed: false, stream: { destroyed: false } }
    const request = toWebRequest(asked(), { response: response(open) })
    expect([request?.signal.aborted, listeners]).toEqual([false, ['close']])
  })

  it.each<[string, unknown]>([
    ['a list of proxies', { trustProxy: ['10.0.0.1'] }],
    ['a number of proxies', { trustProxy: 1 }],
    ['an origin with a path', { origin: 'https://app.example/a' }],
  ])('is told where it is by no mistake: %s', (_, options) => {
    const refusal = expect.objectContaining({ code: 'invalid_argument' })
    expect(() => Reflect.apply(toWebRequest, undefined, [asked(), options])).toThrow(refusal)
    expect(() => Reflect.apply(nodeHandler, undefined, [() => null, options])).toThrow(refusal)
  })

  it('that can be read in two ways is asked of no backend, and goes on where something else may answer', async () => {
    let answered = 0
    const handler = nodeHandler(() => {
      answered += 1
      return null
    })
    const response = { once: nothing } as unknown as NodeResponse
    const went: unknown[] = []
    const odd = withHeaders({ 'content-length': '+5' }, { method: 'POST' })
    await handler(odd, response, (error?: unknown) => void went.push(error))
    expect([answered, went]).toEqual([0, [undefined]])
    await handler(asked(), response, (error?: unknown) => void went.push(error))
    expect([answered, went]).toEqual([1, [undefined, undefined]])
  })
})
