import { expect } from 'vitest'
import { build, freePort, run } from '../../demo/next/next.mjs'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { openLog } from '../support/next-log.js'
import { listen, relay, toRequest } from '../support/node-server.js'
import { folderOf, logOf, type NextBuild } from './builds.js'
import { lookAtStart } from './look-at-start.js'
import { createNextApp, filesOfBlock, type WrittenFile, writeFiles } from './written-app.js'

/** Who signs in at the page of the app, by a password. */
export const BEA = { email: 'bea@example.test', password: 'secret-1' }

/** A Route Handler of the app's own, which refreshes. */
const RENEW = `import { auth } from '../../lib/sessions'

export async function POST() {
  const { user } = await auth.refreshSession()
  return Response.json({ email: user?.email ?? null })
}
`

/** What docs/node.md warns of: a client in a module of a server, and a page that shows who it is. */
const EVERYBODY: readonly WrittenFile[] = [
  [
    'lib/everybody.ts',
    `import { AuthClient } from 'holdfast'
import { provider } from './sessions'

export const everybody = new AuthClient({ provider })
`,
  ],
  [
    'app/everybody/page.tsx',
    `import { connection } from 'next/server'
import { Suspense } from 'react'
import { everybody } from '../../lib/everybody'

async function signIn(form: FormData) {
  'use server'
  await everybody.signIn({ email: String(form.get('email')), password: String(form.get('password')) })
}

async function Who() {
  await connection()
  const session = await everybody.getSession()
  return <p>{session?.user.email ?? 'nobody'}</p>
}

export default function Page() {
  return (
    <>
      <form action={signIn}><button>Sign in</button></form>
      <Suspense>
        <Who />
      </Suspense>
    </>
  )
}
`,
  ],
]

/** The files for any auth server in docs/next.md, by their paths. */
export const ANY_SERVER = new Map(filesOfBlock('docs/next.md', 'lib/sessions.ts'))

/** What that page says to take from its first example: `proxy.ts`, the routes and the rest, with this `auth`. */
const shared = (): WrittenFile[] =>
  filesOfBlock('docs/next.md', 'lib/auth.ts')
    .filter(([name]) => name !== 'lib/auth.ts')
    .map(([name, text]) => [name, text.replace("lib/auth'", "lib/sessions'")])

const files = (): WrittenFile[] => [
  ...ANY_SERVER,
  ...shared(),
  ...createNextApp(),
  ...EVERYBODY,
  ['app/renew/route.ts', RENEW],
]

/** How an app runs. */
export interface AnyServerOptions {
  readonly by: NextBuild
  /** Of an access token, in ms. */
  readonly life: number
  /** Whether by `next dev`. @default false */
  readonly isDev?: boolean
}

/** Builds the app, unless it is built, and runs it with a scripted GoTrue whose refresh tokens count once. */
export async function startAnyServer({ by, life, isDev = false }: AnyServerOptions) {
  const folder = folderOf('any-server', by)
  const written = files()
  writeFiles(folder, written)
  const log = openLog(logOf('any-server'))
  const { stdio } = log
  const { flags } = by
  build(folder, { sources: written.map(([name]) => name), stdio, flags })
  const gotrue = createScriptedGoTrue({
    redirectUrls: ['**'],
    users: [BEA],
    signing: 'es256',
    accessTokenLifetime: life,
    rotation: 'strict',
  })
  const server = await listen(async (request, response) =>
    relay(await gotrue.fetch(await toRequest(request, server.origin)), response),
  )
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const settings = {
    AUTH_URL: `${server.origin}/auth/v1`,
    COOKIE_PASSWORD: 'a password of more than 32 characters',
    APP_ORIGIN: origin,
  }
  const app = await run(folder, { port, settings, stdio, isDev, flags })
  return {
    origin,
    gotrue,
    /** The same app beside it, started without one of its variables. */
    startWithout: async (name: keyof typeof settings) =>
      lookAtStart(folder, {
        port: await freePort(),
        page: '/login',
        settings: { ...settings, [name]: '' },
      }),
    /** What Next and the app have written. */
    log: () => log.text(),
    /** Fails when Next has written that something is wrong. */
    checkLog: () => expect(log.complaints()).toEqual([]),
    async stop() {
      await app.stop()
      await server.close()
      log.close()
    },
  }
}
