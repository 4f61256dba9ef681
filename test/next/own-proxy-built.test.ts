import { fileURLToPath } from 'node:url'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { build, freePort, run } from '../../demo/next/next.mjs'
import { AuthClient } from '../../src/index.js'
import { backend } from '../../src/providers/backend/index.js'
import { memoryStorage } from '../../src/storage/memory.js'
import type { Answer } from '../express/stage.js'
import { type NextLog, openLog } from '../support/next-log.js'
import { logOf } from './builds.js'
import { createHttpBrowser } from './http-browser.js'
import { startWorkOS } from './workos-server.js'
import { createNextApp, filesOfBlock, type WrittenFile, writeFiles } from './written-app.js'

/** Beneath the demo, whose packages it shares. */
const folder = fileURLToPath(new URL('../../demo/next/.tmp/own-proxy', import.meta.url))
/** The life of an access token, in ms: so short that a test sees it end. */
const LIFE = 6_000

const at = (organizationId: string, role: string) => ({ organizationId, role, roles: [role] })
const ADA = { email: 'ada@example.test', memberships: [at('org_1', 'admin')] }
const BOB = { email: 'bob@example.test', memberships: [at('org_1', 'member')] }

/** A page that only the rewrite leads to. The end of a token is enough to tell two apart. */
const page = (words: string, depth: string): string => `import { Suspense } from 'react'
import { auth } from '${depth}lib/auth'

async function Me() {
  const { user, accessToken = '' } = await auth.withAuth()
  return <p>{[user?.email ?? 'nobody', accessToken.slice(-12), '${words}'].join(' ')}</p>
}

export default function Page() {
  return (
    <Suspense>
      <Me />
    </Suspense>
  )
}
`

const PAGES: readonly WrittenFile[] = [
  ['app/en/page.tsx', page('in English', '../../')],
  ['app/en/admin/page.tsx', page('for admins', '../../../')],
]

/** The routes of the sign-in, as the first block of the page has them, and Next's setting for slashes. */
const rest = (): WrittenFile[] => [
  ...filesOfBlock('docs/next.md', 'lib/auth.ts').filter(([name]) => name.startsWith('app/auth/')),
  ...createNextApp('trailingSlash: true,'),
]

describe('the proxy of one’s own in docs/next.md, in an app with `trailingSlash`', () => {
  const files = [...filesOfBlock('docs/next.md', 'proxy.ts'), ...PAGES, ...rest()]
  let workos: Awaited<ReturnType<typeof startWorkOS>>
  let app: { stop(): Promise<void> }
  let origin: string
  let log: NextLog

  beforeAll(async () => {
    writeFiles(folder, files)
    log = openLog(logOf('own-proxy'))
    const { stdio } = log
    build(folder, { sources: files.map(([name]) => name), stdio })
    const port = await freePort()
    // A proxy of Next knows 127.0.0.1 by this name, and a rewrite by its `request.url` would leave the app (16.4, seen).
    const host = 'localhost'
    origin = `http://${host}:${port}`
    const users = [ADA, BOB]
    const place = { routes: `${origin}/auth`, home: `${origin}/` }
    workos = await startWorkOS({ users, accessTokenLifetime: LIFE, ...place })
    const { settings } = workos
    app = await run(folder, { host, port, settings, stdio })
  })
  afterAll(async () => {
    await app?.stop()
    await workos?.close()
    log?.close()
  })
  afterEach(() => {
    expect(log.complaints()).toEqual([])
  })

  async function signedIn(email: string) {
    const browser = createHttpBrowser(origin)
    const login = workos.loginAs(email)
    const { headers } = await browser.signIn('/auth/sign-in/?returnTo=/admin/', login)
    // The callback that WorkOS knows has no slash at its end: Next sends the browser on.
    const ended = await browser.get(headers.location ?? '')
    expect([ended.status, ended.headers.location]).toEqual([303, `${origin}/admin/`])
    return browser
  }

  /** Whose page it is, and by which token. */
  const shown = ({ text }: Answer): string[] => /<p>([^<]*)<\/p>/.exec(text)?.[1]?.split(' ') ?? []

  it('has all files of the example', () => {
    const names = filesOfBlock('docs/next.md', 'proxy.ts').map(([name]) => name)
    expect(names).toEqual(['proxy.ts', 'lib/auth.ts', 'pages/en/mine.tsx'])
  })

  it('turns a stranger away from what is for admins, and shows them the rest, rewritten', async () => {
    const stranger = createHttpBrowser(origin)
    for (const path of ['/admin', '/admin/', '/%61dmin/']) {
      const { status, headers } = await stranger.land(path)
      const { pathname } = new URL(headers.location ?? '', origin)
      expect([path, status, pathname]).toEqual([path, 303, '/auth/sign-in'])
    }
    const home = await stranger.get('/')
    expect([home.status, shown(home)]).toEqual([200, ['nobody', '', 'in', 'English']])
    const script = /src="(\/_next\/static\/[^"]+\.js)"/.exec(home.text)?.[1] ?? ''
    expect((await stranger.get(script)).status).toBe(200)
  })

  it('refuses a member, and lets an admin see the page', async () => {
    const bob = await signedIn(BOB.email)
    const refused = await bob.land('/admin')
    expect([refused.status, refused.text]).toEqual([403, 'Not for you.'])
    expect(refused.headers['cache-control']).toBe('private, no-store')
    const ada = await signedIn(ADA.email)
    const page = await ada.land('/admin')
    expect([page.status, shown(page)]).toEqual([
      200,
      [ADA.email, expect.any(String), 'for', 'admins'],
    ])
  })

  it('refreshes on a request that it rewrites: the answer has the new cookie, and its page the new session', async () => {
    const ada = await signedIn(ADA.email)
    const [, before] = shown(await ada.get('/admin/'))
    const answer = await ada.refresh('/admin/')
    expect(answer.setCookies[0]).toMatch(/^holdfast=Fe26/)
    const [who, token] = shown(answer)
    expect([who, token === before]).toEqual([ADA.email, false])
    const mine = await ada.land('/mine')
    expect([mine.status, mine.text.includes(ADA.email)]).toEqual([200, true])
  })

  it('sends a stranger from a page of the Pages Router to the sign-in, and back there', async () => {
    const { status, headers } = await createHttpBrowser(origin).land('/mine')
    const { pathname, searchParams } = new URL(headers.location ?? '', origin)
    expect([status, pathname, searchParams.get('returnTo')]).toEqual([
      307,
      '/auth/sign-in',
      '/mine/',
    ])
  })

  it('answers the page’s own client at addresses with a slash at their end', async () => {
    const { fetch, get } = await signedIn(ADA.email)
    const provider = backend({ url: `${origin}/auth`, trailingSlash: true, fetch })
    const client = new AuthClient({ provider, storage: memoryStorage() })
    try {
      expect((await client.getSession())?.user).toMatchObject({ email: ADA.email })
      const exchanges = workos.server.count('refresh_token')
      await client.refreshSession()
      expect(workos.server.count('refresh_token')).toBe(exchanges + 1)
      await client.actions.signOut({ returnTo: '/' })
      await client.signOut()
    } finally {
      client.dispose()
    }
    expect((await get('/admin/')).status).toBe(303)
  })
})
