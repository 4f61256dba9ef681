import { unsealText } from '../../src/server/sealed/seal.js'
import { ORIGIN } from '../next/browsers.js'
import { ADA, createGotrueApp, type GotrueAppOptions, LIFE } from '../next/gotrue-app.js'
import type { Probe } from './documented.js'

const PASSWORD = 'the password of the environment, long'

/** What the server is sent by an app with this environment. */
async function sentBy(env: NonNullable<GotrueAppOptions['env']>): Promise<Request | undefined> {
  const sent: Request[] = []
  const { browser } = createGotrueApp({
    env,
    auth: {
      fetch(input, init) {
        sent.push(new Request(input, init))
        return Promise.resolve(
          Response.json({ error_code: 'invalid_credentials' }, { status: 400 }),
        )
      },
    },
  })
  await browser().post('/auth/credentials', ADA)
  return sent[0]
}

async function signInUrlOf(options: GotrueAppOptions): Promise<string> {
  const { auth, browser } = createGotrueApp(options)
  return (await browser().page(() => auth.getSignInUrl({ returnTo: '/' }))).result ?? ''
}

/** What apps of Next do with GoTrue when they are told nothing. */
export const nextGotrueProbes: Readonly<Record<string, Probe>> = {
  'NextGoTrueOptions.url': {
    says: 'NEXT_PUBLIC_SUPABASE_URL, and `/auth/v1` of it',
    async observe() {
      const request = await sentBy({ NEXT_PUBLIC_SUPABASE_URL: 'https://other.example/' })
      return request?.url.startsWith('https://other.example/auth/v1/token')
    },
  },
  'NextGoTrueOptions.apiKey': {
    says: 'NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY or NEXT_PUBLIC_SUPABASE_ANON_KEY',
    async observe() {
      const [newer, older] = [
        'NEXT_PUBLIC_SUPABASE_PUBLISHABLE_KEY',
        'NEXT_PUBLIC_SUPABASE_ANON_KEY',
      ]
      const key = async (env: Readonly<Record<string, string>>) =>
        (await sentBy(env))?.headers.get('apikey')
      return (
        (await key({ [newer]: 'one', [older]: 'two' })) === 'one' &&
        (await key({ [newer]: '', [older]: 'two' })) === 'two'
      )
    },
  },
  'NextGoTrueOptions.password': {
    says: 'SUPABASE_COOKIE_PASSWORD',
    async observe() {
      const { jar } = await createGotrueApp({
        env: { SUPABASE_COOKIE_PASSWORD: PASSWORD },
      }).signedIn()
      return (await unsealText(jar.get('__Host-holdfast') ?? '', PASSWORD)) !== null
    },
  },
  'NextGoTrueOptions.origin': {
    says: 'NEXT_PUBLIC_SITE_URL, unless there is a `redirectUri`, or `redirectUris`',
    async observe() {
      const env = { NEXT_PUBLIC_SITE_URL: 'https://site.example' }
      const redirectUri = 'https://back.example/auth/callback'
      return (
        (await signInUrlOf({ env })).startsWith('https://site.example/login?') &&
        (await signInUrlOf({ env, auth: { redirectUri } })).startsWith(
          'https://back.example/login?',
        )
      )
    },
  },
  'NextGoTrueOptions.cookie': {
    says: 'secure where the app is',
    async observe() {
      const plain = createGotrueApp({ env: { NEXT_PUBLIC_SITE_URL: 'http://localhost:3000' } })
      const answer = await plain.browser().post('/auth/credentials', ADA)
      const lines = answer.headers.getSetCookie()
      const { jar } = await createGotrueApp().signedIn()
      return (
        jar.has('__Host-holdfast') &&
        lines.length > 0 &&
        lines.every((line) => !line.includes('; Secure')) &&
        ORIGIN.startsWith('https:')
      )
    },
  },
  'NextGoTrueOptions.takeOver': {
    says: 'those of `@supabase/ssr`',
    async observe() {
      const app = createGotrueApp()
      const url = 'https://project.example/auth/v1/token?grant_type=password'
      const answer = await app.server.fetch(url, { method: 'POST', body: JSON.stringify(ADA) })
      const kept = `base64-${Buffer.from(await answer.text()).toString('base64url')}`
      const browser = app.browser(new Map([['sb-project-auth-token', kept]]))
      return (await browser.who())?.user?.email === ADA.email
    },
  },
  'NextGoTrueOptions.coordinator': {
    says: 'one for this process',
    async observe() {
      const one = createGotrueApp({ auth: { coordinator: undefined } })
      const ada = await one.signedIn()
      one.clock.time += LIFE
      const auth = { coordinator: undefined, fetch: one.server.fetch, now: one.clock.now }
      const again = createGotrueApp({ auth }).browser(new Map(ada.jar))
      const people = await Promise.all([ada.who(), again.who()])
      return people.every((info) => info?.user) && one.server.count('refresh_token') === 1
    },
  },
}
