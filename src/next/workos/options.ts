import type { WorkOSUser } from '../../providers/workos/types.js'
import type { Coordinator } from '../../server/coordination/coordinator-types.js'
import type { CookieSettings } from '../../server/requests/request-sessions.js'
import type { Password } from '../../server/sealed/seal.js'
import {
  authkitCookies,
  createWorkOSSessions,
  type WorkOSSessionsOptions,
  workosServer,
} from '../../server/workos/index.js'
import { fail, need, needUrl, type Variables } from '../environment.js'
import type {
  NextAppOptions,
  NextBackendOptions,
  NextSessionsOptions,
  NextShared,
} from '../options.js'
import { readPlaces } from '../places.js'

/** Options of `createNextAuth` for WorkOS. What is left out comes from the environment, at first use. */
export interface NextAuthOptions
  extends NextBackendOptions<WorkOSUser>,
    Pick<NextSessionsOptions, 'organizationPage'>,
    Pick<
      WorkOSSessionsOptions,
      | 'reuseWindow'
      | 'limits'
      | 'maxSize'
      | 'store'
      | 'list'
      | 'claims'
      | 'refreshMargin'
      | 'requestTimeout'
      | 'onRefresh'
      | 'onRefreshError'
      | 'onReuse'
      | 'onSecurityEvent'
    >,
    NextAppOptions {
  /** @default WORKOS_CLIENT_ID */
  readonly clientId?: string | undefined
  /** @default WORKOS_API_KEY */
  readonly apiKey?: string | undefined
  /** Newest first; 32 characters or more. @default WORKOS_COOKIE_PASSWORD */
  readonly cookiePassword?: Password | undefined
  /** Where WorkOS sends people back to. @default NEXT_PUBLIC_WORKOS_REDIRECT_URI, unless there are `redirectUris` */
  readonly redirectUri?: string | undefined
  /** @default WORKOS_API_HOSTNAME, WORKOS_API_HTTPS and WORKOS_API_PORT, or api.workos.com */
  readonly apiUrl?: string | undefined
  /**
   * The session's cookie. It is secure where the app is.
   * @default WORKOS_COOKIE_NAME, _DOMAIN, _MAX_AGE (seconds, this one) and _SAMESITE
   */
  readonly cookie?: Omit<CookieSettings, 'password'> | undefined
  /**
   * The sessions of another library that go on here; `false` for nobody's.
   * @default those of authkit-nextjs, unless the session's cookie is called as theirs: then they go on as they are
   */
  readonly takeOver?: NextSessionsOptions<WorkOSUser>['takeOver'] | false
  /** Who issues the access tokens. @default anybody with WorkOS's key for this client */
  readonly issuer?: string | readonly string[] | undefined
  /** Shares exchanges among processes: `redisCoordinator`. @default one for this process */
  readonly coordinator?: Coordinator | undefined
  /** Allows plain `http:` to hosts other than this device: secrets can then be read on the way. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** Options with nothing left to look up. */
export interface NextAuthSettings
  extends Omit<NextAuthOptions, 'cookiePassword' | 'clientId' | 'apiKey' | 'cookie'> {
  readonly clientId: string
  readonly apiKey: string
  readonly redirectUri: string | undefined
  readonly apiUrl: string
  readonly cookie: CookieSettings
}

function parseMaxAge(seconds: string): number {
  return Number(seconds) >= 1
    ? Number(seconds) * 1000
    : fail('WORKOS_COOKIE_MAX_AGE is a number of seconds.')
}

function parseSameSite(text: string): 'lax' | 'strict' | 'none' {
  const value = text.toLowerCase()
  return value === 'lax' || value === 'strict' || value === 'none'
    ? value
    : fail('WORKOS_COOKIE_SAMESITE is lax, strict or none.')
}

function apiUrlOf(env: Variables): string {
  const host = env.WORKOS_API_HOSTNAME || 'api.workos.com'
  const port = env.WORKOS_API_PORT
  const scheme = env.WORKOS_API_HTTPS === 'false' ? 'http' : 'https'
  return `${scheme}://${host}${port ? `:${port}` : ''}`
}

const cookieOf = (env: Variables): Omit<CookieSettings, 'password'> => ({
  ...(env.WORKOS_COOKIE_NAME && { name: env.WORKOS_COOKIE_NAME }),
  ...(env.WORKOS_COOKIE_DOMAIN && { domain: env.WORKOS_COOKIE_DOMAIN }),
  ...(env.WORKOS_COOKIE_MAX_AGE && { maxAge: parseMaxAge(env.WORKOS_COOKIE_MAX_AGE) }),
  ...(env.WORKOS_COOKIE_SAMESITE && { sameSite: parseSameSite(env.WORKOS_COOKIE_SAMESITE) }),
})

/**
 * Looks up what the options leave out.
 * @throws AuthError `invalid_argument` that names what is missing or wrong.
 */
export function readWorkOSSettings(options: NextAuthOptions, env: Variables): NextAuthSettings {
  const { cookiePassword, ...given } = options
  const setting = <T>(value: T | undefined, option: string, variable: string): T | string =>
    need(env, { given: value, option, variables: [variable] })
  const back = 'NEXT_PUBLIC_WORKOS_REDIRECT_URI'
  const redirectUri = options.redirectUris
    ? undefined
    : setting(options.redirectUri, 'redirectUri', back)
  if (redirectUri !== undefined) needUrl(redirectUri, `\`redirectUri\` (${back})`)
  return {
    ...given,
    redirectUri,
    clientId: setting(options.clientId, 'clientId', 'WORKOS_CLIENT_ID'),
    apiKey: setting(options.apiKey, 'apiKey', 'WORKOS_API_KEY'),
    apiUrl: options.apiUrl ?? apiUrlOf(env),
    cookie: {
      ...cookieOf(env),
      ...options.cookie,
      password: setting(cookiePassword, 'cookiePassword', 'WORKOS_COOKIE_PASSWORD'),
    },
  }
}

/** The sessions that authkit-nextjs has left, where their cookie is not the one that ours are in. */
function authkitSessions(
  { cookie, redirectUri, redirectUris }: NextAuthSettings,
  env: Variables,
): NextSessionsOptions<WorkOSUser>['takeOver'] {
  const { password, domain, secure = readPlaces({ redirectUri, redirectUris }).secure } = cookie
  const name = env.WORKOS_COOKIE_NAME || 'wos-session'
  return cookie.name === name ? undefined : authkitCookies({ password, name, domain, secure })
}

/**
 * What an app with WorkOS is made of.
 * @throws AuthError `invalid_argument` that names what is missing or wrong.
 */
export function workosOptions(
  options: NextAuthOptions,
  env: Variables,
  shared: NextShared,
): NextSessionsOptions<WorkOSUser> {
  const settings = readWorkOSSettings(options, env)
  const { clientId, apiKey, apiUrl: url, requestTimeout, issuer, takeOver, ...rest } = settings
  const { limits, claims, refreshMargin, reuseWindow, maxSize, store, list, ...others } = rest
  const { onRefresh, onRefreshError, onReuse, onSecurityEvent, ...app } = others
  const { coordinator = shared.coordinator, dangerouslyAllowInsecureHttp, fetch, now } = app
  const client = { clientId, apiKey, url, requestTimeout, fetch, dangerouslyAllowInsecureHttp }
  const listeners = { onReuse, onSecurityEvent, onRefresh, onRefreshError }
  const kept = { limits, maxSize, store, list }
  const wanted = { issuer, claims, refreshMargin, reuseWindow, coordinator, now, ...kept }
  return {
    ...app,
    sessions: createWorkOSSessions({ ...client, ...listeners, ...wanted }),
    signIn: workosServer(client),
    takeOver: takeOver === false ? undefined : (takeOver ?? authkitSessions(settings, env)),
  }
}
