import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../../src/core/errors.js'
import { createCore } from '../../../src/server/supertokens/core.js'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import { parseHosts } from '../../../src/server/supertokens/hosts.js'

function failureOf(make: () => unknown): unknown {
  try {
    make()
  } catch (error) {
    return error
  }
  throw new Error('It did not fail.')
}

describe('the hosts of a core', () => {
  it.each<[what: string, hosts: string | readonly string[], addresses: readonly string[]]>([
    ['one', 'http://localhost:3567', ['http://localhost:3567']],
    [
      'a text of several',
      ' https://a.test ; https://b.test/ ',
      ['https://a.test', 'https://b.test'],
    ],
    ['a list', ['https://a.test//', 'https://b.test'], ['https://a.test', 'https://b.test']],
    ['one with a path', 'https://a.test/appid-x/t1/', ['https://a.test/appid-x/t1']],
    [
      'two paths of one host',
      'https://a.test/x;https://a.test/y',
      ['https://a.test/x', 'https://a.test/y'],
    ],
    [
      'one that comes twice',
      ['https://a.test', 'https://b.test', 'https://a.test/'],
      ['https://a.test', 'https://b.test'],
    ],
    [
      'this device',
      'http://127.0.0.1:3567;http://[::1]:3567',
      ['http://127.0.0.1:3567', 'http://[::1]:3567'],
    ],
  ])('are read from %s', (_, hosts, addresses) => {
    expect(parseHosts(hosts)).toEqual(addresses)
  })

  it('may be plain http elsewhere when the app says so', () => {
    expect(parseHosts('http://core:3567', true)).toEqual(['http://core:3567'])
  })

  it.each<[what: string, hosts: unknown]>([
    ['nothing', undefined],
    ['an empty list', []],
    ['an empty text', ''],
    ['a blank text', '  '],
    ['semicolons', ';;'],
    ['a blank host among others', 'https://a.test; '],
    ['a blank host in a list', ['https://a.test', '']],
    ['the same host only', 'https://a.test;https://a.test/'],
    ['no address', 'core'],
    ['a host without a scheme', 'localhost:3567'],
    ['a path', '/core'],
    ['another scheme', 'ftp://a.test'],
    ['credentials', 'https://user:pass-word@a.test'],
    ['plain http to another device', 'http://core:3567'],
    ['one bad host among good ones', 'https://a.test;http://core:3567'],
    ['a query', 'https://a.test?x=1'],
    ['a fragment', 'https://a.test#x'],
    ['an object, as the first SDKs took', [{ hostname: 'localhost', port: 3567 }]],
    ['a number', 3567],
    ['null', null],
  ])('are refused at once when they are %s', (_, hosts) => {
    const error = failureOf(() => parseHosts(hosts))
    expect(isAuthError(error, 'invalid_argument')).toBe(true)
    expect(String(error)).toContain('`hosts`')
    expect(String(error)).not.toContain('pass-word')
  })
})

describe('the refusal of a host', () => {
  it.each<[host: string, reason: string]>([
    ['http://core:3567', 'https'],
    ['core', 'absolute URL'],
    ['https://user:pass@a.test', 'credentials'],
  ])('%s says why', (host, reason) => {
    expect(String(failureOf(() => parseHosts(host)))).toContain(reason)
  })
})

describe('the way to a core', () => {
  it.each<[what: string, options: object]>([
    ['no host', { hosts: '' }],
    ['an API key that is empty', { apiKey: '' }],
    ['an API key with a line break', { apiKey: 'key\r\nx: y' }],
    ['an API key with a space', { apiKey: 'my key' }],
    ['an API key that no header can carry', { apiKey: 'schlüssel' }],
    ['an API key that is no text', { apiKey: 5 }],
    ['an API key that is null', { apiKey: null }],
    ['a timeout of 0', { requestTimeout: 0 }],
    ['a timeout below 0', { requestTimeout: -1 }],
    ['a timeout that is no number', { requestTimeout: '10' }],
    ['an endless timeout', { requestTimeout: Number.POSITIVE_INFINITY }],
  ])('is refused at once for %s', (_, options) => {
    const error = failureOf(() => createCore({ hosts: 'https://a.test', ...options }))
    expect(isAuthError(error, 'invalid_argument')).toBe(true)
    expect(isSuperTokensError(error)).toBe(false)
    expect(String(error)).not.toContain('schlüssel')
  })
})
