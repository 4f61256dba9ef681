import { describe, expect, it } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { memorySessionList, type SessionList } from '../../../src/server/index.js'
import { BOB, createBackendWorld, MINUTE } from './backend-world.js'

const DEVICES = {
  laptop: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0',
  phone:
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1',
}

/** A backend, and people who are signed in in browsers of their own. */
function createListWorld(list: SessionList | undefined = memorySessionList()) {
  const world = createBackendWorld({ sealed: { list } })
  const { jar, call, signIn } = world

  async function begin(device: keyof typeof DEVICES, email?: string) {
    jar.cookies.clear()
    await signIn(email)
    const headers = { Cookie: jar.header() ?? '', 'User-Agent': DEVICES[device] }
    const ask = (path: string, json?: unknown) => call(`/auth${path}`, { headers, json })
    await ask('/session')
    return {
      ask,
      isSignedIn: async () => (await (await ask('/session')).json()).session !== null,
      /** The id of a session of the list, by whether it is the one that asks. */
      async idOf(isCurrent: boolean): Promise<string> {
        const { sessions } = await (await ask('/sessions')).json()
        return sessions.find((one: { isCurrent: boolean }) => one.isCurrent === isCurrent).sessionId
      },
      cookie: headers.Cookie,
    }
  }
  return { ...world, begin }
}

describe('a page that lists the devices of somebody', () => {
  it('is told of each: what it is, when it was seen, and which one asks; and of no token', async () => {
    const { begin, clock } = createListWorld()
    const laptop = await begin('laptop')
    await clock.advance(2 * MINUTE)
    await begin('phone')
    await begin('phone', BOB)
    const answer = await laptop.ask('/sessions')
    expect([answer.status, answer.headers.get('Cache-Control')]).toEqual([200, 'private, no-store'])
    const text = await answer.text()
    expect(text).not.toMatch(/eyJ|Fe26/)
    const entry = {
      sessionId: expect.any(String),
      startedAt: expect.any(Number),
      lastSeenAt: expect.any(Number),
    }
    const { sessions } = JSON.parse(text)
    expect(sessions).toHaveLength(2)
    expect(sessions).toEqual(
      expect.arrayContaining([
        { ...entry, device: 'Firefox on Windows', isCurrent: true },
        { ...entry, device: 'Safari on iOS', isCurrent: false },
      ]),
    )
  })

  it('ends one of them, which is over at its next request, and no other', async () => {
    const { begin } = createListWorld()
    const [laptop, phone, bob] = [
      await begin('laptop'),
      await begin('phone'),
      await begin('phone', BOB),
    ]
    const ended = await laptop.ask('/sessions/end', { sessionId: await laptop.idOf(false) })
    expect([ended.status, await ended.json()]).toEqual([200, { ended: true }])
    expect([await laptop.isSignedIn(), await phone.isSignedIn(), await bob.isSignedIn()]).toEqual([
      true,
      false,
      true,
    ])
    // It is not listed any more, and whoever was ended sees nothing.
    expect((await (await laptop.ask('/sessions')).json()).sessions).toHaveLength(1)
    expect((await phone.ask('/sessions')).status).toBe(401)
  })

  it('ends no session of anybody else, and tells nobody whether there is one', async () => {
    const { begin } = createListWorld()
    const [laptop, bob] = [await begin('laptop'), await begin('phone', BOB)]
    for (const sessionId of [await bob.idOf(true), 'a name of nothing']) {
      const answer = await laptop.ask('/sessions/end', { sessionId })
      expect([answer.status, await answer.json()]).toEqual([200, { ended: false }])
    }
    expect(await bob.isSignedIn()).toBe(true)
  })

  it('is sent to the sign-out for its own session, which goes on', async () => {
    const { begin } = createListWorld()
    const laptop = await begin('laptop')
    const answer = await laptop.ask('/sessions/end', { sessionId: await laptop.idOf(true) })
    expect([answer.status, (await answer.json()).message]).toEqual([
      400,
      expect.stringContaining('/sign-out'),
    ])
    expect(await laptop.isSignedIn()).toBe(true)
  })

  it.each([
    ['no JSON', 'no JSON'],
    ['nothing', {}],
    ['another type', { sessionId: 1 }],
    ['a list', { sessionId: ['a', 'b'] }],
  ])('is told what is wrong with %s', async (_, json) => {
    const { begin } = createListWorld()
    expect((await (await begin('laptop')).ask('/sessions/end', json)).status).toBe(400)
  })

  it('is 401 where nobody is signed in', async () => {
    const { call } = createListWorld()
    expect((await call('/auth/sessions')).status).toBe(401)
    expect((await call('/auth/sessions/end', { json: { sessionId: 'one' } })).status).toBe(401)
  })

  it('is told that there is no list, where the app has none', async () => {
    const { signIn, call } = createBackendWorld()
    await signIn()
    const answer = await call('/auth/sessions')
    expect([answer.status, await answer.json()]).toEqual([
      400,
      expect.objectContaining({
        code: 'invalid_argument',
        message: expect.stringContaining('`list`'),
      }),
    ])
  })

  it('is to ask again while the list does not answer, and keeps what a refresh brought', async () => {
    const own = memorySessionList()
    const state = { fails: false }
    const { begin, clock, workos } = createListWorld({
      ...own,
      async all(person) {
        if (state.fails) throw new AuthError('storage', 'Down.', { retryable: true })
        return own.all(person)
      },
    })
    const laptop = await begin('laptop')
    state.fails = true
    // Longer than an access token lives.
    await clock.advance(10 * MINUTE)
    workos.clearLog()
    const answer = await laptop.ask('/sessions')
    expect([answer.status, answer.headers.get('Retry-After')]).toEqual([503, '1'])
    expect(answer.headers.getSetCookie()).toHaveLength(workos.count('refresh_token'))
    expect(workos.count('refresh_token')).toBe(1)
  })
})
