import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import express, { type RequestHandler } from 'express'
import { backendHandler, createExpressSessions } from '../../src/express/index.js'
import { createPkce } from '../../src/providers/shared/pkce.js'
import { createBackend, createRequestSessions } from '../../src/server/index.js'
import { createWorkOSSessions, workosServer } from '../../src/server/workos/index.js'
import { createScriptedWorkOS } from '../../src/testing/workos/index.js'
import { listen, relay, toRequest } from '../support/node-server.js'
import { APP, COOKIE } from './page/hosts.js'

export const ADA = 'ada@example.com'
/** The attacker, who has a session of her own. */
export const EVE = 'eve@example.com'

/** The name of one that all hosts of the site share, and that each of them can set. */
export const SHARED = 'shared'

/** What the app's server saw at one moment. */
export interface Mark {
  /** The header `Cookie` as it arrived, a letter for each byte. */
  readonly cookie: string
  /** Whose session that is, in the cookie of each kind. */
  readonly who: { readonly own: string | null; readonly shared: string | null }
  /** How many orders have been placed. */
  readonly orders: number
}

/** A request to change something, as it arrived. */
export interface Attempt {
  /** Its method and path. */
  readonly line: string
  /** What the browser says of where it comes from. */
  readonly site: string
  readonly status: number
  readonly hadCookie: boolean
}

/** An app, its scripted WorkOS, and the pages of those who attack it. */
export interface AttackSite {
  /** The page to open. */
  readonly url: string
  readonly marks: ReadonlyMap<string, Mark>
  readonly attempts: readonly Attempt[]
  /** The queries with which browsers came to the sign-in of WorkOS. */
  readonly asked: readonly Readonly<Record<string, string>>[]
  /** Resolves when the page has done all that it does. */
  readonly done: Promise<void>
  close(): Promise<void>
}

const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [at(`page/${name}.ts`)],
    bundle: true,
    format: 'iife',
    write: false,
    tsconfigRaw: {},
    target: 'es2022',
  })
  return outputFiles[0]?.text ?? ''
}

/** What `trim` takes for blank and has one byte: a server that sends it plants it as it is. */
const NO_BREAK = '\xa0'
/** Two values that are none, one that looks like the mark of chunks, and a forged seal. */
const WORTHLESS = ['nonsense', 'chunks.2.abc', 'x'.repeat(50), `Fe26.2*1*${'a*'.repeat(6)}a~2`]
/** Where they lie: longer paths are sent first (RFC 6265 §5.4). */
const PATHS = ['/mark', '/mark/of', '/mark/of/ada', '/mark/of/ada/now']

/** The cookies that the sibling plants, by what it plants. */
const plants = (seal: string): Readonly<Record<string, readonly string[]>> => ({
  names: [`${NO_BREAK}${COOKIE}`, `${COOKIE}${NO_BREAK}`, COOKIE, '__host-holdfast'].map(
    (name) => `${name}=${seal}; Domain=shop.localhost; Path=/`,
  ),
  values: WORTHLESS.map(
    (value, index) => `${SHARED}=${value}; Domain=shop.localhost; Path=${PATHS[index]}`,
  ),
  twin: [`${SHARED}=${seal}; Domain=shop.localhost; Path=/mark`],
})

const PASSWORD = 'a password of more than 32 characters'

/** The scripted WorkOS, what the app has of it, and a session for whoever asks. */
async function createAuthServer(redirectUri: string) {
  const workos = createScriptedWorkOS({
    users: [ADA, EVE].map((email) => ({ email })),
    clients: [{ id: 'client_1', redirectUris: [redirectUri] }],
  })
  const asked: Readonly<Record<string, string>>[] = []
  const { origin: url, close } = await listen(async (request, response) => {
    const asking = await toRequest(request)
    const { pathname, searchParams } = new URL(asking.url)
    if (pathname.endsWith('/authorize')) asked.push(Object.fromEntries(searchParams))
    await relay(await workos.fetch(asking), response)
  })
  const client = { clientId: 'client_1', apiKey: 'sk_test_scripted', url }
  const [signIn, sessions] = [workosServer(client), createWorkOSSessions(client)]
  return {
    asked,
    close,
    signIn,
    sessions,
    /** The cookie of somebody who has signed in with another browser. */
    async seal(loginHint: string): Promise<string> {
      const { verifier, challenge } = await createPkce()
      const flow = { redirectUri, state: 'state', codeChallenge: challenge, loginHint }
      const back = await workos.fetch(await signIn.authorizeUrl(flow))
      const code = new URL(back.headers.get('Location') ?? '').searchParams.get('code') ?? ''
      const grant = await signIn.exchangeCode({ code, codeVerifier: verifier })
      return sessions.sealSession(grant, { password: PASSWORD })
    },
  }
}

type AuthServer = Awaited<ReturnType<typeof createAuthServer>>

const page = (name: string): string =>
  `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>Holdfast</title><body><script src=/script/${name}></script>`

/** The pages of those who attack, who have a session of Eve's, and the scripts of all pages. */
async function createPages(sealOfEve: string, app: string) {
  const pages = express.Router()
  const planted = plants(sealOfEve)
  const scripts = new Map([
    ['victim', await bundle('victim')],
    ['attacker', await bundle('attacker')],
  ])
  pages.get('/attack', (request, response, next) => {
    if (request.hostname === APP) return next()
    if (request.query.redirects) {
      return response.redirect(302, `${app}/auth/sign-in?connectionId=conn_evil&provider=evil`)
    }
    response.setHeader('Set-Cookie', [...(planted[`${request.query.plant}`] ?? [])])
    response.type('html').send(page('attacker'))
  })
  pages.get('/script/:name', (request, response) => {
    response.type('js').send(scripts.get(request.params.name) ?? '')
  })
  return pages
}

/** What is written down of the app. */
interface Notes {
  readonly marks: Map<string, Mark>
  readonly attempts: Attempt[]
}

/** Writes down how a request was answered. */
const noticeIn =
  ({ attempts }: Notes): RequestHandler =>
  (request, response, next) => {
    const { method, originalUrl, headers } = request
    response.once('finish', () => {
      const site = String(headers['sec-fetch-site'] ?? 'none said')
      const hadCookie = Boolean(headers.cookie?.includes(`${COOKIE}=`))
      const line = `${method} ${originalUrl}`
      attempts.push({ line, site, status: response.statusCode, hadCookie })
    })
    next()
  }

/** The app that is attacked: a guarded route, a backend, and a cookie that all its siblings share. */
function createShop({ sessions }: AuthServer, sealOfAda: string, notes: Notes) {
  const shop = express.Router()
  const own = createRequestSessions({ sessions, cookie: { password: PASSWORD } })
  const cookie = { password: PASSWORD, name: SHARED, domain: 'shop.localhost' }
  const shared = createRequestSessions({ sessions, cookie })
  const notice = noticeIn(notes)
  let orders = 0

  shop.get(['/', '/begun'], (_, response) => void response.type('html').send(page('victim')))
  shop.post('/share', (_, response) => {
    const line = `${SHARED}=${sealOfAda}; Domain=shop.localhost; Path=/; HttpOnly`
    response.setHeader('Set-Cookie', line).end()
  })
  shop.get('/mark/of/ada/now', (request, response, next) => {
    const cookie = request.headers.cookie ?? ''
    const look = async (): Promise<void> => {
      const [mine, theirs] = await Promise.all([own.getSession(cookie), shared.getSession(cookie)])
      const [one, two] = [mine, theirs].map(({ session }) => session?.user.email ?? null)
      const who = { own: one ?? null, shared: two ?? null }
      notes.marks.set(`${request.query.after}`, { cookie, who, orders })
      response.end()
    }
    look().catch(next)
  })
  const { requireSession } = createExpressSessions({ sessions: own })
  shop.post('/orders', notice, requireSession(), (_, response) => {
    orders += 1
    response.end()
  })
  shop.use('/auth/sign-out', notice)
  return { shop, own }
}

/** Starts everything on the loopback. */
export async function startAttackSite(): Promise<AttackSite> {
  const app = express()
  const { port, close } = await listen(async (request, response) => app(request, response))
  const origin = `http://${APP}:${port}`
  const redirectUri = `${origin}/auth/callback`
  const authServer = await createAuthServer(redirectUri)
  const notes: Notes = { marks: new Map(), attempts: [] }
  const { shop, own } = createShop(authServer, await authServer.seal(ADA), notes)
  const { signIn, asked } = authServer
  const backend = createBackend({ sessions: own, signIn, password: PASSWORD, redirectUri })
  app.use(await createPages(await authServer.seal(EVE), origin))
  app.use(shop)
  app.use(backendHandler(backend))
  const done = new Promise<void>((resolve) => {
    app.post('/done', (_, response) => {
      response.end()
      resolve()
    })
  })
  return {
    url: `${origin}/`,
    ...notes,
    asked,
    done,
    async close() {
      await authServer.close()
      await close()
    },
  }
}
