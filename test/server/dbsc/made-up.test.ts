import { describe, expect, it } from 'vitest'
import { defineCookie } from '../../../src/server/cookies/cookies.js'
import { createIdentifiers } from '../../../src/server/dbsc/identifiers.js'
import { readDeviceKey } from '../../../src/server/dbsc/keys.js'
import { createNotes } from '../../../src/server/dbsc/notes.js'
import { BOB, PASSWORD } from '../backend/backend-world.js'
import {
  boundCookies,
  createDeviceWorld,
  createPair,
  LIFETIME,
  RENEW,
  registrationOf,
  sessionCookie,
  sign,
} from './device-world.js'

const encode = (words: unknown): string => Buffer.from(JSON.stringify(words)).toString('base64url')
const UNSIGNED = 'A'.repeat(43)

describe('the name of a bound session', () => {
  it('says which session and key it is of, and whether we gave it', async () => {
    const { jwk } = await createPair()
    const key = readDeviceKey(jwk)
    if (!key) throw new Error('A pair of keys has a public one.')
    const { write, read } = createIdentifiers(PASSWORD)
    const id = await write('session_1', key)
    expect(await read(id)).toMatchObject({ sessionId: 'session_1', publicKey: key, isOurs: true })
    const [content = ''] = id.split('.')
    expect(await read(`${content}.${UNSIGNED}`)).toMatchObject({ isOurs: false })
    const other = createIdentifiers('another password of at least 32 characters')
    expect(await other.read(id)).toMatchObject({ sessionId: 'session_1', isOurs: false })
    const both = createIdentifiers(['another password of at least 32 characters', PASSWORD])
    expect(await both.read(id)).toMatchObject({ isOurs: true })
    for (const words of [{ key: jwk }, { session: 7, key: jwk }, { session: 's' }, null, []]) {
      expect(await read(`${encode(words)}.${UNSIGNED}`)).toBeNull()
    }
  })

  it('that somebody made up does not spare a copied cookie', async () => {
    const { createBrowser, events } = createDeviceWorld()
    const browser = createBrowser()
    await browser.begin()
    const { session } = await (await browser.page('/auth/session')).json()
    const { jwk } = await createPair()
    const id = `${encode({ session: session.sessionId, key: jwk })}.${UNSIGNED}`
    const headers = {
      Cookie: sessionCookie(browser.jar),
      'Secure-Session-Skipped': `unreachable;session_identifier="${id}"`,
    }
    const answer = await createBrowser().page('/auth/session', headers)
    expect([answer.status, await answer.json()]).toEqual([200, { session: null }])
    await Promise.resolve()
    expect(events).toMatchObject([{ type: 'device-missing' }])
  })
})

describe('a copy of the cookie from before the binding', () => {
  it('is spared only by the name that we gave the session', async () => {
    const { createBrowser, clock } = createDeviceWorld()
    const browser = createBrowser()
    const registration = await browser.signIn()
    const Cookie = sessionCookie(browser.jar)
    const pair = await createPair()
    const { session_identifier: own } = await (await browser.register(registration, pair)).json()
    const { session } = await (await browser.page('/auth/session')).json()
    await clock.advance(130_000)
    const { jwk } = await createPair()
    const madeUp = `${encode({ session: session.sessionId, key: jwk })}.${UNSIGNED}`
    const statusBy = async (id: string): Promise<readonly [number, unknown]> => {
      const skipped = `unreachable;session_identifier="${id}"`
      const headers = { Cookie, 'Secure-Session-Skipped': skipped }
      const answer = await createBrowser().page('/auth/session', headers)
      return [answer.status, (await answer.json()).session]
    }
    expect(await statusBy(madeUp)).toEqual([200, null])
    expect((await statusBy(own))[0]).toBe(503)
  })
})

describe('a challenge that was sealed here', () => {
  it.each([
    ['of another session with the same key', { sessionId: 'other' }],
    ['of another key of the same session', { key: 'k'.repeat(43) }],
  ])('%s proves nothing', async (_, other) => {
    const { createBrowser, clock } = createDeviceWorld()
    const browser = createBrowser()
    const { pair, id } = await browser.begin()
    await clock.advance(LIFETIME)
    const named = await createIdentifiers(PASSWORD).read(id)
    const cookie = defineCookie({ name: '__Host-holdfast' })
    const notes = createNotes({ cookie, password: PASSWORD, lifetime: LIFETIME, now: clock.now })
    const own = { sessionId: named?.sessionId ?? '', key: named?.key ?? '' }
    const send = async (words: typeof own): Promise<number> => {
      const challenge = await notes.challenge({ purpose: 'renew', ...words })
      const proof = await sign(pair, challenge)
      const headers = { 'Sec-Secure-Session-Id': id, 'Secure-Session-Response': proof }
      return (await browser.post(RENEW, headers)).status
    }
    expect(await send({ ...own, ...other })).toBe(403)
    expect(await send(own)).toBe(200)
  })
})

describe('a renewal', () => {
  it('of a session whose cookie names no device yet goes on', async () => {
    const { createBrowser } = createDeviceWorld()
    const browser = createBrowser()
    const pair = await createPair()
    const registered = await browser.register(await browser.signIn(), pair)
    const { session_identifier: id } = await registered.json()
    expect((await browser.renew(id, pair)).headers.getSetCookie()).toHaveLength(1)
  })

  it('of a session that gave way to one without a device is over', async () => {
    const { createBrowser } = createDeviceWorld()
    const [ada, bob] = [createBrowser(), createBrowser()]
    const { pair, id } = await ada.begin()
    await bob.signIn(BOB)
    expect(await (await bob.renew(id, pair)).json()).toMatchObject({ continue: false })
  })
})

describe('a browser with the proof of its key', () => {
  it('is led to the auth server by its sign-out, and its session is not taken for a copy', async () => {
    const { createBrowser, running } = createDeviceWorld()
    const browser = createBrowser()
    await browser.begin()
    const { error, signOutUrl } = await running.sessions.signOut(browser.jar.header())
    expect([error, signOutUrl === null]).toEqual([null, false])
  })

  it('binds its session by the newest of two proofs, where the older one is over', async () => {
    const { createBrowser, clock } = createDeviceWorld({ lifetime: 1_000 })
    const browser = createBrowser()
    const answer = await browser.signIn()
    expect(registrationOf(answer).header).not.toBeNull()
    await browser.register(answer, await createPair())
    const [name = ''] = boundCookies(browser.jar)
    const old = `${name}=${browser.jar.cookies.get(name)}`
    await clock.advance(61_000)
    await browser.register(answer, await createPair())
    const headers = { Cookie: `${old}; ${browser.jar.header()}` }
    expect((await (await browser.page('/auth/session', headers)).json()).session).not.toBeNull()
    const Cookie = sessionCookie(browser.jar)
    const copy = await createBrowser().page('/auth/session', { Cookie })
    expect((await copy.json()).session).toBeNull()
  })
})
