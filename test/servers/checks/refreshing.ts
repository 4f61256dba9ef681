import { setTimeout as delay } from 'node:timers/promises'
import { ensure, failureOf, type RealmLab, type World } from '../lab.js'
import type { Check } from './check.js'

const TABS = 5
const EXPIRIES = 3

/** How long a refresh token works, as Keycloak says it. */
const lifeOf = (seconds: unknown): string => (seconds === 0 ? 'for ever' : `${seconds} s`)

export const signIn: Check = {
  name: 'Sign-in by its login form, code and PKCE',
  async run({ signedIn, settings }) {
    const { session } = await signedIn()
    const { refreshToken, extras } = session
    ensure(Boolean(refreshToken), 'There is no refresh token.')
    const access = `an access token for ${settings.accessTokenLifespan} s`
    return `${access}, a refresh token for ${lifeOf(extras.refresh_expires_in)}`
  },
}

const statuses = ({ network }: World): string => {
  const refused = network.refreshes.filter((status) => status !== 200)
  return refused.length > 0 ? `${refused.length} refused` : 'none refused'
}

/** How many clients have a session now. */
async function signedInOf({ clients }: World): Promise<number> {
  const sessions = await Promise.all(clients.map((auth) => auth.getSession()))
  return sessions.filter(Boolean).length
}

export const expiries: Check = {
  name: `${TABS} clients of one storage, the time of ${EXPIRIES} tokens`,
  async run({ signedIn, settings }) {
    const world = await signedIn(TABS)
    const end = Date.now() + EXPIRIES * settings.accessTokenLifespan * 1000
    while (Date.now() < end) {
      ensure((await signedInOf(world)) === TABS, 'A client has lost its session.')
      await delay(250)
    }
    const { refreshes } = world.network
    ensure(
      refreshes.every((status) => status === 200),
      'A refresh was refused.',
    )
    // A refresh runs at least ahead of a quarter of the life, and up to a sixth before that.
    const most = Math.ceil(EXPIRIES / (1 - 1 / 4 - 1 / 6))
    ensure(refreshes.length <= most, `There were ${refreshes.length} refreshes.`)
    return `${refreshes.length} refreshes, ${statuses(world)}, all signed in`
  },
}

export const forced: Check = {
  name: `${TABS} clients call \`refreshSession()\` at once`,
  async run({ signedIn }) {
    const world = await signedIn(TABS)
    await signedInOf(world)
    const results = await Promise.all(world.clients.map((auth) => auth.refreshSession()))
    ensure(results.length === TABS, 'A call has no answer.')
    return `${world.network.refreshes.length} refreshes, ${statuses(world)}, all answered`
  },
}

/** Whether the session of a world goes on, found out by a refresh; or how it ended. */
export async function fate({ auth, ended }: World): Promise<string> {
  const failure = await failureOf(auth.refreshSession())
  if (!failure) return 'the session goes on'
  const session = await auth.getSession()
  const end = ended()
  ensure(session === null && end !== null, `The session neither goes on nor ends: ${failure}`)
  return `the session ends (\`${end}\`): ${failure.status} “${failure.message}”`
}

/** Keycloak compares times in whole seconds, so that what lies within one is another case. In ms. */
const APART = 1_100

/**
 * A token that was exchanged so many exchanges ago is sent once more from elsewhere; then the client
 * refreshes, and then whoever that other one is, if there was an answer.
 */
const replay = (name: string, exchanges: number): Check => ({
  name,
  async run({ signedIn, refresh }) {
    const world = await signedIn()
    for (let left = exchanges; left > 0; left--) {
      await delay(APART)
      await world.auth.refreshSession()
    }
    await delay(APART)
    const reply = await refresh(world.session.refreshToken)
    const own = await fate(world)
    if (!reply.refreshToken) return `${reply.text}; ${own}`
    const other = await refresh(reply.refreshToken)
    return `${reply.text}; ${own}; the other one’s refresh then: ${other.text}`
  },
})

export const replays: readonly Check[] = [
  replay('A refresh token that was just spent comes from elsewhere; then the client', 1),
  replay('The one before that comes from elsewhere; then the client', 2),
]

export const lost: Check = {
  name: 'An answer to a refresh is lost; then the client',
  async run({ signedIn }) {
    const world = await signedIn()
    world.network.loseNext()
    const failure = await failureOf(world.auth.refreshSession())
    ensure(failure?.code === 'network' && failure.retryable, 'A lost answer is a network error.')
    ensure((await world.auth.getSession()) !== null, 'A lost answer ends no session.')
    return fate(world)
  },
}

/** Two requests with the same token at the same moment, as two clients without a lock send them. */
async function race({ signedIn, refresh }: RealmLab): Promise<string> {
  const { session } = await signedIn()
  const both = await Promise.all([refresh(session.refreshToken), refresh(session.refreshToken)])
  return both
    .map(({ text }) => text)
    .sort()
    .join(', and ')
}

export const concurrent: Check = {
  name: 'One refresh token twice at the same moment, without a client',
  run: race,
}
