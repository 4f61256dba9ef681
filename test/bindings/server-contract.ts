import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import type { Name } from './build.js'
import { loadPage, loadServer } from './load.js'
import type { Client, Framework, FrameworkServer, PageProps } from './page.js'
import { pagesOfEachTest } from './pages.js'
import { ADA, countListeners } from './stage.js'

type Options = NonNullable<PageProps['options']>

const ADA_IN = `signed-in ${ADA.email}`

/** What a server knows of Ada, as JSON in the page would have it. */
const RENDERED: Options = { initialSession: { user: { id: 'ada', email: ADA.email } } }

/** What is known of a framework that is not the same for all. */
export interface ServerTraits {
  /** Whether it takes over parts of a page later, when they have been loaded. */
  readonly takesOverParts: boolean
}

/** What every binding does in a page that its framework has rendered on a server. */
export function serverContract(name: Name, { takesOverParts }: ServerTraits): void {
  let framework: Framework
  let server: FrameworkServer
  beforeAll(async () => {
    server = await loadServer(name)
  })
  describe(`a page of ${name} that a server rendered`, () => {
    // A page is taken over once.
    beforeEach(async () => {
      for (const known of ['_$HY', 'Solid$$']) vi.stubGlobal(known, undefined)
      new Function(server.head?.().replaceAll(/<.?script>/g, '') ?? '')()
      framework = await loadPage(name)
    })
    afterEach(() => void vi.unstubAllGlobals())
    const pages = pagesOfEachTest(() => framework)

    const render = (client: Client, options: Options) =>
      server.render(pages().toProps(client, { options }).props)

    /** Renders on a server, which has a client of its own, then takes that over in a browser. */
    async function load(client: Client, options: Options) {
      const html = await render(pages().open('server').auth, options)
      return { html, ...(await pages().show(client, { options }, html)) }
    }

    it('for somebody shows the same person from first to last, in the same elements', async () => {
      await pages().signedIn()
      const { auth } = pages().open()
      expect(auth.getSnapshot().status).toBe('loading')
      const { html, log, before, first, place, texts } = await load(auth, RENDERED)
      expect(auth.getSnapshot().status).toBe('signed-in')
      expect(html).toContain(`${ADA_IN}</p>`)
      expect(first).toContain(`${ADA_IN}</p>`)
      expect({ who: log.who, person: new Set(log.person) }).toEqual({
        who: [ADA_IN],
        person: new Set([ADA.email]),
      })
      expect([...place.querySelectorAll('*')]).toEqual(before)
      expect(texts('button')).toEqual([`Sign out ${ADA.email}`])
    })

    it.each([null, { user: null }])('for %o shows nobody from first to last', async (nobody) => {
      const { log } = await load(pages().open().auth, { initialSession: nobody })
      expect(log.who).toEqual(['signed-out'])
    })

    it('for anybody is loading until the client knows', async () => {
      await pages().signedIn()
      const { log } = await load(pages().open().auth, {})
      expect(log.who).toEqual(['loading', ADA_IN])
    })

    it('goes by the client where that knows better', async () => {
      const { log, texts, press } = await load(pages().open().auth, RENDERED)
      expect(log.who).toEqual([ADA_IN, 'signed-out'])
      await press()
      expect(texts('button')).toEqual([`Sign out ${ADA.email}`])
    })

    it('is taken over as it is when the client knows better before that', async () => {
      const { auth } = await pages().signedIn()
      const { log, place, before } = await load(auth, { initialSession: null })
      expect(log.who).toEqual(['signed-out', ADA_IN])
      expect(place.querySelector('button')?.title).toBe('signed-in')
      expect(place.querySelector('.who')).toBe(before.find((one) => one.className === 'who'))
    })

    it('holds no access token, whatever the server knows', async () => {
      const { auth, session } = await pages().signedIn()
      const { html, log } = await load(auth, { initialSession: session })
      expect(html).not.toContain(session.accessToken)
      expect(log.token).toEqual(['loading', session.accessToken])
    })

    it('says what the server knows of this request, whatever its own client does', async () => {
      const { auth } = pages().open('server')
      expect(await auth.getSession()).toBeNull()
      const listeners = countListeners(auth)
      const asked = pages().server.requests.length
      expect(await render(auth, RENDERED)).toContain(`${ADA_IN}</p>`)
      await pages().settle()
      expect({ listeners: listeners(), asked: pages().server.requests.length }).toEqual({
        listeners: 0,
        asked,
      })
    })

    if (!takesOverParts) return
    it('has parts that are taken over later as they were', async () => {
      const { auth } = await pages().signedIn()
      let arrive = (): void => {}
      const late = new Promise<void>((resolve) => {
        arrive = resolve
      })
      const options: Options = { initialSession: null }
      const onServer = { options, late: Promise.resolve() }
      const html = await server.render(pages().toProps(pages().open('x').auth, onServer).props)
      const { log, place, before } = await pages().show(auth, { options, late }, html)
      expect(log.who).toEqual([])
      expect(place.textContent).toContain('signed-out')
      arrive()
      await pages().settle()
      expect(log.who).toEqual(['signed-out', ADA_IN])
      expect(place.querySelector('button')?.title).toBe('signed-in')
      expect(place.querySelector('.who')).toBe(before.find((one) => one.className === 'who'))
    })
  })
}
