import { describe, expect, it } from 'vitest'
import { memoryCoordinator } from '../../../src/server/coordination/coordinator.js'
import { createSuperTokens } from '../../../src/server/supertokens/supertokens.js'
import type { SessionTokens, SuperTokens } from '../../../src/server/supertokens/types.js'
import { createScriptedSuperTokensCore } from '../../../src/testing/supertokens/index.js'
import { HOST, outcomeOf, START } from './stage.js'

/** A core that is replaced by others, older or newer, on one database. */
function createUpdates(...first: readonly string[]) {
  const clock = { time: START, now: () => clock.time }
  const all = ['2.3', '2.7', '2.20', '2.21', '3.0', '4.0', '5.4', '5.5', '5.6']
  const core = createScriptedSuperTokensCore({ clock, versions: all })
  const state = { versions: first }
  const fetch: typeof globalThis.fetch = async (input, init) => {
    const request = new Request(input, init)
    const spoken = request.headers.get('cdi-version')
    if (request.url.endsWith('/apiversion')) return Response.json({ versions: state.versions })
    if (spoken === null || state.versions.includes(spoken)) return core.fetch(request)
    return new Response(`cdi-version ${spoken} not supported\n`, { status: 400 })
  }
  // On a busy machine to make keys takes longer than they are waited for.
  const ready = () => core.fetch(`${HOST}/.well-known/jwks.json`)
  return { clock, core, state, fetch, ready }
}

const use = async (app: SuperTokens, { accessToken, refreshToken }: SessionTokens) => {
  const seen = await app.getSession(accessToken.token)
  const next = await app.refreshSession(refreshToken.token)
  return { user: seen.session.userId, next }
}

describe('a core that is updated', () => {
  it.each([
    [['2.3', '2.7', '2.20', '2.21', '3.0', '4.0', '5.4']],
    [['5.4', '4.0', '3.0', '2.21', '2.20', '2.7', '2.3']],
    [['2.20', '5.4', '2.20', '5.4']],
  ])('between any two calls ends no session: %j', async (course) => {
    const updates = createUpdates(...course.slice(0, 1))
    const { fetch, clock, state, core, ready } = updates
    await ready()
    const app = createSuperTokens({ hosts: HOST, fetch, now: clock.now })
    let tokens = await app.createNewSession('ada', { role: 'a' })
    for (const version of course) {
      state.versions = [version]
      const { user, next } = await use(app, tokens)
      expect([user, next.session.userDataInJWT]).toEqual(['ada', { role: 'a' }])
      tokens = next
      clock.time += 60_000
    }
    const asked = core.requests.filter(({ path }) => path.endsWith('/session/refresh'))
    expect(asked.map(({ version }) => version)).toEqual(course)
  })

  it('to 5.6 is spoken to as before until the app asks for it, and then goes on', async () => {
    const { fetch, clock, state, ready } = createUpdates('5.4')
    await ready()
    const start = (version?: string) =>
      createSuperTokens({ hosts: HOST, fetch, now: clock.now, interface: version })
    const app = start()
    const first = await app.createNewSession('ada')
    state.versions = ['5.4', '5.5', '5.6']
    const { next } = await use(app, first)
    clock.time += 60_000
    const { next: last, user } = await use(start('5.6'), next)
    expect(user).toBe('ada')
    expect(await outcomeOf(start('5.6').refreshSession(last.refreshToken.token))).toBe('OK')
  })
})

describe('a core whose keys are gone', () => {
  it.each([true, false])(
    'sends all of twenty people to refresh at once, which tells the truth (dynamic keys: %s)',
    async (useDynamicSigningKey) => {
      const { fetch, clock, core, ready } = createUpdates('5.4')
      await ready()
      const app = createSuperTokens({ hosts: HOST, fetch, now: clock.now, useDynamicSigningKey })
      const people = await Promise.all(
        Array.from({ length: 20 }, (_, index) => app.createNewSession(`u${index}`)),
      )
      const look = ({ accessToken }: SessionTokens) => outcomeOf(app.getSession(accessToken.token))
      expect(new Set(await Promise.all(people.map(look)))).toEqual(new Set(['OK']))
      core.restart()
      await ready()
      // A process that was started anew has never seen the old ones.
      const other = createSuperTokens({ hosts: HOST, fetch, now: clock.now, useDynamicSigningKey })
      const lookThere = ({ accessToken }: SessionTokens) =>
        outcomeOf(other.getSession(accessToken.token))
      core.clearLog()
      expect(new Set(await Promise.all(people.map(lookThere)))).toEqual(
        new Set(['TRY_REFRESH_TOKEN']),
      )
      expect(core.count('/.well-known/jwks.json')).toBe(1)
      // The first looks at the keys again in time.
      clock.time += 600_000
      expect(new Set(await Promise.all(people.map(look)))).toEqual(new Set(['TRY_REFRESH_TOKEN']))
      const renew = ({ refreshToken }: SessionTokens) =>
        outcomeOf(app.refreshSession(refreshToken.token))
      expect(new Set(await Promise.all(people.map(renew)))).toEqual(new Set(['UNAUTHORISED']))
      expect(await look(await app.createNewSession('ada'))).toBe('OK')
    },
  )
})

describe('a fleet', () => {
  /** What becomes of a refresh whose answer was lost, when another process gets the next try. */
  async function retried(one: string | undefined, other: string | undefined): Promise<string> {
    const { fetch, clock } = createUpdates('5.4', '5.5', '5.6')
    const options = { hosts: HOST, fetch, now: clock.now }
    const start = (version: string | undefined) =>
      createSuperTokens({ ...options, interface: version })
    const { refreshToken } = await start(one).createNewSession('ada')
    await start(one).refreshSession(refreshToken.token)
    clock.time += 10_000
    return outcomeOf(start(other).refreshSession(refreshToken.token))
  }

  it.each([
    [undefined, undefined, 'OK'],
    ['5.4', '5.5', 'OK'],
    ['5.6', '5.6', 'OK'],
    // Why nobody speaks 5.6 before all do: an honest retry is theft.
    ['5.6', undefined, 'TOKEN_THEFT_DETECTED'],
  ])('of which one speaks %s and one %s retries: %s', async (one, other, expected) => {
    expect(await retried(one, other)).toBe(expected)
  })

  it('that shares a coordinator forgives a retry at once, however its processes differ', async () => {
    const { fetch, clock } = createUpdates('5.4', '5.6')
    const coordinator = memoryCoordinator({ now: clock.now })
    const options = { hosts: HOST, fetch, now: clock.now, coordinator }
    const [one, other] = [
      createSuperTokens({ ...options, interface: '5.6' }),
      createSuperTokens(options),
    ]
    const { refreshToken } = await one.createNewSession('ada')
    const [first, second] = await Promise.all(
      [one, other].map((app) => app.refreshSession(refreshToken.token)),
    )
    expect(second?.refreshToken.token).toBe(first?.refreshToken.token)
  })
})
