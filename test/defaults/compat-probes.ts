import { vi } from 'vitest'
import { type ClientOptions, GoTrueClient } from '../../src/compat/auth-js/index.js'
import { plantPage } from '../compat/page.js'
import { ADA, call, open } from '../compat/stage.js'
import { APP, createTabs } from '../compat/tab.js'
import { PATIENT } from '../support/patient.js'
import type { Probe } from './documented.js'

const HOUR = 3_600_000

/** A page that a link of tokens leads to, with the default options. */
async function byLink(options: Partial<ClientOptions> = {}) {
  const { open, follow, link } = createTabs()
  await open().auth.signInWithOtp({ email: ADA.email, options: { emailRedirectTo: APP } })
  const address = await follow(link())
  return { address, ...open(options, address) }
}

/** Where a client of these options sends its first request, and with what. */
async function firstRequest(ask: (auth: GoTrueClient) => Promise<unknown>) {
  const sent: { readonly url: string; readonly body: string }[] = []
  const auth = new GoTrueClient({
    persistSession: false,
    async fetch(url, init) {
      sent.push({ url: String(url), body: String(init?.body) })
      return Response.json({})
    },
  })
  await ask(auth)
  const [{ url, body } = { url: '', body: '' }] = sent
  return { url, body: JSON.parse(body) }
}

/** Whether a session that auth-js left under a name is found by a client with the default options. */
async function findsUnder(key: string): Promise<boolean> {
  const { auth, server, entries } = open('auth-js')
  await auth.signInWithPassword(ADA)
  entries.set(key, entries.get('app') ?? '')
  const client = new GoTrueClient({
    url: 'https://project.example/auth/v1',
    fetch: server.fetch,
    storage: {
      getItem: (name) => entries.get(name) ?? null,
      setItem: (name, text) => void entries.set(name, text),
      removeItem: (name) => void entries.delete(name),
    },
  })
  return (await client.getSession()).data.session?.user.email === ADA.email
}

/** A page with a localStorage, whose address can be left; what is in the one, and where it went. */
function plantDocument() {
  const entries = new Map<string, string>()
  const went: string[] = []
  vi.stubGlobal('document', { addEventListener: () => {}, visibilityState: 'visible' })
  vi.stubGlobal('location', {
    href: APP,
    protocol: 'https:',
    assign: (to: string) => went.push(to),
  })
  vi.stubGlobal('localStorage', {
    get length() {
      return entries.size
    },
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, text: string) => void entries.set(key, text),
    removeItem: (key: string) => void entries.delete(key),
  })
  return { entries, went }
}

const client: Readonly<Record<string, Probe>> = {
  'FaceOptions.flowType': {
    says: "'implicit', as in auth-js",
    observe: async () => new URL((await byLink()).address).hash.includes('access_token='),
  },
  'FaceOptions.detectSessionInUrl': {
    observe: async () => (await (await byLink()).auth.getSession()).data.session !== null,
  },
  'FaceOptions.throwOnError': {
    observe: () =>
      open('face')
        .auth.signInWithPassword({ ...ADA, password: 'wrong' })
        .then(
          () => false,
          () => true,
        ),
  },
  'FaceOptions.skipAutoInitialize': {
    async observe() {
      const { here } = await byLink()
      return !(await vi.waitUntil(() => here() === APP, PATIENT))
    },
  },
  'GoTrueClientOptions.url': {
    observe: async () => new URL((await firstRequest((auth) => auth.signUp(ADA))).url).origin,
  },
  'GoTrueClientOptions.storageKey': {
    says: "'supabase.auth.token'; what `supabase-js` left is found besides",
    observe: async () =>
      (await findsUnder('supabase.auth.token')) &&
      (await findsUnder('sb-project-auth-token')) &&
      !(await findsUnder('another')),
  },
  'GoTrueClientOptions.autoRefreshToken': {
    async observe() {
      const { open, browser, server } = createTabs()
      await open().auth.signInWithPassword(ADA)
      await browser.clock.advance(HOUR)
      return server.count('refresh_token') > 0
    },
  },
  'GoTrueClientOptions.persistSession': {
    async observe() {
      const { open } = createTabs()
      await open().auth.signInWithPassword(ADA)
      return (await open().auth.getSession()).data.session !== null
    },
  },
  'GoTrueClientOptions.storage': {
    says: 'localStorage where it works, else memory',
    async observe() {
      const { server } = createTabs()
      const options = { url: 'http://localhost/auth/v1', fetch: server.fetch }
      const onServer = new GoTrueClient(options)
      await onServer.signInWithPassword(ADA)
      const { entries } = plantDocument()
      await new GoTrueClient(options).signInWithPassword(ADA)
      const kept = [...entries.values()].join().includes(ADA.email)
      return kept && (await onServer.getSession()).data.session !== null
    },
  },
  'GoTrueClientOptions.debug': {
    async observe() {
      const print = vi.spyOn(console, 'log')
      const { open } = createTabs()
      await open().auth.signInWithPassword(ADA)
      return print.mock.calls.length > 0
    },
  },
}

const parameters: Readonly<Record<string, Probe>> = {
  'Channel.channel': {
    async observe() {
      const phone = { phone: '+15550100', password: 'secret-1' }
      return (await firstRequest((auth) => auth.signUp(phone))).body.channel
    },
  },
  'OtpOptions.shouldCreateUser': {
    observe: async () =>
      (await firstRequest((auth) => auth.signInWithOtp({ email: ADA.email }))).body.create_user,
  },
  'SignInWithOAuthCredentials.skipBrowserRedirect': {
    async observe() {
      const { went } = plantDocument()
      await open('face').auth.signInWithOAuth({ provider: 'github' })
      return went.length === 0
    },
  },
  'RedirectOptions.skipBrowserRedirect': {
    async observe() {
      const { went } = plantDocument()
      let answer: object = { access_token: 'a.b.c', refresh_token: 'r', user: { id: 'ada' } }
      const auth = new GoTrueClient({
        persistSession: false,
        fetch: async () => Response.json(answer),
      })
      await auth.signInWithPassword(ADA)
      answer = { redirect_url: 'https://other.example/cb' }
      await auth.oauth.approveAuthorization('authorization')
      return went.join() !== 'https://other.example/cb'
    },
  },
  'SignOut.scope': {
    async observe() {
      const { auth, server } = open('face')
      await auth.signInWithPassword(ADA)
      const other = open('face', {}, { server })
      await other.auth.signInWithPassword(ADA)
      await auth.signOut()
      return server.sessions().length === 0 ? 'global' : 'another'
    },
  },
  'WalletOptions.url': {
    says: "the page's",
    async observe() {
      const { open } = createTabs()
      const signed: string[] = []
      const wallet = {
        async request({ method, params }: { method: string; params?: readonly string[] }) {
          if (method === 'eth_chainId') return '0x1'
          if (method !== 'personal_sign') return [`0x${'ab'.repeat(20)}`]
          const [hex = ''] = params ?? []
          signed.push(Buffer.from(hex.slice(2), 'hex').toString())
          return '0x12'
        },
      }
      await open().auth.signInWithWeb3({ chain: 'ethereum', wallet })
      return signed.join().includes(`URI: ${APP}`)
    },
  },
}

/** What the server was told of the pages of a security key, by default; and the signal of the prompt. */
async function registered() {
  const page = plantPage({ href: 'https://app.example/settings' })
  const origins = ['https://app.example']
  const webauthn = { rpId: 'app.example', rpName: 'App', origins }
  const { auth, sent } = open('face', { server: { mfa: { webauthn } } })
  await auth.signInWithPassword(ADA)
  await call(auth, 'mfa.webauthn.register', { friendlyName: 'key' })
  const site = sent.map((body) => Object(body).webauthn).find((given) => given)
  return { page, auth, site }
}

const keys: Readonly<Record<string, Probe>> = {
  'WebauthnSettings.rpId': {
    says: 'the host of the page',
    observe: async () => (await registered()).site.rpId === 'app.example',
  },
  'WebauthnSettings.rpOrigins': {
    says: 'the origin of the page',
    observe: async () => (await registered()).site.rpOrigins.join() === 'https://app.example',
  },
  'WebauthnSettings.signal': {
    says: 'one that the next prompt aborts',
    async observe() {
      const { page, auth } = await registered()
      const { signal } = page.asked[0] ?? {}
      const before = signal?.aborted
      await call(auth, 'mfa.webauthn.register', { friendlyName: 'other' })
      return before === false && signal?.aborted
    },
  },
}

export const compatProbes: Readonly<Record<string, Probe>> = { ...client, ...parameters, ...keys }
