import { jwt } from '../support/wire.js'
import { both, ends, hears, says, silent } from './differences.js'
import type { Row } from './rows.js'
import { ADA, type Side } from './stage.js'

const signIn = ({ auth }: Side) => auth.signInWithPassword(ADA)

/** The person, signed in. */
async function person(side: Side): Promise<string> {
  const { data } = await signIn(side)
  return data.user?.id ?? ''
}

/** How the server ends a session. */
const WAYS = {
  ended: (side: Side, id: string) => side.server.endSessionsOf(id),
  'of a banned person': (side: Side, id: string) => side.server.ban(id),
  'of a deleted person': (side: Side, id: string) => side.server.deleteUser(id),
}

/** What apps tell an error by. */
const brief = ({ error }: { readonly error: unknown }) => {
  const { name, status, code } = Object(error)
  return error && { name, status, code }
}

const ENDED = 'a session ends as soon as the server refuses to go on with it'
const MISSING = { name: 'AuthSessionMissingError', status: 400 }

/** Calls that carry a session. */
const CALLS = {
  'the user is asked for': ({ auth }: Side) => auth.getUser(),
  'the user is changed': ({ auth }: Side) => auth.updateUser({ data: { name: 'Ada' } }),
  'the accounts are listed': ({ auth }: Side) => auth.getUserIdentities(),
  'a code is asked for': ({ auth }: Side) => auth.reauthenticate(),
  'a factor is enrolled': ({ auth }: Side) => auth.mfa.enroll({ factorType: 'totp' }),
}

const withCalls = (way: keyof typeof WAYS, differs: (call: string) => Row['differs']) =>
  Object.entries(CALLS).map(([call, ask]) => ({
    promise: `${call}, by a session ${way}`,
    play: async (side: Side) => {
      WAYS[way](side, await person(side))
      return brief(await ask(side))
    },
    differs: differs(call),
  }))

/** Sessions that the server has ended, or does not go on with. */
export const ENDS: readonly Row[] = [
  ...withCalls('ended', (call) =>
    // Of the others auth-js keeps a session that is over.
    /user is asked|accounts/.test(call) ? undefined : ends(ENDED),
  ),
  ...withCalls('of a banned person', () => ends(ENDED)),
  ...withCalls('of a deleted person', () => both(ends(ENDED), says(ENDED, '', MISSING))),
  ...Object.entries(WAYS).flatMap(([way, end]) =>
    (['global', 'local'] as const).map((scope) => ({
      promise: `a sign-out of a session ${way} is done: ${scope}`,
      play: async (side: Side) => {
        end(side, await person(side))
        const result = await side.auth.signOut({ scope })
        return { result, now: await side.auth.getSession() }
      },
    })),
  ),
  {
    promise: 'a sign-out of a session ended throws nothing',
    options: { throwOnError: true },
    play: async (side) => {
      side.server.endSessionsOf(await person(side))
      return side.auth.signOut()
    },
  },
  {
    promise: 'a sign-out of the others by a session ended is done',
    play: async (side) => {
      side.server.endSessionsOf(await person(side))
      return side.auth.signOut({ scope: 'others' })
    },
    differs: ends(ENDED),
  },
  { promise: 'nobody signs out others', play: ({ auth }) => auth.signOut({ scope: 'others' }) },
  ...(['user_banned', 'session_expired'] as const).map((word) => ({
    promise: `a refresh is refused while the token lives: ${word}`,
    play: async (side: Side) => {
      const id = await person(side)
      const [{ id: session } = { id: '' }] = side.server.sessions()
      if (word === 'user_banned') side.server.ban(id)
      else side.server.expireSession(session)
      const { error } = await side.auth.refreshSession()
      const { data } = await side.auth.getSession()
      return { error, goesOn: data.session !== null }
    },
    differs: both(ends(ENDED), says(ENDED, 'goesOn', false)),
  })),
  {
    promise: 'a session that is set has been ended',
    play: async (side) => {
      const { data } = await signIn(side)
      await side.auth.signOut()
      const { access_token = '', refresh_token = '' } = { ...data.session }
      return brief(await side.auth.setSession({ access_token, refresh_token }))
    },
    differs: hears('SIGNED_OUT means that somebody was signed in', (events) => events.slice(0, -1)),
  },
]

const DEAD = jwt({ sub: 'ada', iat: 100, exp: 3700 })

/** Tokens of a session that the app has from elsewhere. */
async function elsewhere(side: Side): Promise<{ access_token: string; refresh_token: string }> {
  const url = 'http://localhost/auth/v1/token?grant_type=password'
  const answer = await side.server.fetch(url, { method: 'POST', body: JSON.stringify(ADA) })
  return answer.json()
}

const SIGNED_IN = 'SIGNED_IN means that somebody is signed in who was not'

/** What listeners hear of sessions that the app has from elsewhere. */
export const ARRIVALS: readonly Row[] = [
  {
    promise: 'a session of somebody else is set',
    play: async (side) => {
      await side.auth.signInAnonymously()
      return brief(await side.auth.setSession(await elsewhere(side)))
    },
  },
  {
    promise: 'another session of the same person is set',
    play: async (side) => {
      await signIn(side)
      return brief(await side.auth.setSession(await elsewhere(side)))
    },
    differs: hears(SIGNED_IN, (events) => [
      ...events.slice(0, -1),
      'TOKEN_REFRESHED with a session',
    ]),
  },
  {
    promise: 'a session whose access token is over is set',
    play: async (side) => {
      const { refresh_token } = await elsewhere(side)
      return brief(await side.auth.setSession({ access_token: DEAD, refresh_token }))
    },
    differs: hears(SIGNED_IN, (events) => [...events.slice(0, -1), 'SIGNED_IN with a session']),
  },
  {
    promise: 'a session whose tokens are both over is set',
    play: async ({ auth }) =>
      brief(await auth.setSession({ access_token: DEAD, refresh_token: 'aaaaaaaaaaaa' })),
    differs: both(
      says('whoever has no session any more gets AuthSessionMissingError', '', MISSING),
      silent('SIGNED_OUT means that somebody was signed in', 'SIGNED_OUT'),
    ),
  },
  {
    promise: 'nobody is signed in, and a refresh token is exchanged',
    play: async (side) => {
      const { refresh_token } = await elsewhere(side)
      return brief(await side.auth.refreshSession({ refresh_token }))
    },
    differs: hears(SIGNED_IN, (events) => [
      ...events.slice(0, -1),
      'SIGNED_IN with a session',
      ...events.slice(-1),
    ]),
  },
]
