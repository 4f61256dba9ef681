import { sealData, unsealData } from 'iron-session'
import { describe, expect, it } from 'vitest'
import type { WorkOSUser } from '../../../src/providers/workos/index.js'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import { type AuthkitCookiesOptions, authkitCookies } from '../../../src/server/workos/index.js'
import {
  ADA,
  BOB,
  COOKIE,
  createBackendWorld,
  createJar,
  MINUTE,
  PASSWORD,
} from '../backend/backend-world.js'

const OLDER = 'the password that authkit-nextjs was given'

/** A browser in which authkit-nextjs has signed Ada in, and an app that has moved from there. */
async function createWorld(options: Partial<AuthkitCookiesOptions> = {}) {
  const { workos, sealed, clock, now, sessions, signIn, jar: other } = createBackendWorld()
  /** What WorkOS answers to a sign-in, as its SDK names the fields. */
  async function answer(email: string) {
    other.cookies.clear()
    await signIn(email)
    const { session } = await sessions.getSession(other.header())
    const value = other.cookies.get(COOKIE) ?? ''
    const held = await unsealData<{ refreshToken: string; user: WorkOSUser }>(value, {
      password: PASSWORD,
    })
    const { refreshToken, user } = held
    return { accessToken: session?.accessToken ?? '', refreshToken, user }
  }
  const password = [PASSWORD, OLDER]
  const takeOver = authkitCookies({ password, ...options })
  const cookie = { password }
  const moved = createRequestSessions({ sessions: sealed, cookie, takeOver, now })
  const jar = createJar(now)

  /** Keeps a session as authkit-nextjs does: sealed without an end. */
  async function keep(session: object, by = OLDER, name = 'wos-session'): Promise<void> {
    jar.cookies.set(name, await sealData(session, { password: by, ttl: 0 }))
  }
  /** A request with the cookies of this browser. */
  async function ask(refresh?: 'never') {
    const found = await moved.getSession(jar.header(), { refresh })
    const headers = new Headers()
    for (const line of found.setCookies) headers.append('Set-Cookie', line)
    jar.take(new Response(null, { headers }))
    return found
  }
  return {
    workos,
    clock,
    answer,
    keep,
    ask,
    jar,
    moved,
    exchanges: () => workos.count('refresh_token'),
  }
}

describe('a session of authkit-nextjs', () => {
  it('goes on in a cookie of ours, without an exchange, and theirs is gone', async () => {
    const { answer, keep, ask, jar, exchanges } = await createWorld()
    await keep(await answer(ADA))
    for (const name of ['wos-auth-verifier', 'wos-auth-verifier-0a1b2c3d', 'workos-access-token']) {
      jar.cookies.set(name, 'of theirs')
    }
    jar.cookies.set('theme', 'dark')
    const { session } = await ask()
    expect(session).toMatchObject({ user: { email: ADA }, organizationId: 'org_1', role: 'admin' })
    expect([...jar.cookies.keys()].sort()).toEqual([COOKIE, 'theme'])
    expect((await ask()).session?.user.email).toBe(ADA)
    expect(exchanges()).toBe(0)
  })

  it('is read too where the whole answer was sealed, as its refreshSession() does', async () => {
    const { answer, keep, ask } = await createWorld()
    const impersonator = { email: 'boss@example.com', reason: 'A ticket.' }
    const oauthTokens = { accessToken: 'of Google', scopes: [] }
    await keep({ ...(await answer(ADA)), organizationId: 'org_1', impersonator, oauthTokens })
    const { session } = await ask()
    expect(session).toMatchObject({ user: { email: ADA }, impersonator })
    expect(JSON.stringify(session)).not.toContain('of Google')
  })

  it('that is due is refreshed on the way', async () => {
    const { answer, keep, ask, clock, exchanges, jar } = await createWorld()
    await keep(await answer(ADA))
    await clock.advance(10 * MINUTE)
    expect((await ask()).session?.user.email).toBe(ADA)
    expect(exchanges()).toBe(1)
    expect([...jar.cookies.keys()]).toEqual([COOKIE])
  })

  it('that is over at WorkOS is over here, and its cookie is erased', async () => {
    const { answer, keep, ask, clock, workos, jar } = await createWorld()
    await keep(await answer(ADA))
    for (const { id } of workos.sessions()) workos.endSession(id)
    await clock.advance(10 * MINUTE)
    expect((await ask()).session).toBeNull()
    expect([...jar.cookies.keys()]).toEqual([])
  })

  it('outlives an outage at the first request', async () => {
    const { answer, keep, ask, clock, workos, jar } = await createWorld()
    await keep(await answer(ADA))
    await clock.advance(6 * MINUTE)
    workos.fail({ type: 'status', status: 503 }, { times: 2 })
    expect(await ask()).toMatchObject({ session: null, failure: { retryable: true } })
    await clock.advance(MINUTE)
    expect((await ask()).session?.user.email).toBe(ADA)
    expect([...jar.cookies.keys()]).toEqual([COOKIE])
  })

  it('is signed out of, at WorkOS too', async () => {
    const { answer, keep, moved, jar, workos } = await createWorld()
    await keep(await answer(ADA))
    const { setCookies } = await moved.signOut(jar.header())
    expect(setCookies.some((line) => /^wos-session=; .*Max-Age=0/.test(line))).toBe(true)
    expect(workos.sessions()).toEqual([])
  })

  it('is nobody’s where another password sealed it, or it holds no session', async () => {
    const { answer, keep, ask, jar } = await createWorld()
    await keep(await answer(ADA), 'a password that this app was never given')
    expect((await ask()).session).toBeNull()
    await keep({ codeVerifier: 'sealed as something else' })
    expect(await ask()).toMatchObject({ session: null, setCookies: [] })
    jar.cookies.set('wos-session', 'no seal at all')
    expect((await ask()).session).toBeNull()
    expect([...jar.cookies.keys()]).toEqual(['wos-session'])
  })

  it('that somebody has made of two people is nobody’s', async () => {
    const { answer, keep, ask } = await createWorld()
    const [ada, bob] = [await answer(ADA), await answer(BOB)]
    await keep({ ...ada, user: bob.user })
    expect((await ask()).session).toBeNull()
  })

  it('is not looked at once this browser has a session of ours', async () => {
    const { answer, keep, ask, jar } = await createWorld()
    await keep(await answer(BOB))
    await ask()
    await keep(await answer(ADA))
    expect((await ask()).session?.user.email).toBe(BOB)
    expect([...jar.cookies.keys()]).toEqual([COOKIE])
  })

  it('may be in a cookie of another name', async () => {
    const { answer, keep, ask } = await createWorld({ name: 'app-session' })
    await keep(await answer(ADA), OLDER, 'app-session')
    expect((await ask()).session?.user.email).toBe(ADA)
  })

  it.each<[string, object]>([
    ['a short password', { password: 'short' }],
    ['a name that no cookie has', { name: 'a b' }],
    ['a place that is none', { domain: 'https://app.example' }],
  ])('is not looked for with %s', (_, options) => {
    expect(() => authkitCookies({ password: PASSWORD, ...options })).toThrow(/password|cookie/)
  })
})
