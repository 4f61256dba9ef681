import { describe, expect, it } from 'vitest'
import { defineCookie, readCookie } from '../../../src/server/cookies/cookies.js'
import { memorySessionList } from '../../../src/server/index.js'
import {
  createRequestSessions,
  type TakeOver,
} from '../../../src/server/requests/request-sessions.js'
import { ADA, COOKIE, createBackendWorld, MINUTE, PASSWORD } from '../backend/backend-world.js'

const THEIRS = 'wos-session'
const FORMER = 'the password of the app that was there before'

/** Reads a seal that another library of the same format left. */
const takeOver: TakeOver = {
  find(jar) {
    const [sealed] = readCookie(jar, THEIRS)
    return sealed === undefined ? null : { sealed }
  },
  cookiesIn: (jar) => (jar.has(THEIRS) ? [defineCookie({ name: THEIRS })] : []),
}

/** Ada, whose session another library has sealed, and requests to the app that came after it. */
async function moved() {
  const world = createBackendWorld({
    sealed: { now: () => world.clock.now(), list: memorySessionList() },
  })
  const former = createRequestSessions({
    sessions: world.sealed,
    cookie: { name: THEIRS, password: FORMER },
    now: world.now,
  })
  await world.signIn()
  const { sealed } = await world.sessions.getSession(world.jar.header())
  const password = PASSWORD
  const session = world.sealed.openSession({ value: sealed, password })
  const again = await session.refreshSession({ password: FORMER })
  const value = again.signedIn ? again.sealed : ''
  const sessions = createRequestSessions({
    sessions: world.sealed,
    cookie: { password: [PASSWORD, FORMER] },
    takeOver,
    now: world.now,
  })
  const { workos } = world
  const before = workos.count('refresh_token')
  const exchanges = () => workos.count('refresh_token') - before
  return { ...world, former, sessions, header: `${THEIRS}=${value}`, value, exchanges }
}

describe('a seal of another library', () => {
  it('is proven as it is: it is kept in our cookie without an exchange, and theirs goes', async () => {
    const { sessions, header, value, exchanges } = await moved()
    const found = await sessions.getSession(header)
    expect(found.session?.user.email).toBe(ADA)
    expect(found.setCookies).toEqual([
      expect.stringMatching(new RegExp(`^${COOKIE}=${value.slice(0, 12).replaceAll('*', '\\*')}`)),
      expect.stringMatching(/^wos-session=; .*Max-Age=0/),
    ])
    expect(exchanges()).toBe(0)
  })

  it('is refreshed when it is due, under our own password', async () => {
    const { sessions, header, clock, exchanges } = await moved()
    await clock.advance(5 * MINUTE)
    const found = await sessions.getSession(header)
    expect(found.session?.user.email).toBe(ADA)
    expect(exchanges()).toBe(1)
    const [ours = ''] = found.setCookies
    expect((await sessions.getSession(ours.split(';')[0] ?? '')).session?.user.email).toBe(ADA)
  })

  it('is read where no cookie can be set, and stays', async () => {
    const { sessions, header } = await moved()
    const found = await sessions.getSession(header, { refresh: 'never' })
    expect([found.session?.user.email, found.setCookies]).toEqual([ADA, []])
  })

  it('is listed, ended by its name and watched like any other, before it has moved', async () => {
    const { sessions, header } = await moved()
    const [one, ...others] = await sessions.listSessions(header)
    expect([one?.isCurrent, others]).toEqual([true, []])
    let isOver = false
    const stop = await sessions.watchSession(header, () => {
      isOver = true
    })
    expect(isOver).toBe(false)
    expect(await sessions.endListedSession(header, one?.sessionId ?? '')).toBe(true)
    await expect.poll(() => isOver).toBe(true)
    stop()
  })

  it('moves into our cookie in an outage, so that nobody is signed out by it', async () => {
    const { sessions, header, clock, workos } = await moved()
    await clock.advance(5 * MINUTE)
    workos.fail({ type: 'status', status: 503 }, { times: 2 })
    const during = await sessions.getSession(header)
    expect([during.session, during.failure?.retryable]).toEqual([null, true])
    await clock.advance(MINUTE)
    const [ours = ''] = during.setCookies
    expect((await sessions.getSession(ours.split(';')[0] ?? '')).session?.user.email).toBe(ADA)
  })

  it('that does not open is nobody’s, and is left to whoever can open it', async () => {
    const { sessions, header } = await moved()
    const found = await sessions.getSession(`${header}x`)
    expect(found.session).toBeNull()
    expect(found.setCookies.filter((line) => line.startsWith(THEIRS))).toEqual([])
  })

  it('is ours where its cookie is called as our own, and is not erased', async () => {
    const { sealed, now, header } = await moved()
    const cookie = { name: THEIRS, password: [PASSWORD, FORMER] }
    const sessions = createRequestSessions({ sessions: sealed, cookie, takeOver, now })
    const found = await sessions.getSession(header)
    expect([found.session?.user.email, found.setCookies]).toEqual([ADA, []])
  })

  it('is ended with the session by a sign-out', async () => {
    const { sessions, former, header } = await moved()
    const { setCookies, error } = await sessions.signOut(header)
    expect(error).toBeNull()
    expect(setCookies).toContainEqual(expect.stringMatching(/^wos-session=; .*Max-Age=0/))
    expect((await former.getSession(header)).session).toBeNull()
  })
})

describe('tokens of another library', () => {
  it('that are no whole session are nobody’s, and stay as they are', async () => {
    const { sealed, now, header } = await moved()
    const half = { accessToken: 'a', refreshToken: '', lifetime: 60_000 }
    const sessions = createRequestSessions({
      sessions: sealed,
      cookie: { password: PASSWORD },
      takeOver: { ...takeOver, find: () => ({ grant: half }) },
      now,
    })
    for (const look of [sessions.getSession, sessions.refreshSession]) {
      expect(await look(header)).toMatchObject({
        session: null,
        failure: { reason: 'no_session_cookie_provided' },
        setCookies: [],
      })
    }
  })
})
