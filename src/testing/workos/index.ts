import { randomText } from '../server/encoding.js'
import { json, parseObject } from '../server/json.js'
import { createServer, type Incoming } from '../server/serve.js'
import { createSigner } from '../server/signing.js'
import { authorize } from './authorize.js'
import { createBrowser } from './browser.js'
import type { Client, Route, ServerContext } from './context.js'
import { controls, type ScriptedWorkOS } from './controls.js'
import { givenToken, readToken } from './cookies.js'
import { authorizeDevice } from './devices.js'
import { createDirectory } from './directory.js'
import { refuse, tooManyRequests, WorkOSRefusal } from './errors.js'
import { challengeFactor, enrollFactor } from './factors.js'
import { authenticate } from './grants.js'
import { sendMagicCode } from './mails.js'
import { sendSms } from './radar.js'
import { logout, revoke } from './session-routes.js'
import { createSessions } from './sessions.js'
import type { ScriptedWorkOSOptions, WorkOSClientSeed } from './types.js'

export type { ScriptedBrowser } from './browser.js'
export type { ScriptedWorkOS } from './controls.js'
export type {
  ScriptedWorkOSOptions,
  WorkOSClientSeed,
  WorkOSMail,
  WorkOSMembership,
  WorkOSOrganizationSeed,
  WorkOSOrganizationSettings,
  WorkOSProfile,
  WorkOSRequest,
  WorkOSSessionInfo,
  WorkOSUserSeed,
} from './types.js'

const AUTHENTICATE = '/user_management/authenticate'

const notFound = (): never => refuse(404, { message: 'Not Found' })

/** `GET /sso/jwks/` and the client id. */
const jwks: Route = async ({ clients, signer }, { url }) => {
  const clientId = url.pathname.slice('/sso/jwks/'.length)
  return clients.has(clientId) ? json(200, await signer.jwks()) : notFound()
}

const ROUTES: Readonly<Record<string, Route>> = {
  [`POST ${AUTHENTICATE}`]: authenticate,
  'GET /user_management/authorize': authorize,
  'POST /user_management/authorize/device': authorizeDevice,
  'POST /user_management/magic_auth': sendMagicCode,
  'POST /user_management/radar_challenges': sendSms,
  'GET /user_management/sessions/logout': logout,
  'POST /user_management/sessions/revoke': revoke,
}

/** Those with an id in their path. */
const PATTERNS: readonly (readonly [RegExp, Route])[] = [
  [/^GET \/sso\/jwks\//, jwks],
  [/^POST \/auth\/factors\/[^/]+\/challenge$/, challengeFactor],
  [/^POST \/user_management\/users\/[^/]+\/auth_factors$/, enrollFactor],
]

async function route(context: ServerContext, { request, url, text }: Incoming): Promise<Response> {
  try {
    const name = `${request.method} ${url.pathname}`
    const handler = ROUTES[name] ?? PATTERNS.find(([pattern]) => pattern.test(name))?.[1]
    if (!handler) return notFound()
    const body = text === '' ? {} : parseObject(text)
    if (!body) return refuse(400, { message: 'The body is not a JSON object.' })
    return await handler(context, { request, url, body })
  } catch (error) {
    const refusal = error instanceof WorkOSRefusal ? error : null
    const unexpected = { message: `Unexpected failure: ${error}` }
    return json(refusal?.status ?? 500, refusal?.body ?? unexpected)
  }
}

const toClient = ({ id, ...seed }: WorkOSClientSeed): Client => ({
  id,
  apiKey: seed.apiKey ?? 'sk_test_scripted',
  redirectUris: seed.redirectUris ?? ['http://localhost:3000/callback'],
  logoutUris: seed.logoutUris ?? ['http://localhost:3000/'],
  cookies: seed.cookies ?? false,
})

function createContext(options: ScriptedWorkOSOptions): ServerContext {
  const { random = Math.random, clock = Date, clients = [{ id: 'client_scripted' }] } = options
  const { accessTokenLifetime = 300_000, issuer, signing = 'rs256' } = options
  const now = (): number => clock.now()
  const newToken = (): string => randomText(random, 25)
  const newId = (prefix: string): string => `${prefix}_01${randomText(random, 24).toUpperCase()}`
  const { sessionLifetime, inactivityTimeout, replayGrace } = options
  const limits = { sessionLifetime, inactivityTimeout, replayGrace }
  const directory = createDirectory(newId, now)
  for (const { id, ...settings } of options.organizations ?? []) directory.settle(id, settings)
  for (const seed of options.users ?? []) directory.create(seed)
  return {
    clients: new Map(clients.map((seed) => [seed.id, toClient(seed)])),
    directory,
    sessions: createSessions({ ...limits, newId, newToken, now }),
    signer: createSigner(signing),
    codes: new Map(),
    pending: new Map(),
    impersonations: new Map(),
    mailed: new Map(),
    mails: [],
    factors: new Map(),
    challenges: new Map(),
    devices: new Map(),
    settings: { accessTokenLifetime, issuer },
    options,
    newId,
    newToken,
    now,
    random,
  }
}

/** Cross-origin pages may ask, with their cookies, and read the headers that are exposed. */
const cors = (
  origin: string | null,
  exposed: readonly string[] = [],
): Readonly<Record<string, string>> => ({
  ...(exposed.length > 0 && { 'access-control-expose-headers': exposed.join(', ') }),
  ...(origin !== null && {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-allow-headers': 'Accept, Authorization, Content-Type',
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    vary: 'Origin',
  }),
})

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** What a request is about, for the log. */
function about({ request, url, fields }: Incoming) {
  const asked = (name: string): string | null => textOf(fields[name]) ?? url.searchParams.get(name)
  const clientId = asked('client_id')
  return {
    path: url.pathname,
    grant: textOf(fields.grant_type),
    presented: textOf(fields.refresh_token) ?? readToken(request, clientId ?? '') ?? null,
    clientId,
    organizationId: asked('organization_id'),
  }
}

/**
 * Makes a scripted WorkOS. It issues real RS256 tokens, rotates refresh tokens with WorkOS's replay
 * grace, and refuses in WorkOS's envelopes. It needs no Node: mount it in a test or a server.
 * @example
 * ```ts
 * import { workos } from 'holdfast/providers/workos'
 * import { createScriptedWorkOS } from 'holdfast/testing'
 *
 * const ada = { email: 'ada@example.com', memberships: [{ organizationId: 'org_1', role: 'admin' }] }
 * const server = createScriptedWorkOS({ users: [ada] })
 * const provider = workos({ clientId: 'client_scripted', fetch: server.fetch })
 * server.fail({ type: 'status', status: 503 })
 * ```
 */
export function createScriptedWorkOS(options: ScriptedWorkOSOptions = {}): ScriptedWorkOS {
  const context = createContext(options)
  const server = createServer({
    wait: options.wait,
    now: context.now,
    limit: tooManyRequests,
    before: ({ method, headers }) =>
      method === 'OPTIONS'
        ? new Response(null, { status: 204, headers: cors(headers.get('origin')) })
        : null,
    about,
    answer: (incoming) => route(context, incoming),
    said: (body, { headers }) => ({
      code: textOf(body.error) ?? textOf(body.code),
      returned: textOf(body.refresh_token) ?? givenToken(headers),
    }),
    headers: (request) => cors(request.headers.get('origin'), options.exposedHeaders),
  })

  return {
    ...server,
    browser: () => createBrowser(server.fetch),
    count: (grant) =>
      server.requests.filter((entry) => entry.path === AUTHENTICATE && entry.grant === grant)
        .length,
    ...controls(context),
  }
}
