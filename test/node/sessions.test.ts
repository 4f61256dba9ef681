import { describe, expect, it } from 'vitest'
import { createNodeSessions, type NodeHandler, nodeHandler } from '../../src/node/index.js'
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

describe('a server whose sessions have the routes of the sign-in with them', () => {
  /** Its pages are for those who are signed in, by a guard in the manner of hooks, or of Express. */
  async function openSite(manner: 'admit' | 'middleware', handler?: NodeHandler) {
    const { backend, sessions } = createBackendWorld()
    const routes = handler ?? nodeHandler(backend)
    const auth = createNodeSessions({ sessions, routes })
    const { talk } = await serve((request, response) => {
      const end = (text: string) => void response.end(text)
      if (manner === 'admit') {
        auth.admit({ request, response }).then(
          (may) => (may ? end('the page') : undefined),
          (error) => end(`${error}`),
        )
        return
      }
      const guard = auth.requireSession()
      auth.middleware(request, response, (error) => {
        if (error) end(`${error}`)
        else guard(request, response, () => end('the page'))
      })
    })
    return async (line: string, ...headers: readonly string[]) =>
      read(await talk(head(line, ['Host: app.example', ...headers])))
  }

  it.each(['admit', 'middleware'] as const)(
    'has them answer strangers too, and whoever asks for the rest has to be signed in (%s)',
    async (manner) => {
      const ask = await openSite(manner)
      const session = await ask('GET /auth/session', 'X-Holdfast: 1')
      expect([session.status, session.body]).toEqual([200, expect.stringContaining('null')])
      expect((await ask('GET /auth/sign-in', 'Sec-Fetch-Mode: navigate')).status).toBe(303)
      expect((await ask('GET /page')).status).toBe(401)
      // What can be read in two ways is nobody's route.
      expect((await ask('GET /auth/../page')).status).toBe(401)
    },
  )

  it.each(['admit', 'middleware'] as const)('hears what they throw (%s)', async (manner) => {
    const broken = nodeHandler(() => Promise.reject(new Error('Broken.')))
    const { body } = await (await openSite(manner, broken))('GET /auth/session')
    expect(body).toBe('Error: Broken.')
  })

  it('is told at its start of a backend that no handler was made of', () => {
    const { backend, sessions } = createBackendWorld()
    const wrong = { sessions, routes: backend }
    expect(() => Reflect.apply(createNodeSessions, undefined, [wrong])).toThrow(/`nodeHandler`/)
  })

  it('asks them once of each request', async () => {
    const asked: string[] = []
    const counting = nodeHandler(({ url }) => {
      asked.push(url)
      return null
    })
    await (await openSite('middleware', counting))('GET /page')
    expect(asked).toEqual(['http://app.example/page'])
  })
})
