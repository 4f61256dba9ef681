import { afterEach, describe, expect, it } from 'vitest'
import { APP, createOidcServerWorld, MINUTE } from '../server/oidc/oidc-server-world.js'
import type { NodeServer } from '../support/node-server.js'
import { MAJORS, openSite } from './stage.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const PAGE = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin' }

describe.each(MAJORS)('OpenID Connect in an app on Express %s', (_major, express) => {
  /** The app of docs/express.md, in front of a scripted OpenID Connect server, and a browser. */
  async function open() {
    const world = createOidcServerWorld({ backend: { origin: APP } })
    const { server, get } = await openSite(express, world, '/auth/sign-in')
    servers.push(server)

    /** Goes where the app sends people who are to sign in, and comes back. */
    async function signIn() {
      const sent = await get('/me')
      const begun = await get(sent.headers.location ?? '')
      const back = await world.server.fetch(begun.headers.location ?? '', { redirect: 'manual' })
      const callback = new URL(back.headers.get('Location') ?? '')
      return get(`${callback.pathname}${callback.search}`, {
        headers: { 'Sec-Fetch-Site': 'cross-site' },
      })
    }
    return { ...world, get, signIn }
  }

  it('sends strangers to the server, and shows them the page when they are back', async () => {
    const { get, signIn } = await open()
    const back = await signIn()
    expect([back.status, back.headers.location]).toEqual([303, `${APP}/me`])
    expect((await get('/me')).json()).toMatchObject({ id: 'ada' })
  })

  it('makes one exchange for ten requests that come with an expired token', async () => {
    const { get, signIn, clock, server } = await open()
    await signIn()
    await clock.advance(60 * MINUTE)
    const answers = await Promise.all(Array.from({ length: 10 }, () => get('/me')))
    expect(answers.map(({ status }) => status)).toEqual(Array(10).fill(200))
    expect(server.count('refresh_token')).toBe(1)
  })

  it('signs nobody out in an outage, and says that it is one', async () => {
    const { get, signIn, clock, server } = await open()
    await signIn()
    await clock.advance(60 * MINUTE)
    server.fail({ type: 'status', status: 503 }, { grant: 'refresh_token' })
    const during = await get('/me')
    expect([during.status, during.setCookies]).toEqual([503, []])
    await clock.advance(MINUTE)
    expect((await get('/me')).json()).toMatchObject({ id: 'ada' })
  })

  it('signs out here and at the server', async () => {
    const { get, signIn, server } = await open()
    await signIn()
    const answer = await get('/auth/sign-out', { method: 'POST', headers: PAGE })
    expect(answer.json()).toMatchObject({ logoutUrl: expect.stringContaining('/session/end') })
    expect(server.liveSessions()).toBe(0)
    expect((await get('/me')).headers.location).toBe('/auth/sign-in?returnTo=%2Fme')
  })
})
