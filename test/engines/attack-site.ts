import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import express, { type RequestHandler } from 'express'
import { backendHandler, expressSessions } from '../../src/express/index.js'
import { createPkce } from '../../src/providers/shared/pkce.js'
import { createBackend, createRequestSessions } from '../../src/server/index.js'
import { workosServer, workosSessions } from '../../src/server/workos/index.js'
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

/** Starts everything on the loopback. */
export async function startAttackSite(): Promise<AttackSite> {
  const password = 'a password of more than 32 characters'
  const marks = new Map<string, Mark>()
  const attempts: Attempt[] = []
  const asked: Readonly<Record<string, string>>[] = []
  let finish = (): void => {}
  const done = new Promise<void>((resolve) => {
    finish = resolve
  })

  const app = express()
  const { port, close } = await listen(async (request, response) => app(request, response))
  const origin = `http://${APP}:${port}`
  const redirectUri = `${origin}/auth/callback`
  const workos = createScriptedWorkOS({
    users: [ADA, EVE].map((email) => ({ email })),
    clients: [{ id: 'client_1', redirectUris: [redirectUri] }],
  })
  const authServer = await listen(async (request, response) => {
    const asking = await toRequest(request)
    const { pathname, searchParams } = new URL(asking.url)
    if (pathname.endsWith('/authorize')) asked.push(Object.fromEntries(searchParams))
    await relay(await workos.fetch(asking), response)
  })

  const client = { clientId: 'client_1', apiKey: 'sk_test_scripted', url: authServer.origin }
  const [signIn, sealed] = [workosServer(client), workosSessions(client)]
  const own = createRequestSessions({ sessions: sealed, cookie: { password } })
  const shared = createRequestSessions({
    sessions: sealed,
    cookie: { password, name: SHARED, domain: 'shop.localhost' },
  })

  /** A session of somebody who signs in with a browser of their own. */
  async function seal(loginHint: string): Promise<string> {
    const { verifier, challenge } = await createPkce()
    const flow = { redirectUri, state: 'state', codeChallenge: challenge, loginHint }
    const back = await workos.fetch(await signIn.authorizeUrl(flow))
    const code = new URL(back.headers.get('Location') ?? '').searchParams.get('code') ?? ''
    const grant = await signIn.exchangeCode({ code, codeVerifier: verifier })
    return sealed.sealSession(grant, { cookiePassword: password })
  }
  const sealOfEve = await seal(EVE)
  const sealOfAda = await seal(ADA)

  let orders = 0
  const notice: RequestHandler = (request, response, next) => {
    const { method, originalUrl, headers } = request
    response.once('finish', () => {
      const site = String(headers['sec-fetch-site'] ?? 'none said')
      const hadCookie = Boolean(headers.cookie?.includes(`${COOKIE}=`))
      attempts.push({
        line: `${method} ${originalUrl}`,
        site,
        status: response.statusCode,
        hadCookie,
      })
    })
    next()
  }
  const scripts: Readonly<Record<string, string>> = {
    victim: await bundle('victim'),
    attacker: await bundle('attacker'),
  }
  const page = (name: string): string =>
    `<!doctype html><meta charset=utf-8><link rel=icon href=data:,><title>Holdfast</title><body><script src=/script/${name}></script>`

  // The pages of those who attack.
  app.get('/attack', (request, response, next) => {
    if (request.hostname === APP) return next()
    const { plant } = request.query
    if (plant !== undefined)
      response.setHeader('Set-Cookie', [...(plants(sealOfEve)[`${plant}`] ?? [])])
    response.type('html').send(page('attacker'))
  })
  app.get('/script/:name', (request, response) => {
    response.type('js').send(scripts[request.params.name] ?? '')
  })

  // The app.
  const auth = expressSessions({ sessions: own })
  app.get(['/', '/begun'], (_, response) => void response.type('html').send(page('victim')))
  app.post('/share', (_, response) => {
    response.setHeader(
      'Set-Cookie',
      `${SHARED}=${sealOfAda}; Domain=shop.localhost; Path=/; HttpOnly`,
    )
    response.end()
  })
  app.get('/mark/of/ada/now', (request, response, next) => {
    const cookie = request.headers.cookie ?? ''
    const look = async (): Promise<void> => {
      const [mine, theirs] = await Promise.all([own.load(cookie), shared.load(cookie)])
      const [one, two] = [mine, theirs].map(({ session }) => session?.user.email ?? null)
      const who = { own: one ?? null, shared: two ?? null }
      marks.set(`${request.query.after}`, { cookie, who, orders })
      response.end()
    }
    look().catch(next)
  })
  app.post('/orders', notice, auth.requireSession(), (_, response) => {
    orders += 1
    response.end()
  })
  app.use('/auth/sign-out', notice)
  app.use(
    backendHandler(createBackend({ sessions: own, signIn, cookiePassword: password, redirectUri })),
  )
  app.post('/done', (_, response) => {
    response.end()
    finish()
  })

  return {
    url: `${origin}/`,
    marks,
    attempts,
    asked,
    done,
    async close() {
      await authServer.close()
      await close()
    },
  }
}
