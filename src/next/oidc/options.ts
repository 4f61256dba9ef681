import type { OidcUser } from '../../providers/oidc/types.js'
import {
  createOidc,
  createOidcSessions,
  type OidcServerOptions,
  type OidcSessionsOptions,
} from '../../server/oidc/index.js'
import type { CookieSettings } from '../../server/requests/request-sessions.js'
import type { Password } from '../../server/sealed/seal.js'
import { need, needUrl, type Variables } from '../environment.js'
import type {
  NextAppOptions,
  NextBackendOptions,
  NextSessionsOptions,
  NextShared,
} from '../options.js'
import { divide } from '../parts.js'

/**
 * Options of `createNextAuth` for an OpenID Connect server: those of `createOidc` and `createOidcSessions`, and the
 * app's. What is left out comes from the environment, at first use.
 */
export interface NextOidcOptions
  extends NextBackendOptions<OidcUser>,
    NextAppOptions,
    Omit<OidcServerOptions, 'issuer' | 'clientId' | 'clientSecret' | 'fetch' | 'now'>,
    Omit<OidcSessionsOptions, 'server' | 'report' | 'requestTimeout' | 'now' | 'coordinator'> {
  /** Byte for byte as the server writes it. @default OIDC_ISSUER */
  readonly issuer?: string | undefined
  /** @default OIDC_CLIENT_ID */
  readonly clientId?: string | undefined
  /** @default OIDC_CLIENT_SECRET, unless there is a `privateKey` or the client is a public one */
  readonly clientSecret?: string | undefined
  /** Seals the session's cookie. Newest first; 32 characters or more. @default OIDC_COOKIE_PASSWORD */
  readonly password?: Password | undefined
  /** Where the server sends people back to; it must be on its list. @default OIDC_REDIRECT_URI, unless there are `redirectUris` */
  readonly redirectUri?: string | undefined
  /** The session's cookie. @default secure where the app is */
  readonly cookie?: Omit<CookieSettings, 'password'> | undefined
  /** Shares exchanges among processes: `redisCoordinator`. @default one for this process */
  readonly coordinator?: OidcSessionsOptions['coordinator']
}

/**
 * What an app with an OpenID Connect server is made of.
 * @throws AuthError `invalid_argument` that names what is missing or wrong.
 */
export function oidcOptions(
  options: NextOidcOptions,
  env: Variables,
  shared: NextShared,
): NextSessionsOptions<OidcUser> {
  const setting = <T>(given: T | undefined, option: string, variable: string): T | string =>
    need(env, { given, option, variables: [variable] })
  const { privateKey, clientAuthentication, coordinator = shared.coordinator } = options
  const needsSecret = !privateKey && clientAuthentication !== 'none'
  const issuer = setting(options.issuer, 'issuer', 'OIDC_ISSUER')
  const clientId = setting(options.clientId, 'clientId', 'OIDC_CLIENT_ID')
  const clientSecret = needsSecret
    ? setting(options.clientSecret, 'clientSecret', 'OIDC_CLIENT_SECRET')
    : options.clientSecret
  const password = setting(options.password, 'password', 'OIDC_COOKIE_PASSWORD')
  const redirectUri = options.redirectUris
    ? undefined
    : setting(options.redirectUri, 'redirectUri', 'OIDC_REDIRECT_URI')
  if (redirectUri !== undefined) needUrl(redirectUri, '`redirectUri` (OIDC_REDIRECT_URI)')
  const { sealed, app, rest } = divide<OidcUser, NextOidcOptions>(options)
  const { cookie, verification, password: _, redirectUri: __, coordinator: ___, ...server } = rest
  const oidc = createOidc({ ...server, issuer, clientId, clientSecret })
  return {
    ...app,
    sessions: createOidcSessions({ ...sealed, verification, server: oidc, coordinator }),
    signIn: oidc,
    redirectUri,
    cookie: { ...cookie, password },
  }
}
