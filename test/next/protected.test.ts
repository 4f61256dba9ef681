import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { ask } from '../express/stage.js'
import { WITH_BASE_PATH } from './builds.js'
import {
  buildProtected,
  lookAtProtected,
  type ProtectedApp,
  SECRET,
  startProtected,
} from './protected-app.js'

/** What a client of Next asks for in place of a page. */
const PAYLOADS: readonly Readonly<Record<string, string>>[] = [
  {},
  { RSC: '1' },
  { RSC: '1', 'Next-Router-Prefetch': '1' },
  { RSC: '1', 'Next-Router-Prefetch': '1', 'Next-Router-Segment-Prefetch': '/_full' },
  { 'x-nextjs-data': '1' },
]

/** The ways to write the address of a page that leads there, `id` being that of the build. */
const waysTo = (id: string): readonly string[] => [
  '/app/admin',
  '/app/admin?_rsc=1',
  '/app/./admin',
  '/app/open/../admin',
  '/app/open/%2e%2e/admin',
  '/app/admin/users',
  '/app/files/private',
  '/app/files/private/x',
  '/app/files/%70rivate',
  '/app/files/%70rivate/x',
  '/app/files/priv%61te/%78',
  '/app/files/%70rivate/x.rsc',
  '/app/auth/secrets',
  '/app/old',
  `/app/_next/data/${id}/old.json`,
  `/_next/data/${id}/app/old.json`,
  // A rewrite leads there, which takes capital and small letters for the same.
  '/app/reports/2026',
  '/app/REPORTS/2026',
  '/APP/reports/2026',
  // Next serves a page that intercepts another one under the name of its folder too.
  '/app/photos/1',
  '/app/feed/(..)photos/1',
  `/app/_next/data/${id}/feed/(..)photos/1.json`,
  // It finds the props of a page behind the path of `assetPrefix`, too.
  `/cdn/_next/data/${id}/old.json`,
]

/** Those that lead nowhere today, or to another address of it. */
const MORE = [
  '/app//admin',
  '//app/admin',
  '/app/admin/',
  '/app/%61dmin',
  '/app/%2561dmin',
  '/app/admin.rsc',
  '/app/admin.txt',
  '/app/admin.segments/_tree.segment.rsc',
  '/app/admin.segments/_full.segment.rsc',
  '/app/admin.segments/admin/__PAGE__.segment.rsc',
  '/app/open\\..\\admin',
  '/app/open%2f..%2fadmin',
  '/app/files%2Fprivate/x',
  '/app/files/%2570rivate/x',
  '/app/auth//secrets',
  '/app/auth/%73ecrets',
  '/app/auth/secrets/',
  '/app/%6fld',
  '/app/app/admin',
  '/admin',
  '/%61pp/admin',
  '/app/rep%6frts/2026',
  '/app/ADMIN',
  '/app/feed/%28..%29photos/1',
  '/app/feed/@modal/(..)photos/1',
  '/app/feed/(..)photos/1.rsc',
  '/app/staff/(..)news',
]

describe.each(WITH_BASE_PATH)('an app with a `basePath`, of $title, seen by a stranger:', (by) => {
  let folder: string
  let open: ProtectedApp
  let app: ProtectedApp
  let ways: readonly string[] = []
  let id: string

  beforeAll(async () => {
    folder = buildProtected(by)
    id = readFileSync(`${folder}/.next/BUILD_ID`, 'utf8')
    ways = waysTo(id)
    open = await startProtected(by, { UNPROTECTED: '1' })
    app = await startProtected(by)
  })
  afterAll(async () => {
    await open?.stop()
    await app?.stop()
  })

  afterEach(() => expect([...open.complaints(), ...app.complaints()]).toEqual([]))

  /** All that an app shows on a way, to whoever follows it as Next's own client does. */
  async function shown({ follow }: ProtectedApp, path: string): Promise<boolean> {
    for (const headers of PAYLOADS) {
      if ((await follow(path, headers)).text.includes(SECRET)) return true
    }
    return false
  }
  const those = async (app: ProtectedApp, paths: readonly string[]): Promise<string[]> => {
    const found: string[] = []
    for (const path of paths) if (await shown(app, path)) found.push(path)
    return found
  }

  it('the ways lead to pages, where nothing is protected', async () => {
    // Next 15 finds nothing by a path with dots.
    const dots = /\/(?:\.|%2e)/
    expect(await those(open, ways)).toEqual(
      ways.filter((path) => !(by.isNext15 && dots.test(path))),
    )
  })

  it('none of them leads to a page that is protected', async () => {
    expect(await those(app, ways)).toEqual([])
  })

  it('nor does any other', async () => {
    expect(await those(app, MORE)).toEqual([])
  })

  it('nor does any behind a prefix of assets', async () => {
    const prefixes = ['/cdn', '/app/cdn', '/cdn/app', '/app/en']
    const paths = prefixes.flatMap((prefix) => [
      `${prefix}/_next/data/${id}/old.json`,
      `${prefix}/_next/data/${id}/app/old.json`,
    ])
    expect(await those(app, paths)).toEqual([])
  })

  it('nor does a request for an open page that says where it comes from', async () => {
    for (const from of ['/staff', '/staff/none', '/app/staff', '/%73taff']) {
      for (const headers of PAYLOADS) {
        const { text } = await app.follow('/app/news', { ...headers, 'Next-Url': from })
        expect([from, headers, text.includes(SECRET)]).toEqual([from, headers, false])
      }
    }
    // It would.
    const { text } = await open.get('/app/news', { 'Next-Url': '/staff/none' })
    expect(text).toContain(SECRET)
    const other = await app.get('/app/news', { 'Next-Url': '/feed' })
    expect([other.status, other.text.includes('open to all')]).toEqual([200, true])
  })

  it('nor can a request say that the proxy has looked at it', async () => {
    for (const headers of [
      { 'x-middleware-subrequest': 'proxy:proxy:proxy:proxy:proxy' },
      { 'x-holdfast-session': 'known', 'x-matched-path': '/admin' },
      { 'x-invoke-path': '/open', 'x-original-url': '/app/open', 'x-rewrite-url': '/app/open' },
    ]) {
      const { status, text, headers: said } = await app.get('/app/admin', headers)
      expect([status, text.includes(SECRET)]).toEqual([401, false])
      expect(said['cache-control']).toContain('no-store')
    }
  })

  it('a browser is sent to the sign-in, under the `basePath`', async () => {
    const accept = 'text/html'
    const { status, headers } = await app.get('/app/files/%70rivate/x', { accept })
    const wanted = new URL(headers.location ?? '', 'http://127.0.0.1')
    expect([status, wanted.pathname]).toEqual([303, '/app/auth/sign-in'])
    expect(wanted.searchParams.get('returnTo')).toBe('/app/files/%70rivate/x')
  })

  it('a router that calls a Server Action there is sent to the sign-in, and nothing is called', async () => {
    const path = '/app/admin/act?tab=1'
    const [, action = ''] = /\$ACTION_ID_([\da-f]+)/.exec((await open.get(path)).text) ?? []
    const call = ({ origin }: ProtectedApp, headers: Readonly<Record<string, string>> = {}) =>
      ask(origin, path, {
        method: 'POST',
        headers: { origin, accept: 'text/x-component', 'next-action': action, ...headers },
        body: '[]',
      })
    expect((await call(open)).text).toContain(SECRET)
    // So does the router of an app whose pages intercept others.
    for (const headers of [{}, { 'next-url': '/admin/act' }]) {
      const { status, headers: said, text } = await call(app, headers)
      expect([status, said.location, text]).toEqual([303, undefined, ''])
      const [url = '', how] = String(said['x-action-redirect']).split(';')
      const wanted = new URL(url)
      expect([wanted.pathname, how]).toEqual(['/app/auth/sign-in', 'push'])
      expect(wanted.searchParams.get('returnTo')).toBe(path)
    }
  })

  it('a page that asks who is there sends a stranger to the sign-in, under the `basePath` once', async () => {
    const { status, headers } = await app.get('/app/mine')
    const wanted = new URL(headers.location ?? '', 'http://127.0.0.1')
    expect([status, wanted.pathname]).toEqual([307, '/app/auth/sign-in'])
  })

  it('so does one of the Pages Router, and its API routes know who is there', async () => {
    const { status, headers } = await app.get('/app/whoami?tab=1')
    const wanted = new URL(headers.location ?? '', 'http://127.0.0.1')
    expect([status, wanted.pathname]).toEqual([307, '/app/auth/sign-in'])
    expect(wanted.searchParams.get('returnTo')).toBe('/app/whoami?tab=1')
    const me = await app.get('/app/api/me')
    expect([me.status, me.json()]).toEqual([200, { user: null }])
    expect(me.headers['cache-control']).toBe('private, no-store')
  })

  it('a link to the sign-in has the `basePath`, and what Next fetches of it ahead is no error', async () => {
    const { text } = await app.get('/app/link')
    const [, href = ''] = /<a href="([^"]*)"/.exec(text) ?? []
    const { pathname, searchParams } = new URL(href.replaceAll('&amp;', '&'))
    expect([pathname, searchParams.get('returnTo')]).toEqual(['/app/auth/sign-in', '/app/link'])
    for (const headers of PAYLOADS.slice(1, -1)) {
      const ahead = { ...headers, 'Next-Url': '/link', 'Sec-Fetch-Mode': 'cors' }
      const answers = [
        await app.follow('/app/auth/sign-in', ahead),
        await app.follow('/app/admin', ahead),
      ]
      expect(answers.map(({ status, text: body }) => [status, body])).toEqual([
        [200, ''],
        [200, ''],
      ])
      expect(answers.map(({ headers: said }) => said['set-cookie'])).toEqual([undefined, undefined])
    }
  })

  it.each(['next', 'next/workos', 'next/oidc', 'next/gotrue', 'next/supertokens'])(
    'outside the bundles of Next, Node itself imports holdfast/%s',
    async (name) => {
      const text = `import * as all from 'holdfast/${name}'; console.log(Object.keys(all).join())`
      const words = ['--input-type=module', '--eval', text]
      // Not `execFileSync`: a connection that its server has closed meanwhile would be used once more.
      const { stdout } = await promisify(execFile)(process.execPath, words, { cwd: folder })
      expect(stdout).toMatch(/createNext/)
    },
  )

  it('a server without its environment says at its start what is missing, and serves nobody', async () => {
    const { settings } = app.workos
    const well = await lookAtProtected(by, settings)
    expect([well.status, well.log.includes('Failed')]).toEqual([200, false])
    for (const name of ['WORKOS_API_KEY', 'WORKOS_COOKIE_PASSWORD']) {
      const { log, status } = await lookAtProtected(by, { ...settings, [name]: '' })
      // The words of Next for what goes wrong before any request.
      expect(/Failed to prepare server.*/.exec(log)?.[0]).toContain(`or set ${name}.`)
      expect(status).toBe(500)
    }
  })

  it('pages that nobody protects are open, and the routes of the sign-in answer', async () => {
    for (const path of [
      '/app',
      '/app/open',
      '/app/files/open',
      '/app/files/privates',
      '/app/feed',
      '/app/news',
    ]) {
      const { status, text } = await app.get(path)
      expect([path, status, text.includes('open to all')]).toEqual([path, 200, true])
    }
    const { status, json } = await app.get('/app/auth/session', { 'x-holdfast': '1' })
    expect([status, json()]).toEqual([200, { session: null }])
    const begun = await app.get('/app/auth/sign-in?returnTo=/app/open')
    expect(begun.headers.location).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/user_management\/authorize/)
  })
})
