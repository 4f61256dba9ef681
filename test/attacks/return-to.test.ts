import { describe, expect, it } from 'vitest'
import type { SessionUser } from '../../src/index.js'
import { createRedirect, type RedirectDeps } from '../../src/providers/shared/redirect.js'
import { safeReturnTo } from '../../src/server/backend/paths.js'

/** Pages that lead to another host: as they are, or to whoever decodes and resolves them. */
const AWAY = [
  '/a/..%2f%2fevil.example',
  '/a/..%2F%2Fevil.example',
  '/a/%2e%2e%2f%2fevil.example',
  '/a/.%2e//evil.example',
  '/a/b/../..%2f%2fevil.example',
  '/a/%252e%252e%252f%252fevil.example',
  '/a/..%2f/evil.example',
  '/.%2f%2fevil.example',
  '/%2e%2f/evil.example',
  '/a%2f..%2f%2fevil.example',
  '/x/..//evil.example',
  '/x/%2e%2e//evil.example',
]

describe('nobody is sent to another host after signing in', () => {
  it.each(AWAY)('by a backend, to %s', (path) => {
    for (const end of ['', '?a=b', '#a', '/x?/..//y']) expect(safeReturnTo(path + end)).toBe('/')
  })

  it.each(['/a%3f/..%2f%2fx', '/a%23/..%2f%2fevil.example'])(
    'by a backend, to what only looks like a query: %s',
    (path) => {
      expect(safeReturnTo(path)).not.toMatch(/^\/[/\\]/)
    },
  )

  it.each(['/a/../b', '/a%2fb', '/a//b', '/a/..b', '/100%25', '/a%20b?x=//y#/..//z'])(
    'while %s is a page of ours',
    (path) => {
      const { pathname, search, hash } = new URL(path, 'https://own.invalid')
      expect(safeReturnTo(path)).toBe(pathname + search + hash)
    },
  )
})

const HERE = 'https://app.example/callback?code=c&state=s'

/** What `handleRedirect` gives back for what was kept in this browser. */
async function returned(returnTo: unknown): Promise<unknown> {
  const flow = { secret: 'v', purpose: JSON.stringify({ id: 's', returnTo }) }
  const deps: unknown = {
    home: () => 'https://app.example/callback',
    ours: [],
    refusal: () => null,
    grant: async () => null,
    host: {
      page: { href: () => HERE, replace: () => {} },
      flows: async () => [flow],
      removeFlow: async () => {},
      signIn: async () => ({}),
      alone: async (work: () => Promise<unknown>) => work(),
    },
  }
  return (await createRedirect(asDeps(deps))())?.returnTo
}

function asDeps(value: unknown): RedirectDeps<SessionUser> {
  if (isDeps(value)) return value
  throw new TypeError('These are no dependencies.')
}
const isDeps = (value: unknown): value is RedirectDeps<SessionUser> =>
  typeof value === 'object' && value !== null && 'host' in value

describe('nor by `handleRedirect` of WorkOS in the page', () => {
  it.each([
    ...AWAY.map((path) => `https://app.example${path}`),
    'https://evil.example/',
    'https://app.example.evil.example/',
    'https://app.example@evil.example/',
    'javascript:alert(1)',
    '//evil.example',
  ])('to %s', async (kept) => {
    expect(await returned(kept)).toBe('https://app.example/')
  })

  it('while a page of this origin is given back as it was', async () => {
    expect(await returned('https://app.example/cart?tab=//x#y')).toBe(
      'https://app.example/cart?tab=//x#y',
    )
    expect(await returned(undefined)).toBeUndefined()
  })
})
