import { describe, expect, it } from 'vitest'
import { headerIn, pathIn } from '../../../src/server/shared/request-words.js'

describe('the path of a request', () => {
  it.each([
    ['/', '/'],
    ['/admin?tab=1', '/admin'],
    ['https://app.example/admin#top', '/admin'],
    ['/caf%c3%a9', '/caf%c3%a9'],
  ])('of %s is %s', (url, path) => {
    expect(pathIn({ url })).toBe(path)
    expect(pathIn({ url: '/other', originalUrl: url })).toBe(path)
  })

  it.each([
    '*',
    '',
    'admin',
    ':99999999',
    '@evil.example/admin',
    '//admin',
    '/admin/../x',
    '/%61dmin',
    '/caf%e9',
    '/admin%20',
    '/_next/data/build/admin.json',
    undefined,
    null,
    7,
    {},
  ])('is nothing for %j, which somebody may read otherwise, and no error', (url) => {
    expect(pathIn({ url })).toBeNull()
  })

  it.each([null, undefined, 'text', 7, {}])('is nothing for a request that is %j', (request) => {
    expect(pathIn(request)).toBeNull()
    expect(headerIn(request, 'Cookie')).toBeNull()
  })
})

describe('a header of a request', () => {
  it.each<[string, object]>([
    ['of the web', new Request('https://app.example/', { headers: { 'X-One': 'a, b' } })],
    ['of Node, in one text', { headers: { 'x-one': 'a, b' } }],
    ['of Node, in a list', { headers: { 'x-one': ['a', 'b'] } }],
  ])('%s is one text', (_, request) => {
    expect(headerIn(request, 'X-One')).toBe('a, b')
    expect(headerIn(request, 'X-Two')).toBeNull()
  })
})
