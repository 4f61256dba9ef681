import { gotrue } from '../../src/providers/gotrue/index.js'
import { oidc } from '../../src/providers/oidc/index.js'
import { memoryCoordinator } from '../../src/server/coordination/coordinator.js'
import type {
  Coordinator,
  TombstoneOptions,
} from '../../src/server/coordination/coordinator-types.js'
import { createOidc, createOidcSessions } from '../../src/server/oidc/index.js'
import {
  createSealedSessions,
  type SealedSessions,
} from '../../src/server/sealed/sealed-sessions.js'
import { createScriptedGoTrue } from '../../src/testing/index.js'
import { PASSWORD, START, success } from '../server/sealed/sealed-sessions-stage.js'

const password = PASSWORD
const ISSUER = 'https://id.example'
const HOUR = 3_600_000

/** A session of a person, by the newest of three cookies that it has had, and by the oldest. */
export interface OneTokenStage {
  readonly sessions: SealedSessions
  readonly oldest: string
  readonly newest: string
  /** What has become of the tombstones. */
  readonly ends: { readonly ttl: number; readonly options: TombstoneOptions | undefined }[]
  readonly pass: (ms: number) => void
  /** Whether the server would still renew the session. */
  readonly lives: () => boolean
  readonly id: string
}

/** A clock, and a coordinator whose tombstones can be read. */
function createSurroundings() {
  const clock = { time: START, now: () => clock.time }
  const ends: { ttl: number; options: TombstoneOptions | undefined }[] = []
  const inner = memoryCoordinator({ now: clock.now })
  const coordinator: Coordinator = {
    ...inner,
    async end(name, ttl, options) {
      ends.push({ ttl, options })
      await inner.end(name, ttl, options)
    },
  }
  return { clock, ends, coordinator }
}

type Surroundings = ReturnType<typeof createSurroundings>

/** A server that knows spent refresh tokens no more, and so answers 200 for them (RFC 7009 §2.2). */
function createForgetfulServer() {
  const live = new Set(['R1'])
  let count = 1
  const place = (path: string): string => `${ISSUER}/${path}`
  const documents = {
    issuer: ISSUER,
    authorization_endpoint: place('authorize'),
    token_endpoint: place('token'),
    revocation_endpoint: place('revoke'),
    jwks_uri: place('jwks'),
  }
  const fetch = async (input: string | URL | Request, init?: RequestInit): Promise<Response> => {
    const { pathname } = new URL(input instanceof Request ? input.url : input)
    if (pathname.includes('.well-known')) return Response.json(documents)
    const form = new URLSearchParams(String(init?.body))
    if (pathname === '/revoke') {
      live.delete(form.get('token') ?? '')
      return new Response('')
    }
    if (!live.delete(form.get('refresh_token') ?? '')) {
      return Response.json({ error: 'invalid_grant' }, { status: 400 })
    }
    count += 1
    live.add(`R${count}`)
    const tokens = { access_token: `A${count}`, refresh_token: `R${count}` }
    return Response.json({ ...tokens, token_type: 'Bearer', expires_in: 300 })
  }
  return { fetch, lives: () => live.size > 0 }
}

/** Trades the tokens of a cookie twice. */
async function age(
  sessions: SealedSessions,
  { clock, ends }: Surroundings,
  begin: () => Promise<string>,
): Promise<Omit<OneTokenStage, 'lives'>> {
  const oldest = await begin()
  const session = sessions.openSession({ value: oldest, password })
  let newest = oldest
  for (let round = 0; round < 2; round += 1) {
    clock.time += HOUR
    newest = success(await session.refreshSession()).sealed
  }
  clock.time += HOUR
  const { sessionId: id = '' } = (await sessions.describeSession({ value: newest, password })) ?? {}
  const pass = (ms: number): void => {
    clock.time += ms
  }
  return { sessions, oldest, newest, ends, pass, id }
}

const FIRST = { accessToken: 'A1', refreshToken: 'R1', lifetime: 300_000, user: { id: 'ada' } }

/** At a confidential client. */
export async function byOidcOnServers(): Promise<OneTokenStage> {
  const around = createSurroundings()
  const { now } = around.clock
  const { fetch, lives } = createForgetfulServer()
  const clientSecret = 'a secret of the client, which is long'
  const server = createOidc({ issuer: ISSUER, clientId: 'web', clientSecret, fetch, now })
  const sessions = createOidcSessions({ server, now, coordinator: around.coordinator })
  const begin = () => sessions.sealSession({ ...FIRST, user: { id: 'ada' } }, { password })
  return { ...(await age(sessions, around, begin)), lives }
}

async function byOidcOfPages(): Promise<OneTokenStage> {
  const around = createSurroundings()
  const { now } = around.clock
  const { fetch, lives } = createForgetfulServer()
  const redirectUri = 'https://app.example/callback'
  const provider = oidc({ issuer: ISSUER, clientId: 'app', redirectUri, fetch })
  const { coordinator } = around
  const sessions = createSealedSessions({ provider, verification: 'seal', coordinator, now })
  const begin = () => sessions.sealSession(FIRST, { password })
  return { ...(await age(sessions, around, begin)), lives }
}

/** It ends a session by an access token; for one that is over it trades the refresh token first. */
async function byGoTrue(): Promise<OneTokenStage> {
  const around = createSurroundings()
  const { clock, coordinator } = around
  const ada = { email: 'ada@example.test', password: 'secret-1' }
  const server = createScriptedGoTrue({ clock, users: [ada], reuseRevokes: false })
  const provider = {
    ...gotrue({ url: 'http://localhost/auth/v1', fetch: server.fetch, now: clock.now }),
    revokesSessions: true,
  }
  const { now } = clock
  const sessions = createSealedSessions({ provider, verification: 'seal', coordinator, now })
  const begin = async (): Promise<string> => {
    const { signal } = new AbortController()
    const grant = await provider.signIn?.(ada, { signal })
    if (!grant) throw new Error('There is no session.')
    return sessions.sealSession(grant, { password })
  }
  return { ...(await age(sessions, around, begin)), lives: () => server.sessions().length > 0 }
}

/** The auth servers that hear of one token of a session, by what they are called. */
export const ONE_TOKEN_STAGES: readonly (readonly [string, () => Promise<OneTokenStage>])[] = [
  ['OpenID Connect on servers', byOidcOnServers],
  ['OpenID Connect as pages speak it', byOidcOfPages],
  ['GoTrue, where a spent token ends nothing', byGoTrue],
]
