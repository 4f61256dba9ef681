import { expect, it } from 'vitest'
import { createEndingRoutes } from '../../../src/server/backend/ending-routes.js'
import { workosServer } from '../../../src/server/workos/index.js'
import { createBackendWorld } from './backend-world.js'

const keys = { jwksUrl: 'https://id.example/keys' }
const issuer = 'https://id.example'
const clientId = 'client_1'
const REVOCATION = { issuer, keys, audience: 'https://app.example/revoke' }

/** What an auth server says of itself is not WorkOS's to say. */
const NAMELESS = { issuer: undefined, clientId: undefined, keys: undefined }

type Given = Partial<Parameters<typeof createEndingRoutes>[0]>
type Server = { issuer?: string; clientId?: string; keys?: typeof keys }

/** The paths of a backend whose auth server says so much of itself. */
function pathsOf(server: Server, given: Given = {}): readonly string[] {
  const { sessions, now } = createBackendWorld()
  const signIn = { ...workosServer({ clientId, apiKey: 'k' }), ...NAMELESS, ...server }
  const routes = createEndingRoutes({ sessions, signIn, report: () => {}, now, ...given })
  return Object.keys(routes)
}

it.each<[string, Server, Given, readonly string[]]>([
  ['one that says nothing', {}, {}, []],
  ['one without a name for the app', { issuer, keys }, {}, []],
  ['one without keys', { issuer, clientId }, {}, []],
  ['one without a name', { clientId, keys }, {}, []],
  ['one that can sign its words', { issuer, clientId, keys }, {}, ['/back-channel-logout']],
  ['one in frames', { issuer }, { frontChannelLogout: true }, ['/front-channel-logout']],
  ['another one, by tokens', {}, { globalRevocation: REVOCATION }, ['/global-token-revocation']],
  ['none, where pages want to hear of it', {}, { events: true }, ['/events']],
  ['none, where pages want to hear of it so often', {}, { events: { perSession: 1 } }, ['/events']],
])('sessions are ended from elsewhere by %s', (_, server, given, paths) => {
  expect(pathsOf(server, given)).toEqual(paths)
})

it('a frame cannot end sessions of a server that does not say who it is', () => {
  expect(() => pathsOf({ clientId, keys }, { frontChannelLogout: true })).toThrow(
    expect.objectContaining({ code: 'invalid_argument' }),
  )
})
