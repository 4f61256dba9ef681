import { AuthError } from '../../core/errors.js'
import type { ActionHost, Provider, RequestContext } from '../../core/provider.js'
import { resumeWith } from '../../core/resume.js'
import type { SessionUser } from '../../core/session.js'
import { createHttp, type Http, type HttpRequest } from '../shared/http.js'
import { HTTP_ONLY, lacksCookies } from '../shared/http-only.js'
import { asObject } from '../shared/json.js'
import { checkOptions, HTTP_OPTIONS, type Kind } from '../shared/options.js'
import { isFine } from '../shared/passing.js'
import { readPageUrl } from '../shared/steps.js'
import { checkUrl, invalid, isPath, parseUrl, trimSlashes } from '../shared/url.js'
import type { BackendActions, BackendProviderOptions, SignInUrlOptions } from './types.js'
import { toError, toGrant } from './wire.js'

export type { SessionClaims } from '../shared/claims.js'
export { HTTP_ONLY } from '../shared/http-only.js'
export type { RequiredStep } from '../shared/steps.js'
export type {
  BackendActions,
  BackendProviderOptions,
  SignInHints,
  SignInUrlOptions,
  SignOutUrlOptions,
} from './types.js'

/**
 * The provider that `backend` makes. `Credentials` are what `signIn` takes where the backend's auth server asks
 * for such: with GoTrue its `GoTrueCredentials`.
 */
export type BackendProvider<
  User extends SessionUser = SessionUser,
  Credentials extends object = never,
> = Provider<Credentials, User, BackendActions>

/** What no page of another site can send without being asked first (Fetch §2.2.2). */
const GUARD: Readonly<Record<string, string>> = { 'X-Holdfast': '1' }

const OPTIONS: Readonly<Record<keyof BackendProviderOptions, Kind>> = {
  ...HTTP_OPTIONS,
  trailingSlash: 'boolean',
}

const rejected = (message: string): AuthError => new AuthError('refresh_rejected', message)

/** The path of a page of this origin. */
function ownPath(returnTo: string, here: string | null): string {
  if (here === null) return returnTo
  const { origin, pathname, search, hash } = parseUrl(returnTo, here)
  if (origin !== parseUrl(here).origin) invalid('`returnTo` must be a page of this origin.')
  return `${pathname}${search}${hash}`
}

/** What stands at the end of each address of a backend. */
const endOf = ({ trailingSlash }: BackendProviderOptions): string => (trailingSlash ? '/' : '')

/** Makes the function by which requests reach a backend, whose place is looked up at the first. */
function createSend(url: string, options: BackendProviderOptions): Http {
  // What lies on the page's own origin is as safe as the page.
  const relative = isPath(url)
  const { dangerouslyAllowInsecureHttp = relative } = options
  if (!relative) checkUrl(url, dangerouslyAllowInsecureHttp)
  let http: Http | undefined
  return async (request, context) => {
    const here = globalThis.location?.href
    if (relative && !here) invalid('Outside of pages, `url` must be an absolute URL.')
    http ??= createHttp({
      ...options,
      url: relative ? new URL(url, here).href : url,
      dangerouslyAllowInsecureHttp,
      headers: { ...options.headers, ...GUARD },
      credentials: 'include',
    })
    return http({ ...request, path: request.path + endOf(options) }, context)
  }
}

function createActions(
  { page, request }: ActionHost,
  addressOf: (path: string) => string,
  call: (request: HttpRequest, context: RequestContext) => Promise<unknown>,
): BackendActions {
  const link = async (path: string, { returnTo, ...hints }: SignInUrlOptions = {}) => {
    const here = page.href()
    const target = ownPath(returnTo ?? here ?? '/', here)
    const query = new URLSearchParams({ returnTo: target })
    for (const [name, value] of Object.entries(hints)) {
      if (value !== undefined)
        query.set(name, typeof value === 'string' ? value : JSON.stringify(value))
    }
    return `${addressOf(path)}?${query}`
  }
  return {
    signInUrl: (options) => link('/sign-in', options),
    signUpUrl: (options) => link('/sign-up', options),
    async signOut({ returnTo, parameters } = {}, options) {
      const target = returnTo && ownPath(returnTo, page.href())
      const body = await request(
        (context) => call({ path: '/sign-out', json: { returnTo: target, parameters } }, context),
        options,
      )
      return readPageUrl(asObject(body)?.logoutUrl) ?? target ?? '/'
    },
  }
}

/**
 * Speaks to a backend of this app, which keeps the session in cookies that no script can read: the
 * tokens of this client's sessions are names that are worth nothing. `signIn` takes a backend whose auth server
 * has credentials, such as GoTrue: `backend<GoTrueUser, GoTrueCredentials>()`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { backend } from 'holdfast/providers/backend'
 *
 * const auth = new AuthClient({ provider: backend({ url: '/auth' }) })
 * const user = (await auth.getSession())?.user
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and for a `url` that is neither a
 *   path nor fit for cookies.
 */
export function backend<User extends SessionUser = SessionUser, Credentials extends object = never>(
  options: BackendProviderOptions = {},
): BackendProvider<User, Credentials> {
  checkOptions('backend', options, OPTIONS)
  const url = trimSlashes(options.url ?? '/auth')
  const send = createSend(url, options)

  async function call(request: HttpRequest, context: RequestContext): Promise<unknown> {
    const answer = await send(request, context)
    if (isFine(answer)) return answer.body
    throw toError(answer)
  }

  return {
    id: `backend.${url}`,
    async refresh(token, { organizationId, ...context }) {
      if (!token.startsWith(HTTP_ONLY)) throw rejected('This token is not one of a backend.')
      const json = { sessionId: token.slice(HTTP_ONLY.length), organizationId }
      // The cookies that come with the answer must not be lost with the page.
      const body = await call({ path: '/refresh', json, keepalive: true }, context)
      const grant = toGrant<User>(body)
      if (!grant || grant.refreshToken === token) return grant
      throw rejected('Somebody else has signed in in this browser.')
    },
    resume: resumeWith<User>(async (_, context) =>
      lacksCookies(options) || (isPath(url) && !globalThis.location)
        ? undefined
        : toGrant<User>(await call({ path: '/session', method: 'GET' }, context)),
    ),
    signIn: async (credentials, context) =>
      toGrant<User>(await call({ path: '/credentials', json: { ...credentials } }, context)),
    authorize: ({ accessToken }) =>
      accessToken.startsWith(HTTP_ONLY) ? GUARD : { Authorization: `Bearer ${accessToken}` },
    async signOut({ sessionId }, scope, context) {
      await call({ path: '/sign-out', json: { sessionId, scope }, keepalive: true }, context)
    },
    actions: (host) => createActions(host, (path) => url + path + endOf(options), call),
  }
}
