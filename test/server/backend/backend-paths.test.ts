import { describe, expect, it } from 'vitest'
import { addressBeneath, safeReturnTo } from '../../../src/server/backend/paths.js'

describe('the page to return to', () => {
  it.each([
    ['/', '/'],
    ['/cart', '/cart'],
    ['/cart?tab=2&to=//x#part', '/cart?tab=2&to=//x#part'],
    ['/a%20b?q=100%', '/a%20b?q=100%'],
    ['/grün', '/gr%C3%BCn'],
    ['/search?q=https%3A%2F%2Fevil.example', '/search?q=https%3A%2F%2Fevil.example'],
    ['/a/../b', '/b'],
    ['/@evil.example', '/@evil.example'],
  ])('%s stays', (text, path) => {
    expect(safeReturnTo(text)).toBe(path)
  })

  it.each([
    null,
    undefined,
    '',
    'cart',
    'https://evil.example',
    'HTTPS://app.example/cart',
    '//evil.example',
    '///evil.example',
    '/\\evil.example',
    '\\evil.example',
    '\\\\evil.example',
    '/a\\b',
    'javascript:alert(1)',
    ' javascript:alert(1)',
    'data:text/html,x',
    ' /cart',
    '/\t/evil.example',
    '/\n/evil.example',
    '\u0000/cart',
    '/cart\r\nSet-Cookie: a=b',
    '/cart?a=\r\nb',
    '/.//evil.example',
    '/..//evil.example',
    '/%2e//evil.example',
    '/%2f/evil.example',
    '/%2F%2Fevil.example',
    '/%5cevil.example',
    '/%255cevil.example',
    '/%25255cevil.example',
    '/%2525252525255cevil.example',
    '/%c0%ae%c0%ae/evil',
    '/%09/evil.example',
    '%2f%2fevil.example',
    '/%E0%A4%A',
    `/${'x'.repeat(2_000)}`,
  ])('%j becomes the first page', (text) => {
    expect(safeReturnTo(text)).toBe('/')
  })
})

describe('the address beneath an upstream', () => {
  const BASE = 'https://api.example/v1'

  it.each([
    ['', '', `${BASE}`],
    ['/', '', `${BASE}/`],
    ['/users/1', '?a=//b', `${BASE}/users/1?a=//b`],
    ['/a//b', '', `${BASE}/a//b`],
    ['/a%20b/100%25', '', `${BASE}/a%20b/100%25`],
    ['/files/a%2Fb', '', `${BASE}/files/a%2Fb`],
    ['/...', '', `${BASE}/...`],
    ['/@evil.example', '', `${BASE}/@evil.example`],
    ['/:80', '', `${BASE}/:80`],
  ])('%j is where it should be', (path, search, href) => {
    expect(addressBeneath(BASE, path, search)?.href).toBe(href)
  })

  it.each([
    '//evil.example',
    '/%2f%2fevil.example',
    '/\\evil.example',
    '/%5c%5cevil.example',
    '/..',
    '/../admin',
    '/a/../../admin',
    '/..%2fadmin',
    '/%2e%2e/admin',
    '/%252e%252e%252fadmin',
    '/a/..;/admin',
    '/a/%2e%2e;x=1/admin',
    '/a/./b',
    '/a%00b',
    '/a%0d%0ab',
    '/%E0%A4%A',
    '/100%',
    '/100%25/%2525252e%2525252e/x',
    'evil',
    '@evil.example',
    '.evil.example',
  ])('%j is refused', (path) => {
    expect(addressBeneath(BASE, path, '')).toBeNull()
    expect(addressBeneath('https://api.example', path, '')).toBeNull()
  })
})
