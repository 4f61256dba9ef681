import { beforeAll, describe, expect, it, vi } from 'vitest'
import type { BoundClient, TokenMethods } from '../../src/bindings/types.js'
import { AuthError, isAuthError } from '../../src/index.js'
import { openBackend } from '../react/backend-page.js'
import type { Name } from './build.js'
import { loadPage } from './load.js'
import type { Client, Copies, CopiesProps, Framework } from './page.js'
import { pagesOfEachTest } from './pages.js'
import { ADA, BOB, countListeners, HOUR } from './stage.js'

const ADA_IN = `signed-in ${ADA.email}`

/** What is known of a framework that is not the same for all. */
export interface Traits {
  /** What it calls the way in which a client is given. */
  readonly provider: string
  /** Whether it shows what the client knows at once, and not a moment after the page is there. */
  readonly readsAtOnce: boolean
  /** How often a page listens to its client. */
  readonly listeners: number
}

/** What every binding does, whatever its framework. */
export function bindingContract(name: Name, traits: Traits): void {
  let framework: Framework & Copies
  beforeAll(async () => {
    framework = await loadPage(name)
  })

  describe(`a page of ${name}`, () => {
    const pages = pagesOfEachTest(() => framework)

    it('shows who is signed in, and its buttons sign in and out', async () => {
      const { auth } = pages().open()
      const { log, texts, press } = await pages().show(auth)
      expect(texts('button')).toEqual(['Sign in'])
      await press()
      expect(texts('button')).toEqual([`Sign out ${ADA.email}`])
      await press()
      expect(texts('.who')).toEqual(['signed-out'])
      expect(log.who).toEqual(['loading', 'signed-out', ADA_IN, 'signed-out'])
    })

    it('shows at once what the client knows', async () => {
      const { auth } = await pages().signedIn()
      const { first, log, texts } = await pages().show(auth)
      expect(texts('.who')).toEqual([ADA_IN])
      expect(log.who).toEqual(traits.readsAtOnce ? [ADA_IN] : ['loading', ADA_IN])
      // Before anything is painted.
      expect(first).toContain(ADA_IN)
    })

    it('shows a sign-out in another tab', async () => {
      const { auth } = await pages().signedIn()
      const { texts, place } = await pages().show(auth)
      await pages().open().auth.signOut()
      await pages().settle()
      expect(texts('.who')).toEqual(['signed-out'])
      expect(place.querySelector('button')?.title).toBe('signed-out')
    })

    it('says what ended the session, until somebody signs in', async () => {
      const { auth } = await pages().signedIn()
      const { log, press } = await pages().show(auth)
      for (const { id } of pages().server.sessions()) pages().server.endSession(id)
      await auth.refreshSession().catch(() => {})
      await pages().settle()
      expect(log.who.at(-1)).toBe('signed-out refresh_rejected')
      await press()
      expect(log.who.at(-1)).toBe(ADA_IN)
    })

    it('shows the token of a refresh', async () => {
      const { auth, session } = await pages().signedIn()
      const { log } = await pages().show(auth)
      await pages().advance(HOUR - 59_000)
      expect(pages().refreshes()).toBe(1)
      const fresh = auth.getSnapshot().session?.accessToken
      expect(log.token).toEqual(['loading', session.accessToken, fresh])
    })

    it('keeps the person during an outage, and tells why the refresh failed', async () => {
      const { auth } = await pages().signedIn()
      const { log } = await pages().show(auth)
      const told = log.person.length
      log.who.splice(0)
      const undo = pages().server.fail({ type: 'status', status: 503 }, { times: 100 })
      await pages().advance(HOUR - 50_000)
      expect(log.who).toEqual([`${ADA_IN} server_error`])
      // What stays the same is no change for those who read it alone.
      expect(log.person.length).toBe(told)
      undo()
      await pages().advance(300_000)
      expect(log.who).toEqual([`${ADA_IN} server_error`, ADA_IN])
    })

    it('listens while it is there, and the client lives on', async () => {
      const { auth } = await pages().signedIn()
      const listeners = countListeners(auth)
      const { unmount } = await pages().show(auth)
      expect(listeners()).toBe(traits.listeners)
      await unmount()
      expect(listeners()).toBe(0)
      await pages().advance(HOUR)
      expect(pages().refreshes()).toBe(1)
    })

    it('keeps two clients apart, side by side and one inside the other', async () => {
      const [one, two] = [pages().open('one').auth, pages().open('two').auth]
      const listeners = [countListeners(one), countListeners(two)]
      const inner = pages().toProps(two, { credentials: BOB })
      const outer = await pages().show(one, { inner: inner.props })
      const beside = await pages().show(two)
      await outer.press(1)
      expect(outer.texts('.who')).toEqual(['signed-out', `signed-in ${BOB.email}`])
      expect(beside.texts('.who')).toEqual([`signed-in ${BOB.email}`])
      await one.signIn(ADA)
      await pages().settle()
      expect(outer.texts('.who')).toEqual([ADA_IN, `signed-in ${BOB.email}`])
      expect(listeners.map((count) => count())).toEqual(
        [1, 2].map((pages) => pages * traits.listeners),
      )
      await outer.unmount()
      expect(listeners.map((count) => count())).toEqual([0, traits.listeners])
    })

    it('with no client given says what to do', async () => {
      const { props } = pages().toProps(pages().open().auth)
      await expect(framework.showLost(document.createElement('div'), props)).rejects.toMatchObject({
        code: 'invalid_argument',
        message: expect.stringMatching(/^No AuthClient in this copy of holdfast: /),
      })
      await expect(framework.showLost(document.createElement('div'), props)).rejects.toThrow(
        traits.provider,
      )
      // Vue tells of what it throws, too.
      vi.mocked(console.warn).mockClear()
    })

    it.each([undefined, null, {}, { subscribe: () => () => {} }])(
      'given %o for a client says so',
      async (client) => {
        const { props } = pages().toProps(pages().open().auth)
        const broken = Object.assign({}, props, { client })
        await expect(framework.show(document.createElement('div'), broken)).rejects.toMatchObject({
          code: 'invalid_argument',
          message: expect.stringContaining(traits.provider),
        })
      },
    )
  })

  describe(`a page of ${name} with two copies of the package`, () => {
    const pages = pagesOfEachTest(() => framework)
    const read = (given: CopiesProps['given'], reads: CopiesProps['reads']) =>
      framework.showCopies(document.createElement('div'), {
        client: pages().open().auth,
        given,
        reads,
      })

    it.each(['session', 'auth', 'token'] as const)(
      'has no client for the %s of one where the other was given it, and says so and what to do',
      async (reads) => {
        const end = await read('this copy', reads)
        await end()
        const error: unknown = await read('another copy', reads).catch((reason) => reason)
        // An error of a copy, too, is one that the app's own knows.
        expect(error).not.toBeInstanceOf(AuthError)
        expect(isAuthError(error, 'invalid_argument')).toBe(true)
        const { message } = Object(error)
        expect(message).toMatch(/^No AuthClient in this copy of holdfast: /)
        expect(message).toContain(traits.provider)
        // Vue tells of what it throws, too.
        vi.mocked(console.warn).mockClear()
      },
    )
  })

  describe(`what a page of ${name} is given`, () => {
    const pages = pagesOfEachTest(() => framework)

    /** Shows a page, and what the bindings gave it. */
    async function find(client: Client) {
      const found: { auth: BoundClient<never, never, never>; token: TokenMethods }[] = []
      const page = await pages().show(client, {
        found: (auth, token) => void found.push({ auth: Object(auth), token }),
      })
      const [first] = found
      return { ...page, ...(first ?? expect.fail('nothing was found')) }
    }

    it('are methods that work on their own', async () => {
      const { auth: client } = await pages().signedIn()
      const { auth, token } = await find(client)
      const { getSession, refreshSession, getAccessToken, signOut } = auth
      expect(auth.client).toBe(client)
      expect((await getSession())?.accessToken).toBe(await getAccessToken())
      const { session } = await refreshSession()
      expect(await token.getAccessToken()).toBe(session.accessToken)
      const { refresh } = token
      await pages().advance(1000)
      expect(await refresh()).not.toBe(session.accessToken)
      await signOut()
      await expect(refresh()).rejects.toMatchObject({ code: 'session_missing' })
    })

    it('is a token that the client is asked for once', async () => {
      const { auth } = await pages().signedIn()
      const asked = vi.spyOn(auth, 'getAccessToken')
      const { log } = await find(auth)
      await pages().advance(2 * HOUR)
      expect(asked).toHaveBeenCalledTimes(1)
      expect(log.token.at(-1)).toBe(auth.getSnapshot().session?.accessToken)
    })

    it('is no token but an error when one has run out in an outage, until that ends', async () => {
      const { tab, session } = await pages().signedIn()
      tab.crash()
      await pages().advance(2 * HOUR)
      const undo = pages().server.fail({ type: 'status', status: 503 }, { times: 100 })
      const { auth } = pages().open()
      const { log } = await find(auth)
      expect(log.token.at(-1)).toBe('none server_error')
      undo()
      await pages().advance(60_000)
      const fresh = auth.getSnapshot().session?.accessToken
      expect(log.token.at(-1)).toBe(fresh)
      expect(log.token).not.toContain(session.accessToken)
    })

    it('is no error from before a sign-in when somebody has signed out', async () => {
      const { auth, server, browser } = await openBackend({ accessToken: 'a.real.token' }, true)
      const { log } = await find(Object(auth))
      expect(log.token.at(-1)).toBe('none server_error')
      server.isDown = false
      await browser.clock.advance(60_000)
      await pages().settle()
      expect(log.token.at(-1)).toBe('a.real.token')
      await auth.signOut()
      await pages().settle()
      expect(log.token.at(-1)).toBe('none')
    })

    it('is never the name of a token, which is what a backend gives', async () => {
      const { auth: client } = await openBackend()
      const { log, token } = await find(Object(client))
      expect(log.who.at(-1)).toBe(ADA_IN)
      expect(log.token.at(-1)).toBe('none invalid_argument')
      await expect(token.getAccessToken()).rejects.toMatchObject({ code: 'invalid_argument' })
      await expect(token.refresh()).rejects.toMatchObject({ code: 'invalid_argument' })
    })

    it('is an error when the client was disposed of', async () => {
      const { auth } = await pages().signedIn()
      auth.dispose()
      const { log } = await find(auth)
      expect(log.token.at(-1)).toBe('none disposed')
    })
  })
}
