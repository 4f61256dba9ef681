import { randomText } from '../server/encoding.js'
import { json } from '../server/json.js'
import { createServer, type Incoming } from '../server/serve.js'
import { createSigner } from '../server/signing.js'
import { type Call, OidcRefusal, type Route, type ServerContext } from './context.js'
import { refuseAccess, sessionOf } from './dpop.js'
import { MANNERS, USUAL } from './manners/index.js'
import type { Refusal } from './manners/manners.js'
import { createProofs } from './nonces.js'
import { push } from './pushed.js'
import {
  authorize,
  discovery,
  endSession,
  introspection,
  jwks,
  revocation,
  userinfo,
} from './routes.js'
import { authenticators, challenge } from './second-factor.js'
import { createSessions, isOffline } from './sessions.js'
import { token } from './token.js'
import type { ScriptedOidc, ScriptedOidcOptions } from './types.js'

export type {
  OidcClientSeed,
  OidcManners,
  OidcPerson,
  OidcProofRules,
  OidcRequest,
  OidcRotation,
  ScriptedFactorCodes,
  ScriptedOidc,
  ScriptedOidcOptions,
} from './types.js'

const ROUTES: Readonly<Record<string, Route>> = {
  'GET /.well-known/openid-configuration': discovery,
  'GET /.well-known/oauth-authorization-server': discovery,
  'GET /auth': authorize,
  'GET /me': userinfo,
  'GET /jwks': jwks,
  'GET /session/end': endSession,
  'POST /request': push,
  'POST /token': token,
  'POST /token/revocation': revocation,
  'POST /token/introspection': introspection,
  'GET /mfa/authenticators': authenticators,
  'POST /mfa/challenge': challenge,
}

/** Answers that pages may not read. */
const hidden = new WeakSet<Response>()

function answerTo(refusal: Refusal): Response {
  const { status, error, description, scope, headers, page, fields } = refusal
  if (page !== undefined) return new Response(page, { status, ...(headers && { headers }) })
  return json(status, { error, error_description: description, scope, ...fields }, headers)
}

function refused(refusal: Refusal): Response {
  const answer = answerTo(refusal)
  if (refusal.hidden) hidden.add(answer)
  return answer
}

/** What a piece of work answers, refusals too, with the headers that its call is to get besides. */
async function answered({ reply }: Call, work: () => Promise<Response>): Promise<Response> {
  const response = await work().catch((error: unknown) =>
    error instanceof OidcRefusal
      ? refused(error.refusal)
      : json(500, { error: 'server_error', error_description: `${error}` }),
  )
  for (const [name, value] of reply) response.headers.set(name, value)
  return response
}

/** The fields of a form; `null` for another kind of body. */
function formOf({ request, text }: Incoming): Call['form'] {
  const type = request.headers.get('content-type') ?? ''
  return type.startsWith('application/x-www-form-urlencoded')
    ? new Map(new URLSearchParams(text))
    : null
}

function createContext(options: ScriptedOidcOptions): ServerContext {
  const { random = Math.random, clock = Date, clients = [{ id: 'app' }] } = options
  const { people = [{ sub: 'ada', name: 'Ada' }], refreshTokenLifetime = Infinity } = options
  const manners = options.manners ? MANNERS[options.manners] : USUAL
  const now = (): number => clock.now()
  const newToken = (): string => randomText(random, 40)
  return {
    issuer: options.issuer ?? 'https://id.example',
    proofs: createProofs(options.dpop?.nonceLifetime ?? 60_000, { now, newToken }),
    manners,
    clients: new Map(clients.map((client) => [client.id, client])),
    sessions: createSessions({
      rotationOf({ jkt }) {
        const usual = jkt === null ? manners.rotation : (manners.boundRotation ?? manners.rotation)
        return options.rotation ?? usual
      },
      lifetime: refreshTokenLifetime,
      sparesLoser: (session) =>
        manners.loser !== undefined && !(manners.offline && isOffline(session)),
      knowsStale: manners.stale !== undefined,
      newestAccess: manners.newestAccess === true,
      now,
      newToken,
    }),
    signer: createSigner(options.signing ?? 'rs256'),
    codes: new Map(),
    assertions: new Set(),
    pushed: new Map(),
    factorSteps: new Map(),
    factorCodes: { otp: '246810', bindingCode: '135790', recoveryCode: 'RECOVERYCODE1' },
    accessTokens: options.accessTokens ?? manners.accessTokens,
    accessTokenLifetime: options.accessTokenLifetime ?? 60_000,
    person: people[0] ?? null,
    options,
    newToken,
    now,
  }
}

/** What cross-origin pages may send, and read: no server captured exposes `Retry-After`. */
const cors = (
  { options, manners }: ServerContext,
  origin: string | null,
): Readonly<Record<string, string>> => ({
  ...(options.dpop && manners.exposed && { 'access-control-expose-headers': manners.exposed }),
  ...(origin !== null && {
    'access-control-allow-origin': origin,
    'access-control-allow-headers': `Authorization, Content-Type${options.dpop && !manners.hidesProofs ? ', DPoP' : ''}`,
    'access-control-allow-methods': 'GET, POST, OPTIONS',
    vary: 'Origin',
  }),
})

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/**
 * Makes a scripted OpenID Connect server, with the habits of a real one: its rotation, its refusals, its
 * tokens. It needs no Node: mount it in a test or a server.
 * @example
 * ```ts
 * import { oidc } from 'holdfast/providers/oidc'
 * import { createScriptedOidc } from 'holdfast/testing'
 *
 * const redirectUri = 'https://app.example/callback'
 * const server = createScriptedOidc({ manners: 'keycloak', rotation: { type: 'on' } })
 * const provider = oidc({ issuer: 'https://id.example', clientId: 'app', redirectUri, fetch: server.fetch })
 * server.fail({ type: 'lose-response' }, { grant: 'refresh_token' })
 * ```
 */
export function createScriptedOidc(options: ScriptedOidcOptions = {}): ScriptedOidc {
  const context = createContext(options)
  const { pathname } = new URL(context.issuer)
  const base = pathname.replace(/\/$/, '')

  /** The path below the issuer; documents of OAuth have theirs after their name (RFC 8414 §3.1). */
  const pathOf = ({ url }: Incoming): string =>
    url.pathname.endsWith(base) && url.pathname.startsWith('/.well-known/oauth')
      ? url.pathname.slice(0, url.pathname.length - base.length)
      : url.pathname.slice(base.length)

  async function route(incoming: Incoming): Promise<Response> {
    const { request, url } = incoming
    const handler = ROUTES[`${request.method} ${pathOf(incoming)}`]
    if (!handler) return json(404, { error: 'invalid_request', error_description: 'not found' })
    const { fields } = incoming
    const call = { request, url, form: formOf(incoming), fields, reply: new Headers() }
    return answered(call, () => handler(context, call))
  }

  const server = createServer({
    wait: options.wait,
    now: context.now,
    limit: () => json(429, { error: 'too_many_requests' }),
    before: ({ method, headers }) =>
      method === 'OPTIONS'
        ? new Response(null, { status: 204, headers: cors(context, headers.get('origin')) })
        : null,
    about(incoming) {
      const form = formOf(incoming)
      const asked = (name: string): string | null => form?.get(name) ?? null
      const clientId = asked('client_id') ?? incoming.url.searchParams.get('client_id')
      return {
        path: pathOf(incoming),
        grant: asked('grant_type'),
        presented: asked('refresh_token'),
        clientId,
      }
    },
    answer: route,
    said: (body) => ({ code: textOf(body.error), returned: textOf(body.refresh_token) }),
    headers: (request, response) =>
      hidden.has(response) ? {} : cors(context, request.headers.get('origin')),
  })

  const sessions: ScriptedOidc['sessions'] = () =>
    context.sessions.all
      .filter(({ over }) => !over)
      .map(({ id, person }) => ({ id, sub: person.sub }))

  return {
    ...server,
    count: (grant) => server.requests.filter((entry) => entry.grant === grant).length,
    signInAs(person) {
      context.person = person
    },
    endSessions() {
      for (const { id } of context.sessions.all) context.sessions.end(id)
    },
    requireSecondFactor() {
      for (const session of context.sessions.all) session.factorDue = true
      return context.factorCodes
    },
    guard(request, serve) {
      const url = new URL(request.url)
      const call = { request, url, form: null, fields: {}, reply: new Headers() }
      return answered(call, async () =>
        (await sessionOf(context, call)) ? serve() : refuseAccess(context, call),
      )
    },
    liveSessions: () => sessions().length,
    sessions,
    endSession: context.sessions.end,
    setAccessTokenLifetime(ms) {
      context.accessTokenLifetime = ms
    },
    rotateKey: () => context.signer.rotate(),
  }
}
