import { beforeAll, describe, expect, it } from 'vitest'
import { createCore } from '../../../src/server/supertokens/core.js'
import { isSuperTokensError } from '../../../src/server/supertokens/errors.js'
import type { SessionTokens } from '../../../src/server/supertokens/types.js'
import { VERSIONS, type Version } from '../../../src/server/supertokens/versions.js'
import { type Course, inForce } from './eras.js'
import { createStage, HOST, LATER, makeKeys, outcomeOf, type Stage } from './stage.js'

/** A core that speaks one version, an app on it, and the calls of the core itself. */
function stageAt(version: Version) {
  const scripted = { versions: [version], apiVersionPath: version !== '1.0' }
  const stage = createStage({ core: scripted, interface: version })
  const { core, clock } = stage
  const options = { hosts: HOST, interface: version, fetch: core.fetch, now: clock.now }
  return { ...stage, calls: createCore(options) }
}

type World = ReturnType<typeof stageAt>

const begin = ({ superTokens }: Stage): Promise<SessionTokens> =>
  superTokens.createNewSession('ada', { role: 'a' }, { d: 1 })

/** What a call comes to: `OK`, or the type of its error, with the code of a general one. */
const wordOf = async (call: Promise<unknown>): Promise<string> =>
  call.then(
    () => 'OK',
    (error: unknown) => {
      if (!isSuperTokensError(error)) return String(error)
      return error.type === 'GENERAL_ERROR' ? error.code : error.type
    },
  )

/** How often the core was asked about an access token during `work`. */
async function questions<T>({ core }: Stage, work: () => Promise<T>) {
  const before = core.count('/session/verify')
  const value = await work()
  return { value, asked: core.count('/session/verify') - before }
}

/** The chapters of a session's life. Each returns what can be told of it. */
const CHAPTERS = {
  async create(world: World) {
    const { session, idRefreshToken, accessToken } = await begin(world)
    const life = accessToken.expiry - accessToken.createdTime
    return [session.userDataInJWT, session.tenantId, Boolean(idRefreshToken), life]
  },

  async verify(world: World) {
    const { accessToken } = await begin(world)
    const { value, asked } = await questions(world, () =>
      world.superTokens.getSession(accessToken.token),
    )
    return [value.session.userDataInJWT, value.session.recipeUserId, asked]
  },

  async 'verify what was ended'(world: World) {
    const { accessToken, session } = await begin(world)
    world.core.endSession(session.handle)
    const look = (checkDatabase: boolean) =>
      wordOf(world.superTokens.getSession(accessToken.token, { checkDatabase }))
    return [await look(false), await look(true)]
  },

  async refresh(world: World) {
    const next = await world.renew(await begin(world))
    const { value, asked } = await questions(world, () =>
      world.superTokens.getSession(next.accessToken.token),
    )
    return [next.session.userDataInJWT, value.accessToken ? 'replaced' : 'kept', asked]
  },

  async 'retry an old token'(world: World) {
    const { refreshToken } = await begin(world)
    const refresh = () => world.superTokens.refreshSession(refreshToken.token)
    const [first, second] = await Promise.all([refresh(), refresh()])
    const same = first.refreshToken.token === second.refreshToken.token
    // Longer than answers are replayed here, and not longer than a core of 5.6 forgives.
    world.pass(10_000)
    const later = await refresh()
    return [same, later.refreshToken.token === first.refreshToken.token, await wordOf(refresh())]
  },

  async theft(world: World) {
    const first = await begin(world)
    const next = await world.renew(first)
    await world.superTokens.getSession(next.accessToken.token)
    world.pass(LATER)
    const thief = await outcomeOf(world.superTokens.refreshSession(first.refreshToken.token))
    const left = world.core.sessions().some(({ handle }) => handle === first.session.handle)
    const owner = await outcomeOf(world.superTokens.refreshSession(next.refreshToken.token))
    return [thief, left, owner]
  },

  async 'another payload'(world: World) {
    const first = await begin(world)
    const { handle } = first.session
    const word = await wordOf(world.calls.updatePayload(handle, { role: 'b' }))
    const read = await world.calls.payload(handle).catch(() => null)
    const next = await world.renew(first)
    return [word, read, next.session.userDataInJWT]
  },

  async 'another payload at once'(world: World) {
    const { accessToken, refreshToken } = await begin(world)
    const changed = world.calls.regenerate(accessToken.token, { role: 'b' })
    const word = await wordOf(changed)
    const token = await changed.then((made) => made.accessToken?.token).catch(() => undefined)
    if (!token) return [word]
    const { session } = await world.superTokens.getSession(token)
    const next = await world.superTokens.refreshSession(refreshToken.token)
    return [word, session.userDataInJWT, next.session.userDataInJWT]
  },

  async 'another payload, seen in the database'(world: World) {
    const { accessToken, session } = await begin(world)
    await world.calls.updatePayload(session.handle, { role: 'b' }).catch(() => undefined)
    const options = { checkDatabase: true }
    const seen = await world.superTokens.getSession(accessToken.token, options)
    return [seen.session.userDataInJWT, seen.accessToken ? 'replaced' : 'kept']
  },

  async data(world: World) {
    const { handle } = (await begin(world)).session
    const before = await world.superTokens.getSessionData(handle)
    await world.superTokens.updateSessionData(handle, { d: 2 })
    const after = await world.superTokens.getSessionData(handle)
    return [before, after, await wordOf(world.superTokens.getSessionInformation(handle))]
  },

  async revoke(world: World) {
    const { session, refreshToken } = await begin(world)
    const revoked = await world.superTokens.revokeSession(session.handle)
    const again = await world.superTokens.revokeSession(session.handle)
    const refreshed = outcomeOf(world.superTokens.refreshSession(refreshToken.token))
    return [revoked, again, await refreshed]
  },

  async 'sign out everywhere'(world: World) {
    const sessions = [await begin(world), await begin(world)]
    const handles = sessions.map(({ session }) => session.handle)
    const ended = await world.superTokens.revokeAllSessionsForUser('ada')
    const left = await world.superTokens.getAllSessionHandlesForUser('ada')
    return [handles.every((handle) => ended.includes(handle)), left]
  },
} as const satisfies Record<string, (world: World) => Promise<readonly unknown[]>>

type Chapter = keyof typeof CHAPTERS

const HOUR = 3_600_000
const A = { role: 'a' }
const B = { role: 'b' }
const NONE = undefined

/** What comes of each, from each version on where that differs from the one before. */
const EXPECTED: Readonly<Record<Chapter, Course<readonly unknown[]>>> = {
  create: {
    '1.0': [A, NONE, true, HOUR],
    '2.21': [A, NONE, false, HOUR],
    '3.0': [A, 'public', false, HOUR],
  },
  verify: { '1.0': [A, NONE, 1], '2.21': [A, NONE, 0], '4.0': [A, 'ada', 0] },
  'verify what was ended': { '1.0': ['OK', 'UNAUTHORISED'] },
  // The core wants to see the first use of a token, but where it has rotated already.
  refresh: { '1.0': [A, 'replaced', 1], '5.6': [A, 'kept', 0] },
  'retry an old token': { '1.0': [true, false, 'OK'] },
  theft: { '1.0': ['TOKEN_THEFT_DETECTED', false, 'UNAUTHORISED'] },
  'another payload': { '1.0': ['rejected', null, A], '2.0': ['OK', B, B] },
  'another payload at once': { '1.0': ['rejected'], '2.0': ['OK', B, B] },
  // Before 2.21 the core has no such check of a payload.
  'another payload, seen in the database': { '1.0': [A, 'kept'], '2.21': [B, 'replaced'] },
  data: { '1.0': [{ d: 1 }, { d: 2 }, 'rejected'], '2.8': [{ d: 1 }, { d: 2 }, 'OK'] },
  revoke: { '1.0': [true, false, 'UNAUTHORISED'] },
  'sign out everywhere': { '1.0': [true, []] },
}

const chapters = (): readonly Chapter[] => [
  'create',
  'verify',
  'verify what was ended',
  'refresh',
  'retry an old token',
  'theft',
  'another payload',
  'another payload at once',
  'another payload, seen in the database',
  'data',
  'revoke',
  'sign out everywhere',
]

describe.each(VERSIONS)('the life of a session at interface %s', (version) => {
  const world = stageAt(version)
  beforeAll(() => makeKeys(world))

  it.each(chapters())('%s', async (chapter) => {
    expect(await CHAPTERS[chapter](world)).toEqual(inForce(EXPECTED[chapter], version))
  })

  it('speaks that version, and every answer was one of a core that does', async () => {
    await begin(world)
    const asked = world.core.requests.filter(({ path }) => !/apiversion|jwks/.test(path))
    const spoken = new Set(asked.map(({ version: said }) => said ?? '1.0'))
    expect(spoken).toEqual(new Set([version]))
    expect(asked.filter(({ status }) => status !== 200)).toEqual([])
  })

  it('every chapter is told', () => expect(chapters()).toEqual(Object.keys(CHAPTERS)))
})
