import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build, freePort, run } from '../../demo/next/next.mjs'
import { createScriptedWorkOS, type ScriptedWorkOS } from '../../src/testing/workos/index.js'
import { type Files, readMoves } from '../guides/pages.js'
import { openLog } from '../support/next-log.js'
import { listen, relay, toRequest } from '../support/node-server.js'
import { npm } from '../support/npm.js'
import { logOf } from './builds.js'
import { createNextApp, type WrittenFile, writeFiles } from './written-app.js'

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const LOCK = readFileSync(at('./authkit/package-lock.json'), 'utf8')

/** The release of authkit-nextjs that is installed. */
export const AUTHKIT: string =
  JSON.parse(LOCK).packages['node_modules/@workos-inc/authkit-nextjs'].version

/** The password of both apps, and one that is newer. */
export const PASSWORD = 'the cookie password that both apps were given'
export const NEWER = 'a newer password, which authkit-nextjs was not given'

/** How long an access token lives, in ms: longer than a test takes, and so short that a test sees it end. */
export const LONG = 3_600_000
export const SHORT = 3_000
/** How long WorkOS gives the same pair for a token that was exchanged, in ms. */
export const GRACE = 30_000

const CLIENT = 'client_beside'
const KEY = 'sk_test_beside'

export const ADA = 'ada@example.com'
/** Somebody whose session is too large for one cookie. */
export const BEA = 'bea@example.com'

const permissions = Array.from({ length: 150 }, (_, number) => `document-${number}:write`)

const USERS = [
  {
    email: ADA,
    firstName: 'Ada',
    memberships: [
      { organizationId: 'org_1', role: 'admin' },
      { organizationId: 'org_2', role: 'member' },
    ],
  },
  { email: BEA, memberships: [{ organizationId: 'org_1', role: 'member', permissions }] },
]

/** What the page for those who are signed in says of them. */
export interface Shown {
  readonly email: string
  readonly firstName: string | null
  readonly sessionId: string
  readonly organizationId: string
  readonly role: string
  readonly accessToken: string
}

/** The pages, which are the same with both libraries. */
const PAGES: readonly WrittenFile[] = [
  [
    'app/page.tsx',
    `import { Suspense } from 'react'
import { withAuth } from '../lib/auth'

async function Who() {
  const { user } = await withAuth()
  return <p>{user?.email ?? 'nobody'}</p>
}

export default function Home() {
  return (
    <Suspense>
      <Who />
    </Suspense>
  )
}
`,
  ],
  [
    'app/account/page.tsx',
    `import { Suspense } from 'react'
import { signOut, switchToOrganization, withAuth } from '../../lib/auth'

async function leave() {
  'use server'
  await signOut({ returnTo: \`\${process.env.APP_ORIGIN}/\` })
}

async function change() {
  'use server'
  await switchToOrganization('org_2', { returnTo: '/account' })
}

async function Who() {
  const { user, sessionId, organizationId, role, accessToken } = await withAuth({
    ensureSignedIn: true,
  })
  const { email, firstName } = user
  const shown = { email, firstName, sessionId, organizationId, role, accessToken }
  return <pre>{JSON.stringify(shown)}</pre>
}

export default function Account() {
  return (
    <form action={leave}>
      <Suspense>
        <Who />
      </Suspense>
      <button>Sign out</button>
      <button formAction={change}>The other organization</button>
    </form>
  )
}
`,
  ],
  [
    'app/refresh/route.ts',
    `import { refreshSession } from '../../lib/auth'

export async function POST() {
  await refreshSession({ ensureSignedIn: true })
  return new Response(null, { status: 204 })
}
`,
  ],
]

/** What the docs say in these files. @throws Error for a file that is not there. */
const filesOf = (files: Files, ...names: readonly string[]): WrittenFile[] =>
  names.map((name) => {
    const text = files.get(name)
    if (text === undefined) throw new Error(`The docs have no ${name}.`)
    return [name, text]
  })

const { before, after } = (() => {
  const move = readMoves(at('../..')).get('authkit-nextjs')
  if (!move) throw new Error('There is no page of moving from authkit-nextjs.')
  return move
})()

const BOTH = ['refreshSession', 'signOut', 'switchToOrganization', 'withAuth'].join(', ')

/** Each app's own files: those of the docs, before the move and after it. */
const OWN = {
  'authkit-nextjs': [
    ...['package.json', 'package-lock.json', '.npmrc'].map(
      (name): WrittenFile => [name, readFileSync(at(`./authkit/${name}`), 'utf8')],
    ),
    ['lib/auth.ts', `export { ${BOTH} } from '@workos-inc/authkit-nextjs'\n`] as const,
    ...filesOf(before, 'proxy.ts', 'app/auth/callback/route.ts', 'app/sign-in/route.ts'),
  ],
  Holdfast: filesOf(after, 'lib/auth.ts', 'proxy.ts', 'app/auth/[...auth]/route.ts').map(
    ([name, text]): WrittenFile => [
      name,
      // What differs from the docs: one of the apps has several passwords.
      text.replace('{ cookie:', "{ cookiePassword: process.env.PASSWORDS?.split(';'), cookie:"),
    ],
  ),
}

/** The apps, by their libraries. */
export type Library = keyof typeof OWN

const folderOf = (library: Library): string =>
  at(`../../demo/next/.tmp/${library === 'Holdfast' ? 'beside-authkit' : 'authkit'}`)

/** Holds exchanges back until so many of them are under way: they happen at once, on any machine. */
function createGate() {
  let missing = 0
  let opened = Promise.resolve()
  let open = (): void => {}
  return {
    wait(count: number): void {
      missing = count
      opened = new Promise((resolve) => {
        open = resolve
      })
    },
    async pass(): Promise<void> {
      missing -= 1
      if (missing <= 0) open()
      await opened
    },
  }
}

/** WorkOS, for apps at these origins. */
export interface WorkOSBeside {
  readonly server: ScriptedWorkOS
  readonly origin: string
  /** The variables of an app. */
  settingsFor(app: string): Readonly<Record<string, string>>
  /** The next requests for tokens wait until there are so many. */
  holdBack(count: number): void
  /** Has its clock go ahead of that of the apps, by so many ms. */
  hurry(ms: number): void
  close(): Promise<void>
}

/** Serves WorkOS for apps at these origins. */
export async function startWorkOS(apps: readonly string[]): Promise<WorkOSBeside> {
  let ahead = 0
  const server = createScriptedWorkOS({
    clock: { now: () => Date.now() + ahead },
    users: USERS,
    accessTokenLifetime: LONG,
    clients: [
      {
        id: CLIENT,
        apiKey: KEY,
        redirectUris: apps.map((origin) => `${origin}/auth/callback`),
        logoutUris: apps.map((origin) => `${origin}/`),
      },
    ],
  })
  const gate = createGate()
  const http = await listen(async (incoming, response) => {
    const request = await toRequest(incoming, http.origin)
    if (request.method === 'POST') await gate.pass()
    await relay(await server.fetch(request), response)
  })
  return {
    server,
    origin: http.origin,
    holdBack: gate.wait,
    hurry(ms) {
      ahead = ms
    },
    close: http.close,
    settingsFor: (origin) => ({
      APP_ORIGIN: origin,
      NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${origin}/auth/callback`,
      WORKOS_CLIENT_ID: CLIENT,
      WORKOS_API_KEY: KEY,
      WORKOS_COOKIE_PASSWORD: PASSWORD,
      WORKOS_API_HOSTNAME: '127.0.0.1',
      WORKOS_API_HTTPS: 'false',
      WORKOS_API_PORT: String(http.port),
    }),
  }
}

/** Where an app is to be. Next calls 127.0.0.1 localhost, wherever a library asks it for the app's address. */
export async function freePlace(): Promise<{ readonly port: number; readonly origin: string }> {
  const port = await freePort()
  return { port, origin: `http://localhost:${port}` }
}

/** Installs and builds an app, and returns what runs it. @throws Error when the registry cannot be reached. */
export async function prepare(library: Library) {
  const folder = folderOf(library)
  const files = [...OWN[library], ...PAGES, ...createNextApp()]
  writeFiles(folder, files)
  if (library === 'authkit-nextjs') await npm('ci --ignore-scripts', folder)
  const { stdio, complaints, close } = openLog(logOf(`beside-${library}`))
  build(folder, { sources: files.map(([name]) => name), stdio })
  return {
    complaints,
    run: (port: number, settings: Readonly<Record<string, string>>) =>
      run(folder, { port, settings, stdio }),
    close,
  }
}
