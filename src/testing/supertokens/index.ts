import { uuid } from '../server/encoding.js'
import type { Fields } from '../server/json.js'
import { parseObject } from '../server/json.js'
import { createServer, type Incoming } from '../server/serve.js'
import { CoreRefusal, jsonAnswer, refuse, textAnswer, tooManyRequests } from './answers.js'
import { type CoreContext, checkPublic } from './context.js'
import { createKeys } from './keys.js'
import { createRefreshTokens } from './refresh-tokens.js'
import { createRoutes, type Found, type Routes } from './routes.js'
import type { ScriptedSuperTokensCore, ScriptedSuperTokensCoreOptions } from './types.js'
import { atLeast, dialectOf, newest, TODAYS_VERSIONS } from './versions.js'

export type {
  ScriptedSuperTokensCore,
  ScriptedSuperTokensCoreOptions,
  SuperTokensCoreCookie,
  SuperTokensCoreRequest,
  SuperTokensCoreSession,
  SuperTokensRotation,
} from './types.js'

/** How long a dynamic key signs, in ms: a week today, a day before interface 2.21. */
const KEY_INTERVAL = { today: 604_800_000, once: 86_400_000 }

function createContext(options: ScriptedSuperTokensCoreOptions): CoreContext {
  const { versions = TODAYS_VERSIONS, random = Math.random, clock = Date } = options
  const now = (): number => clock.now()
  const newId = (): string => uuid(random)
  const interval = KEY_INTERVAL[dialectOf(newest(versions)).jwt ? 'today' : 'once']
  return {
    versions,
    rows: new Map(),
    keys: createKeys({ now, newId, interval }),
    tokens: createRefreshTokens(random),
    rotation: {
      grace: options.rotation?.grace ?? 30_000,
      reuse: options.rotation?.reuse ?? 'TOKEN_THEFT',
    },
    tenants: ['public', ...(options.tenants ?? [])],
    accessTokenValidity: options.accessTokenValidity ?? 3_600_000,
    refreshTokenValidity: options.refreshTokenValidity ?? 8_640_000_000,
    antiCsrf: options.enableAntiCsrf ?? false,
    cookie: options.cookie ?? {},
    now,
    newId,
  }
}

/** @throws CoreRefusal 401 without the key that this core asks for. */
function checkKey({ headers }: Request, apiKey: string | undefined): void {
  const bearer = headers.get('authorization')?.replace(/^Bearer /, '')
  const given = headers.get('api-key') ?? bearer
  if (apiKey !== undefined && given?.trim() !== apiKey) refuse(401, 'Invalid API key')
}

/** The version that a request speaks. Old cores take silence for 1.0, others for their newest. */
function versionOf({ headers }: Request, versions: readonly string[]): string {
  const silence = versions.includes('1.0') ? '1.0' : newest(versions)
  const version = headers.get('cdi-version') ?? silence
  return versions.includes(version) ? version : refuse(400, `cdi-version ${version} not supported`)
}

/** The paths of which tenants have their own. At 5.6 no other may name one. */
const OF_TENANTS = ['/recipe/session', '/recipe/session/remove', '/recipe/session/user']

/** The tenant that a path names. Cores before interface 3.0 have none, and take it for a base. */
function tenantOf({ base }: Found, { versions, tenants }: CoreContext): string {
  const last = base.split('/').at(-1) ?? ''
  const named = last !== '' && !last.startsWith('appid-') && atLeast(newest(versions), '3.0')
  if (!named || tenants.includes(last)) return named ? last : 'public'
  const combination = 'connectionURIDomain, appId and tenantId combination'
  const reason = `Tenant with the following ${combination} not found: (, public, ${last})`
  return refuse(400, `AppId or tenantId not found => ${reason}`)
}

async function answer(
  context: CoreContext,
  { request, url, text }: Incoming,
  { found, apiKey }: { readonly found: Found; readonly apiKey: string | undefined },
): Promise<Response> {
  try {
    if (found.type === 'unknown') return refuse(404, 'Not found')
    if (found.type === 'plain' && !found.guarded) return await found.serve(context)
    checkKey(request, apiKey)
    if (found.type === 'plain') return await found.serve(context)
    const dialect = dialectOf(versionOf(request, context.versions))
    if (found.type === 'wrong-method') return refuse(405, 'Method not supported')
    const reads = request.method === 'GET'
    const body: Fields = (reads ? {} : parseObject(text)) ?? refuse(400, 'Invalid Json Input')
    const tenantId = tenantOf(found, context)
    if (dialect.rotatesAtRefresh && !OF_TENANTS.includes(found.path)) checkPublic(tenantId)
    const call = { url, body, dialect, tenantId }
    return jsonAnswer(await found.handler(context, call))
  } catch (error) {
    if (error instanceof CoreRefusal) return textAnswer(error.status, error.message)
    return textAnswer(500, `Unexpected failure: ${error}`)
  }
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null)

/** The refresh token of an answer, which is an object with its dates. */
const tokenIn = (value: unknown): string | null =>
  textOf(typeof value === 'object' && value !== null && 'token' in value ? value.token : null)

const controls = ({
  keys,
  rows,
  tokens,
  now,
}: CoreContext): Pick<
  ScriptedSuperTokensCore,
  'rotateKeys' | 'sessions' | 'endSession' | 'restart'
> => ({
  rotateKeys: keys.rotate,
  sessions: () =>
    [...rows.values()]
      .filter(({ expiry }) => expiry >= now())
      .map(({ lineage: _, staticKey: __, ...session }) => session),
  endSession: (handle) => void rows.delete(handle),
  restart() {
    rows.clear()
    keys.replaceAll()
    tokens.replaceKey()
  },
})

/**
 * Makes a scripted SuperTokens core. It signs real RS256 tokens, speaks the versions of the interface
 * that it is told to, rotates refresh tokens by the algorithm of each request's version, and refuses in
 * a core's words. It serves any host; before its paths may be an app and a tenant. It needs no Node.
 * @example
 * ```ts
 * import { createSuperTokens } from 'holdfast/server/supertokens'
 * import { createScriptedSuperTokensCore } from 'holdfast/testing'
 *
 * const core = createScriptedSuperTokensCore({ rotation: { grace: 60_000 } })
 * const superTokens = createSuperTokens({ hosts: 'http://localhost:3567', fetch: core.fetch })
 * core.fail({ type: 'status', status: 503 })
 * ```
 */
export function createScriptedSuperTokensCore(
  options: ScriptedSuperTokensCoreOptions = {},
): ScriptedSuperTokensCore {
  const context = createContext(options)
  const routes: Routes = createRoutes(context.versions, options.apiVersionPath ?? true)
  const server = createServer({
    wait: options.wait,
    now: context.now,
    limit: tooManyRequests,
    about: ({ request, url, fields }) => ({
      path: routes.find(request.method, url.pathname).path,
      grant: null,
      presented: textOf(fields.refreshToken),
      version: request.headers.get('cdi-version'),
      host: url.host,
    }),
    answer(incoming) {
      const found = routes.find(incoming.request.method, incoming.url.pathname)
      return answer(context, incoming, { found, apiKey: options.apiKey })
    },
    said: (body) => ({ code: textOf(body.status), returned: tokenIn(body.refreshToken) }),
  })

  return {
    ...server,
    count: (path) => server.requests.filter((entry) => entry.path.endsWith(path)).length,
    ...controls(context),
  }
}
