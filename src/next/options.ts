import { AuthError } from '../core/errors.js'
import type { WorkOSUser } from '../providers/workos/types.js'
import type { BackendOptions } from '../server/backend/index.js'
import type { Coordinator } from '../server/coordination/coordinator.js'
import type { CookieSettings } from '../server/requests/request-sessions.js'
import type { Password } from '../server/sealed/seal.js'
import type { SecurityListeners } from '../server/shared/security-events.js'

/** What `process.env` is. */
export type Variables = Readonly<Record<string, string | undefined>>

/** Options of `createNextAuth`. What is left out comes from the environment, at first use. */
export interface NextAuthOptions
  extends Pick<
    BackendOptions<WorkOSUser>,
    | 'exposeAccessToken'
    | 'upstreams'
    | 'crossSiteHints'
    | 'onSignInError'
    | 'report'
    | 'fetch'
    | 'now'
  > {
  /** @default WORKOS_CLIENT_ID */
  readonly clientId?: string | undefined
  /** @default WORKOS_API_KEY */
  readonly apiKey?: string | undefined
  /** Newest first; 32 characters or more. @default WORKOS_COOKIE_PASSWORD */
  readonly cookiePassword?: Password | undefined
  /** Where WorkOS sends people back to. @default NEXT_PUBLIC_WORKOS_REDIRECT_URI */
  readonly redirectUri?: string | undefined
  /** @default WORKOS_API_HOSTNAME, WORKOS_API_HTTPS and WORKOS_API_PORT, or api.workos.com */
  readonly apiUrl?: string | undefined
  /**
   * The session's cookie. It is secure where the app is.
   * @default WORKOS_COOKIE_NAME, _DOMAIN, _MAX_AGE (seconds, this one) and _SAMESITE
   */
  readonly cookie?: Omit<CookieSettings, 'password'> | undefined
  /**
   * The path of the route that exports `handlers`, as browsers see it: behind the `basePath` of
   * Next, where there is one. @default '/auth'
   */
  readonly basePath?: string | undefined
  /** Who issues the access tokens. @default anybody with WorkOS's key for this client */
  readonly issuer?: string | readonly string[] | undefined
  /** Hears of spent refresh tokens that came again. */
  readonly onReuse?: SecurityListeners['onReuse']
  /** Hears of refused refreshes, forged cookies and failed revocations. */
  readonly onSecurityEvent?: SecurityListeners['onSecurityEvent']
  /** Shares exchanges among processes: `redisCoordinator`. @default one for this process */
  readonly coordinator?: Coordinator | undefined
  /** Allows plain `http:` to hosts other than this device: secrets can then be read on the way. */
  readonly dangerouslyAllowInsecureHttp?: boolean | undefined
}

/** Options with nothing left to look up. */
export interface NextAuthSettings
  extends Omit<
    NextAuthOptions,
    'clientId' | 'apiKey' | 'cookiePassword' | 'redirectUri' | 'cookie'
  > {
  readonly clientId: string
  readonly apiKey: string
  readonly redirectUri: URL
  readonly apiUrl: string
  readonly cookie: CookieSettings
  readonly basePath: string
}

function fail(message: string): never {
  throw new AuthError('invalid_argument', message)
}

function parseRedirectUri(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  return url && /^https?:$/.test(url.protocol)
    ? url
    : fail('`redirectUri` (NEXT_PUBLIC_WORKOS_REDIRECT_URI) is an absolute http(s) URL.')
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
export function readSettings(options: NextAuthOptions, env: Variables): NextAuthSettings {
  const need = <T>(given: T | undefined, option: string, variable: string): T | string =>
    given || env[variable] || fail(`Pass \`${option}\` to createNextAuth, or set ${variable}.`)
  const { cookiePassword, basePath = '/auth', ...given } = options
  const redirectUri = parseRedirectUri(
    need(options.redirectUri, 'redirectUri', 'NEXT_PUBLIC_WORKOS_REDIRECT_URI'),
  )
  if (!/^(\/[\w.~-]+)+$/.test(basePath)) fail('`basePath` is a path such as `/auth`.')
  return {
    ...given,
    basePath,
    redirectUri,
    clientId: need(options.clientId, 'clientId', 'WORKOS_CLIENT_ID'),
    apiKey: need(options.apiKey, 'apiKey', 'WORKOS_API_KEY'),
    apiUrl: options.apiUrl ?? apiUrlOf(env),
    cookie: {
      secure: redirectUri.protocol === 'https:',
      ...cookieOf(env),
      ...options.cookie,
      password: need(cookiePassword, 'cookiePassword', 'WORKOS_COOKIE_PASSWORD'),
    },
  }
}
