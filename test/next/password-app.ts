import { createNextSessionsWith } from '../../src/next/create.js'
import type { NextSessionsOptions } from '../../src/next/options.js'
import { type GoTrueUser, gotrue } from '../../src/providers/gotrue/index.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import { createSealedSessions } from '../../src/server/sealed/sealed-sessions.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { createBrowsers, ORIGIN, PATIENCE } from './browsers.js'
import { createFakeNext } from './fake-next.js'
import { PASSWORD } from './oidc-app.js'

const ADA = { email: 'ada@example.test', password: 'secret-1' }

/** An app in which people sign in at a page of its own, by a password. */
export function createPasswordApp(options: Partial<NextSessionsOptions<GoTrueUser>> = {}) {
  const clock = { time: 1_700_000_000_000, now: () => clock.time }
  const { now } = clock
  const server = createScriptedGoTrue({
    clock,
    users: [ADA],
    signing: 'es256',
    redirectUrls: [`${ORIGIN}/**`],
  })
  const url = 'http://localhost/auth/v1'
  const provider = gotrue({ url, fetch: server.fetch, now })
  const next = createFakeNext()
  const auth = createNextSessionsWith<GoTrueUser>(next.framework, {
    sessions: createSealedSessions({
      provider,
      verification: {
        audience: 'authenticated',
        jwksUrl: `${url}/.well-known/jwks.json`,
        algorithms: ['ES256'],
        fetch: server.fetch,
      },
      coordinator: memoryCoordinator({ now }),
      requestTimeout: PATIENCE,
      now,
    }),
    cookie: { password: PASSWORD },
    origin: ORIGIN,
    signInPage: '/login',
    now,
    ...options,
  })
  const browser = createBrowsers({
    auth,
    next,
    fetch: server.fetch,
    runProxy: auth.proxy({ protect: true }),
    withAuth: () => auth.withAuth(),
  })
  const signal = new AbortController().signal

  /** What the server of the form asks for. */
  async function grant() {
    const grant = await provider.signIn?.(ADA, { signal })
    if (!grant) throw new Error('There is no session.')
    return grant
  }

  /** What the form of the page does. */
  const signIn = async (): Promise<void> => auth.setSession(await grant())
  return { auth, browser, clock, server, next, grant, signIn }
}
