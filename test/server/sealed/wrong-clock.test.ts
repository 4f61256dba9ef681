import { SignJWT } from 'jose'
import { describe, expect, it } from 'vitest'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import { createSealedSessions } from '../../../src/server/sealed/sealed-sessions.js'
import { PASSWORD, START } from './sealed-sessions-stage.js'

const SECRET = 'a secret of the issuer, which is long'
const LIFE = 300_000

interface Clocks {
  /** How far this server is ahead of the issuer, in ms. */
  readonly ahead: number
  /** How far ahead of its clock the issuer says that tokens begin, in ms. */
  readonly notBefore?: number
  readonly life?: number
}

/** An issuer with the right time, and a server with another. */
function createWorld({ ahead, notBefore, life = LIFE }: Clocks) {
  const world = { time: START, ahead, exchanges: 0 }
  const key = new TextEncoder().encode(SECRET)
  const token = (): Promise<string> => {
    const iat = world.time / 1000
    const nbf = notBefore === undefined ? {} : { nbf: iat + notBefore / 1000 }
    return new SignJWT({
      sub: 'ada',
      sid: 's',
      iat,
      exp: iat + life / 1000,
      ...nbf,
      jti: `${world.exchanges}`,
    })
      .setProtectedHeader({ alg: 'HS256' })
      .sign(key)
  }
  const now = (): number => world.time + world.ahead
  /** The sessions of one process. */
  const start = () =>
    createSealedSessions({
      provider: {
        id: 'issuer',
        async refresh() {
          world.exchanges += 1
          return { accessToken: await token(), refreshToken: `r${world.exchanges}`, lifetime: life }
        },
      },
      verification: { secret: SECRET, audience: false },
      now,
    })
  const cookie = { name: 'session', password: PASSWORD, secure: false }
  const open = () => createRequestSessions({ sessions: start(), cookie, now })
  const server = open()
  const jar = { header: '' }
  const keep = (setCookies: readonly string[]): void => {
    const [first] = setCookies
    if (first) jar.header = first.split(';', 1)[0] ?? ''
  }
  return {
    world,
    open,
    async signIn() {
      const grant = {
        accessToken: await token(),
        refreshToken: 'r',
        user: { id: 'ada' },
        lifetime: life,
      }
      keep((await server.setSession(grant, null)).setCookies)
    },
    /** Whose session it is, by the token that is there. */
    read: async () => (await server.getSession(jar.header, { refresh: 'never' })).session,
    async request(by = server) {
      const { session, setCookies } = await by.getSession(jar.header)
      keep(setCookies)
      return session
    },
  }
}

describe.each([
  ['an hour ahead', { ahead: 3_600_000 }],
  ['ahead by as much as a token lives', { ahead: LIFE }],
  ['ahead by nearly as much', { ahead: LIFE - 30_000 }],
  ['a year ahead', { ahead: 365 * 86_400_000 }],
  ['right, while tokens begin in 30 s', { ahead: 0, notBefore: 30_000 }],
  ['behind by half a minute, with `nbf` as of now', { ahead: -30_000, notBefore: 0 }],
  ['an hour ahead, with tokens of 20 s', { ahead: 3_600_000, life: 20_000 }],
] as const)('a server whose clock is %s', (_, clocks) => {
  it('serves somebody who has just signed in, without any exchange', async () => {
    const { world, signIn, request } = createWorld(clocks)
    await signIn()
    for (let turn = 0; turn < 20; turn += 1) {
      expect(await request()).toMatchObject({ user: { id: 'ada' } })
    }
    expect(world.exchanges).toBe(0)
  })

  it('exchanges once in a life, and serves everybody', async () => {
    const { world, signIn, request, open } = createWorld(clocks)
    const life = 'life' in clocks ? clocks.life : LIFE
    await signIn()
    world.time += life
    for (let turn = 0; turn < 20; turn += 1) {
      // Also in a process that has seen none of it.
      expect(await request(open())).toMatchObject({ user: { id: 'ada' } })
    }
    expect(world.exchanges).toBe(1)
  })

  it('does not make tokens live longer than they do', async () => {
    const { world, signIn, read } = createWorld(clocks)
    const life = 'life' in clocks ? clocks.life : LIFE
    await signIn()
    expect(await read()).not.toBeNull()
    world.time += life
    expect(await read()).toBeNull()
  })
})

describe('a session that was sealed by a server with a wrong clock', () => {
  it('is judged by the dates of its token where the clock is right again', async () => {
    const { world, signIn, request } = createWorld({ ahead: 3_600_000 })
    await signIn()
    world.ahead = 0
    expect(await request()).toMatchObject({ expiresAt: START + LIFE })
    world.time += LIFE
    await request()
    expect(world.exchanges).toBe(1)
  })
})
