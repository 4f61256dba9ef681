import { afterEach, describe, expect, it } from 'vitest'
import { ADA, APP, createGotrueServerWorld, MINUTE } from '../server/gotrue/gotrue-server-world.js'
import type { NodeServer } from '../support/node-server.js'
import { MAJORS, openSite } from './stage.js'

const servers: NodeServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

const PAGE = { 'X-Holdfast': '1', 'Sec-Fetch-Site': 'same-origin' }
const HOUR = 60 * MINUTE

describe.each(MAJORS)('GoTrue in an app on Express %s', (_major, express) => {
  /** The app of docs/gotrue.md, in front of a scripted GoTrue, and a browser. */
  async function open() {
    const world = createGotrueServerWorld({ backend: { origin: APP } })
    const { server, get } = await openSite(express, world, '/login')
    servers.push(server)

    /** Calls as a page of the app does. */
    const post = (path: string, json: unknown) =>
      get(path, { method: 'POST', headers: PAGE, body: JSON.stringify(json) })
    return { ...world, get, post }
  }

  it('sends strangers to the page where they sign in, and knows them after their password', async () => {
    const { get, post } = await open()
    expect((await get('/me')).headers.location).toBe('/login?returnTo=%2Fme')
    expect((await post('/auth/credentials', ADA)).json()).toMatchObject({
      session: { user: { email: ADA.email } },
    })
    expect((await get('/me')).json()).toMatchObject({ email: ADA.email })
  })

  it('signs in by another provider', async () => {
    const { get, scripted } = await open()
    const begun = await get('/auth/sign-in?provider=github&returnTo=/me')
    const back = await scripted.fetch(begun.headers.location ?? '')
    const { pathname, search } = new URL(back.headers.get('Location') ?? '')
    const done = await get(`${pathname}${search}`, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
    expect([done.status, done.headers.location]).toEqual([303, `${APP}/me`])
    expect((await get('/me')).json()).toMatchObject({ email: 'person@github.example' })
  })

  it('makes one exchange for ten requests that come with an expired token', async () => {
    const { get, post, clock, scripted } = await open()
    await post('/auth/credentials', ADA)
    await clock.advance(HOUR)
    const answers = await Promise.all(Array.from({ length: 10 }, () => get('/me')))
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 200))
    expect(scripted.count('refresh_token')).toBe(1)
  })

  it('signs nobody out in an outage, and says that it is one', async () => {
    const { get, post, clock, scripted } = await open()
    await post('/auth/credentials', ADA)
    await clock.advance(HOUR)
    scripted.fail({ type: 'status', status: 503 }, { grant: 'refresh_token' })
    const during = await get('/me')
    expect([during.status, during.setCookies]).toEqual([503, []])
    await clock.advance(MINUTE)
    expect((await get('/me')).json()).toMatchObject({ email: ADA.email })
  })

  it('asks a person before it takes the link of a mail that this browser did not ask for', async () => {
    const { get, post, jar, scripted } = await open()
    await post('/auth/otp', { email: ADA.email })
    jar.cookies.clear()
    const [message] = scripted.messages
    const path = `/auth/confirm?token_hash=${message?.tokenHash}&type=email&next=/me`
    const asked = await get(path, { headers: { 'Sec-Fetch-Site': 'cross-site' } })
    expect(asked.text).toContain('<form method="post">')
    const form = { 'Content-Type': 'application/x-www-form-urlencoded' }
    const agreed = await get(path, { method: 'POST', headers: form, body: '' })
    expect(agreed.headers.location).toBe(`${APP}/me`)
    expect((await get('/me')).json()).toMatchObject({ email: ADA.email })
  })

  it('signs out here and at the server', async () => {
    const { get, post, scripted } = await open()
    await post('/auth/credentials', ADA)
    expect((await post('/auth/sign-out', {})).status).toBe(200)
    expect(scripted.sessions()).toEqual([])
    expect((await get('/me')).headers.location).toBe('/login?returnTo=%2Fme')
  })
})
