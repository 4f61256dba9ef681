import { describe, expect, it } from 'vitest'
import { redisSessionList } from '../../../src/server/coordination/redis-session-list.js'
import { createRequestSessions } from '../../../src/server/requests/request-sessions.js'
import { deviceNameOf } from '../../../src/server/sealed/device-name.js'
import { memorySessionList, type SessionList } from '../../../src/server/sealed/session-list.js'
import type { SessionStore } from '../../../src/server/sealed/session-store.js'
import { createFakeRedis, createTime } from '../../support/fake-redis.js'
import { createOidcServerWorld, MINUTE, PASSWORD } from '../oidc/oidc-server-world.js'

const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0'
const SAFARI =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.5 Mobile/15E148 Safari/604.1'
const password = PASSWORD

/** Ada, whose sessions are in a list. */
function createListWorld(list: SessionList = memorySessionList()) {
  const scripted = { accessTokenLifetime: 120 * MINUTE }
  const reports: unknown[] = []
  const report = (error: unknown): void => void reports.push(error)
  const world = createOidcServerWorld({ scripted, sessions: { list, report } })
  const { sealed } = world
  const sign = async (sessionId: string): Promise<string> =>
    sealed.sealSession({ ...(await world.grant()), sessionId }, { password })
  /** A request by this browser. */
  const use = (value: string, userAgent: string) =>
    sealed
      .openSession({
        value,
        password,
        request: new Request('https://app.example/', { headers: { 'User-Agent': userAgent } }),
      })
      .getSession()
  const listOf = (value: string) => sealed.listSessions({ value, password })
  return { ...world, reports, sign, use, listOf }
}

describe('a list of sessions', () => {
  it('shows a person theirs: the device of each, when it began and was seen, and which one asks', async () => {
    const { sign, use, listOf, clock, now } = createListWorld()
    const began = now()
    const [phone, laptop] = [await sign('sid-1'), await sign('sid-2')]
    await use(phone, SAFARI)
    await clock.advance(30 * MINUTE)
    await use(laptop, FIREFOX)
    const listed = await listOf(laptop)
    expect(listed).toMatchObject([
      { device: 'Firefox on Windows', startedAt: began, isCurrent: true },
      { device: 'Safari on iOS', startedAt: began, isCurrent: false },
    ])
    const [here, there] = listed
    expect((here?.lastSeenAt ?? 0) - (there?.lastSeenAt ?? 0)).toBe(30 * MINUTE)
    // No more is told than that.
    expect(Object.keys(here ?? {}).sort()).toEqual([
      'device',
      'isCurrent',
      'lastSeenAt',
      'sessionId',
      'startedAt',
    ])
  })

  it('lacks what was ended, in whatever way, and whoever was ended sees none', async () => {
    const { sign, use, listOf, sealed } = createListWorld()
    const values = [await sign('sid-1'), await sign('sid-2'), await sign('sid-3')]
    for (const value of values) await use(value, FIREFOX)
    const [one = '', two = '', three = ''] = values
    expect(await listOf(one)).toHaveLength(3)
    await sealed.signOut({ value: one, password })
    expect(await listOf(two)).toHaveLength(2)
    expect(await listOf(one)).toEqual([])
    await sealed.endSessions({ sessionId: 'sid-3' })
    expect(await listOf(two)).toHaveLength(1)
    expect(await listOf(three)).toEqual([])
    await sealed.endSessions({ userId: 'ada' })
    expect(await listOf(two)).toEqual([])
    const next = await sign('sid-4')
    await use(next, SAFARI)
    expect(await listOf(next)).toMatchObject([{ device: 'Safari on iOS' }])
  })

  it('is shown to nobody whose session has come to a limit', async () => {
    const list = memorySessionList()
    const limits = { idle: 60 * MINUTE }
    const { sealed, grant, clock, now } = createOidcServerWorld({
      scripted: { accessTokenLifetime: 240 * MINUTE },
      sessions: { list, limits },
    })
    const sessions = createRequestSessions({
      sessions: sealed,
      cookie: { password, name: 'session' },
      now,
    })
    const { setCookies } = await sessions.setSession(await grant(), null)
    const header = setCookies.map((line) => line.split(';', 1).join('')).join('; ')
    await clock.advance(30 * MINUTE)
    const used = await sessions.getSession(header)
    const note = used.setCookies.find((line) => line.startsWith('session-used='))
    const noted = `${header}; ${note?.split(';', 1).join('')}`
    await clock.advance(45 * MINUTE)
    expect(await sessions.listSessions(noted)).toHaveLength(1)
    expect(await sessions.listSessions(header)).toEqual([])
    await clock.advance(45 * MINUTE)
    expect(await sessions.listSessions(noted)).toEqual([])
  })

  it('is an error where nobody can tell whose the cookie is', async () => {
    const state = { fails: false }
    const held = new Map<string, string>()
    const store: SessionStore = {
      put: async (name, sealed) => void held.set(name, sealed),
      async get(name) {
        if (state.fails) throw new Error('The store is down.')
        return held.get(name) ?? null
      },
      expire: async () => {},
    }
    const { sealed, seal } = createOidcServerWorld({
      sessions: { list: memorySessionList(), store, maxSize: 800 },
    })
    const value = await seal()
    expect(held.size).toBe(1)
    state.fails = true
    const listed = sealed.listSessions({ value, password })
    await expect(listed).rejects.toMatchObject({ code: 'storage', retryable: true })
  })

  it('is noted now and then, and sees a use to a quarter of an hour', async () => {
    const inner = memorySessionList()
    let noted = 0
    const list: SessionList = {
      ...inner,
      async put(...args) {
        noted += 1
        await inner.put(...args)
      },
    }
    const { sign, use, clock } = createListWorld(list)
    const value = await sign('sid-1')
    for (let i = 0; i < 30; i++) {
      await use(value, FIREFOX)
      await clock.advance(MINUTE)
    }
    expect(noted).toBe(2)
  })

  it('lets somebody end one of theirs, and none of anybody else', async () => {
    const world = createListWorld()
    const { sign, use, listOf, sealed, now, grant } = world
    const cookie = { password, name: 'session' }
    const sessions = createRequestSessions({ sessions: sealed, cookie, now })
    const [mine, other] = [await sign('sid-1'), await sign('sid-2')]
    const bobs = await sealed.sealSession({ ...(await grant()), user: { id: 'bob' } }, { password })
    for (const value of [mine, other, bobs]) await use(value, FIREFOX)
    const idOf = async (value: string): Promise<string> =>
      (await listOf(value)).find(({ isCurrent }) => isCurrent)?.sessionId ?? ''
    const header = `session=${mine}`
    expect(await sessions.listSessions(header)).toHaveLength(2)
    expect(await sessions.endListedSession(header, await idOf(bobs))).toBe(false)
    expect(await sessions.endListedSession(header, await idOf(other))).toBe(true)
    expect(await sessions.listSessions(header)).toHaveLength(1)
    expect((await use(other, FIREFOX)).signedIn).toBe(false)
    expect((await use(bobs, FIREFOX)).signedIn).toBe(true)
    expect(await sessions.listSessions(null)).toEqual([])
  })

  it('costs nobody their session when it fails, and says so to whoever asks for it', async () => {
    const broken: SessionList = {
      put: () => Promise.reject(new Error('The list is down.')),
      all: () => Promise.reject(new Error('The list is down.')),
    }
    const { sign, use, listOf } = createListWorld(broken)
    const value = await sign('sid-1')
    expect((await use(value, FIREFOX)).signedIn).toBe(true)
    await expect(listOf(value)).rejects.toMatchObject({ code: 'storage', retryable: true })
    const none = createOidcServerWorld()
    const call = none.sealed.listSessions({ value: await none.seal(), password })
    await expect(call).rejects.toMatchObject({ code: 'invalid_argument' })
    expect(() => Reflect.apply(createListWorld, null, [{}])).toThrow(/session list/)
  })

  it('makes one request wait now and then while it fails, and no other, and is told of once', async () => {
    const state = { fails: true, tries: 0 }
    const inner = memorySessionList()
    const list: SessionList = {
      ...inner,
      async put(...args) {
        state.tries += 1
        if (state.fails) throw new Error('The list is down.')
        await inner.put(...args)
      },
    }
    const { sign, use, listOf, clock, reports } = createListWorld(list)
    const values = [await sign('sid-1'), await sign('sid-2')]
    const everyone = async (): Promise<void> => {
      for (const value of values) await use(value, FIREFOX)
    }
    for (let i = 0; i < 5; i++) await everyone()
    expect([state.tries, reports.length]).toEqual([1, 1])
    await clock.advance(MINUTE)
    await everyone()
    expect([state.tries, reports.length]).toEqual([2, 1])
    state.fails = false
    await clock.advance(MINUTE)
    await everyone()
    expect(await listOf(values[0] ?? '')).toHaveLength(2)
  })

  it('believes nothing that it has not sealed itself', async () => {
    const inner = memorySessionList()
    const list: SessionList = {
      ...inner,
      all: async (person) => [...(await inner.all(person)), 'garbage', '', '{}'],
    }
    const { sign, use, listOf } = createListWorld(list)
    const value = await sign('sid-1')
    await use(value, FIREFOX)
    expect(await listOf(value)).toHaveLength(1)
  })
})

describe('a list in Redis', () => {
  it('is that of all processes, holds no token and no name, and no more than a hundred sessions', async () => {
    const { clock } = createTime()
    const redis = createFakeRedis(clock)
    const [here, there] = [redis.client(), redis.client()].map((client) =>
      createListWorld(redisSessionList({ client, clock })),
    )
    if (!here || !there) throw new Error('There are two processes.')
    const value = await here.sign('sid-1')
    await here.use(value, FIREFOX)
    expect(await there.listOf(value)).toMatchObject([{ device: 'Firefox on Windows' }])
    const dump = JSON.stringify([...redis.lists].map(([name, { entries }]) => [name, [...entries]]))
    // A whole name: its three letters may stand in a seal by chance.
    expect(dump).not.toMatch(/[:"]ada["\\]|Firefox|sid-1/)
    const { put, all } = redisSessionList({ client: redis.client(), clock })
    for (let i = 0; i < 110; i++) await put('somebody', `${i}`, { sealed: `s${i}`, ttl: MINUTE })
    const kept = await all('somebody')
    expect([kept.length, kept.includes('s109')]).toEqual([100, true])
    await clock.advance(MINUTE)
    expect(await all('somebody')).toEqual([])
  })

  it('is an error while Redis is down', async () => {
    const { clock, until } = createTime()
    const client = createFakeRedis(clock).client()
    client.fault = () => 'refuse'
    const { all } = redisSessionList({ client, clock })
    await expect(until(all('somebody'))).rejects.toMatchObject({ code: 'storage', retryable: true })
  })
})

describe('the name of a device', () => {
  it.each([
    [FIREFOX, 'Firefox on Windows'],
    [SAFARI, 'Safari on iOS'],
    [
      'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36',
      'Chrome on Linux',
    ],
    [
      'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0',
      'Edge on macOS',
    ],
    [
      'Mozilla/5.0 (Linux; Android 15; SM-S931B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36',
      'Samsung Internet on Android',
    ],
    ['curl/8.5.0', undefined],
    ['', undefined],
  ])('of %s', (userAgent, name) => {
    expect(deviceNameOf({ headers: new Headers({ 'User-Agent': userAgent }) })).toBe(name)
    expect(deviceNameOf({ headers: { 'user-agent': userAgent } })).toBe(name)
    // What readers of Next and of a fetch that somebody brought have is no `Headers` of this realm.
    const get = (header: string) => (header === 'User-Agent' ? userAgent : null)
    expect(deviceNameOf({ headers: { get } })).toBe(name)
  })

  it('is none of what is no request', () => {
    for (const thing of [
      undefined,
      null,
      7,
      'x',
      {},
      { headers: null },
      { headers: { 'user-agent': 7 } },
    ]) {
      expect(deviceNameOf(thing)).toBeUndefined()
    }
  })
})
