import { AuthClient } from '../../src/client.js'
import { gotrue, parseAuthJsSession } from '../../src/providers/gotrue/index.js'
import { takeOver } from '../../src/take-over.js'
import { createScriptedGoTrue, type Rotation } from '../../src/testing/index.js'
import { cookieProvider } from './backend.js'
import { isAnswer, sessionOf } from './gotrue-answer.js'
import { turn } from './surroundings.js'
import type { Wire, WireParts } from './wire.js'

/** The password of everybody. */
const PASSWORD = 'correct horse'
const SERVER = 'https://auth.example/auth/v1'
const FOREIGN_KEY = 'sb-scripted-auth-token'

/** The provider for GoTrue, and its scripted server; in some worlds only cookies hold the session. */
export function gotrueWire(
  rotation: Rotation,
  { clock, lifetime, random, people }: WireParts,
): Wire {
  const server = createScriptedGoTrue({
    clock,
    rotation,
    accessTokenLifetime: lifetime,
    random,
    signing: 'digest',
    users: people.map((email) => ({ email, password: PASSWORD })),
  })

  return {
    base: SERVER,
    foreignKey: FOREIGN_KEY,
    teapot: '{"code":"teapot","message":"no"}',
    forgives: false,
    fetch: server.fetch,
    settle: turn,
    open(world, { tab, send, options }) {
      const tokens = gotrue({ url: SERVER, fetch: send })
      const provider = world.jar ? cookieProvider(world, tokens) : tokens
      const left = takeOver({ key: FOREIGN_KEY, parse: parseAuthJsSession, storage: tab.storage })
      const auth = new AuthClient({
        provider,
        ...(world.options.start === 'take-over' && { takeOver: left }),
        ...options,
      })
      return {
        auth,
        signIn: async (email) => (await auth.signIn({ email, password: PASSWORD })).session,
      }
    },
    presented: (text) => /"refresh_token":"([^"]+)"/.exec(text)?.[1],
    isFragile: (path) => path.startsWith('/token'),
    isLookup: () => false,
    refuses: (status) => status === 400,
    read(body) {
      if (!isAnswer(body)) return null
      const { access_token: accessToken, refresh_token: refreshToken, expires_in, user } = body
      const session = sessionOf(accessToken)
      return { accessToken, refreshToken, lifetime: expires_in * 1000, session, user: user.id }
    },
    async signInElsewhere(email) {
      const response = await server.fetch(`${SERVER}/token?grant_type=password`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ email, password: PASSWORD }),
      })
      return response.json()
    },
    kept: (body) => JSON.stringify(body),
    sessions: server.sessions,
    endSession: server.endSession,
    setAccessTokenLifetime: server.setAccessTokenLifetime,
  }
}
