import { describe, expect, it } from 'vitest'
import { createOidcServerWorld } from './oidc-server-world.js'

/** A browser that has come back from the server, and what it asks the app for; no answer reaches it by itself. */
async function comeBack(options: Parameters<typeof createOidcServerWorld>[0] = {}) {
  const world = createOidcServerWorld(options)
  const { begin, backend, jar } = world
  const { back } = await begin('?returnTo=/home')
  const header = jar.header() ?? ''
  const load = async (url = back): Promise<Response> => {
    const headers = { Cookie: header, 'Sec-Fetch-Site': 'cross-site' }
    return (await backend.handle(new Request(url, { headers }))) ?? Response.error()
  }
  return { ...world, back, load }
}

describe('a callback page that is loaded anew before it has answered', () => {
  it('signs in whoever waits for the second answer, as for the first', async () => {
    const { load, jar, call, server, clock } = await comeBack()
    const answers = await Promise.all([load(), load()])
    expect(answers.map(({ status }) => status)).toEqual([303, 303])
    expect(server.count('authorization_code')).toBe(1)
    for (const answer of answers) {
      jar.take(answer)
      const { session } = await (await call('/auth/session')).json()
      expect(session).toMatchObject({ user: { id: 'ada' } })
    }
    await clock.advance(60_000)
    expect((await call('/auth/refresh', 'POST')).status).toBe(200)
  })

  it('does so for ten seconds where the first answer was lost, and asks the app once', async () => {
    const users: unknown[] = []
    const onSignIn = ({ session }: { session: { user: unknown } }) => void users.push(session.user)
    const { load, server, clock } = await comeBack({ backend: { onSignIn } })
    const first = await load()
    await clock.advance(9_000)
    const second = await load()
    expect([second.status, second.headers.get('location')]).toEqual([
      303,
      'https://app.example/home',
    ])
    expect(second.headers.getSetCookie()).toEqual(first.headers.getSetCookie())
    expect([users.length, server.count('authorization_code')]).toEqual([1, 1])
    await clock.advance(2_000)
    expect((await load()).status).toBe(400)
  })

  it('is of no use to another browser, nor with another code', async () => {
    const { load, back, backend } = await comeBack()
    await load()
    const stranger = await backend.handle(new Request(back))
    expect(stranger?.headers.get('location')).toMatch('/auth/sign-in?again=1')
    const other = new URL(back)
    other.searchParams.set('code', 'stolen')
    expect((await load(other)).status).toBe(400)
  })

  it('sends the code again after a failure that may pass, for all who had waited', async () => {
    const { load, server } = await comeBack()
    server.fail({ type: 'status', status: 503 }, { path: '/token' })
    const failed = await Promise.all([load(), load()])
    expect(failed.map(({ status }) => status)).toEqual([503, 503])
    expect(server.count('authorization_code')).toBe(1)
    expect((await load()).status).toBe(303)
  })
})
