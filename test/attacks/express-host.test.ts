import { Readable } from 'node:stream'
import { describe, expect, it } from 'vitest'
import { type NodeRequest, toWebRequest } from '../../src/node/index.js'

/** What a backend would be asked for; `null` for what is left to the app. */
function urlOf(url: string, headers: Record<string, string>, protocol?: string): string | null {
  const request: NodeRequest = Object.assign(Readable.from([]), {
    method: 'GET',
    url,
    headers,
    protocol,
  })
  return toWebRequest(request)?.url ?? null
}

describe('a header does not choose what an Express app is asked for', () => {
  it.each([
    'x/auth/session?',
    'x/auth/session#',
    'app.example/auth/sign-out?a=',
    'x\\auth\\session?',
    'a@b',
    'user:password@app.example',
    'app.example?',
    'app.example#',
    '',
    ' ',
    'a b',
    'app.example:99999',
    '[::1',
    'app.example\t',
    '%zz',
  ])('as Host: %j', (host) => {
    expect(urlOf('/public', { host })).toBeNull()
    expect(urlOf('/public', { ':authority': host })).toBeNull()
  })

  it.each(['https://x/auth/session?', 'javascript', 'ftp', '', 'http:', 'https,http'])(
    'as the protocol that a proxy names: %j',
    (protocol) => {
      expect(urlOf('/public', { host: 'app.example' }, protocol)).toBeNull()
    },
  )

  it.each([
    '/x/../auth/session',
    '/x/%2e%2e/auth/session',
    '/x/.%2E/auth/session',
    '/auth/./session',
    '/auth/session/.',
    '/auth\\session',
    '/auth/session#x',
    '/auth/ses\tsion',
    '/auth/session?a#b',
    'auth/session',
    '?x',
    '*',
    '',
  ])('nor is a path answered that the app’s own routes would read otherwise: %j', (path) => {
    expect(urlOf(path, { host: 'app.example' })).toBeNull()
  })

  it.each([
    ['/', 'http://app.example/'],
    ['/auth/session', 'http://app.example/auth/session'],
    ['/auth/session?a=/../b&c=d?e\\f', 'http://app.example/auth/session?a=/../b&c=d?e\\f'],
    ['//evil.example/x', 'http://app.example//evil.example/x'],
    ['/a%2fb/..c/.d/e..', 'http://app.example/a%2fb/..c/.d/e..'],
    ['http://other.example/auth/session', 'http://app.example/auth/session'],
    ['/a"b<c>?d="e"', 'http://app.example/a%22b%3Cc%3E?d=%22e%22'],
  ])('and %s is asked for as it was sent', (path, expected) => {
    expect(urlOf(path, { host: 'app.example' })).toBe(expected)
  })

  it.each([
    ['app.example:8080', 'http://app.example:8080/x'],
    ['APP.example:80', 'http://app.example/x'],
    ['[::1]:3000', 'http://[::1]:3000/x'],
    ['localhost', 'http://localhost/x'],
  ])('on the host %s', (host, expected) => {
    expect(urlOf('/x', { host })).toBe(expected)
    expect(urlOf('/x', { ':authority': host, ':path': '/x', ':method': 'GET' })).toBe(expected)
  })
})
