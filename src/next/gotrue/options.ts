import type { GoTrueUser } from '../../providers/gotrue/index.js'
import { trimSlashes } from '../../providers/shared/url.js'
import {
  createGotrue,
  createGotrueSessions,
  type GoTrueServerOptions,
  type GoTrueSessionsOptions,
  supabaseSsr,
} from '../../server/gotrue/index.js'
import type { CookieSettings } from '../../server/requests/request-sessions.js'
import type { Password } from '../../server/sealed/seal.js'
import { fail, need, needUrl, type Variables } from '../environment.js'
import type {
  NextAppOptions,
  NextBackendOptions,
  NextSessionsOptions,
  NextShared,
} from '../options.js'
import { divide } from '../parts.js'
import { readPlaces } from '../places.js'

/**
 * Options of `createNextAuth` for GoTrue (Supabase Auth): those of `createGotrue` and `createGotrueSessions`, and the
 * app's. What is left out comes from the environment, at first use. People sign in at a `signInPage` of the app, or
 * by a `provider`: one of the two must be there.
 */
export interface NextGoTrueOptions
  extends NextBackendOptions<GoTrueUser>,
    NextAppOptions,
    Pick<NextSessionsOptions, 'redirectUri'>,
    Omit<GoTrueServerOptions, 'url' | 'apiKey' | 'fetch' | 'now'>,
    Omit<GoTrueSessionsOptions, 'server' | 'report' | 'requestTimeout' | 'now' | 'coordinator'> {
  /** Where GoTrue is. @default NEXT_PUBLIC_SUPABASE_URL, and `/auth/v1` of it */
  readonly url?: string | undefined
  /** The public one. @default NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY or NEXT_PUBLIC_SUPABASE_ANON_KEY */
  readonly apiKey?: string | undefined
  /** Seals the session's cookie. Newest first; 32 characters or more. @default SUPABASE_COOKIE_PASSWORD */
  readonly password?: Password | undefined
  /** As browsers know it. @default NEXT_PUBLIC_SITE_URL, unless there is a `redirectUri`, or `redirectUris` */
  readonly origin?: string | undefined
  /** The session's cookie. @default secure where the app is */
  readonly cookie?: Omit<CookieSettings, 'password'> | undefined
  /** The sessions of another library that go on here; `false` for nobody's. @default those of `@supabase/ssr` */
  readonly takeOver?: NextSessionsOptions<GoTrueUser>['takeOver'] | false
  /** Shares exchanges among processes: `redisCoordinator`. @default one for this process */
  readonly coordinator?: GoTrueSessionsOptions['coordinator']
}

const KEYS = ['NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY', 'NEXT_PUBLIC_SUPABASE_ANON_KEY'] as const

/** Where the app is. @throws AuthError `invalid_argument` that names the variable. */
function originOf(options: NextGoTrueOptions, env: Variables): string | undefined {
  const { origin: given, redirectUri, redirectUris } = options
  if (!given && (redirectUri || redirectUris)) return undefined
  const variables = ['NEXT_PUBLIC_SITE_URL'] as const
  return needUrl(
    need(env, { given, option: 'origin', variables }),
    '`origin` (NEXT_PUBLIC_SITE_URL)',
  ).origin
}

/**
 * What an app with GoTrue is made of.
 * @throws AuthError `invalid_argument` that names what is missing or wrong.
 */
export function gotrueOptions(
  options: NextGoTrueOptions,
  env: Variables,
  shared: NextShared,
): NextSessionsOptions<GoTrueUser> {
  const { coordinator = shared.coordinator, signInPage, provider } = options
  const project = ['NEXT_PUBLIC_SUPABASE_URL'] as const
  const site = (): string =>
    need<string>(env, { given: undefined, option: 'url', variables: project })
  const url = options.url ?? `${trimSlashes(site())}/auth/v1`
  const apiKey = need(env, { given: options.apiKey, option: 'apiKey', variables: KEYS })
  const variables = ['SUPABASE_COOKIE_PASSWORD'] as const
  const password = need(env, { given: options.password, option: 'password', variables })
  const origin = originOf(options, env)
  if (!signInPage && !provider) {
    fail(
      'Pass the `signInPage` of the app to createNextAuth, or the `provider` by which people sign in.',
    )
  }
  const { sealed, app, rest } = divide<GoTrueUser, NextGoTrueOptions>(options)
  const { cookie, takeOver, verification, signOutUrl, redirectUri, ...left } = rest
  const { password: _, coordinator: __, origin: ___, ...server } = left
  const gotrue = createGotrue({ ...server, url, apiKey })
  const { redirectUris } = app
  const secure = cookie?.secure ?? readPlaces({ origin, redirectUri, redirectUris }).secure
  return {
    ...app,
    origin,
    redirectUri,
    sessions: createGotrueSessions({
      ...sealed,
      verification,
      signOutUrl,
      server: gotrue,
      coordinator,
    }),
    signIn: gotrue,
    takeOver:
      takeOver === false ? undefined : (takeOver ?? supabaseSsr({ server: gotrue, secure })),
    cookie: { ...cookie, password },
  }
}
