import { cpSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build, freePort, run } from '../../demo/next/next.mjs'
import { type Answer, ask } from '../express/stage.js'
import { openLog } from '../support/next-log.js'
import { folderOf, homeOf, logOf, type NextBuild, packagesOfNext15 } from './builds.js'
import { lookAtStart } from './look-at-start.js'
import { startWorkOS } from './workos-server.js'
import { type WrittenFile, writeFiles } from './written-app.js'

const at = (path: string): string => fileURLToPath(new URL(`protected/${path}`, import.meta.url))
const SOURCES = ['app', 'pages', 'auth.js', 'instrumentation.js', 'next.config.mjs']
const APP = 'protected'
/** A proxy of Next calls 127.0.0.1 so, whatever was asked: before Next 16 in all of its redirects. */
const HOST = 'localhost'

/** What pages say that only some may see. */
export const SECRET = 'for few eyes'

/** Who can sign in. */
export const ADA = 'ada@example.test'
/** The life of an access token, in ms: so short that a test sees it end. */
const LIFE = 6_000

/** An app that runs, and what it answers to an address as it is. */
export interface ProtectedApp {
  readonly origin: string
  readonly workos: Awaited<ReturnType<typeof startWorkOS>>
  /** The lines of its log in which Next says that something is wrong. */
  complaints(): readonly string[]
  get(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  /** The same, once more where it is sent on within the app, as Next does that misses the hash of the headers. */
  follow(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>
  stop(): Promise<void>
}

const whereOf = (by: NextBuild) => ({ host: HOST, home: homeOf(APP, by), flags: by.flags })

/** Starts the app that was built, with a WorkOS of its own. */
export async function startProtected(
  by: NextBuild,
  settings: Readonly<Record<string, string>> = {},
): Promise<ProtectedApp> {
  const port = await freePort()
  const origin = `http://${HOST}:${port}`
  const place = { routes: `${origin}/app/auth`, home: `${origin}/app` }
  const workos = await startWorkOS({ users: [{ email: ADA }], accessTokenLifetime: LIFE, ...place })
  const given = { ...workos.settings, ...settings }
  const log = openLog(logOf(`${APP}-${port}`))
  const app = await run(folderOf(APP, by), {
    ...whereOf(by),
    port,
    settings: given,
    stdio: log.stdio,
  })
  async function stop(): Promise<void> {
    await app.stop()
    await workos.close()
    log.close()
  }
  const get: ProtectedApp['get'] = (path, headers = {}) => ask(origin, path, { headers })
  async function follow(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer> {
    const answer = await get(path, headers)
    const { location = '' } = answer.headers
    return answer.status < 400 && /^\/[^/]/.test(location) ? get(location, headers) : answer
  }
  return { origin, workos, complaints: log.complaints, stop, get, follow }
}

/** What the app writes that starts with these settings, and the status of its page for all. */
export const lookAtProtected = async (by: NextBuild, settings: Readonly<Record<string, string>>) =>
  lookAtStart(folderOf(APP, by), {
    ...whereOf(by),
    port: await freePort(),
    page: '/app/open',
    settings,
  })

/** The proxy, as this Next calls it. */
function proxyFor({ isNext15 }: NextBuild): WrittenFile {
  const text = readFileSync(at('proxy.js'), 'utf8')
  return isNext15
    ? ['middleware.js', text.replace('const proxy =', 'const middleware =')]
    : ['proxy.js', text]
}

/** Builds the app, unless it is built, and returns its folder. */
export function buildProtected(by: NextBuild): string {
  const folder = folderOf(APP, by)
  for (const name of SOURCES) {
    rmSync(join(folder, name), { recursive: true, force: true })
    // Older than what was built of it, unless it was changed.
    cpSync(at(name), join(folder, name), { recursive: true, preserveTimestamps: true })
  }
  if (!by.hasEdgeRoute) rmSync(join(folder, 'app/edge'), { recursive: true })
  const written = [proxyFor(by), ...(by.isNext15 ? packagesOfNext15() : [])]
  writeFiles(folder, written)
  const sources = [...SOURCES, ...written.map(([name]) => name)]
  build(folder, { sources, stdio: 'ignore', ...whereOf(by) })
  return folder
}
