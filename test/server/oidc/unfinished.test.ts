import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/index.js'
import { createOidcServerWorld, MINUTE } from './oidc-server-world.js'

/** An app that looks people up at an API of its own, which fails as often as is said. */
function createApp(error: AuthError = new AuthError('network', 'The API cannot be reached.')) {
  const state = { failures: 1 }
  const world = createOidcServerWorld({
    oidc: {
      async loadUser({ claims }) {
        if (state.failures-- > 0) throw error
        return { id: `user of ${claims?.sub}` }
      },
    },
  })
  const spent = () => world.server.requests.filter(({ path }) => path === '/token').length
  const user = async () => (await (await world.call('/auth/session')).json()).session?.user
  return { ...world, state, spent, user }
}

describe('a sign-in whose person could not be looked up just then', () => {
  it('is finished by the same address once more, without a second use of its code', async () => {
    const { begin, comeBack, spent, user, state } = createApp()
    state.failures = 2
    const { back } = await begin()
    expect((await comeBack(back)).status).toBe(503)
    expect((await comeBack(back)).status).toBe(503)
    expect((await comeBack(back)).status).toBe(303)
    expect(spent()).toBe(1)
    expect(await user()).toMatchObject({ id: 'user of ada' })
  })

  it('is begun anew after a minute: its token is older than anybody would know', async () => {
    const { begin, comeBack, spent, clock, state } = createApp()
    state.failures = 2
    const { back } = await begin()
    await comeBack(back)
    await clock.advance(MINUTE / 2)
    await comeBack(back)
    await clock.advance(MINUTE / 2)
    expect((await comeBack(back)).status).toBe(400)
    expect(spent()).toBe(2)
  })

  it('is none of another code, by which somebody else may have signed in', async () => {
    const { begin, comeBack, spent, user } = createApp()
    const { back, asked } = await begin()
    await comeBack(back)
    expect((await comeBack(back, { code: 'another' })).status).toBe(400)
    expect([spent(), asked.searchParams.get('state')]).toEqual([2, back.searchParams.get('state')])
    expect(await user()).toBeUndefined()
  })

  it('has failed where it can never be done', async () => {
    const { begin, comeBack, spent } = createApp(new AuthError('rejected', 'Not here.'))
    const { back } = await begin()
    expect((await comeBack(back)).status).toBe(400)
    // The browser has no sign-in under way any more, and begins one.
    expect((await comeBack(back)).status).toBe(303)
    expect(spent()).toBe(1)
  })
})
