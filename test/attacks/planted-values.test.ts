import { describe, expect, it } from 'vitest'
import { applyToRequest } from '../../src/next/set-cookie.js'
import { looksSealed, sealText } from '../../src/server/sealed/seal.js'
import { readCredentials } from '../../src/server/supertokens/web/credentials.js'
import { createApp } from '../next/app.js'
import {
  ADA,
  BOB,
  COOKIE,
  createBackendWorld,
  MINUTE,
  PASSWORD,
} from '../server/backend/backend-world.js'
import { GOOD } from '../server/supertokens/web-stage.js'

async function signedIn(options: Parameters<typeof createBackendWorld>[0] = {}) {
  const world = createBackendWorld(options)
  await world.signIn()
  return { ...world, good: world.jar.cookies.get(COOKIE) ?? '' }
}

const headerOf = (...values: string[]): string =>
  values.map((value) => `${COOKIE}=${value}`).join('; ')

const forged = (index: number): string =>
  `Fe26.2*1*${'a'.repeat(64)}*${'b'.repeat(22)}*${`c${index}`.padEnd(300, 'c')}**${'d'.repeat(64)}*${'e'.repeat(43)}~2`

describe('values that a sibling host plants sign nobody out', () => {
  it.each<[string, (index: number) => string]>([
    ['nonsense', (index) => `nonsense-${index}`],
    ['markers of chunks', (index) => `chunks.${index + 1}.abc`],
    ['forged seals', forged],
    ['seals by another password', (index) => forged(index).replace('Fe26.2*1*', 'Fe26.2*2*')],
    ['halves of seals', (index) => `Fe26.2*1*${index}`],
  ])('four of them, before ours: %s', async (_, make) => {
    const { sessions, good } = await signedIn()
    const planted = Array.from({ length: 4 }, (_value, index) => make(index))
    const loaded = await sessions.getSession(headerOf(...planted, good))
    expect(loaded.session?.user.email).toBe(ADA)
  })

  it('five hundred of them that are no seals', async () => {
    const { sessions, good } = await signedIn()
    const planted = Array.from({ length: 500 }, (_, index) => `x${index}`)
    const { session, setCookies } = await sessions.getSession(headerOf(...planted, good))
    // Nor is anything written because of them.
    expect([session?.user.email, setCookies]).toEqual([ADA, []])
  })

  it('one seal in twenty places, before ours', async () => {
    const { sessions, good } = await signedIn()
    const planted = Array.from({ length: 20 }, () => forged(1))
    expect((await sessions.getSession(headerOf(...planted, good))).session?.user.email).toBe(ADA)
  })

  it.each<[string, (index: number) => string]>([
    ['the shortest that begin as seals do', (index) => `Fe26.2*${index}******`],
    ['forged seals', (index) => forged(index).replace(/c{250,}/, 'c'.repeat(22))],
  ])('as many different ones, before ours, as Node takes of headers: %s', async (_, make) => {
    const { sessions, good } = await signedIn()
    const room = 16_384 - headerOf(good).length
    const planted: string[] = []
    // Browsers keep no more cookies of a site, and ours is one of them.
    while (planted.length < 179 && headerOf(...planted, make(planted.length)).length + 2 <= room) {
      planted.push(make(planted.length))
    }
    expect(planted.length).toBeGreaterThan(40)
    const { session, setCookies } = await sessions.getSession(headerOf(...planted, good))
    expect([session?.user.email, setCookies.join().includes('Max-Age=0;')]).toEqual([ADA, false])
  })

  it('as many as a browser keeps that are put together of the same few chunks, before ours', async () => {
    const { sessions, good } = await signedIn()
    const tags = Array.from({ length: 8 }, (_, index) => `t${index}`)
    const chunks = tags.flatMap((tag) => [
      `${COOKIE}.0=${tag}.${forged(0)}`,
      ...Array.from({ length: 19 }, (_, index) => `${COOKIE}.${index + 1}=${tag}.${index % 10}`),
    ])
    const markers = tags.flatMap((tag) =>
      Array.from({ length: 20 }, (_, index) => `chunks.${index + 1}.${tag}`),
    )
    const header = [...chunks, headerOf(...markers, good)].join('; ')
    expect((await sessions.getSession(header)).session?.user.email).toBe(ADA)
  })

  it('nor does the callback of a sign-in miss its own cookie', async () => {
    const world = createBackendWorld()
    const begun = await world.send(`/auth/sign-in?loginHint=${ADA}`)
    const back = await world.workos.fetch(begun.headers.get('Location') ?? '')
    const [pair = ''] = (begun.headers.getSetCookie()[0] ?? '').split(';')
    const [name = ''] = pair.split('=')
    const planted = Array.from({ length: 4 }, (_, index) => `${name}=planted${index}`)
    const Cookie = [...planted, pair].join('; ')
    const done = await world.send(back.headers.get('Location') ?? '', { headers: { Cookie } })
    expect(done.headers.getSetCookie().some((line) => line.startsWith(`${COOKIE}=Fe26`))).toBe(true)
  })

  it('nor are tokens of SuperTokens doubted for what cannot be one', () => {
    const refresh = 'bm90IG1pbmU=.n1.V2'
    const Cookie = `sAccessToken=planted; sAccessToken=${GOOD}; sRefreshToken=x; sRefreshToken=${refresh}`
    const read = readCredentials({ method: 'POST', headers: new Headers({ Cookie }) })
    expect([read.accessTokens, read.refreshTokens]).toEqual([[GOOD], [refresh]])
  })

  it('and a seal is told from what is none without being opened', async () => {
    const sealed = await sealText('{}', PASSWORD)
    for (const fit of [sealed, encodeURIComponent(sealed), sealed.replace(/\*/g, '%2a')]) {
      expect(looksSealed(fit)).toBe(true)
    }
    const [prefix, id, salt = '', iv = '', content, end, macSalt = '', mac = ''] = sealed.split('*')
    const unfit = [
      ...[
        '',
        'Fe26.2',
        'Fe26.1*1*******',
        'Fe26.2*1******',
        `x${sealed}`,
        `${sealed}*`,
        `${sealed}%`,
      ],
      ...[
        [prefix, id, salt.slice(1), iv, content, end, macSalt, mac],
        [prefix, id, salt, iv.slice(1), content, end, macSalt, mac],
        [prefix, id, salt, iv, '', end, macSalt, mac],
        [prefix, id, salt, iv, content, 'never', macSalt, mac],
        [prefix, id, salt, iv, content, end, macSalt.slice(1), mac],
        [prefix, id, salt, iv, content, end, macSalt, mac.slice(4)],
      ].map((parts) => parts.join('*')),
    ]
    for (const text of unfit) expect(looksSealed(text), text).toBe(false)
    const [start, rest] = sealed.split(iv)
    expect(looksSealed(`${start}${iv}*${'A'.repeat(65_536)}${rest?.slice(1)}`)).toBe(false)
  })
})

describe('a stale twin at a former domain', () => {
  /** Bob's session, which ended long ago, in a cookie that nobody erased; and Ada's of today. */
  async function twins() {
    const world = await signedIn()
    world.jar.cookies.clear()
    const { id: ada } = world.workos.sessions()[0] ?? { id: '' }
    await world.signIn(BOB)
    const twin = world.jar.cookies.get(COOKIE) ?? ''
    const bob = world.workos.sessions().find(({ id }) => id !== ada)?.id ?? ''
    world.workos.endSession(bob)
    await world.clock.advance(6 * MINUTE)
    world.jar.cookies.clear()
    await world.signIn(ADA)
    return { ...world, twin, mine: world.jar.cookies.get(COOKIE) ?? '' }
  }

  it('locks nobody out', async () => {
    const { sessions, twin, mine } = await twins()
    for (const header of [headerOf(twin, mine), headerOf(mine, twin)]) {
      expect((await sessions.getSession(header)).session?.user.email).toBe(ADA)
    }
  })

  it('is asked about once, and not with every request', async () => {
    const { sessions, twin, mine, workos } = await twins()
    workos.clearLog()
    for (let index = 0; index < 5; index += 1) await sessions.getSession(headerOf(twin, mine))
    expect(workos.count('refresh_token')).toBe(1)
  })

  it('is not seen by readers further on', async () => {
    const { sessions, twin, mine } = await twins()
    const header = headerOf(twin, mine)
    const { setCookies } = await sessions.getSession(header)
    const passed = applyToRequest(header, setCookies)
    expect(passed).toBe(headerOf(mine))
    const read = await sessions.getSession(passed, { refresh: 'never' })
    expect(read.session?.user.email).toBe(ADA)
  })

  it('is not asked about where no cookie can be set', async () => {
    const { sessions, twin, mine, workos } = await twins()
    workos.clearLog()
    const loaded = await sessions.getSession(headerOf(twin, mine), { refresh: 'never' })
    expect([loaded.session, workos.count('refresh_token')]).toEqual([null, 0])
  })

  it('of the same person is not seen by readers further on either', async () => {
    const { sessions, good, clock, jar, signIn } = await signedIn()
    await clock.advance(MINUTE)
    jar.cookies.clear()
    await signIn(ADA)
    const newer = jar.cookies.get(COOKIE) ?? ''
    const header = headerOf(good, newer)
    const { setCookies } = await sessions.getSession(header)
    expect(applyToRequest(header, setCookies)).toBe(headerOf(newer))
  })

  it('that lives makes nobody of both, and leaves no one alone with the browser', async () => {
    const { sessions, good, jar, signIn } = await signedIn()
    jar.cookies.clear()
    await signIn(BOB)
    const planted = jar.cookies.get(COOKIE) ?? ''
    const loaded = await sessions.getSession(headerOf(planted, good))
    expect([loaded.session, loaded.setCookies]).toEqual([null, []])
  })

  it.each([
    ['its keys cannot be had', 0, '/sso/jwks/client_1'],
    ['it cannot be refreshed', 0, '/user_management/authenticate'],
    ['neither can be refreshed', 6 * MINUTE, '/user_management/authenticate'],
  ])(
    'of which nobody knows whether it lives, as %s, counts as alive until that is known',
    async (_, age, path) => {
      const { sessions, twin, mine, workos, clock } = await twins()
      await clock.advance(age)
      workos.fail({ type: 'drop' }, { times: 5, path })
      expect((await sessions.getSession(headerOf(twin, mine))).session).toBeNull()
      workos.heal()
      await clock.advance(MINUTE)
      expect((await sessions.getSession(headerOf(twin, mine))).session?.user.email).toBe(ADA)
    },
  )

  it('of the same person, which is over, is not asked in place of the newer one', async () => {
    const { sessions, twin, mine, workos, clock, jar, signIn } = await twins()
    const old = workos.sessions().at(-1)?.id ?? ''
    await clock.advance(MINUTE)
    jar.cookies.clear()
    await signIn(ADA)
    workos.endSession(old)
    await clock.advance(6 * MINUTE)
    const header = headerOf(mine, twin, jar.cookies.get(COOKIE) ?? '')
    expect((await sessions.getSession(header)).session?.user.email).toBe(ADA)
  })
})

/** How a page reads who is there while it renders, and how a Server Action or Route Handler does. */
const PHASES = ['render', 'action'] as const

describe.each(PHASES)(
  'beside what a sibling host plants, readers of Next, in a phase `%s`,',
  (phase) => {
    const NAME = 'wos-session'

    /** An app whose cookie any host of the site can set, with the values of two people who have signed in. */
    async function open() {
      const workos = { users: [{ email: ADA }, { email: BOB }] }
      const app = createApp({ auth: { cookie: { name: NAME } }, workos })
      async function sealedOf(email: string): Promise<string> {
        const browser = app.browser()
        await browser.follow(`/auth/sign-in?loginHint=${email}`)
        return browser.jar.get(NAME) ?? ''
      }
      const [ada, bob] = [await sealedOf(ADA), await sealedOf(BOB)]
      const jarOf = (...values: string[]) => ({
        cookie: values.map((value) => `${NAME}=${value}`).join('; '),
      })
      async function whoIs(...values: string[]) {
        const { auth } = app
        const wanted = { phase, headers: jarOf(...values) }
        const { result } = await app.browser().visit('/team', () => auth.withAuth(), wanted)
        return result?.user === null ? null : result?.user.email
      }
      return { app, ada, bob, jarOf, whoIs }
    }

    it('know who is there, whatever lies before or after ours', async () => {
      const { ada, whoIs } = await open()
      for (const planted of ['garbage', forged(1), '%zz', '', 'chunks.2.abc']) {
        const found = [await whoIs(ada, planted), await whoIs(planted, ada)]
        expect([planted, ...found]).toEqual([planted, ADA, ADA])
      }
    })

    it('take nobody for somebody else', async () => {
      const { ada, bob, whoIs } = await open()
      expect([await whoIs(ada, bob), await whoIs(bob, ada), await whoIs(bob)]).toEqual([
        null,
        null,
        BOB,
      ])
    })

    it('take the newer one of one person, and the proxy does', async () => {
      const { app, ada, jarOf, whoIs } = await open()
      app.clock.time += 1_000
      const { auth } = app
      const browser = app.browser()
      const wanted = { phase: 'action', headers: jarOf(ada) } as const
      await browser.visit('/team', () => auth.refreshSession(), wanted)
      const newer = browser.jar.get(NAME) ?? ''
      expect([await whoIs(ada, newer), await whoIs(newer, ada)]).toEqual([ADA, ADA])
    })
  },
)

describe('beside what a sibling host plants, a Server Action of Next', () => {
  it('signs both out at the auth server, and knows nobody afterwards', async () => {
    const name = 'wos-session'
    const workos = { users: [{ email: ADA }, { email: BOB }] }
    const app = createApp({ auth: { cookie: { name } }, workos })
    const values: string[] = []
    for (const email of [ADA, BOB]) {
      const browser = app.browser()
      await browser.follow(`/auth/sign-in?loginHint=${email}`)
      values.push(`${name}=${browser.jar.get(name)}`)
    }
    expect(app.server.sessions()).toHaveLength(2)
    const { auth, next } = app
    const headers = { cookie: values.join('; ') }
    const { result } = await app.browser().act(
      async () => {
        await auth.signOut().catch(() => {})
        return next.render(() => auth.withAuth())
      },
      { headers },
    )
    expect([app.server.sessions(), result]).toEqual([[], { user: null }])
  })

  it('sees the session that it has just got, and nothing of those before', async () => {
    const name = 'wos-session'
    const app = createApp({ auth: { cookie: { name } }, workos: { users: [{ email: ADA }] } })
    const ada = app.browser()
    await ada.follow(`/auth/sign-in?loginHint=${ADA}`)
    const headers = { cookie: `${name}=${ada.jar.get(name)}; ${name}=${forged(1)}` }
    const { auth, next } = app
    const { result, setCookies } = await app.browser().act(
      async () => {
        const renewed = await auth.refreshSession()
        return [renewed, await next.render(() => auth.withAuth())]
      },
      { headers },
    )
    const [renewed, rendered] = result ?? []
    expect([renewed?.user?.email, setCookies.length]).toEqual([ADA, 1])
    expect(rendered).toEqual(renewed)
  })
})
