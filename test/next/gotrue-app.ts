import { createNextGotrueWith } from '../../src/next/gotrue/create.js'
import type { NextGoTrueOptions } from '../../src/next/gotrue/options.js'
import type { ProxyOptions } from '../../src/next/proxy-types.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import { createScriptedGoTrue, type ScriptedGoTrueOptions } from '../../src/testing/index.js'
import { createBrowsers, ORIGIN, PATIENCE } from './browsers.js'
import { createFakeNext } from './fake-next.js'

export const PASSWORD = 'a cookie password that is long enough'
export const ADA = { email: 'ada@example.test', password: 'secret-1' }
/** The life of an access token, in ms. */
export const LIFE = 3_600_000

/** The values of an app's environment, as apps of Supabase have it. */
export const ENV = {
  NEXT_PUBLIC_SUPABASE_URL: 'https://project.example',
  NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY: 'sb_publishable_1',
  SUPABASE_COOKIE_PASSWORD: PASSWORD,
  NEXT_PUBLIC_SITE_URL: ORIGIN,
}

/** How an app is to be; what is left out is as most have it. */
export interface GotrueAppOptions {
  readonly env?: Readonly<Record<string, string>>
  readonly auth?: NextGoTrueOptions
  readonly proxy?: ProxyOptions
  readonly scripted?: ScriptedGoTrueOptions
}

/** A Next.js app with GoTrue, in which people sign in at the page `/login`. */
export function createGotrueApp({ env, auth: options, proxy, scripted }: GotrueAppOptions = {}) {
  const clock = { time: 1_700_000_000_000, now: () => clock.time }
  const server = createScriptedGoTrue({
    clock,
    users: [ADA],
    redirectUrls: [`${ORIGIN}/**`],
    ...scripted,
  })
  const next = createFakeNext({ ...ENV, ...env })
  const auth = createNextGotrueWith(next.framework, {
    signInPage: '/login',
    fetch: server.fetch,
    now: clock.now,
    coordinator: memoryCoordinator({ now: clock.now }),
    requestTimeout: PATIENCE,
    ...options,
  })
  const browser = createBrowsers({
    auth,
    next,
    fetch: server.fetch,
    runProxy: auth.proxy(proxy),
    withAuth: () => auth.withAuth(),
  })

  /** A browser in which Ada has signed in by the form of the page. */
  async function signedIn() {
    const opened = browser()
    await opened.post('/auth/credentials', ADA)
    server.clearLog()
    return opened
  }

  return { auth, browser, signedIn, clock, server, next }
}
