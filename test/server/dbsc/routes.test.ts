import { describe, expect, it } from 'vitest'
import { memorySessionList } from '../../../src/server/index.js'
import { sealText } from '../../../src/server/sealed/seal.js'
import { fc } from '../../support/fast-check.js'
import { BOB } from '../backend/backend-world.js'
import {
  boundCookies,
  challengeIn,
  cookieOf,
  createDeviceWorld,
  createPair,
  LIFETIME,
  type Pair,
  type ProofWords,
  REGISTER,
  RENEW,
  registrationOf,
  sessionCookie,
  sign,
} from './device-world.js'

const MINUTE = 60_000

/** Signs in, and sends what makes a proof of the challenge. */
async function registerBy(
  make: (challenge: string, pair: Pair) => Promise<string>,
  world = createDeviceWorld(),
) {
  const browser = world.createBrowser()
  const answer = await browser.signIn()
  const { challenge } = registrationOf(answer)
  const proof = await make(challenge, await createPair())
  const response = await browser.post(REGISTER, { 'Secure-Session-Response': proof })
  await Promise.resolve()
  return { ...world, browser, response, proof, challenge }
}

/** A proof like a browser's, but for these words. */
const saying =
  (words: ProofWords) =>
  (challenge: string, pair: Pair): Promise<string> =>
    sign(pair, challenge, { ...words, header: { jwk: pair.jwk, ...words.header } })

const unsigned = (challenge: string, { jwk }: Pair): Promise<string> => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url')
  const header = part({ alg: 'none', typ: 'dbsc+jwt', jwk })
  return Promise.resolve(`${header}.${part({ jti: challenge })}.`)
}

/** Signed by another key than the one it shows. */
const byAnother = async (challenge: string, { jwk }: Pair): Promise<string> =>
  sign(await createPair(), challenge, { header: { jwk } })

const bySecret = (challenge: string, { jwk }: Pair): Promise<string> => {
  const key = new TextEncoder().encode(JSON.stringify(jwk))
  return sign({ alg: 'HS256', privateKey: null as never, jwk }, challenge, { header: { jwk }, key })
}

const byKind = async (alg: string, challenge: string): Promise<string> => {
  const pair = await createPair(alg)
  return sign(pair, challenge, { header: { jwk: pair.jwk } })
}

const jwkWith =
  (more: Readonly<Record<string, unknown>>) =>
  (challenge: string, pair: Pair): Promise<string> =>
    sign(pair, challenge, { header: { jwk: { ...pair.jwk, ...more } } })

describe('a registration', () => {
  it.each<[string, (challenge: string, pair: Pair) => Promise<string>]>([
    ['is not signed at all', unsigned],
    ['is signed by a secret', bySecret],
    ['is signed by ES384', (challenge) => byKind('ES384', challenge)],
    ['is signed by PS256', (challenge) => byKind('PS256', challenge)],
    ['is signed by EdDSA', (challenge) => byKind('EdDSA', challenge)],
    ['shows the key of another', byAnother],
    ['shows no key', (challenge, pair) => sign(pair, challenge)],
    ['shows a private key', jwkWith({ d: 'AAAA' })],
    ['shows a key of another curve', jwkWith({ crv: 'P-384' })],
    ['shows a key that is no point', jwkWith({ y: 'A'.repeat(43) })],
    ['shows a key in a list', saying({ header: { jwk: [] } })],
    ['shows a key that is too large', jwkWith({ kty: 'RSA', n: 'A'.repeat(7_000), e: 'AQAB' })],
    ['is of another type', saying({ header: { typ: 'JWT' } })],
    ['is of no type', saying({ header: { typ: undefined } })],
    ['wants an extension understood', saying({ header: { crit: ['more'], more: 1 } })],
    ['is over by its own word', saying({ payload: { exp: 1 } })],
    ['has another challenge', saying({ payload: { jti: 'another' } })],
    ['has a challenge that is no text', saying({ payload: { jti: ['one'] as never } })],
    ['is too large', saying({ payload: { more: 'x'.repeat(9_000) } })],
  ])('that %s binds nothing, and is told of', async (_, make) => {
    const { response, browser, events } = await registerBy(make)
    expect(response.status).toBe(400)
    expect((await response.json()).code).toBe('rejected')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(boundCookies(browser.jar)).toEqual([])
    expect(events).toMatchObject([{ type: 'device-refused' }])
  })

  it.each([
    ['', 'invalid_argument'],
    ['"', 'invalid_argument'],
    ['a.b.c, d.e.f', 'invalid_argument'],
    ['"a.b.c", "d.e.f"', 'invalid_argument'],
    ['"a\\".b.c"', 'invalid_argument'],
    ['("a.b.c")', 'invalid_argument'],
    ['(a.b.c)', 'rejected'],
    [':YQ==:', 'rejected'],
    ['?1', 'rejected'],
  ])('whose header is %j gets a clear word', async (header, code) => {
    const { createBrowser } = createDeviceWorld()
    const response = await createBrowser().post(REGISTER, { 'Secure-Session-Response': header })
    expect(response.status).toBe(400)
    expect((await response.json()).code).toBe(code)
  })

  it('may come in quotes, with parameters, as the draft writes it', async () => {
    const { createBrowser } = createDeviceWorld()
    const browser = createBrowser()
    const pair = await createPair()
    const { challenge } = registrationOf(await browser.signIn())
    const proof = await sign(pair, challenge, { header: { jwk: pair.jwk } })
    const headers = { 'Secure-Session-Response': `"${proof}";more=1` }
    expect((await browser.post(REGISTER, headers)).status).toBe(200)
  })

  it.each<[string, string]>([
    ['a challenge that is old', 'old'],
    ['the challenge of a renewal', 'renew'],
    ['a bound cookie for a challenge', 'bound'],
    ['a session that was signed out of meanwhile', 'over'],
  ])('with %s binds nothing', async (_, kind) => {
    const { createBrowser, clock } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    const asked = await browser.post(RENEW, { 'Sec-Secure-Session-Id': id })
    const [name = ''] = boundCookies(browser.jar)
    const bound = browser.jar.cookies.get(name) ?? ''
    const other = createBrowser()
    const { challenge } = registrationOf(await other.signIn(BOB))
    if (kind === 'old') await clock.advance(6 * MINUTE)
    if (kind === 'over') await other.page('/auth/sign-out', {}, 'POST')
    const given = { renew: challengeIn(asked), bound }[kind] ?? challenge
    const proof = await sign(pair, given, { header: { jwk: pair.jwk } })
    const response = await browser.post(REGISTER, { 'Secure-Session-Response': proof })
    expect(response.status).toBe(400)
    expect(response.headers.getSetCookie()).toEqual([])
  })

  it('binds the session that it is for, whatever cookies come with it', async () => {
    const { createBrowser } = createDeviceWorld()
    const [ada, bob] = [createBrowser(), createBrowser()]
    const { challenge } = registrationOf(await ada.signIn())
    await bob.signIn(BOB)
    const pair = await createPair()
    const proof = await sign(pair, challenge, { header: { jwk: pair.jwk } })
    // Bob sends Ada's: to him the cookie that comes of it is worth nothing.
    await bob.post(REGISTER, { 'Secure-Session-Response': proof, ...cookieOf(bob.jar) })
    const before = sessionCookie(bob.jar)
    await bob.page('/auth/session')
    expect(sessionCookie(bob.jar)).toBe(before)
  })
})

describe('a registration that comes again', () => {
  it('within its time brings a cookie of the same key, which opens nothing by itself; later nothing', async () => {
    const { browser, proof, response, clock, createBrowser } = await registerBy(saying({}))
    expect(response.status).toBe(200)
    const thief = createBrowser()
    const again = (): Promise<Response> =>
      thief.post(REGISTER, { 'Secure-Session-Response': proof, Cookie: browser.jar.header() ?? '' })
    expect((await again()).status).toBe(200)
    expect(boundCookies(thief.jar)).toEqual(boundCookies(browser.jar))
    const [name = ''] = boundCookies(thief.jar)
    const Cookie = `${name}=${thief.jar.cookies.get(name)}`
    const seen = await createBrowser().page('/auth/session', { Cookie })
    expect(await seen.json()).toEqual({ session: null })
    await clock.advance(6 * MINUTE)
    expect((await again()).status).toBe(400)
  })
})

describe('a renewal', () => {
  /** A bound session at the end of its cookie, and the challenge for it. */
  async function asked(world = createDeviceWorld()) {
    const browser = world.createBrowser()
    const { pair, id } = await browser.begin()
    await world.clock.advance(LIFETIME)
    const challenge = challengeIn(await browser.post(RENEW, { 'Sec-Secure-Session-Id': id }))
    const prove = async (proof: string): Promise<Response> => {
      const headers = { 'Sec-Secure-Session-Id': id, 'Secure-Session-Response': proof }
      const response = await browser.post(RENEW, headers)
      await Promise.resolve()
      return response
    }
    return { ...world, browser, pair, id, challenge, prove }
  }

  it('is asked for by a challenge for this one session', async () => {
    const { browser, id } = await asked()
    const response = await browser.post(RENEW, { 'Sec-Secure-Session-Id': `"${id}"` })
    expect(response.status).toBe(403)
    expect(response.headers.get('Secure-Session-Challenge')).toMatch(
      new RegExp(`^"[^"\\\\]+";id="${id.replaceAll('.', '\\.')}"$`),
    )
    expect(response.headers.get('Cache-Control')).toBe('private, no-store')
  })

  it.each<[string, (challenge: string, pair: Pair) => Promise<string>]>([
    ['is signed by another key', async (challenge) => sign(await createPair(), challenge)],
    ['brings a key of its own', async (challenge) => byKind('ES256', challenge)],
    ['is signed by another algorithm', (challenge) => byKind('RS256', challenge)],
    ['is not signed at all', unsigned],
    ['is of another type', (challenge, pair) => sign(pair, challenge, { header: { typ: 'JWT' } })],
  ])('that %s brings no cookie but another challenge, and is told of', async (_, make) => {
    const { prove, challenge, pair, events, id } = await asked()
    const response = await prove(await make(challenge, pair))
    expect(response.status).toBe(403)
    expect(challengeIn(response)).not.toBe('')
    expect(response.headers.getSetCookie()).toEqual([])
    expect(events).toMatchObject([{ type: 'device-refused', sessionId: expect.any(String) }])
    expect(JSON.stringify(events)).not.toContain(id)
  })

  it('with an old challenge gets a new one, and is no attack', async () => {
    const { prove, challenge, pair, clock, events } = await asked()
    await clock.advance(2 * MINUTE + 1)
    const response = await prove(await sign(pair, challenge))
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
    expect((await prove(await sign(pair, challengeIn(response)))).status).toBe(200)
    expect(events).toEqual([])
  })

  it('with the challenge of another session brings no cookie', async () => {
    const world = createDeviceWorld()
    const ada = await asked(world)
    const bob = await asked(world)
    const response = await ada.prove(await sign(ada.pair, bob.challenge))
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
    expect(world.events).toMatchObject([{ type: 'device-refused' }])
  })

  it('with the challenge of a registration brings no cookie', async () => {
    const { createBrowser } = createDeviceWorld()
    const browser = createBrowser()
    const pair = await createPair()
    const answer = await browser.signIn()
    const { session_identifier: id } = await (await browser.register(answer, pair)).json()
    const response = await browser.post(RENEW, {
      'Sec-Secure-Session-Id': id,
      'Secure-Session-Response': await sign(pair, registrationOf(answer).challenge),
    })
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []])
  })

  it('that comes again within the minute brings the same again, and opens nothing by itself', async () => {
    const { prove, challenge, pair, browser, createBrowser } = await asked()
    const proof = await sign(pair, challenge)
    await prove(proof)
    const again = await prove(proof)
    expect(again.headers.getSetCookie()).toHaveLength(1)
    const [name = ''] = boundCookies(browser.jar)
    const Cookie = `${name}=${browser.jar.cookies.get(name)}`
    const response = await createBrowser().page('/auth/session', { Cookie })
    expect(await response.json()).toEqual({ session: null })
  })

  it.each(['', 'id-1', '"id-1"', 'a.b', `${'A'.repeat(5_000)}.${'A'.repeat(43)}`, '"a", "b"'])(
    'of no session is the end of it to the browser: %j',
    async (id) => {
      const { createBrowser } = createDeviceWorld()
      const response = await createBrowser().post(RENEW, { 'Sec-Secure-Session-Id': id })
      expect(response.status).toBe(400)
    },
  )

  it('by a name that somebody made up proves his key, and binds nothing to it', async () => {
    const { createBrowser } = createDeviceWorld()
    const victim = createBrowser()
    // A browser that cannot bind sessions, and a thief who can: he knows what the session is called.
    await victim.signIn()
    const { session } = await (await victim.page('/auth/session')).json()
    const stolen = sessionCookie(victim.jar)
    const thief = createBrowser()
    const pair = await createPair()
    const content = Buffer.from(JSON.stringify({ session: session.sessionId, key: pair.jwk }))
    const id = `${content.toString('base64url')}.${'A'.repeat(43)}`
    expect((await thief.renew(id, pair, false)).status).toBe(200)
    const Cookie = `${stolen}; ${thief.jar.header()}`
    const response = await thief.page('/auth/session', { Cookie })
    expect((await response.json()).session).not.toBeNull()
    expect(sessionCookie(thief.jar)).toBe('')
    expect((await (await victim.page('/auth/session')).json()).session).not.toBeNull()
  })

  it('with a seal that nobody can open is asked for like one without a cookie, and no outage', async () => {
    const { id, pair, browser } = await asked()
    const planted = await sealText('{}', 'a password of somebody else, which is long', {})
    const headers = { 'Sec-Secure-Session-Id': id, Cookie: `__Host-holdfast=${planted}` }
    const response = await browser.post(RENEW, headers)
    expect(response.status).toBe(403)
    const proof = await sign(pair, challengeIn(response))
    const renewed = await browser.post(RENEW, { ...headers, 'Secure-Session-Response': proof })
    expect(renewed.headers.getSetCookie()).toHaveLength(1)
  })

  it('of another session than the one that the browser has is over, though that one lives', async () => {
    const { createBrowser } = createDeviceWorld()
    const [ada, bob] = [createBrowser(), createBrowser()]
    const { pair, id } = await ada.begin()
    await bob.begin(BOB)
    expect(await (await bob.renew(id, pair)).json()).toEqual({
      session_identifier: id,
      continue: false,
    })
    expect((await ada.renew(id, pair)).headers.getSetCookie()).toHaveLength(1)
  })

  it('by the name of a session whose cookie has another key is over', async () => {
    const { createBrowser } = createDeviceWorld()
    const victim = createBrowser()
    await victim.begin()
    const { session } = await (await victim.page('/auth/session')).json()
    const pair = await createPair()
    const content = Buffer.from(JSON.stringify({ session: session.sessionId, key: pair.jwk }))
    const id = `${content.toString('base64url')}.${'A'.repeat(43)}`
    const thief = createBrowser(victim.jar)
    expect(await (await thief.renew(id, pair)).json()).toMatchObject({ continue: false })
  })
})

describe('the browser’s own requests', () => {
  const oddity = fc.oneof(
    fc.string({ unit: fc.constantFrom(...'abAB01._-"\\;,=()*~ :?@'.split('')), maxLength: 60 }),
    fc.base64String({ maxLength: 200 }),
    fc.tuple(fc.base64String(), fc.base64String(), fc.base64String()).map((all) => all.join('.')),
  )

  it('are answered whatever their headers say, and bring no cookie', async () => {
    const { createBrowser } = createDeviceWorld()
    const { post } = createBrowser()
    await fc.assert(
      fc.asyncProperty(oddity, oddity, async (id, proof) => {
        const headers = { 'Sec-Secure-Session-Id': id, 'Secure-Session-Response': proof }
        for (const path of [REGISTER, RENEW]) {
          const response = await post(path, headers)
          expect(response.status).toBe(400)
          expect(response.headers.getSetCookie()).toEqual([])
        }
      }),
    )
  })
})

describe('a thief with the cookie of a bound session', () => {
  it.each([
    ['a bound cookie of a session of the thief', true],
    ['what is none', false],
  ])('is refused with %s beside it', async (_, own) => {
    const { createBrowser } = createDeviceWorld()
    const victim = createBrowser()
    await victim.begin()
    const thief = createBrowser()
    await thief.begin(BOB)
    const [name = ''] = boundCookies(victim.jar)
    const [theirs = ''] = boundCookies(thief.jar)
    const value = own ? thief.jar.cookies.get(theirs) : 'Fe26.2*made*up'
    const Cookie = `${sessionCookie(victim.jar)}; ${name}=${value}; ${theirs}=${value}`
    const response = await createBrowser().page('/auth/session', { Cookie })
    expect(await response.json()).toEqual({ session: null })
  })

  it('is refused with the bound cookie of another session that has the same key', async () => {
    const { createBrowser } = createDeviceWorld()
    const [victim, other] = [createBrowser(), createBrowser()]
    // Only malware gives one key to two sessions.
    const { pair } = await victim.begin()
    await other.register(await other.signIn(BOB), pair)
    const [name = ''] = boundCookies(other.jar)
    const Cookie = `${sessionCookie(victim.jar)}; ${name}=${other.jar.cookies.get(name)}`
    const response = await createBrowser().page('/auth/session', { Cookie })
    expect(await response.json()).toEqual({ session: null })
  })

  it('keeps nobody out by seals that are planted under the name of the bound cookie', async () => {
    const { createBrowser } = createDeviceWorld()
    const victim = createBrowser()
    await victim.begin()
    const [name = ''] = boundCookies(victim.jar)
    const plant = () => sealText('{}', 'a password that is not of this app')
    const planted = await Promise.all(Array.from({ length: 20 }, plant))
    const Cookie = [...planted.map((value) => `${name}=${value}`), victim.jar.header()].join('; ')
    const response = await createBrowser().page('/auth/session', { Cookie })
    expect((await response.json()).session).not.toBeNull()
  })

  it('has the auth server asked nothing, by two cookies of which one is due', async () => {
    const { createBrowser, clock, workos } = createDeviceWorld()
    const [victim, thief] = [createBrowser(), createBrowser()]
    await victim.begin()
    const stolen = sessionCookie(victim.jar)
    await clock.advance(6 * MINUTE)
    await thief.signIn(BOB)
    const before = workos.count('refresh_token')
    await createBrowser().page('/auth/session', {
      Cookie: `${stolen}; ${sessionCookie(thief.jar)}`,
    })
    expect(workos.count('refresh_token')).toBe(before)
  })

  it('can end that session, and no other of the person, and is not shown the way', async () => {
    const { createBrowser, running } = createDeviceWorld()
    const browser = createBrowser()
    await browser.begin()
    const stolen = sessionCookie(browser.jar)
    const returnTo = 'https://app.example/'
    const ended = await running.sessions.signOut(stolen, { scope: 'global', returnTo })
    expect(ended.signOutUrl).toBeNull()
    expect(ended.error?.code).toBe('session_missing')
    const others = await running.sessions.signOut(stolen, { scope: 'others' })
    expect(others.error?.code).toBe('session_missing')
    expect(await (await browser.page('/auth/session')).json()).toEqual({ session: null })
  })

  it('ends no other by a bound cookie that was copied too, once that is too old', async () => {
    const { createBrowser, running, clock } = createDeviceWorld()
    const browser = createBrowser()
    await browser.begin()
    const copied = browser.jar.header()
    await clock.advance(LIFETIME + MINUTE)
    const ended = await running.sessions.signOut(copied, { scope: 'global' })
    expect(ended.error?.code).toBe('session_missing')
    // What is theirs to end was ended, and there is nothing to say of it.
    expect((await running.sessions.signOut(copied)).error).toBeNull()
  })

  it('ends no other by the seal from before it was bound either', async () => {
    const { createBrowser, running, clock } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id, unbound } = await browser.begin()
    await clock.advance(2 * MINUTE)
    await browser.renew(id, pair)
    const ended = await running.sessions.signOut(unbound, { scope: 'global' })
    expect(ended.error?.code).toBe('session_missing')
  })

  it('is shown no sessions of the person, and ends none of them by its name', async () => {
    const { createBrowser, running } = createDeviceWorld({
      world: { sealed: { list: memorySessionList() } },
    })
    const [browser, other] = [createBrowser(), createBrowser()]
    await browser.begin()
    await other.begin()
    const own = browser.jar.header()
    const found = await running.sessions.listSessions(own)
    expect(found.map(({ isCurrent }) => isCurrent).sort()).toEqual([false, true])
    const { sessionId = '' } = found.find(({ isCurrent }) => !isCurrent) ?? {}
    const stolen = sessionCookie(browser.jar)
    expect(await running.sessions.listSessions(stolen)).toEqual([])
    expect(await running.sessions.endListedSession(stolen, sessionId)).toBe(false)
    expect((await (await other.page('/auth/session')).json()).session).not.toBeNull()
    expect(await running.sessions.endListedSession(own, sessionId)).toBe(true)
    expect(await (await other.page('/auth/session')).json()).toEqual({ session: null })
  })
})

describe('whoever sends junk to the routes of browsers', () => {
  const junk = async () => {
    const pair = await createPair()
    return sign(pair, 'no challenge of ours', { header: { jwk: pair.jwk } })
  }

  it('is one of a hundred at once, and the others are asked to come again', async () => {
    const { createBrowser } = createDeviceWorld()
    const proof = await junk()
    const send = (path: string) =>
      createBrowser().post(path, { 'Secure-Session-Response': proof, 'Sec-Secure-Session-Id': 'x' })
    for (const path of [REGISTER, RENEW]) {
      const answers = await Promise.all(Array.from({ length: 120 }, () => send(path)))
      const crowded = answers.filter(({ status }) => status === 503)
      expect(crowded).toHaveLength(20)
      for (const { headers } of crowded) expect(headers.get('Retry-After')).toBe('1')
      expect((await send(path)).status).toBe(400)
    }
  })

  it('is told of sixty times in a minute, and again in the next one', async () => {
    const { createBrowser, events, clock } = createDeviceWorld()
    const browser = createBrowser()
    const proof = await junk()
    const flood = async (): Promise<void> => {
      for (let count = 0; count < 70; count += 1) {
        await browser.post(REGISTER, { 'Secure-Session-Response': proof })
      }
    }
    await flood()
    expect(events).toHaveLength(60)
    await clock.advance(MINUTE)
    await flood()
    expect(events).toHaveLength(120)
  })
})
