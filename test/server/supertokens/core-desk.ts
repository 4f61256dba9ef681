import { createCore } from '../../../src/server/supertokens/core.js'
import type { CoreApi } from '../../../src/server/supertokens/core-api.js'
import type { SuperTokensOptions } from '../../../src/server/supertokens/types.js'

export const START = 1_795_000_000_000
export const ONE = 'http://localhost:3567'
export const TWO = 'http://127.0.0.1:3567'
export const THREE = 'https://core.test/appid-app'

const LIFE = { expiry: START + 3_600_000, createdTime: START }
const COOKIE = { cookiePath: '/', cookieSecure: true, domain: 'app.test', sameSite: 'lax' }

/** An answer to anything, of any version, with a field that no version has. */
export const ANSWER = {
  status: 'OK',
  secretOfTheCore: 'x',
  session: { handle: 'h1', userId: 'u1', userDataInJWT: { role: 'a' }, extra: 1 },
  accessToken: { token: 'at', ...LIFE, ...COOKIE, extra: 1 },
  refreshToken: { token: 'rt', ...LIFE, ...COOKIE, cookiePath: '/refresh', extra: 1 },
  idRefreshToken: { token: 'idrt', ...LIFE, extra: 1 },
  antiCsrfToken: 'csrf',
  sessionHandles: ['h1', 'h2'],
  sessionHandlesRevoked: ['h1'],
  numberOfSessionsRevoked: 1,
  sessionHandle: 'h1',
  userId: 'u1',
  userDataInDatabase: { d: 1 },
  userDataInJWT: { role: 'a' },
  expiry: LIFE.expiry,
  timeCreated: START,
  accessTokenPath: '/',
  refreshTokenPath: '/refresh',
  cookieDomain: 'app.test',
  cookieSecure: true,
  cookieSameSite: 'lax',
  enableAntiCsrf: true,
}

/** A request as it was sent. */
export interface Sent {
  readonly at: number
  readonly host: string
  readonly line: string
  readonly headers: Readonly<Record<string, string>>
  readonly body: unknown
}

export const json = (body: unknown, init?: ResponseInit): Response =>
  new Response(JSON.stringify(body), {
    headers: { 'content-type': 'application/json;charset=UTF-8' },
    ...init,
  })
export const text = (status: number, body: string): Response => new Response(body, { status })

export interface DeskOptions extends Partial<SuperTokensOptions> {
  /** What `/apiversion` tells. */
  readonly versions?: readonly string[]
  /** What is answered to all but `/apiversion`; `undefined` for `ANSWER`. */
  readonly answer?: (sent: Sent) => unknown
  /** What is answered to `/apiversion`. */
  readonly tell?: (sent: Sent) => unknown
}

/** A core on fake hosts, and what was sent to them. */
export function createDesk({ versions = ['5.4'], answer, tell, ...options }: DeskOptions = {}) {
  const sent: Sent[] = []
  const clock = { time: START }
  const state = { answer, tell, versions }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const url = new URL(request.url)
    const written = await request.text()
    const entry: Sent = {
      at: performance.now(),
      host: url.host,
      line: `${request.method} ${url.pathname}${url.search}`,
      headers: Object.fromEntries(request.headers),
      body: written ? JSON.parse(written) : null,
    }
    sent.push(entry)
    const told = entry.line.endsWith('/apiversion')
    const said = await (told ? state.tell : state.answer)?.(entry)
    if (said instanceof Response) return said
    return json(said ?? (told ? { versions: state.versions } : ANSWER))
  }
  const waits: number[] = []
  const core: CoreApi = createCore(
    { hosts: ONE, fetch, now: () => clock.time, ...options },
    async (ms) => void waits.push(ms),
  )
  return {
    /** How long was waited for a core that refused for a moment, in ms. */
    waits,
    core,
    clock,
    state,
    sent,
    /** What was sent but for the negotiation. */
    asked: () => sent.filter(({ line }) => !line.endsWith('/apiversion')),
    negotiations: () => sent.filter(({ line }) => line.endsWith('/apiversion')).length,
    hosts: () => sent.filter(({ line }) => !line.endsWith('/apiversion')).map(({ host }) => host),
  }
}

export const NEW_SESSION = {
  userId: 'u1',
  userDataInJWT: { role: 'a' },
  userDataInDatabase: { d: 1 },
  enableAntiCsrf: true,
  useDynamicSigningKey: true,
}
export const REFRESH = {
  refreshToken: 'rt-0123456789',
  antiCsrfToken: 'csrf-0123456789',
  enableAntiCsrf: true,
  useDynamicSigningKey: false,
}
export const VERIFY = {
  accessToken: 'at-0123456789',
  antiCsrfToken: 'csrf-0123456789',
  doAntiCsrfCheck: true,
  enableAntiCsrf: true,
  checkDatabase: false,
}

/** Every operation, by name. */
export const OPERATIONS = {
  publishesKeys: (core: CoreApi) => core.publishesKeys(),
  switchesKeys: (core: CoreApi) => core.switchesKeys(),
  keys: async (core: CoreApi) => (await core.fetch(core.jwksUrl)).json(),
  createSession: (core: CoreApi) => core.createSession(NEW_SESSION),
  refresh: (core: CoreApi) => core.refresh(REFRESH),
  verify: (core: CoreApi) => core.verify(VERIFY),
  revoke: (core: CoreApi) => core.revoke(['h1']),
  revokeAll: (core: CoreApi) => core.revokeAll('u 1&x'),
  handles: (core: CoreApi) => core.handles('u 1&x'),
  information: (core: CoreApi) => core.information('h1'),
  sessionData: (core: CoreApi) => core.sessionData('h1'),
  updateSessionData: (core: CoreApi) => core.updateSessionData('h1', { e: 2 }),
  revokeInTenant: (core: CoreApi) =>
    core.revokeAll('u1', { tenantId: 't1', linkedAccounts: false }),
  handlesInTenant: (core: CoreApi) => core.handles('u1', { tenantId: 't1', linkedAccounts: false }),
  createInTenant: (core: CoreApi) => core.createSession({ ...NEW_SESSION, tenantId: 't1' }),
  regenerate: (core: CoreApi) => core.regenerate('at-0123456789', { role: 'b' }),
  payload: (core: CoreApi) => core.payload('h1'),
  updatePayload: (core: CoreApi) => core.updatePayload('h1', { role: 'b' }),
  handshake: (core: CoreApi) => core.handshake(),
} as const satisfies Record<string, (core: CoreApi) => Promise<unknown>>

export type Operation = keyof typeof OPERATIONS

/** Names the operations, typed. */
export const operations = (): readonly Operation[] => [
  'publishesKeys',
  'switchesKeys',
  'keys',
  'createSession',
  'refresh',
  'verify',
  'revoke',
  'revokeAll',
  'handles',
  'information',
  'sessionData',
  'updateSessionData',
  'revokeInTenant',
  'handlesInTenant',
  'createInTenant',
  'regenerate',
  'payload',
  'updatePayload',
  'handshake',
]
