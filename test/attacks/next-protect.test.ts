import { describe, expect, it, onTestFinished, vi } from 'vitest'
import type { ProxyOptions } from '../../src/next/proxy-types.js'
import { createApp } from '../next/app.js'

/** A request as Next gives it to the proxy, with its own view of the address. */
function nextRequest(path: string, basePath = ''): Request {
  const request = new Request(`http://localhost:3000${path}`)
  const { pathname } = new URL(request.url)
  const inside = basePath !== '' && (pathname === basePath || pathname.startsWith(`${basePath}/`))
  const nextUrl = Object.create({
    get pathname() {
      return inside ? pathname.slice(basePath.length) || '/' : pathname
    },
    get basePath() {
      return inside ? basePath : ''
    },
  })
  return Object.assign(request, { nextUrl })
}

/** Whether a stranger gets through. */
async function seen(proxy: ProxyOptions, request: Request): Promise<boolean> {
  const app = createApp()
  const response = await app.auth.proxy(proxy)(request)
  return app.next.passedOn(response) !== undefined
}

const files: ProxyOptions = { protect: ['/files/private/:path*', '/admin/:path*'] }

describe('a stranger does not get past `protect`', () => {
  it.each([
    '/files/%70rivate/x',
    '/files/%2570rivate/x',
    '/files/%252570rivate/x',
    '/%66iles/priv%61te',
    '/files%2Fprivate/x',
    '/files%2fprivate%2fx',
    '//files//private/x',
    '/files/./private/x',
    '/open/%2e%2e/files/private/x',
    '/open%2f..%2ffiles%2fprivate',
    '/files\\private/x',
    '/files%5Cprivate/x',
    '/files/%70rivate/x.rsc',
    '/admin.rsc',
    '/admin.segments/_tree.segment.rsc',
    // As Next 16 gives it to the proxy.
    '/admin.segments/_tree.segment',
    '/_next/data/build-1/admin.json',
    '/_next/data/build-1/admin/users.json',
    '/files/%ff',
    '/%25252525252561dmin',
    '/files/%252e/private/x',
    '/files/open/%252e%252e/private/x',
    // Rewrites of Next take capital and small letters for the same.
    '/ADMIN',
    '/Admin/users',
    '/files/PRIVATE/x',
    '/%41dmin',
    '/_next/data/build-1/ADMIN.json',
    // Behind a path of `assetPrefix`, or a language of the Pages Router, and with one in front of the page.
    '/cdn/_next/data/build-1/admin.json',
    '/cdn/_next/data/build-1/fr/admin.json',
    '/fr/_next/data/build-1/fr/admin.json',
    '/open/%5Fnext/data/build-1/admin.json',
    '/_next/data/build-1/fr/admin.json',
    '/_next/data/build-1/fr/files/private/x.json',
    // What intercepts a page is served under the name of its folder too.
    '/feed/(.)x',
    '/feed/(..)admin',
    '/feed/(...)admin/users',
    '/feed/deep/(..)(..)admin',
    '/(.)admin',
    '/feed/(..)admin.rsc',
    '/feed/(..)admin.segments/_tree.segment',
    '/_next/data/build-1/feed/(..)admin.json',
    '/feed/%28..%29admin',
    '/feed/%2528..)admin',
    '/feed/(%2e%2e)admin',
    '/feed//(..)admin',
  ])('by another way to write the path: %s', async (path) => {
    expect(await seen(files, nextRequest(path))).toBe(false)
  })

  it.each([
    '/_next/data/build-1/en/index.json',
    '/_next/data/build-1/en.json',
    '/_next/data/build-1/index.json',
    '/index.rsc',
  ])('to the data of the first page: %s', async (path) => {
    expect(await seen({ protect: ['/'] }, nextRequest(path))).toBe(false)
  })

  it.each(['/app/files/private/x', '/app/files/%70rivate/x', '/app//admin', '/app/admin'])(
    'under a `basePath`, which patterns do not name: %s',
    async (path) => {
      expect(await seen(files, nextRequest(path, '/app'))).toBe(false)
    },
  )

  it.each(['/auth/secrets', '/auth/', '/auth', '/auth/session/more', '/auth/proxy/none/x'])(
    'by a page of the app beneath the routes of the sign-in: %s',
    async (path) => {
      expect(await seen({ protect: true }, nextRequest(path))).toBe(false)
      expect(await seen({ protect: ['/auth/:path*'] }, nextRequest(path))).toBe(false)
    },
  )

  it.each(['/about/%2e%2e/team', '/%61bout', '//about', '/about%2f..%2fteam', '/u/ada%2Fkeys'])(
    'by a path that is open only to who reads it in one of two ways: %s',
    async (path) => {
      const proxy = { unauthenticatedPaths: ['/about', '/u/:name'] }
      expect(await seen(proxy, nextRequest(path))).toBe(false)
    },
  )

  it.each([
    ['what Next routes by is protected', '/en/admin', '/admin'],
    ['what the browser asked for is protected', '/%61dmin', '/other'],
  ])('by one of two addresses, where %s', async (_, asked, pathname) => {
    const request = new Request(`http://localhost:3000${asked}`)
    const nextUrl = { pathname, basePath: '' }
    expect(await seen(files, Object.assign(request, { nextUrl }))).toBe(false)
  })

  it.each(['/APP/reports/x', '/App/reports', '/APP/REPORTS/x', '/APP/%72eports/x'])(
    'by the base path in other letters, which rewrites take and Next’s own address leaves where it is: %s',
    async (path) => {
      onTestFinished(() => void vi.unstubAllEnvs())
      vi.stubEnv('__NEXT_ROUTER_BASEPATH', '/app')
      const proxy = { protect: ['/reports/:path*'] }
      expect(await seen(proxy, nextRequest(path))).toBe(false)
      expect(await seen(proxy, nextRequest('/APPLE/reports/x'))).toBe(true)
      expect(await seen({ protect: ['/'] }, nextRequest('/APP'))).toBe(false)
    },
  )

  it.each(['/admin', '/admin/none', '/%61dmin', '/ADMIN', '/files/private/x', '/feed/(..)admin'])(
    'by a page that is open, which Next shows within the layouts of the one it is said to come from: %s',
    async (from) => {
      const request = nextRequest('/news')
      request.headers.set('Next-Url', from)
      expect(await seen(files, request)).toBe(false)
      expect(await seen({ unauthenticatedPaths: ['/news'] }, request)).toBe(false)
    },
  )

  it('by one that is said to come from beneath the only page that is protected', async () => {
    const request = nextRequest('/news')
    request.headers.set('Next-Url', '/team/7/none')
    expect(await seen({ protect: ['/team'] }, request)).toBe(false)
  })

  it.each(['/_next/data/build-1/about.json', '/about.rsc'])(
    'by what is open itself, of a page that is not: %s',
    async (path) => {
      const proxy = { unauthenticatedPaths: ['/_next/:path*', '/about.rsc'] }
      expect(await seen(proxy, nextRequest(path))).toBe(false)
    },
  )

  it('by the props of a page that has the name of the first one, which Next gives as those of that', async () => {
    expect(await seen({ protect: ['/index'] }, nextRequest('/'))).toBe(false)
  })

  it('by a proxy of the app’s own, which asks where a request leads', async () => {
    const { auth } = createApp()
    const request = nextRequest('/news')
    expect((await auth.sessionOf(request)).leadsTo(['/admin'])).toBe(false)
    request.headers.set('Next-Url', '/admin/none')
    expect((await auth.sessionOf(request)).leadsTo(['/admin'])).toBe(true)
    const { leadsTo } = await auth.sessionOf(nextRequest('/feed/(..)news'))
    expect(leadsTo(['/admin'])).toBe(true)
  })

  it('by the address of the page of the whole site, under a base path', async () => {
    expect(await seen({ protect: ['/'] }, nextRequest('/app', '/app'))).toBe(false)
  })

  it.each(['/index.rsc', '/index.segments/_tree.segment', '/_next/data/build-1/index.json'])(
    'by what Next calls the first page: %s',
    async (path) => {
      expect(await seen({ protect: ['/'] }, nextRequest(path))).toBe(false)
    },
  )
})

describe('what is open stays open', () => {
  it('as it is written, and not in other letters', async () => {
    const proxy = { protect: true, unauthenticatedPaths: ['/about'] }
    expect(await seen(proxy, nextRequest('/about'))).toBe(true)
    expect(await seen(proxy, nextRequest('/ABOUT'))).toBe(false)
  })

  it('where a pattern of the app’s own is exact', async () => {
    expect(await seen({ protect: [/^\/admin$/] }, nextRequest('/ADMIN'))).toBe(true)
  })

  it.each(['/session', '/refresh', '/sign-out', '/sign-in', '/sign-up', '/callback'])(
    'the route of the sign-in %s',
    async (route) => {
      expect(await seen({ protect: true }, nextRequest(`/auth${route}`))).toBe(true)
    },
  )

  it('a known upstream, which asks for a session itself', async () => {
    const app = createApp({ auth: { upstreams: { api: { target: 'https://api.example' } } } })
    const response = await app.auth.proxy({ protect: true })(nextRequest('/auth/proxy/api/x'))
    expect(app.next.passedOn(response)).toBeDefined()
  })

  it.each<[string, readonly (string | RegExp)[]]>([
    ['/f%C3%BCr/alle', ['/für/:path*']],
    ['/f%C3%BCr', [/^\/f%C3%BCr$/]],
    ['/a%20b', [/^\/a%20b$/]],
    ['/about/', ['/about']],
    ['/app/about', ['/about']],
    ['/app', ['/']],
  ])('%s by %j', async (path, unauthenticatedPaths) => {
    expect(await seen({ unauthenticatedPaths }, nextRequest(path, '/app'))).toBe(true)
  })

  it('a page that no pattern protects, wherever it is come to from', async () => {
    for (const from of ['/', '/files/open', '/team', '/feed/x']) {
      const request = nextRequest('/news')
      request.headers.set('Next-Url', from)
      expect(await seen({ protect: ['/', '/admin/:path*'] }, request)).toBe(from !== '/')
      expect(await seen(files, request)).toBe(true)
      const open = { unauthenticatedPaths: ['/', '/news', '/team', '/:area/:page'] }
      expect(await seen(open, request)).toBe(true)
    }
  })

  it('a page whose name has parentheses or dots', async () => {
    for (const path of ['/wiki/(x)', '/wiki/x(..)', '/wiki/...', '/wiki/(....)x', '/wiki/(']) {
      expect([path, await seen(files, nextRequest(path))]).toEqual([path, true])
    }
  })

  it('a page that no pattern protects, however it is written', async () => {
    for (const path of ['/', '/files/open', '/files/%6Fpen', '/privates', '/app/files/privat']) {
      expect(await seen(files, nextRequest(path, '/app'))).toBe(true)
    }
  })
})
