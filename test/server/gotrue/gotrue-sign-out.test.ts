import { describe, expect, it } from 'vitest'
import { supabaseSsr } from '../../../src/server/gotrue/index.js'
import { createBackendWorld, createJar } from '../backend/backend-world.js'
import { ADA, BOB, createGotrueServerWorld, MINUTE } from './gotrue-server-world.js'

const HOUR = 60 * MINUTE

/** Ada in two browsers, and Bob in one. */
async function threeBrowsers() {
  const world = createGotrueServerWorld()
  const [phone, bobs] = [createJar(world.now), createJar(world.now)]
  await world.call('/auth/credentials', ADA)
  await world.call('/auth/credentials', ADA, phone)
  await world.call('/auth/credentials', BOB, bobs)
  /** Whose sessions live, by the word of GoTrue. */
  const people = async (): Promise<unknown> => {
    // Long enough that each has to be refreshed.
    await world.clock.advance(HOUR)
    return [await world.whoIs(), await world.whoIs(phone), await world.whoIs(bobs)]
  }
  return { ...world, phone, people }
}

describe('a sign-out', () => {
  it('ends this session, and no other', async () => {
    const { call, people } = await threeBrowsers()
    expect((await call('/auth/sign-out', {})).status).toBe(200)
    expect(await people()).toEqual([null, ADA.email, BOB.email])
  })

  it('ends all of a person’s, where it is global', async () => {
    const { call, people } = await threeBrowsers()
    expect((await call('/auth/sign-out', { scope: 'global' })).status).toBe(200)
    expect(await people()).toEqual([null, null, BOB.email])
  })

  it('ends the others, and this one goes on', async () => {
    const { call, people } = await threeBrowsers()
    expect((await call('/auth/sign-out', { scope: 'others' })).status).toBe(200)
    expect(await people()).toEqual([ADA.email, null, BOB.email])
  })

  it('ends the others though the token of this one ran out: it is refreshed first', async () => {
    const { call, people, clock, phone, whoIs } = await threeBrowsers()
    await clock.advance(HOUR)
    expect((await call('/auth/sign-out', { scope: 'others' })).status).toBe(200)
    expect(await whoIs(phone)).toBeNull()
    expect(await people()).toEqual([ADA.email, null, BOB.email])
  })

  it.each(['global', 'others'])('says when GoTrue could not be told: %s', async (scope) => {
    const { call, scripted } = await threeBrowsers()
    scripted.fail({ type: 'status', status: 503 })
    const answer = await call('/auth/sign-out', { scope })
    expect(answer.status).toBe(503)
    expect(answer.headers.get('Retry-After')).toBe('1')
  })

  it('of others is 401 for whoever is not signed in', async () => {
    const { call } = createGotrueServerWorld()
    const answer = await call('/auth/sign-out', { scope: 'others' })
    expect([answer.status, (await answer.json()).code]).toEqual([401, 'session_missing'])
  })

  it.each([['all'], [7], [null]])(
    'with the scope %s is refused, and ends nothing',
    async (scope) => {
      const { call, people } = await threeBrowsers()
      expect((await call('/auth/sign-out', { scope })).status).toBe(400)
      expect(await people()).toEqual([ADA.email, ADA.email, BOB.email])
    },
  )

  it('of others keeps a session that it takes over', async () => {
    const world = createGotrueServerWorld({ takeOver: (server) => supabaseSsr({ server }) })
    const { accessToken: access_token, refreshToken: refresh_token } = await world.grant()
    await world.grant()
    const text = Buffer.from(JSON.stringify({ access_token, refresh_token })).toString('base64url')
    world.jar.cookies.set('sb-project-auth-token', `base64-${text}`)
    expect((await world.call('/auth/sign-out', { scope: 'others' })).status).toBe(200)
    expect(world.scripted.sessions()).toHaveLength(1)
    expect(await world.whoIs()).toBe(ADA.email)
  })

  it('that is global, of a server that ends one session only, ends that one and says so', async () => {
    const { signIn, call, workos, jar } = createBackendWorld()
    await signIn()
    const answer = await call('/auth/sign-out', { json: { scope: 'global' } })
    expect([answer.status, (await answer.json()).code]).toEqual([400, 'invalid_argument'])
    expect(jar.cookies.size).toBe(0)
    expect(workos.requests.filter(({ path }) => path.endsWith('/sessions/revoke'))).toHaveLength(1)
  })
})
