import { describe, expect, it } from 'vitest'
import { createNodeSessions } from '../../src/node/index.js'
import { createBackendWorld, MINUTE } from '../server/backend/backend-world.js'
import { head, read, serve } from './stage.js'

/** A server without a framework, whose only page is for those who are signed in. */
async function open() {
  const world = createBackendWorld()
  await world.signIn()
  const auth = createNodeSessions({ sessions: world.sessions })
  const { talk } = await serve(async (request, response) => {
    const may = await auth.admit({ request, response }, { signInPath: '/auth/sign-in' })
    if (may) response.end(auth.sessionOf(request).user.email)
  })
  const ask = async (line: string, headers: readonly string[] = []) => {
    const cookie = world.jar.header()
    const all = ['Host: app.example', ...(cookie ? [`Cookie: ${cookie}`] : []), ...headers]
    const text = await talk(head(line, all))
    return { text, ...read(text) }
  }
  return { ...world, ask }
}

describe('a request to a server without a framework', () => {
  it('goes on for whoever is signed in, and is kept out of caches', async () => {
    const { ask } = await open()
    const { status, body, text } = await ask('GET /page')
    expect([status, body]).toEqual([200, 'ada@example.com'])
    expect(text).toMatch(/Cache-Control: private, no-store\r\n/)
    expect(text).toMatch(/Vary: Cookie\r\n/)
  })

  it('has the cookie of a refresh beside its own answer', async () => {
    const { ask, clock } = await open()
    await clock.advance(4 * MINUTE)
    const { status, text } = await ask('GET /page')
    expect(status).toBe(200)
    expect(text).toMatch(/Set-Cookie: __Host-holdfast=Fe26/)
  })

  it('is answered for strangers: people are sent to the sign-in, and scripts hear 401', async () => {
    const { ask, jar } = await open()
    jar.cookies.clear()
    const sent = await ask('GET /page?a=b', ['Sec-Fetch-Mode: navigate'])
    expect(sent.status).toBe(303)
    expect(sent.text).toContain('location: /auth/sign-in?returnTo=%2Fpage%3Fa%3Db\r\n')
    expect((await ask('GET /page')).status).toBe(401)
  })

  it('is answered while nobody can tell who it is', async () => {
    const { ask, clock, workos } = await open()
    await clock.advance(6 * MINUTE)
    workos.fail({ type: 'status', status: 503 }, { grant: 'refresh_token', times: 2 })
    const { status, body } = await ask('GET /page', ['Sec-Fetch-Mode: navigate'])
    expect([status, body]).toEqual([503, expect.stringContaining('try again')])
  })

  it('is refused where a page of another origin sent it to change something', async () => {
    const { ask } = await open()
    const foreign = ['Sec-Fetch-Site: same-site', 'Content-Length: 0']
    expect((await ask('POST /page', foreign)).status).toBe(403)
    expect((await ask('POST /page', ['Content-Length: 0'])).status).toBe(200)
  })
})
