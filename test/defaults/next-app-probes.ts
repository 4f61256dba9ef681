import { createDeviceBinding } from '../../src/server/dbsc/index.js'
import { unsealText } from '../../src/server/sealed/seal.js'
import { ORIGIN } from '../next/browsers.js'
import { endOfSignIn } from '../next/device-app.js'
import {
  createAnyApp,
  createOidcApp,
  ENV as OIDC_ENV,
  LIFE as OIDC_LIFE,
} from '../next/oidc-app.js'
import type { Probe } from './documented.js'

/** Another cookie's password than that of the app in the tests. */
const PASSWORD = 'the password of the environment, long'

/** Where an app sends people for signing in. */
async function ownSignInOf({ auth, browser }: ReturnType<typeof createAnyApp>): Promise<string> {
  const { result } = await browser().page(() => auth.getSignInUrl({ returnTo: '/' }))
  return result ?? ''
}

/** What the answer that ends a sign-in asks the browser to do. */
async function registrationOf(app: ReturnType<typeof createAnyApp>): Promise<string | null> {
  const { answer } = await endOfSignIn(app)
  return answer.headers.get('secure-session-registration')
}

/** What an app asks its server for. */
async function askedBy({ auth, browser }: ReturnType<typeof createAnyApp>): Promise<URL> {
  const answer = await auth.handlers.GET(browser().requestTo('/auth/sign-in'))
  return new URL(answer.headers.get('location') ?? '')
}

const ofApps: Readonly<Record<string, Probe>> = {
  'NextAppOptions.basePath': {
    async observe() {
      return new URL(await ownSignInOf(createAnyApp())).pathname.replace(/\/sign-in$/, '')
    },
  },
  'NextAppOptions.signInPage': {
    says: 'that of the auth server, by way of `<basePath>/sign-in`',
    async observe() {
      const app = createAnyApp({ basePath: '/api/auth' })
      const asked = await (
        await app.auth.handlers.GET(app.browser().requestTo('/api/auth/sign-in'))
      ).headers
      return (
        (await ownSignInOf(app)).startsWith(`${ORIGIN}/api/auth/sign-in?`) &&
        new URL(asked.get('location') ?? '').origin === OIDC_ENV.OIDC_ISSUER
      )
    },
  },
  'NextDeviceOptions.deviceBound': {
    says: 'they are bound to none',
    async observe() {
      const bound = createAnyApp({ deviceBound: createDeviceBinding() })
      const answers = await Promise.all([createAnyApp(), bound].map(registrationOf))
      return answers[0] === null && answers[1]?.startsWith('(ES256 RS256);')
    },
  },
  'NextSessionsOptions.signIn': {
    says: 'nowhere: there is a `signInPage`',
    async observe() {
      const app = createAnyApp({ signIn: undefined, signInPage: '/login' })
      const answer = await app.auth.handlers.GET(app.browser().requestTo('/auth/sign-in'))
      return answer.status === 400 && (await ownSignInOf(app)).startsWith(`${ORIGIN}/login?`)
    },
  },
  'NextSessionsOptions.takeOver': {
    says: 'nobody’s',
    async observe() {
      const app = createAnyApp()
      const [{ jar }, name] = [await app.signedIn(), '__Host-holdfast']
      const browser = app.browser(new Map([['sb-project-auth-token', jar.get(name) ?? '']]))
      return (await browser.who())?.user === null && browser.jar.size === 1
    },
  },
  'NextSessionsOptions.origin': {
    says: 'that of `redirectUri`',
    async observe() {
      const app = createAnyApp({ redirectUri: 'https://other.example/auth/callback' })
      return (await ownSignInOf(app)).startsWith('https://other.example/')
    },
  },
  'NextSessionsOptions.redirectUri': {
    says: '`<origin><basePath>/callback`',
    async observe() {
      const { searchParams } = await askedBy(
        createAnyApp({ redirectUri: undefined, origin: ORIGIN }),
      )
      return searchParams.get('redirect_uri') === `${ORIGIN}/auth/callback`
    },
  },
}

/** Whether somebody signs in by one variable of the environment, and nobody by another value of it. */
async function comesFrom(name: keyof typeof OIDC_ENV, other: string): Promise<boolean> {
  const isSomebody = async (env: Readonly<Record<string, string>>): Promise<boolean> => {
    const app = createOidcApp({ env })
    const browser = await app.signedIn().catch(() => app.browser())
    return Boolean((await browser.who().catch(() => undefined))?.user)
  }
  return (await isSomebody({})) && !(await isSomebody({ [name]: other }))
}

const ofOidc: Readonly<Record<string, Probe>> = {
  'NextOidcOptions.issuer': {
    says: 'OIDC_ISSUER',
    observe: () => comesFrom('OIDC_ISSUER', 'https://other.example'),
  },
  'NextOidcOptions.clientId': {
    says: 'OIDC_CLIENT_ID',
    observe: () => comesFrom('OIDC_CLIENT_ID', 'other'),
  },
  'NextOidcOptions.clientSecret': {
    says: 'OIDC_CLIENT_SECRET, unless there is a `privateKey` or the client is a public one',
    async observe() {
      const auth = { clientId: 'public', clientAuthentication: 'none' } as const
      const app = createOidcApp({ env: { OIDC_CLIENT_SECRET: '' }, auth })
      const somebody = await (await app.signedIn()).who()
      return Boolean(somebody?.user) && comesFrom('OIDC_CLIENT_SECRET', 'another secret')
    },
  },
  'NextOidcOptions.password': {
    says: 'OIDC_COOKIE_PASSWORD',
    async observe() {
      const { jar } = await createOidcApp({ env: { OIDC_COOKIE_PASSWORD: PASSWORD } }).signedIn()
      return (await unsealText(jar.get('__Host-holdfast') ?? '', PASSWORD)) !== null
    },
  },
  'NextOidcOptions.redirectUri': {
    says: 'OIDC_REDIRECT_URI, unless there are `redirectUris`',
    async observe() {
      const app = createOidcApp({ env: { OIDC_REDIRECT_URI: `${ORIGIN}/back` } })
      return (await askedBy(app)).searchParams.get('redirect_uri') === `${ORIGIN}/back`
    },
  },
  'NextOidcOptions.cookie': {
    says: 'secure where the app is',
    async observe() {
      const address = 'http://localhost:3000/auth/callback'
      const plain = createOidcApp({ env: { OIDC_REDIRECT_URI: address } }).auth.handlers
      const begun = await plain.GET(new Request('http://localhost:3000/auth/sign-in'))
      const { jar } = await createOidcApp().signedIn()
      const names = begun.headers.getSetCookie()
      return jar.has('__Host-holdfast') && names.every((line) => !line.includes('; Secure'))
    },
  },
  'NextOidcOptions.coordinator': {
    says: 'one for this process',
    async observe() {
      const one = createOidcApp({ auth: { coordinator: undefined } })
      const ada = await one.signedIn()
      one.clock.time += OIDC_LIFE
      const auth = { coordinator: undefined, fetch: one.server.fetch, now: one.clock.now }
      const again = createOidcApp({ auth }).browser(new Map(ada.jar))
      const people = await Promise.all([ada.who(), again.who()])
      return people.every((info) => info?.user) && one.exchanges() === 1
    },
  },
}

/** What apps of Next do with any auth server, and with one of OpenID Connect, when they are told nothing. */
export const nextAppProbes: Readonly<Record<string, Probe>> = { ...ofApps, ...ofOidc }
