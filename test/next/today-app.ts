import { expect } from 'vitest'
import { build, freePort, run } from '../../demo/next/next.mjs'
import { createScriptedOidc } from '../../src/testing/oidc/index.js'
import { openLog } from '../support/next-log.js'
import { listen, relay, toRequest } from '../support/node-server.js'
import { folderOf, logOf, type NextBuild } from './builds.js'
import { lookAtStart } from './look-at-start.js'
import {
  createNextApp,
  filesOfBlock,
  firstBlock,
  type WrittenFile,
  writeFiles,
} from './written-app.js'

const SECRET = 'the secret of the client'

/** How an app runs. */
export interface TodayOptions {
  readonly by: NextBuild
  /** Of an access token, in ms. */
  readonly life: number
  /** Whether by `next dev`. @default false */
  readonly isDev?: boolean
}

const ROUTE = `import { auth } from '../../lib/auth'

export const { GET } = auth.handlers
`

/** A page with Server Actions: with and without scripts, its buttons post its forms. */
const ACTIONS = `import { Suspense } from 'react'
import { auth } from '../../lib/auth'

async function renew() {
  'use server'
  await auth.refreshSession({ ensureSignedIn: true })
}

async function leave() {
  'use server'
  await auth.signOut({ returnTo: '/' })
}

async function Me() {
  const { user, accessToken = '' } = await auth.withAuth()
  return <p>{[user?.id ?? 'nobody', accessToken.slice(-12)].join(' ')}</p>
}

export default function Page() {
  return (
    <>
      <form action={renew}><button>Renew</button></form>
      <form action={leave}><button>Leave</button></form>
      <Suspense>
        <Me />
      </Suspense>
    </>
  )
}
`

/** A page whose links a browser follows ahead: by Next's router, and by its own rules. */
const LINKS = `import Link from 'next/link'

const rules = { prefetch: [{ urls: ['/admin?ahead', '/auth/sign-in?ahead', '/?ahead'], eagerness: 'immediate' }] }

export default function Page() {
  return (
    <>
      <Link href="/admin">What is protected</Link>
      <Link href="/">Who is there</Link>
      <Link href="/auth/sign-in">The sign-in</Link>
      <script
        type="speculationrules"
        dangerouslySetInnerHTML={{ __html: JSON.stringify(rules) }}
      />
    </>
  )
}
`

const ADMIN = `export default function Page() {
  return <p>for few eyes</p>
}
`

/** A page whose client shows its panel, as docs/devtools.md has it: in this build there is none. */
const TOOLS: readonly WrittenFile[] = [
  ['lib/client.ts', firstBlock('docs/devtools.md')],
  [
    'app/tools/page.tsx',
    `'use client'

import { auth } from '../../lib/client'

export default function Page() {
  return <button onClick={() => auth.signOut()}>Leave</button>
}
`,
  ],
]

/** The files of the first example in docs/next.md, by their paths. */
export const EXAMPLE = new Map(filesOfBlock('docs/next.md', 'lib/auth.ts'))

/** All files: `app/callback` is a route that a build tries to make ahead, without the app's environment. */
const files = (): WrittenFile[] => [
  ...EXAMPLE,
  ...createNextApp(),
  ...TOOLS,
  ['app/callback/route.ts', ROUTE],
  ['app/actions/page.tsx', ACTIONS],
  ['app/links/page.tsx', LINKS],
  ['app/admin/page.tsx', ADMIN],
]

/** Builds the app, unless it is built, and runs it with a scripted OpenID Connect server. */
export async function startToday({ by, life, isDev = false }: TodayOptions) {
  const folder = folderOf('today', by)
  const written = files()
  writeFiles(folder, written)
  const log = openLog(logOf('today'))
  const { stdio } = log
  const { flags } = by
  build(folder, { sources: written.map(([name]) => name), stdio, flags })
  const port = await freePort()
  const origin = `http://127.0.0.1:${port}`
  const callback = `${origin}/auth/callback`
  const server = await listen(async (request, response) =>
    relay(await oidc.fetch(await toRequest(request, server.origin)), response),
  )
  const oidc = createScriptedOidc({
    issuer: server.origin,
    accessTokenLifetime: life,
    clients: [{ id: 'web', secret: SECRET, redirectUris: [callback] }],
    people: [{ sub: 'ada' }],
  })
  const settings = {
    OIDC_ISSUER: server.origin,
    OIDC_CLIENT_ID: 'web',
    OIDC_CLIENT_SECRET: SECRET,
    OIDC_COOKIE_PASSWORD: 'a password of more than 32 characters',
    OIDC_REDIRECT_URI: callback,
  }
  const app = await run(folder, { port, settings, stdio, isDev, flags })
  return {
    folder,
    origin,
    oidc,
    issuer: server.origin,
    /** Signs in at the server, which asks nobody. */
    login: (url: string) => oidc.fetch(url, { redirect: 'manual' }),
    /** The same app beside it, started without one of its variables. */
    startWithout: async (name: keyof typeof settings) =>
      lookAtStart(folder, {
        port: await freePort(),
        page: '/',
        settings: { ...settings, [name]: '' },
      }),
    /** Fails when Next has written that something is wrong. */
    checkLog: () => expect(log.complaints()).toEqual([]),
    async stop() {
      await app.stop()
      await server.close()
      log.close()
    },
  }
}
