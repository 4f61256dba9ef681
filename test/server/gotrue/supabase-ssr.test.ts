import { describe, expect, it } from 'vitest'
import type { Grant } from '../../../src/core/session.js'
import type { GoTrueUser } from '../../../src/providers/gotrue/index.js'
import { supabaseSsr } from '../../../src/server/gotrue/index.js'
import {
  ADA,
  BOB,
  createGotrueServerWorld,
  type GotrueServerWorldOptions,
  MINUTE,
} from './gotrue-server-world.js'

const NAME = 'sb-project-auth-token'
const HOUR = 60 * MINUTE
/** As `@supabase/ssr` cuts them, in characters. */
const CHUNK = 3180

/** A session as auth-js keeps it. */
const kept = ({ accessToken, refreshToken, lifetime, user }: Grant<GoTrueUser>, now: number) => ({
  access_token: accessToken,
  refresh_token: refreshToken,
  token_type: 'bearer',
  expires_in: lifetime / 1000,
  expires_at: Math.floor((now + lifetime) / 1000),
  user: { id: user?.id, email: user?.email, user_metadata: user?.userMetadata },
})

const base64 = (value: unknown): string =>
  `base64-${Buffer.from(JSON.stringify(value)).toString('base64url')}`

type Form = (value: unknown) => ReadonlyMap<string, string>
const whole = (text: string) => new Map([[NAME, text]])
const cut = (text: string, size = CHUNK) =>
  new Map(
    Array.from({ length: Math.ceil(text.length / size) }, (_, at) => [
      `${NAME}.${at}`,
      text.slice(at * size, (at + 1) * size),
    ]),
  )

/** An app that has moved, and a browser with the cookies that it had before. */
async function moved(
  form: Form = (value) => whole(base64(value)),
  options: GotrueServerWorldOptions = {},
) {
  const world = createGotrueServerWorld({
    takeOver: (server) => supabaseSsr({ server }),
    ...options,
  })
  const granted = await world.grant()
  const { cookies } = world.jar
  const leave = (value: unknown) => {
    for (const [name, text] of form(value)) cookies.set(name, text)
  }
  leave(kept(granted, world.now()))
  return { ...world, granted, leave, cookies, names: () => [...cookies.keys()] }
}

describe('the session of @supabase/ssr', () => {
  it.each<[string, Form]>([
    ['in one cookie', (value) => whole(base64(value))],
    ['in chunks', (value) => cut(base64(value), 300)],
    ['as JSON, of old versions', (value) => whole(encodeURIComponent(JSON.stringify(value)))],
    ['as JSON in chunks', (value) => cut(encodeURIComponent(JSON.stringify(value)), 300)],
    [
      'as the list of the helpers before it',
      (value) => {
        const { access_token, refresh_token } = JSON.parse(JSON.stringify(value))
        const list = [access_token, refresh_token, null, null, null]
        return whole(encodeURIComponent(JSON.stringify(list)))
      },
    ],
  ])('is taken over at the first request: %s', async (_, form) => {
    const { whoIs, scripted, names, cookies } = await moved(form)
    cookies.set(`${NAME}-code-verifier`, base64('verifier'))
    expect(await whoIs()).toBe(ADA.email)
    expect(names()).toEqual(['__Host-holdfast'])
    expect(await whoIs()).toBe(ADA.email)
    expect(scripted.count('refresh_token')).toBe(1)
  })

  it('is taken over after its token ran out, and goes on under its own id', async () => {
    const { call, clock, scripted } = await moved()
    await clock.advance(HOUR + MINUTE)
    const { session } = await (await call('/auth/session')).json()
    expect(session.sessionId).toBe(scripted.sessions()[0]?.id)
  })

  it.each<[string, GotrueServerWorldOptions]>([
    ['v1', { scripted: { rotation: 'v1' } }],
    ['v2', { scripted: { rotation: 'v2' } }],
    ['v2 without grace', { scripted: { rotation: 'v2', reuseInterval: 0 } }],
  ])(
    'costs one exchange, however many requests bring its cookies at once (%s)',
    async (_, options) => {
      const { sessions, jar, scripted } = await moved(undefined, options)
      const header = jar.header()
      const found = await Promise.all(Array.from({ length: 10 }, () => sessions.getSession(header)))
      expect(found.map(({ session }) => session?.user.email)).toEqual(Array(10).fill(ADA.email))
      expect(scripted.count('refresh_token')).toBe(1)
    },
  )

  it('is left alone in an outage, and nobody passes for anybody', async () => {
    const { sessions, jar, scripted, whoIs, names } = await moved()
    scripted.fail({ type: 'status', status: 503 })
    const found = await sessions.getSession(jar.header())
    expect(found).toMatchObject({ session: null, sealed: null, setCookies: [] })
    expect(found.failure).toMatchObject({ retryable: true })
    expect(names()).toEqual([NAME])
    expect(await whoIs().catch(() => null)).toBe(null)
  })

  it('is taken over when the outage is over', async () => {
    const { call, clock, scripted, whoIs, names } = await moved()
    scripted.fail({ type: 'status', status: 503 })
    expect((await call('/auth/session')).status).toBe(503)
    await clock.advance(MINUTE)
    expect(await whoIs()).toBe(ADA.email)
    expect(names()).toEqual(['__Host-holdfast'])
  })

  it('is over where the server says so, and its cookies go', async () => {
    const { whoIs, scripted, names } = await moved()
    scripted.endSession(scripted.sessions()[0]?.id ?? '')
    expect(await whoIs()).toBeNull()
    expect(names()).toEqual([])
  })

  it('is ended at the server by a sign-out that comes first', async () => {
    const { call, scripted, names } = await moved()
    expect((await call('/auth/sign-out', {})).status).toBe(200)
    expect(scripted.sessions()).toEqual([])
    expect(names()).toEqual([])
  })

  it('is gone here after a sign-out in an outage, which says that the server was not told', async () => {
    const { sessions, jar, scripted } = await moved()
    scripted.fail({ type: 'status', status: 503 }, { times: Number.POSITIVE_INFINITY })
    const ended = await sessions.signOut(jar.header())
    expect(ended.error).toMatchObject({ retryable: true })
    expect(ended.setCookies).toContainEqual(expect.stringMatching(/^sb-project-auth-token=; /))
  })

  it('gives way to whoever signs in over it', async () => {
    const { signIn, whoIs, names, scripted } = await moved()
    await signIn(BOB)
    expect(await whoIs()).toBe(BOB.email)
    expect(names()).toEqual(['__Host-holdfast'])
    expect(scripted.sessions()).toHaveLength(1)
  })

  it('counts for nothing beside ours, and goes', async () => {
    const { signIn, whoIs, leave, names, server, now } = await moved()
    await signIn(ADA)
    const bob = await server.signIn(BOB)
    if (bob) leave(kept(bob, now()))
    expect(names()).toHaveLength(2)
    expect(await whoIs()).toBe(ADA.email)
    expect(names()).toEqual(['__Host-holdfast'])
  })

  it('is not traded where nobody could keep what comes of it', async () => {
    const { sessions, jar, scripted } = await moved()
    const found = await sessions.getSession(jar.header(), { refresh: 'never' })
    expect(found).toMatchObject({
      session: null,
      failure: { reason: 'no_session_cookie_provided' },
    })
    expect(scripted.count('refresh_token')).toBe(0)
  })

  it('is found beside what another host or path has left under its name', async () => {
    const { server, grant, now } = createGotrueServerWorld()
    const text = base64(kept(await grant(), now()))
    const { find } = supabaseSsr({ server })
    for (const values of [
      ['base64-AAAA', text],
      [text, ''],
    ]) {
      expect(await find(new Map([[NAME, values]]), now())).not.toBeNull()
    }
    const pieces = [...cut(text, 300)].map(([name, piece]) => [name, [piece]] as const)
    expect(await find(new Map([[NAME, ['']], ...pieces]), now())).not.toBeNull()
    const planted = [...Array.from({ length: 50 }, () => 'base64-AAAA'), text]
    expect(await find(new Map([[NAME, planted]]), now())).toBeNull()
  })

  it('has another name where the app says so', async () => {
    const { server, grant, now } = createGotrueServerWorld()
    const text = base64(kept(await grant(), now()))
    const { find, cookiesIn } = supabaseSsr({ server, name: 'mine', domain: 'app.example' })
    const jar = new Map([['mine', [text]]])
    expect(await find(jar, now())).toMatchObject({ grant: { user: { id: expect.any(String) } } })
    expect(cookiesIn(jar)).toMatchObject([{ name: 'mine', place: '; Path=/; Domain=app.example' }])
  })
})

describe('cookies that pass for those of @supabase/ssr', () => {
  it.each<[string, Form]>([
    ['nothing', () => whole('')],
    ['no JSON', () => whole('base64-AAAA')],
    ['no base64', () => whole('base64-*')],
    ['a text', () => whole(base64('session'))],
    ['a list of anything', () => whole(encodeURIComponent('[1,{},null]'))],
    ['half a list', () => whole('%5B"a"')],
    [
      'what is nested deeply',
      () => whole(`base64-${Buffer.from('['.repeat(40_000)).toString('base64url')}`),
    ],
    ['no refresh token', (value) => whole(base64({ ...Object(value), refresh_token: null }))],
    ['no access token', (value) => whole(base64({ ...Object(value), access_token: 1 }))],
    [
      'a token that is none',
      (value) => whole(base64({ ...Object(value), user: null, access_token: 'x' })),
    ],
    [
      'a gap between its chunks',
      (value) => new Map([...cut(base64(value), 300)].filter(([name]) => name !== `${NAME}.1`)),
    ],
    [
      'chunks that were mixed up',
      (value) => {
        const [first, second] = [...cut(base64(value), 300).values()]
        return new Map([
          [`${NAME}.0`, `${second}`],
          [`${NAME}.1`, `${first}`],
        ])
      },
    ],
    ['megabytes', (value) => cut(base64({ ...Object(value), more: 'x'.repeat(2_000_000) }))],
    ['half an escape', () => whole('%E0%A4%A')],
  ])('are nobody’s, cost nothing and stay: %s', async (_, form) => {
    const { whoIs, scripted, names } = await moved(form)
    const before = names()
    expect(await whoIs()).toBeNull()
    expect(scripted.count('refresh_token')).toBe(0)
    expect(names()).toEqual(before)
  })

  it('name another person than their refresh token: nobody is signed in, and they go', async () => {
    const { leave, granted, server, now, whoIs, names } = await moved()
    const bob = await server.signIn(BOB)
    leave({ ...kept(granted, now()), refresh_token: bob?.refreshToken })
    expect(await whoIs()).toBeNull()
    expect(names()).toEqual([])
  })

  it('name another person, and nobody can be asked: nobody is who they say', async () => {
    const { leave, granted, now, scripted, sessions, jar } = await moved()
    leave({ ...kept(granted, now()), refresh_token: 'made-up-token' })
    scripted.fail({ type: 'status', status: 429 })
    const found = await sessions.getSession(jar.header())
    expect(found).toMatchObject({ session: null, sealed: null, failure: { retryable: true } })
  })

  it('name the session of somebody else: a sign-out does not end it', async () => {
    const { leave, granted, now, sessions, jar, call, whoIs } = await moved()
    // Ada goes on in a browser of hers, whose session somebody knows by its id.
    const { setCookies } = await sessions.setSession(granted, null)
    const ada = setCookies.map((line) => line.split(';')[0]).join('; ')
    leave({ ...kept(granted, now()), refresh_token: 'made-up-token' })
    expect((await call('/auth/sign-out', {})).status).toBe(200)
    expect(await whoIs()).toBeNull()
    expect((await sessions.getSession(ada)).session?.user.email).toBe(ADA.email)
    expect(jar.header()).toBeNull()
  })
})
