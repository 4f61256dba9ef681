import { describe, expect, it } from 'vitest'
import { PASSWORD } from '../backend/backend-world.js'
import {
  boundCookies,
  createDeviceWorld,
  createPair,
  type DeviceWorldOptions,
  LIFETIME,
  registrationOf,
  sessionCookie,
  WITH_PASSWORD,
} from './device-world.js'

const ADA = 'ada@example.com'
const WAITING = '__Host-holdfast-unbound'
const MINUTE = 60_000

/** An app in which Ada has signed in by code that can set no header. */
async function signedIn(options: DeviceWorldOptions = {}) {
  const world = createDeviceWorld({ world: { workos: WITH_PASSWORD }, ...options })
  const browser = world.createBrowser()
  const headers = await browser.act()
  return { ...world, browser, headers }
}

/** Whether an answer asks its browser to bind the session. */
const asks = (answer: Response): boolean => registrationOf(answer).header !== null

describe('a session that begins where no header can be set', () => {
  it('is asked for by the next answer, which nobody keeps, and bound by the request after it', async () => {
    const { browser, headers, createBrowser, clock, events } = await signedIn()
    expect(headers).toEqual({})
    const unbound = sessionCookie(browser.jar)
    const answer = await browser.visit()
    expect(registrationOf(answer)).toMatchObject({
      header: expect.stringMatching(/^\(ES256 RS256\);path="[^"\\]+";challenge="[^"\\]+"$/),
      path: '/auth/dbsc/register',
    })
    expect(answer.headers.get('Cache-Control')).toBe('private, no-store')
    expect((await browser.register(answer, await createPair())).status).toBe(200)
    const next = await browser.visit()
    expect([await next.text(), asks(next)]).toEqual([ADA, false])
    expect(sessionCookie(browser.jar)).not.toBe(unbound)
    // A copy from before is treated as that of every bound session.
    const thief = createBrowser()
    expect((await thief.page('/auth/session', { Cookie: unbound })).status).toBe(503)
    await clock.advance(2 * MINUTE)
    expect(await (await thief.visit({ Cookie: unbound })).text()).toBe('device_not_proven')
    expect(events).toMatchObject([{ type: 'device-missing' }])
  })

  it('is asked for once of a browser that cannot bind, and goes on', async () => {
    const { browser, clock } = await signedIn()
    expect(asks(await browser.visit())).toBe(true)
    expect([...browser.jar.cookies.keys()]).toEqual(['__Host-holdfast'])
    for (let request = 0; request < 3; request += 1) {
      const answer = await browser.visit()
      expect([await answer.text(), asks(answer)]).toEqual([ADA, false])
      await clock.advance(MINUTE)
    }
  })

  it('is asked for by one of the answers to what a page sends at once, and again where that one was lost', async () => {
    const { browser, createBrowser, clock } = await signedIn()
    const sent = { Cookie: browser.jar.header() ?? '' }
    const visit = () => createBrowser().visit(sent)
    const answers = await Promise.all(Array.from({ length: 10 }, visit))
    expect(answers.filter(asks)).toHaveLength(1)
    // Only that one says that it need not be said again.
    expect(answers.filter(({ headers }) => headers.has('Set-Cookie')).map(asks)).toEqual([true])
    await clock.advance(4_999)
    expect(asks(await visit())).toBe(false)
    await clock.advance(1)
    expect(asks(await visit())).toBe(true)
  })

  it.each([
    ['that a browser loads ahead', { 'Sec-Purpose': 'prefetch;prerender' }],
    ['that a router of Next loads ahead', { 'Next-Router-Prefetch': '1' }],
  ])('is not asked for by the answer for a page %s, but by the next', async (_, headers) => {
    const { browser } = await signedIn()
    expect(asks(await browser.visit(headers))).toBe(false)
    expect(asks(await browser.visit())).toBe(true)
  })

  it('is not asked for by answers that are not given what asks, and lose nothing by it', async () => {
    const { browser, running } = await signedIn()
    const read = await running.sessions.getSession(browser.jar.header(), { refresh: 'never' })
    expect(read).toMatchObject({ session: { signedIn: true }, setCookies: [] })
    expect(read.deviceOffer).toBeUndefined()
    await browser.page('/auth/session')
    expect(browser.jar.cookies.has(WAITING)).toBe(true)
  })

  it('is asked for by the refusal of a page that needs a bound one', async () => {
    const { browser } = await signedIn({ required: () => true })
    const answer = await browser.visit()
    expect([await answer.text(), asks(answer)]).toEqual(['device_required', true])
    await browser.register(answer, await createPair())
    expect(await (await browser.visit()).text()).toBe(ADA)
  })

  it('is asked for where it is only reported what would be refused', async () => {
    const { browser } = await signedIn({ required: () => true, reportOnly: true })
    const answer = await browser.visit()
    expect([await answer.text(), asks(answer)]).toEqual([ADA, true])
  })

  it('is asked for no more an hour later', async () => {
    const { browser, clock, createBrowser } = await signedIn()
    const sent = browser.jar.header() ?? ''
    // Readers of seals allow for clocks that differ by a minute.
    await clock.advance(61 * MINUTE)
    expect(browser.jar.cookies.size).toBe(2)
    expect(browser.jar.header()).not.toContain(WAITING)
    const late = await createBrowser().visit({ Cookie: sent })
    expect([await late.text(), asks(late)]).toEqual([ADA, false])
  })

  it('is asked for by no cookie of another session', async () => {
    const { browser, createBrowser } = await signedIn()
    const other = createBrowser()
    await other.act()
    const Cookie = `${sessionCookie(other.jar)}; ${WAITING}=${browser.jar.cookies.get(WAITING)}`
    const answer = await createBrowser().visit({ Cookie })
    expect([await answer.text(), asks(answer)]).toEqual([ADA, false])
    expect(answer.headers.getSetCookie()).toEqual([expect.stringContaining(`${WAITING}=; Path=/`)])
  })

  it('leaves nothing that waits when it ends, or when one begins that can be asked for at once', async () => {
    const { browser } = await signedIn()
    await browser.page('/auth/sign-out', {}, 'POST')
    expect(browser.jar.header()).toBeNull()
    await browser.act()
    expect(asks(await browser.signIn())).toBe(true)
    expect(browser.jar.cookies.has(WAITING)).toBe(false)
  })

  it('is not asked for once it is bound, also where the browser was never told to forget what waits', async () => {
    const { browser } = await signedIn()
    const waiting = browser.jar.cookies.get(WAITING) ?? ''
    await browser.register(await browser.visit(), await createPair())
    // Next.js copies the headers of the page that an action leads to, but not its cookies.
    browser.jar.cookies.set(WAITING, waiting)
    const answer = await browser.visit()
    expect([await answer.text(), asks(answer)]).toEqual([ADA, false])
    expect(browser.jar.cookies.has(WAITING)).toBe(false)
  })
})

describe('of several keys that were registered for a session', () => {
  /** Two processes have asked for the same session, each once. */
  async function askedTwice() {
    const world = await signedIn()
    const { browser, createBrowser, restart } = world
    const copied = browser.jar.header() ?? ''
    const other = createBrowser()
    const first = await browser.visit()
    restart(PASSWORD)
    const second = await other.visit({ Cookie: copied })
    expect([asks(first), asks(second)]).toEqual([true, true])
    return { ...world, copied, other, first, second }
  }

  it('the first that a request proves counts, and the browser is told to forget the others', async () => {
    const { browser, first, second, clock, events } = await askedTwice()
    const [one, another] = [await createPair(), await createPair()]
    await browser.register(first, one)
    const registered = await browser.register(second, another)
    const { session_identifier: spare } = await registered.json()
    expect(boundCookies(browser.jar)).toHaveLength(2)
    expect(await (await browser.visit()).text()).toBe(ADA)
    await clock.advance(LIFETIME)
    const renewed = await browser.renew(spare, another)
    expect(await renewed.json()).toEqual({ session_identifier: spare, continue: false })
    expect(events).toEqual([])
  })

  it('none binds it that a thief had registered before, once the browser has proved its own', async () => {
    const { browser, first, second, other, copied, clock, events } = await askedTwice()
    const stolen = await other.register(second, await createPair())
    const [proof] = boundCookies(other.jar)
    const Cookie = `${copied}; ${proof}=${other.jar.cookies.get(proof ?? '')}`
    expect(stolen.status).toBe(200)
    await browser.register(first, await createPair())
    expect(await (await browser.visit()).text()).toBe(ADA)
    const late = await other.page('/auth/session', { Cookie })
    expect([late.status, late.headers.getSetCookie()]).toEqual([503, []])
    await clock.advance(2 * MINUTE)
    expect(await (await other.visit({ Cookie })).text()).toBe('device_not_proven')
    expect(events).toMatchObject([{ type: 'device-missing' }])
    expect(await (await browser.visit()).text()).toBe(ADA)
  })

  it('the browser’s does not, where a thief was first: it is told of, and the next sign-in ends both', async () => {
    const { browser, first, second, other, clock, events } = await askedTwice()
    const copied = sessionCookie(browser.jar)
    await other.register(second, await createPair())
    const [proof] = boundCookies(other.jar)
    const cookies = `${copied}; ${proof}=${other.jar.cookies.get(proof ?? '')}`
    await other.visit({ Cookie: cookies })
    await browser.register(first, await createPair())
    expect((await browser.page('/auth/session')).status).toBe(503)
    await clock.advance(2 * MINUTE)
    expect(await (await browser.visit()).text()).toBe('device_not_proven')
    expect(events).toMatchObject([{ type: 'device-missing' }])
    await browser.signIn()
    expect(await (await other.visit()).text()).not.toBe(ADA)
  })
})
