import { sealData, unsealData } from 'iron-session'
import { describe, expect, it } from 'vitest'
import { type GoTrueSessionsOptions, supabaseSsr } from '../../src/server/gotrue/index.js'
import { createRequestSessions } from '../../src/server/requests/request-sessions.js'
import { authkitCookies } from '../../src/server/workos/index.js'
import type { ScriptedGoTrueOptions } from '../../src/testing/index.js'
import {
  BOB,
  COOKIE,
  createBackendWorld,
  createJar,
  type Jar,
  MINUTE,
  PASSWORD,
} from '../server/backend/backend-world.js'
import {
  ADA,
  createGotrueServerWorld,
  PASSWORD as SAME,
} from '../server/gotrue/gotrue-server-world.js'

type Verification = GoTrueSessionsOptions['verification']
type Signing = ScriptedGoTrueOptions['signing']

const SECRET = 'scripted-secret-of-32-characters'
const SUPABASE = 'sb-project-auth-token'

/** What may tell that a token of GoTrue is genuine. */
const VERIFICATIONS: readonly (readonly [string, Signing, Verification])[] = [
  ['by the word of the seal', 'digest', { type: 'seal' }],
  ['by published keys', 'es256', { type: 'jwt' }],
  ['by a secret', 'hs256', { type: 'secret', secret: SECRET }],
]

/** Two apps on one host, with one password and one name for their cookies: Bob is at WorkOS, Ada at GoTrue. */
async function createApps(signing: Signing = 'digest', verification?: Verification) {
  const workos = createBackendWorld()
  const { clock, now } = workos
  const gotrue = createGotrueServerWorld({
    clock,
    scripted: { signing },
    sessions: { verification },
    takeOver: (server) => supabaseSsr({ server }),
  })
  await workos.signIn(BOB)
  await gotrue.signIn(ADA)
  const [bob = '', ada = ''] = [workos.jar, gotrue.jar].map(({ cookies }) => cookies.get(COOKIE))
  const moved = createRequestSessions({
    sessions: workos.sealed,
    cookie: { password: PASSWORD },
    takeOver: authkitCookies({ password: PASSWORD }),
    now,
  })
  /** What `@supabase/ssr` would have kept of Ada. */
  const { accessToken, refreshToken, lifetime, user } = await gotrue.grant(ADA)
  const kept = {
    access_token: accessToken,
    refresh_token: refreshToken,
    expires_in: lifetime / 1000,
    expires_at: Math.floor((now() + lifetime) / 1000),
    user: { id: user?.id },
  }
  const left = `base64-${Buffer.from(JSON.stringify(kept)).toString('base64url')}`
  workos.workos.clearLog()
  gotrue.scripted.clearLog()

  const askedOf = () => [workos.workos.requests.length, gotrue.scripted.requests.length]
  return { workos, gotrue, moved, bob, ada, left, askedOf, clock, now }
}

type App = Pick<ReturnType<typeof createRequestSessions>, 'getSession'>

/** A request of a browser with these cookies, which keeps what comes back. */
async function ask(app: App, jar: Jar): Promise<string | undefined> {
  const { session, setCookies } = await app.getSession(jar.header())
  const headers = new Headers()
  for (const line of setCookies) headers.append('Set-Cookie', line)
  jar.take(new Response(null, { headers }))
  return session?.user.email
}

it('both apps seal by one password here', () => {
  expect(SAME).toBe(PASSWORD)
})

describe.each(VERIFICATIONS)('with tokens of GoTrue that are verified %s', (_, ...how) => {
  it('a seal of it is nobody’s at WorkOS, which is sent nothing of it', async () => {
    const { workos, gotrue, ada, askedOf, clock } = await createApps(...how)
    const { sessions, sealed } = workos
    const header = `${COOKIE}=${ada}`
    expect(await sessions.getSession(header)).toMatchObject({ session: null, sealed: null })
    expect(await sessions.refreshSession(header)).toMatchObject({ session: null, sealed: null })
    const sdk = sealed.loadSealedSession({ sessionData: ada, cookiePassword: PASSWORD })
    expect(await sdk.authenticate()).toMatchObject({ authenticated: false })
    expect(await sdk.refresh()).toMatchObject({ authenticated: false })
    expect((await sessions.signOut(header)).error).toBeNull()
    await clock.advance(120 * MINUTE)
    expect((await sessions.getSession(header)).session).toBeNull()
    expect(askedOf()).toEqual([0, 0])
    expect(gotrue.scripted.sessions()).not.toEqual([])
  })

  it('a seal of WorkOS is nobody’s at GoTrue, which is sent nothing of it', async () => {
    const { workos, gotrue, bob, askedOf, clock } = await createApps(...how)
    const { sessions } = gotrue
    const header = `${COOKIE}=${bob}`
    expect(await sessions.getSession(header)).toMatchObject({ session: null, sealed: null })
    expect(await sessions.refreshSession(header)).toMatchObject({ session: null, sealed: null })
    expect((await sessions.signOut(header)).error).toBeNull()
    await clock.advance(120 * MINUTE)
    expect((await sessions.getSession(header)).session).toBeNull()
    expect(askedOf()).toEqual([0, 0])
    expect(workos.workos.sessions()).toHaveLength(1)
  })

  it('both seals under one name leave each app its own person', async () => {
    const { workos, gotrue, bob, ada, clock } = await createApps(...how)
    // Each token is over by then: each app trades its own.
    await clock.advance(120 * MINUTE)
    const lines = [`${COOKIE}=${bob}; ${COOKIE}=${ada}`, `${COOKIE}=${ada}; ${COOKIE}=${bob}`]
    for (const line of lines) {
      expect((await workos.sessions.getSession(line)).session?.user.email).toBe(BOB)
      expect((await gotrue.sessions.getSession(line)).session?.user.email).toBe(ADA.email)
    }
    const refused = [...workos.workos.requests, ...gotrue.scripted.requests].filter(
      ({ status }) => status !== 200,
    )
    expect(refused).toEqual([])
  })
})

describe('one jar with `wos-session`, `sb-…` and a cookie of ours', () => {
  /** A browser that was at both apps before they moved, and at one of them since, or not. */
  async function createBrowser(ours: 'none' | 'bob' | 'ada') {
    const apps = await createApps()
    const jar = createJar(apps.now)
    const held = await unsealData<object>(apps.bob, { password: PASSWORD })
    jar.cookies.set('wos-session', await sealData(held, { password: PASSWORD, ttl: 0 }))
    jar.cookies.set(SUPABASE, apps.left)
    if (ours !== 'none') jar.cookies.set(COOKIE, apps[ours])
    return { ...apps, jar, names: () => [...jar.cookies.keys()].sort() }
  }

  it('moves at WorkOS what is WorkOS’s, and leaves the rest', async () => {
    const { moved, jar, names, askedOf } = await createBrowser('none')
    expect(await ask(moved, jar)).toBe(BOB)
    expect(names()).toEqual([COOKIE, SUPABASE])
    expect(await ask(moved, jar)).toBe(BOB)
    // For the keys that its tokens are checked with.
    expect(askedOf()).toEqual([1, 0])
  })

  it('moves at GoTrue what is GoTrue’s, and leaves the rest', async () => {
    const { gotrue, jar, names, workos } = await createBrowser('none')
    expect(await ask(gotrue.sessions, jar)).toBe(ADA.email)
    expect(names()).toEqual([COOKIE, 'wos-session'])
    expect(await ask(gotrue.sessions, jar)).toBe(ADA.email)
    expect(gotrue.scripted.count('refresh_token')).toBe(1)
    expect(workos.workos.requests).toEqual([])
  })

  it('is our cookie’s where the app can read it', async () => {
    const [one, other] = [await createBrowser('bob'), await createBrowser('ada')]
    expect(await ask(one.moved, one.jar)).toBe(BOB)
    expect(one.names()).toEqual([COOKIE, SUPABASE])
    expect(await ask(other.gotrue.sessions, other.jar)).toBe(ADA.email)
    expect(other.names()).toEqual([COOKIE, 'wos-session'])
    expect(other.gotrue.scripted.requests).toEqual([])
  })

  it('loses what the other app has left under our name, and then moves', async () => {
    const [one, other] = [await createBrowser('ada'), await createBrowser('bob')]
    expect(await ask(one.moved, one.jar)).toBeUndefined()
    expect(one.names()).toEqual([SUPABASE, 'wos-session'])
    expect(await ask(one.moved, one.jar)).toBe(BOB)
    expect(await ask(other.gotrue.sessions, other.jar)).toBeUndefined()
    expect(await ask(other.gotrue.sessions, other.jar)).toBe(ADA.email)
    expect(one.gotrue.scripted.requests).toEqual([])
    expect(other.workos.workos.requests).toEqual([])
  })

  it('has a seal of GoTrue as `wos-session`: it is nobody’s, and goes', async () => {
    const { moved, jar, ada, names, askedOf } = await createBrowser('none')
    jar.cookies.set('wos-session', ada)
    expect(await ask(moved, jar)).toBeUndefined()
    expect(names()).toEqual([SUPABASE])
    expect(askedOf()).toEqual([0, 0])
  })

  it('ends at one server alone when somebody signs out', async () => {
    const { moved, gotrue, workos, jar } = await createBrowser('none')
    const before = gotrue.scripted.sessions().length
    expect((await moved.signOut(jar.header())).error).toBeNull()
    expect(workos.workos.sessions()).toEqual([])
    expect(gotrue.scripted.sessions()).toHaveLength(before)
  })
})
