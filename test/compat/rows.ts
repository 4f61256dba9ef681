import { both, type Difference, ends, hears, says, silent } from './differences.js'
import type { PageOptions } from './page.js'
import { ADA, type Side, type StageOptions } from './stage.js'

/** The same calls on both libraries. */
export interface Row extends StageOptions {
  /** What is the same; or, with `differs`, what is asked. */
  readonly promise: string
  readonly play: (side: Side) => Promise<unknown>
  /** @default no page at all: as on a server */
  readonly page?: PageOptions
  /** How the two differ on purpose. */
  readonly differs?: Difference | undefined
}

const signIn = ({ auth }: Side) => auth.signInWithPassword(ADA)
const lastMessage = ({ server }: Side) => {
  const message = server.messages.at(-1)
  if (!message) throw new Error('No message was sent.')
  return message
}

const EVE = { email: 'eve@example.com', password: 'secret-9' }
/** What an app in JavaScript can pass. */
const anything = (value: unknown) => JSON.parse(JSON.stringify(value))

const SIGNED_OUT = 'SIGNED_OUT means that somebody was signed in'
const REFRESHED = 'an access token that cannot be read is refreshed, not refused'
const HERE = 'a sign-out ends the session here, whatever the server says'
const NO_JSON = 'a refusal that is no JSON is an AuthApiError with its status'

/** Ways to sign in. */
export const SIGN_INS: readonly Row[] = [
  { promise: 'nobody is signed in at first', play: ({ auth }) => auth.getSession() },
  { promise: 'somebody registers', play: ({ auth }) => auth.signUp(EVE) },
  {
    promise: 'somebody registers with data of their own',
    play: ({ auth }) => auth.signUp({ ...EVE, options: { data: { name: 'Eve' } } }),
  },
  {
    promise: 'somebody registers and must confirm the address first',
    server: { autoconfirm: false },
    play: ({ auth }) => auth.signUp(EVE),
  },
  { promise: 'a known address cannot be registered', play: ({ auth }) => auth.signUp(ADA) },
  {
    promise: 'a weak password is refused with its reasons',
    play: ({ auth }) => auth.signUp({ ...EVE, password: '1' }),
  },
  {
    promise: 'registering takes an address',
    play: ({ auth }) => auth.signUp(anything({ password: 'secret-9' })),
    differs: says(
      'the message does not speak of passwords',
      'error.message',
      'You must provide either an email or phone number.',
    ),
  },
  {
    promise: 'a server without registrations refuses them',
    server: { signups: false },
    play: ({ auth }) => auth.signUp(EVE),
  },
  {
    promise: 'a phone registers, and signs in by its password',
    play: async ({ auth }) => {
      const registered = await auth.signUp({ phone: '15550100', password: EVE.password })
      await auth.signOut()
      const again = await auth.signInWithPassword({ phone: '15550100', password: EVE.password })
      return { registered, again }
    },
  },
  { promise: 'a password signs in', play: signIn },
  {
    promise: 'a password takes an address',
    play: ({ auth }) => auth.signInWithPassword(anything({ password: 'secret-9' })),
    differs: says(
      'the message does not speak of passwords',
      'error.message',
      'You must provide either an email or phone number.',
    ),
  },
  {
    promise: 'a wrong password does not',
    play: ({ auth }) => auth.signInWithPassword({ ...ADA, password: 'wrong' }),
  },
  { promise: 'an unknown address does not', play: ({ auth }) => auth.signInWithPassword(EVE) },
  { promise: 'somebody signs in without a name', play: ({ auth }) => auth.signInAnonymously() },
  {
    promise: 'a server without anonymous people refuses them',
    server: { anonymous: false },
    play: ({ auth }) => auth.signInAnonymously(),
  },
  {
    promise: 'somebody signs in without a name, with data of their own',
    play: ({ auth }) => auth.signInAnonymously({ options: { data: { name: 'Eve' } } }),
  },
  { promise: 'a code takes an address', play: ({ auth }) => auth.signInWithOtp(anything({})) },
  { promise: 'a code is sent', play: ({ auth }) => auth.signInWithOtp({ email: ADA.email }) },
  {
    promise: 'no code is sent to an unknown address that is not to get an account',
    play: ({ auth }) =>
      auth.signInWithOtp({ email: EVE.email, options: { shouldCreateUser: false } }),
  },
  {
    promise: 'a code signs in',
    play: async (side) => {
      await side.auth.signInWithOtp({ email: ADA.email })
      const token = lastMessage(side).code
      return side.auth.verifyOtp({ email: ADA.email, token, type: 'email' })
    },
  },
  {
    promise: 'a wrong code does not',
    play: async ({ auth }) => {
      await auth.signInWithOtp({ email: ADA.email })
      return auth.verifyOtp({ email: ADA.email, token: '000000', type: 'email' })
    },
  },
  {
    promise: 'the hash of a link signs in',
    play: async (side) => {
      await side.auth.signInWithOtp({ email: ADA.email })
      return side.auth.verifyOtp({ token_hash: lastMessage(side).tokenHash, type: 'email' })
    },
  },
  {
    promise: 'a code to a new password is PASSWORD_RECOVERY, and no SIGNED_IN',
    play: async (side) => {
      await side.auth.resetPasswordForEmail(ADA.email)
      const token = lastMessage(side).code
      return side.auth.verifyOtp({ email: ADA.email, token, type: 'recovery' })
    },
  },
  {
    promise: 'an id token signs in',
    play: async ({ auth, server }) =>
      auth.signInWithIdToken({
        provider: 'google',
        token: await server.issueIdToken({ email: ADA.email }),
      }),
  },
  {
    promise: 'a false id token does not',
    play: ({ auth }) => auth.signInWithIdToken({ provider: 'google', token: 'a.b.c' }),
    differs: says(
      'the word of a refusal in OAuth’s style is its code',
      'error.code',
      'invalid request',
    ),
  },
  {
    promise: 'a link to a new password is sent',
    play: ({ auth }) => auth.resetPasswordForEmail(ADA.email),
  },
  {
    promise: 'a link to another provider is made',
    play: async ({ auth }) => {
      const options = { redirectTo: 'http://app.test/', scopes: 'a b', queryParams: { x: 'y' } }
      const { data } = await auth.signInWithOAuth({
        provider: 'github',
        options: { ...options, skipBrowserRedirect: true },
      })
      const { pathname, searchParams } = new URL(data.url ?? '')
      return { pathname, params: Object.fromEntries(searchParams), provider: data.provider }
    },
  },
]

/** What is done with a session. */
export const SESSIONS: readonly Row[] = [
  {
    promise: 'a session is found again',
    play: async (side) => {
      await signIn(side)
      return side.auth.getSession()
    },
  },
  {
    promise: 'a session is refreshed',
    play: async (side) => {
      await signIn(side)
      return side.auth.refreshSession()
    },
  },
  { promise: 'nobody has nothing to refresh', play: ({ auth }) => auth.refreshSession() },
  {
    promise: 'an empty token is no session',
    play: ({ auth }) => auth.refreshSession({ refresh_token: '' }),
  },
  {
    promise: 'a token that the server does not know is refused',
    play: ({ auth }) => auth.refreshSession({ refresh_token: 'aaaaaaaaaaaa' }),
    differs: silent(SIGNED_OUT, 'SIGNED_OUT'),
  },
  {
    promise: 'a session that was kept elsewhere is set',
    play: async (side) => {
      const { data } = await signIn(side)
      await side.auth.signOut({ scope: 'local' })
      const other = await side.server.fetch('http://localhost/auth/v1/token?grant_type=password', {
        method: 'POST',
        body: JSON.stringify(ADA),
        headers: { 'x-supabase-api-version': '2024-01-01' },
      })
      const tokens = await other.json()
      const result = await side.auth.setSession(tokens)
      return { result, same: result.data.user?.id === data.user?.id }
    },
    differs: says(
      'expires_in is the whole life of a token, also where it has lived a while',
      'result.data.session.expires_in',
      3600,
    ),
  },
  {
    promise: 'a session without tokens is none',
    play: ({ auth }) => auth.setSession({ access_token: '', refresh_token: '' }),
  },
  {
    promise: 'a session whose access token is no token is refreshed',
    play: async (side) => {
      const { data } = await signIn(side)
      const refresh_token = data.session?.refresh_token ?? ''
      const { data: now, error } = await side.auth.setSession({
        access_token: 'broken',
        refresh_token,
      })
      return { email: now.user?.email ?? null, error }
    },
    differs: both(
      says(REFRESHED, '', { email: ADA.email, error: null }),
      hears(REFRESHED, (events) => [...events, 'TOKEN_REFRESHED with a session']),
    ),
  },
  {
    promise: 'the user is asked for',
    play: async (side) => {
      await signIn(side)
      return side.auth.getUser()
    },
  },
  { promise: 'nobody is no user', play: ({ auth }) => auth.getUser() },
  {
    promise: 'the user of a token is asked for, whoever is signed in',
    play: async (side) => {
      const { data } = await signIn(side)
      await side.auth.signInAnonymously()
      return side.auth.getUser(data.session?.access_token)
    },
  },
  { promise: 'a false token has no user', play: ({ auth }) => auth.getUser('a.b.c') },
  {
    promise: 'a false token that somebody else was to have leaves the session here',
    play: async (side) => {
      await signIn(side)
      const { error } = await side.auth.getUser('a.b.c')
      return { refused: error !== null, now: (await side.auth.getSession()).data.session !== null }
    },
  },
  {
    promise: 'a user is changed',
    play: async (side) => {
      await signIn(side)
      return side.auth.updateUser({ data: { name: 'Ada' } })
    },
  },
  {
    promise: 'a change that the server refuses is told',
    play: async (side) => {
      await signIn(side)
      return side.auth.updateUser({ password: '1' })
    },
  },
  {
    promise: 'nobody can be changed',
    play: ({ auth }) => auth.updateUser({ data: { name: 'Ada' } }),
  },
  {
    promise: 'the accounts of a user are listed',
    play: async (side) => {
      await signIn(side)
      return side.auth.getUserIdentities()
    },
  },
  { promise: 'nobody has no accounts', play: ({ auth }) => auth.getUserIdentities() },
]

/** How sessions end. */
export const SIGN_OUTS: readonly Row[] = [
  {
    promise: 'a sign-out ends all sessions of the user',
    play: async (side) => {
      await signIn(side)
      const result = await side.auth.signOut()
      return { result, left: side.server.sessions().length, now: await side.auth.getSession() }
    },
  },
  {
    promise: 'a sign-out here leaves the others',
    play: async (side) => {
      await signIn(side)
      await side.auth.signInWithPassword(ADA)
      const result = await side.auth.signOut({ scope: 'local' })
      return { result, now: await side.auth.getSession() }
    },
  },
  {
    promise: 'a sign-out of the others leaves this one',
    play: async (side) => {
      await signIn(side)
      await side.auth.signInWithPassword(ADA)
      const result = await side.auth.signOut({ scope: 'others' })
      return { result, left: side.server.sessions().length, now: await side.auth.getSession() }
    },
  },
  {
    promise: 'a sign-out of somebody whom the server does not know any more',
    play: async (side) => {
      const { data } = await signIn(side)
      side.server.deleteUser(data.user?.id ?? '')
      const result = await side.auth.signOut()
      return { result, now: await side.auth.getSession() }
    },
  },
  {
    promise: 'nobody signs out',
    play: ({ auth }) => auth.signOut(),
    differs: silent(SIGNED_OUT, 'SIGNED_OUT'),
  },
  {
    promise: 'a sign-out while the server is down',
    play: async (side) => {
      await signIn(side)
      side.server.fail({ type: 'status', status: 503 }, { times: 9 })
      const result = await side.auth.signOut()
      const { name, status } = result.error ?? {}
      side.server.heal()
      return { name, status, over: (await side.auth.getSession()).data.session === null }
    },
    differs: both(says(HERE, 'over', true), ends(HERE)),
  },
  {
    promise: 'a sign-out here while the server is down',
    play: async (side) => {
      await signIn(side)
      side.server.fail({ type: 'status', status: 503 }, { times: 9 })
      const { error } = await side.auth.signOut({ scope: 'local' })
      side.server.heal()
      const over = (await side.auth.getSession()).data.session === null
      return { error: error && { name: error.name, status: error.status }, over }
    },
    differs: says('a sign-out here alone does not wait for the server', 'error', null),
  },
]

/** What goes wrong on the way. */
export const FAILURES: readonly Row[] = [
  {
    promise: 'a server that cannot be reached is told as such',
    play: async (side) => {
      side.server.fail({ type: 'drop' }, { times: 9 })
      const { data, error } = await signIn(side)
      return { data, name: error?.name, status: error?.status, code: error?.code }
    },
  },
  {
    promise: 'a server in trouble is told as such',
    play: async (side) => {
      side.server.fail({ type: 'status', status: 503 }, { times: 9 })
      const { data, error } = await signIn(side)
      return { data, name: error?.name, status: error?.status, code: error?.code }
    },
  },
  {
    promise: 'a limit is told with its status and code',
    play: async (side) => {
      side.server.fail({ type: 'rate-limited' }, { times: 9 })
      return signIn(side)
    },
  },
  {
    promise: 'a page instead of an answer may pass',
    play: async (side) => {
      side.server.fail({ type: 'html' }, { times: 9 })
      const { data, error } = await signIn(side)
      return { data, name: error?.name, status: error?.status, code: error?.code }
    },
  },
  {
    promise: 'a page with a refusal’s status',
    play: async (side) => {
      side.server.fail({ type: 'html', status: 403 }, { times: 9 })
      const { data, error } = await signIn(side)
      return { data, error: { name: error?.name, status: error?.status, code: error?.code } }
    },
    differs: says(NO_JSON, 'error', { name: 'AuthApiError', status: 403 }),
  },
  {
    promise: 'an answer without a session is no session',
    play: async (side) => {
      side.server.fail({ type: 'body', body: '{}' }, { times: 9 })
      return signIn(side)
    },
  },
  {
    promise: 'failures are thrown where the app wants that',
    options: { throwOnError: true },
    play: async (side) => {
      const thrown = await side.auth.signInWithPassword(EVE).catch((error: unknown) => error)
      return { thrown, says: side.auth.isThrowOnErrorEnabled() }
    },
  },
]
