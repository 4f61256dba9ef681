import type { ProxyOptions } from '../../src/next/proxy-types.js'
import type { NextAuthOptions } from '../../src/next/workos/index.js'
import { unsealText } from '../../src/server/sealed/seal.js'
import { ADA, type AppOptions, createApp, LIFE, ORIGIN } from '../next/app.js'
import type { Probe } from './documented.js'
import { nextAppProbes } from './next-app-probes.js'
import { nextGotrueProbes } from './next-gotrue-probes.js'
import { nextSuperTokensProbes } from './next-supertokens-probes.js'

/** Another cookie's password than that of the app in the tests. */
const PASSWORD = 'the password of the environment, long'

/** The values of one app's environment, none of which is what anything else would bring. */
const ENV = {
  WORKOS_CLIENT_ID: 'client_env',
  WORKOS_API_KEY: 'sk_env',
  WORKOS_COOKIE_PASSWORD: PASSWORD,
  NEXT_PUBLIC_WORKOS_REDIRECT_URI: `${ORIGIN}/auth/back`,
}

/** The app that has this environment, at the only WorkOS that knows its client. */
const appOf = (env: AppOptions['env'] = {}, auth: NextAuthOptions = {}) =>
  createApp({
    env: { ...ENV, ...env },
    auth,
    workos: {
      clients: [
        { id: 'client_env', apiKey: 'sk_env', redirectUris: [ENV.NEXT_PUBLIC_WORKOS_REDIRECT_URI] },
      ],
    },
  })

/** Where WorkOS is asked to sign somebody in. */
async function signInUrlOf(env?: AppOptions['env']): Promise<URL> {
  const request = new Request(`${ORIGIN}/auth/sign-in`)
  const { headers } = await appOf(env).auth.handlers.GET(request)
  return new URL(headers.get('Location') ?? '')
}

/** The `Set-Cookie` of a session that has just begun. */
async function sessionCookieOf(env?: AppOptions['env']): Promise<string> {
  const { server, auth } = appOf(env)
  const jar = new Map<string, string>()
  const get = async (path: string): Promise<Response> => {
    const cookie = [...jar].map((pair) => pair.join('=')).join('; ')
    // From a page of the app: hints of other sites say nothing of who signs in.
    const headers = { cookie, 'Sec-Fetch-Site': 'same-origin' }
    const answer = await auth.handlers.GET(new Request(ORIGIN + path, { headers }))
    for (const line of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (line.split(';')[0] ?? '').split('=')
      jar.set(name, value)
    }
    return answer
  }
  const begun = await get(`/auth/sign-in?loginHint=${ADA.email}&organizationId=org_1`)
  const { headers } = await server.fetch(begun.headers.get('Location') ?? '', {
    redirect: 'manual',
  })
  const { pathname, search } = new URL(headers.get('Location') ?? '')
  const ended = await get(pathname + search)
  return ended.headers.getSetCookie().find((line) => !line.includes('flow')) ?? ''
}

const ofEnvironment: Readonly<Record<string, Probe>> = {
  'NextAuthOptions.clientId': {
    says: 'WORKOS_CLIENT_ID',
    observe: async () => (await signInUrlOf()).searchParams.get('client_id') === 'client_env',
  },
  'NextAuthOptions.apiKey': {
    says: 'WORKOS_API_KEY',
    // The scripted WorkOS takes codes for this key alone.
    observe: async () =>
      (await sessionCookieOf()) !== '' && (await sessionCookieOf({ WORKOS_API_KEY: 'no' })) === '',
  },
  'NextAuthOptions.cookiePassword': {
    says: 'WORKOS_COOKIE_PASSWORD',
    async observe() {
      const [pair = ''] = (await sessionCookieOf()).split(';')
      return (await unsealText(pair.slice(pair.indexOf('=') + 1), PASSWORD)) !== null
    },
  },
  'NextAuthOptions.redirectUri': {
    says: 'NEXT_PUBLIC_WORKOS_REDIRECT_URI, unless there are `redirectUris`',
    observe: async () =>
      (await signInUrlOf()).searchParams.get('redirect_uri') ===
      ENV.NEXT_PUBLIC_WORKOS_REDIRECT_URI,
  },
  'NextAuthOptions.apiUrl': {
    says: 'WORKOS_API_HOSTNAME, WORKOS_API_HTTPS and WORKOS_API_PORT, or api.workos.com',
    async observe() {
      const here = {
        WORKOS_API_HOSTNAME: 'localhost',
        WORKOS_API_HTTPS: 'false',
        WORKOS_API_PORT: '8080',
      }
      return (
        (await signInUrlOf()).origin === 'https://api.workos.com' &&
        (await signInUrlOf({ WORKOS_API_HOSTNAME: 'auth.app.example' })).origin ===
          'https://auth.app.example' &&
        (await signInUrlOf(here)).origin === 'http://localhost:8080'
      )
    },
  },
  'NextAuthOptions.cookie': {
    says: 'WORKOS_COOKIE_NAME, _DOMAIN, _MAX_AGE (seconds, this one) and _SAMESITE',
    async observe() {
      const cookie = await sessionCookieOf({
        WORKOS_COOKIE_NAME: 'wos-session',
        WORKOS_COOKIE_DOMAIN: 'app.example',
        WORKOS_COOKIE_MAX_AGE: '3600',
        WORKOS_COOKIE_SAMESITE: 'strict',
      })
      const parts = ['Domain=app.example', 'Max-Age=3600', 'SameSite=strict']
      return (
        cookie.startsWith('wos-session=') && parts.every((part) => cookie.includes(`; ${part}`))
      )
    },
  },
  'NextAuthOptions.takeOver': {
    says: "those of authkit-nextjs, unless the session's cookie is called as theirs: then they go on as they are",
    async observe() {
      const namesAfter = async (auth: NextAuthOptions = {}): Promise<string> => {
        const { server, clock, signedIn } = createApp()
        const value = (await signedIn()).jar.get('__Host-holdfast') ?? ''
        const app = createApp({ auth: { fetch: server.fetch, now: clock.now, ...auth } })
        const browser = app.browser(new Map([['wos-session', value]]))
        const known = (await browser.who())?.user?.id === ADA.id
        return known ? [...browser.jar.keys()].join() : 'nobody'
      }
      return (
        (await namesAfter()) === '__Host-holdfast' &&
        (await namesAfter({ cookie: { name: 'wos-session' } })) === 'wos-session'
      )
    },
  },
  'NextAuthOptions.issuer': {
    says: "anybody with WorkOS's key for this client",
    async observe() {
      const isSomebody = async (issuer?: string): Promise<boolean> => {
        const app = createApp({ auth: { issuer }, workos: { issuer: 'https://any.example' } })
        return Boolean((await (await app.signedIn()).who())?.user)
      }
      return (await isSomebody()) && !(await isSomebody('https://other.example'))
    },
  },
  'NextAuthOptions.coordinator': {
    says: 'one for this process',
    async observe() {
      const one = createApp({ auth: { coordinator: undefined } })
      const ada = await one.signedIn()
      one.clock.time += LIFE
      // Next bundles the proxy and each route by themselves: this is the same app once more.
      const other = createApp({ auth: { coordinator: undefined, fetch: one.server.fetch } })
      other.clock.time = one.clock.time
      const again = other.browser(new Map(ada.jar))
      const people = await Promise.all([ada.who(), again.who()])
      return people.every((info) => info?.user) && one.exchanges() === 1
    },
  },
}

/** Whether a stranger gets to see pages. */
async function opens(proxy: ProxyOptions | undefined, path: string): Promise<boolean> {
  const { browser } = createApp(proxy && { proxy })
  return (await browser().visit(path, async () => true)).result === true
}

const ofCalls: Readonly<Record<string, Probe>> = {
  'WithAuthOptions.ensureSignedIn': {
    async observe() {
      const { auth, browser } = createApp()
      const { redirected } = await browser().page(() => auth.withAuth())
      const sure = await browser().page(() => auth.withAuth({ ensureSignedIn: true }))
      return sure.redirected ? redirected !== '' : null
    },
  },
  'WithAuthOptions.onOutage': {
    async observe() {
      const { auth, signedIn, clock, outage } = createApp()
      const { page } = await signedIn()
      clock.time += LIFE
      outage()
      const { error } = await page(() => auth.withAuth())
      const { result } = await page(() => auth.withAuth({ onOutage: 'return' }))
      return error !== null && result?.outage ? 'throw' : 'return'
    },
  },
  'RefreshSessionOptions.organizationId': {
    says: 'the one that the session is in',
    async observe() {
      const { auth, signedIn, exchanges } = createApp()
      const { act } = await signedIn('org_2')
      const { result } = await act(() => auth.refreshSession())
      return exchanges() === 1 && result?.organizationId === 'org_2'
    },
  },
  'ProxyOptions.protect': {
    says: 'none, or all when there are `unauthenticatedPaths`',
    async observe() {
      const open = { unauthenticatedPaths: ['/about'] }
      return (
        (await opens(undefined, '/orders')) &&
        (await opens({}, '/orders')) &&
        !(await opens(open, '/orders')) &&
        (await opens(open, '/about'))
      )
    },
  },
}

/** What the skin for Next.js does when it is told nothing. */
export const nextProbes: Readonly<Record<string, Probe>> = {
  ...ofEnvironment,
  ...nextAppProbes,
  ...nextGotrueProbes,
  ...nextSuperTokensProbes,
  ...ofCalls,
}
