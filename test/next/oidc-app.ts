import { createNextSessionsWith } from '../../src/next/create.js'
import { createNextOidcWith } from '../../src/next/oidc/create.js'
import type { NextOidcOptions } from '../../src/next/oidc/options.js'
import type { NextSessionsOptions } from '../../src/next/options.js'
import type { ProxyOptions } from '../../src/next/proxy-types.js'
import type { NextSessions } from '../../src/next/types.js'
import type { OidcUser } from '../../src/providers/oidc/types.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import { createOidc, createOidcSessions } from '../../src/server/oidc/index.js'
import { createScriptedOidc, type ScriptedOidcOptions } from '../../src/testing/oidc/index.js'
import { createBrowsers, ORIGIN, PATIENCE } from './browsers.js'
import { createFakeNext } from './fake-next.js'

export const PASSWORD = 'a cookie password that is long enough'
export const SECRET = 'the secret of the client'
/** The life of an access token, in ms. */
export const LIFE = 60_000
export const ADA = { sub: 'ada', name: 'Ada', email: 'ada@example.com' }

/** The values of an app's environment. */
export const ENV = {
  OIDC_ISSUER: 'https://id.example',
  OIDC_CLIENT_ID: 'web',
  OIDC_CLIENT_SECRET: SECRET,
  OIDC_COOKIE_PASSWORD: PASSWORD,
  OIDC_REDIRECT_URI: `${ORIGIN}/auth/callback`,
}

/** How an app is to be; what is left out is as most have it. */
export interface OidcAppOptions {
  readonly env?: Readonly<Record<string, string | undefined>>
  readonly auth?: NextOidcOptions
  readonly proxy?: ProxyOptions
  readonly scripted?: ScriptedOidcOptions
}

function createStage({ scripted, env }: Pick<OidcAppOptions, 'scripted' | 'env'>) {
  const clock = { time: 1_700_000_000_000, now: () => clock.time }
  const settings = { ...ENV, ...env }
  const server = createScriptedOidc({
    clock,
    signing: 'digest',
    accessTokenLifetime: LIFE,
    clients: [
      { id: 'web', secret: SECRET, redirectUris: [settings.OIDC_REDIRECT_URI ?? ''] },
      { id: 'public', redirectUris: [settings.OIDC_REDIRECT_URI ?? ''] },
    ],
    people: [ADA],
    ...scripted,
  })
  const next = createFakeNext(settings)
  return { clock, server, next, coordinator: memoryCoordinator({ now: clock.now }) }
}

function open(
  stage: ReturnType<typeof createStage>,
  auth: NextSessions<OidcUser>,
  proxy: ProxyOptions | undefined,
) {
  const { server, next } = stage
  const browser = createBrowsers({
    auth,
    next,
    fetch: server.fetch,
    runProxy: auth.proxy(proxy),
    withAuth: () => auth.withAuth(),
  })

  /** A browser in which Ada is signed in. */
  async function signedIn() {
    const opened = browser()
    await opened.follow('/auth/sign-in')
    server.clearLog()
    return opened
  }

  const exchanges = (): number => server.count('refresh_token')
  const outage = () => server.fail({ type: 'status', status: 503 }, { times: Infinity })
  return { ...stage, auth, browser, signedIn, exchanges, outage }
}

/** A Next.js app with an OpenID Connect server, by its environment. */
export function createOidcApp({ auth, proxy, ...rest }: OidcAppOptions = {}) {
  const stage = createStage(rest)
  const { clock, server, next, coordinator } = stage
  const given = {
    fetch: server.fetch,
    now: clock.now,
    coordinator,
    requestTimeout: PATIENCE,
  }
  return open(stage, createNextOidcWith(next.framework, { ...given, ...auth }), proxy)
}

/** The same by `createNextSessions`, as for any auth server. */
export function createAnyApp(
  options: Partial<NextSessionsOptions<OidcUser>> = {},
  proxy?: ProxyOptions,
) {
  const stage = createStage({})
  const { clock, server, next, coordinator } = stage
  const { now } = clock
  const auth = createNextSessionsWith<OidcUser>(next.framework, () => {
    const [issuer, clientId] = [ENV.OIDC_ISSUER, ENV.OIDC_CLIENT_ID]
    const oidc = createOidc({
      issuer,
      clientId,
      clientSecret: SECRET,
      fetch: server.fetch,
      now,
      requestTimeout: PATIENCE,
    })
    return {
      sessions: createOidcSessions({ server: oidc, coordinator, now, requestTimeout: PATIENCE }),
      signIn: oidc,
      cookie: { password: PASSWORD },
      redirectUri: ENV.OIDC_REDIRECT_URI,
      now,
      ...options,
    }
  })
  return open(stage, auth, proxy)
}
