import { cheapHashes, realHashes } from '../server/hashes.js'
import { type Fields, field, parseObject } from '../server/json.js'
import { createServer, type Incoming } from '../server/serve.js'
import { createSigner } from '../server/signing.js'
import { type Accounts, createAccounts } from './accounts.js'
import type { Call, ServerContext } from './context.js'
import { controls, type ScriptedGoTrue } from './controls.js'
import { corsHeaders, preflight } from './cors.js'
import { GoTrueRefusal, OAuthRefusal, refusalCode, refusalResponse, refuse } from './errors.js'
import { netlifyAccounts } from './netlify-people.js'
import { createRefreshTokens, type ServerSession } from './rotation.js'
import { handlerOf, isRouted, located } from './routes.js'
import type { ScriptedGoTrueOptions } from './types.js'

export type { ScriptedGoTrue } from './controls.js'
export type { AccountFactor, MfaOptions } from './mfa-types.js'
export type {
  AccessTokenHook,
  Account,
  AccountIdentity,
  Rotation,
  ScriptedGoTrueOptions,
  ScriptedSsoProvider,
  SeedUser,
  SentMessage,
} from './types.js'
export type { WebAuthnCredential } from './webauthn-types.js'

/** What GoTrue says to whoever asks too often. It never says for how long: `Retry-After` is a proxy's. */
const LIMITED = new GoTrueRefusal(429, 'over_request_rate_limit', 'Request rate limit reached')

/** GoTrue's limit for bodies, in bytes; counted here in UTF-16 units. */
const LONGEST_BODY = 1024 * 1024

/** Fields that must be texts: of any other kind, they are no JSON that GoTrue can read. */
const TEXTS = [
  ...['email', 'phone', 'password', 'current_password', 'refresh_token', 'auth_code'],
  ...['code_verifier', 'id_token'],
  ...['domain', 'provider_id', 'redirect_to', 'chain', 'message', 'signature', 'action'],
  ...['factor_type', 'friendly_name', 'issuer', 'challenge_id', 'code'],
  ...['nonce', 'type', 'token', 'token_hash', 'channel', 'code_challenge', 'code_challenge_method'],
]

/** Where a body may be missing. */
const UNREAD = /^\/logout$|^\/factors\/recovery-codes(\/regenerate)?$/

const unreadable = (): never =>
  refuse(400, 'bad_json', 'Could not parse request body as JSON: unexpected end of JSON input')

/** The path that takes a form (RFC 6749 §4.1.3). */
const formPath = ({ manners }: ScriptedGoTrueOptions): string =>
  manners ? '/token' : '/oauth/token'

/** The fields of a form, where one is taken. */
function formOf(
  { request, text }: Incoming,
  path: string,
  options: ScriptedGoTrueOptions,
): Fields | null {
  const type = request.headers.get('content-type') ?? ''
  if (path !== formPath(options)) return null
  const isForm = type.startsWith('application/x-www-form-urlencoded')
  if (isForm) return Object.fromEntries(new URLSearchParams(text))
  // Netlify's looks for nothing but a form there.
  return options.manners ? {} : null
}

function parseBody(incoming: Incoming, path: string, options: ScriptedGoTrueOptions): Call['body'] {
  const { request, text } = incoming
  if (text.length > LONGEST_BODY) {
    const message = `Request body too large (max ${LONGEST_BODY} bytes)`
    return refuse(413, 'request_entity_too_large', message)
  }
  const unread = ['GET', 'DELETE'].includes(request.method) || UNREAD.test(path)
  if (text === 'null' || (unread && text === '')) return {}
  const body = formOf(incoming, path, options) ?? parseObject(text) ?? unreadable()
  const wrong = TEXTS.some((name) => typeof (body[name] ?? '') !== 'string')
  return wrong ? unreadable() : body
}

/** What the router itself says: in text, or with no body at all. */
const unrouted = (path: string, { manners }: ScriptedGoTrueOptions): Response =>
  isRouted(path, manners)
    ? new Response(null, { status: 405 })
    : new Response('404 page not found\n', {
        status: 404,
        headers: { 'content-type': 'text/plain' },
      })

async function route(context: ServerContext, incoming: Incoming, path: string): Promise<Response> {
  const { request, url } = incoming
  try {
    const { known, id } = located(path)
    const { options } = context
    const handler = handlerOf(request.method, known, options.manners)
    if (!handler) return unrouted(known, options)
    return await handler(context, { request, url, id, body: parseBody(incoming, path, options) })
  } catch (error) {
    const unexpected = 'Unexpected failure, please check server logs for more information'
    const refusal =
      error instanceof GoTrueRefusal || error instanceof OAuthRefusal
        ? error
        : new GoTrueRefusal(500, 'unexpected_failure', `${unexpected}: ${error}`)
    return refusalResponse(refusal, request, context.options.errors)
  }
}

/** What the manners of a server say of its options. Netlify's forgives no second use of a refresh token. */
const withManners = (options: ScriptedGoTrueOptions): ScriptedGoTrueOptions =>
  options.manners
    ? { ...options, errors: 'oauth', rotation: 'strict', reuseRevokes: false, exposedHeaders: [] }
    : options

function createContext(options: ScriptedGoTrueOptions): ServerContext {
  const random = options.random ?? Math.random
  const now = (): number => (options.clock ?? Date).now()
  const sessions = new Map<string, ServerSession>()
  const made = createAccounts(random, now)
  const accounts: Accounts = options.manners ? netlifyAccounts(made) : made
  const { rotation = 'v1', reuseInterval = 10_000, reuseRevokes = true } = options
  const { signing = 'hs256' } = options
  const hashes = signing === 'digest' ? cheapHashes : realHashes
  const rotating = { rotation, reuseInterval, reuseRevokes, random, now, sessions, hashes }
  return {
    accounts,
    sessions,
    tokens: createRefreshTokens(rotating),
    signer: createSigner(signing, options.jwtSecret ?? 'scripted-secret-of-32-characters'),
    codes: new Map(),
    links: new Map(),
    passkeys: new Map(),
    passkeyChallenges: new Map(),
    challenges: new Map(),
    settings: {
      accessTokenLifetime: options.accessTokenLifetime ?? 3_600_000,
      autoconfirm: options.autoconfirm ?? true,
      denyNext: false,
      hook: null,
    },
    options,
    path: options.path ?? '/auth/v1',
    random,
    now,
  }
}

/**
 * Makes a scripted GoTrue. It issues real HS256 tokens, rotates refresh tokens as GoTrue does, and
 * keeps its error codes. It needs no Node: mount it in a test, a service worker or a server.
 * @example
 * ```ts
 * import { gotrue } from 'holdfast/providers/gotrue'
 * import { createScriptedGoTrue } from 'holdfast/testing'
 *
 * const server = createScriptedGoTrue({ users: [{ email: 'ada@example.com', password: 'secret-1' }] })
 * const provider = gotrue({ url: 'http://localhost/auth/v1', fetch: server.fetch })
 * server.fail({ type: 'status', status: 503 })
 * ```
 */
export function createScriptedGoTrue(given: ScriptedGoTrueOptions = {}): ScriptedGoTrue {
  const options = withManners(given)
  const context = createContext(options)
  const crossOrigin = corsHeaders(options)
  for (const seed of options.users ?? []) context.accounts.create(seed)
  const pathOf = (url: string): string => new URL(url).pathname
  const below = (url: string): string => pathOf(url).slice(context.path.length)

  const server = createServer({
    wait: options.wait,
    now: context.now,
    limit: (request) => refusalResponse(LIMITED, request, options.errors),
    before(request) {
      if (!pathOf(request.url).startsWith(`${context.path}/`)) {
        return new Response(null, { status: 404 })
      }
      return preflight(request, options)
    },
    about(incoming) {
      const path = below(incoming.url.href)
      const form = formOf(incoming, path, options)
      return {
        path,
        grant:
          incoming.url.searchParams.get('grant_type') ?? field(form ?? {}, 'grant_type') ?? null,
        presented: field(form ?? incoming.fields, 'refresh_token') ?? null,
      }
    },
    answer: (incoming) => route(context, incoming, below(incoming.url.href)),
    said: (body, { status }) => ({
      code: status >= 400 ? refusalCode(body) : null,
      returned: field(body, 'refresh_token') ?? null,
    }),
    headers: () => crossOrigin,
  })

  return {
    ...server,
    messages: context.accounts.messages,
    count: (grant) =>
      server.requests.filter((entry) => entry.path === '/token' && entry.grant === grant).length,
    createUser: context.accounts.create,
    sessions: () => [...context.sessions.values()].map(({ id, userId }) => ({ id, userId })),
    ...controls(context),
  }
}
