import { describe, expect, it } from 'vitest'
import { createGotrueSessions } from '../../../src/server/gotrue/index.js'
import { memorySessionList } from '../../../src/server/index.js'
import {
  createGotrueServerWorld,
  type GotrueServerWorldOptions,
  MINUTE,
  PASSWORD,
} from './gotrue-server-world.js'

const HOUR = 60 * MINUTE

describe.each([
  ['the seal', {}],
  [
    'the keys that GoTrue publishes',
    { scripted: { signing: 'es256' }, sessions: { verification: { type: 'jwt' } } },
  ],
  [
    'the secret of an older project',
    {
      scripted: { jwtSecret: PASSWORD },
      sessions: { verification: { type: 'secret', secret: PASSWORD } },
    },
  ],
] satisfies [string, GotrueServerWorldOptions][])('a session by %s', (_, options) => {
  it('is of whoever signed in, is refreshed ahead of expiry, and ends with a sign-out', async () => {
    const { signIn, whoIs, call, clock, scripted } = createGotrueServerWorld(options)
    await signIn()
    expect(await whoIs()).toBe('ada@example.com')
    expect(scripted.count('refresh_token')).toBe(0)
    await clock.advance(HOUR - MINUTE / 2)
    expect(await whoIs()).toBe('ada@example.com')
    expect(scripted.count('refresh_token')).toBe(1)
    expect((await call('/auth/sign-out', {})).status).toBe(200)
    expect(scripted.sessions()).toEqual([])
    expect(await whoIs()).toBeNull()
  })

  it('costs one exchange, however many requests come with its expired cookie', async () => {
    const { signIn, whoIs, clock, scripted } = createGotrueServerWorld(options)
    await signIn()
    await clock.advance(HOUR)
    const people = await Promise.all(Array.from({ length: 10 }, () => whoIs()))
    expect(new Set(people)).toEqual(new Set(['ada@example.com']))
    expect(scripted.count('refresh_token')).toBe(1)
  })
})

describe('a list of sessions', () => {
  it('is none of GoTrue’s, which is said to whoever asks for it', async () => {
    const { signIn, sessions, jar } = createGotrueServerWorld()
    await signIn()
    await expect(sessions.listSessions(jar.header())).rejects.toMatchObject({
      code: 'invalid_argument',
      message: expect.stringMatching(/^GoTrue does not say .* `list`/),
    })
  })

  it('is our own, where there is one', async () => {
    const { signIn, whoIs, sessions, jar } = createGotrueServerWorld({
      sessions: { list: memorySessionList() },
    })
    await signIn()
    await whoIs()
    expect(await sessions.listSessions(jar.header())).toMatchObject([{ isCurrent: true }])
  })
})

describe('the configuration of sessions', () => {
  it.each([
    ['nothing', undefined],
    ['no server', {}],
    ['another server', { server: { refresh: () => null } }],
  ])('is refused with %s', (_, options) => {
    // @ts-expect-error JavaScript has no types.
    expect(() => createGotrueSessions(options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })

  it('is refused with a verification that is none', () => {
    const { server } = createGotrueServerWorld()
    const verify = () =>
      createGotrueSessions({
        server,
        // @ts-expect-error There is no such kind.
        verification: { type: 'x' },
      })
    expect(verify).toThrow('`seal`, `jwt` or `secret`')
  })
})
