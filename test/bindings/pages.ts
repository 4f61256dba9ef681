import { afterEach, beforeEach, expect, vi } from 'vitest'
import type { Client, Framework, PageProps, Shown } from './page.js'
import { ADA, createClients } from './stage.js'

/** What was shown, part by part, in the order in which it was. */
type Log = Record<'who' | 'person' | 'token', string[]>

/** Makes pages of a framework. */
export function createPages(framework: () => Framework) {
  const clients = createClients()
  const shown = new Set<Shown>()

  /** What a page is given, and what it tells. */
  function toProps(client: Client, more: Partial<PageProps> = {}) {
    const log: Log = { who: [], person: [], token: [] }
    const props: PageProps = {
      client,
      credentials: ADA,
      tell(part, text) {
        // Some components begin twice. Who the person is must not be told anew without a reason.
        if (part === 'person' || log[part].at(-1) !== text) log[part].push(text)
        return text
      },
      ...more,
    }
    return { log, props }
  }

  async function settle(): Promise<void> {
    for (let turns = 0; turns < 3; turns++) {
      await clients.settle()
      for (const { flush } of shown) await flush()
    }
  }

  async function show(client: Client, more: Partial<PageProps> = {}, html = '') {
    const { log, props } = toProps(client, more)
    const place = document.createElement('div')
    place.innerHTML = html
    document.body.append(place)
    const before = [...place.querySelectorAll('*')]
    const page = await framework().show(place, props, html !== '')
    shown.add(page)
    const first = place.innerHTML
    await settle()
    return {
      place,
      log,
      before,
      first,
      texts: (part: string) => [...place.querySelectorAll(part)].map((one) => one.textContent),
      press: async (index = 0): Promise<void> => {
        place.querySelectorAll('button')[index]?.click()
        await settle()
      },
      async unmount(): Promise<void> {
        shown.delete(page)
        await page.unmount()
        await settle()
      },
    }
  }

  return {
    ...clients,
    settle,
    toProps,
    show,
    async advance(ms: number): Promise<void> {
      await clients.advance(ms)
      await settle()
    },
    async end(): Promise<void> {
      for (const page of shown) await page.unmount()
      document.body.replaceChildren()
    },
  }
}

/** Pages of each test, of which the framework must have had nothing to complain about. */
export function pagesOfEachTest(framework: () => Framework): () => ReturnType<typeof createPages> {
  let pages: ReturnType<typeof createPages>
  beforeEach(() => {
    for (const log of ['error', 'warn', 'log'] as const) vi.spyOn(console, log).mockReturnValue()
    pages = createPages(framework)
  })
  afterEach(async () => {
    await pages.end()
    const said = [console.error, console.warn].flatMap((log) => vi.mocked(log).mock.calls)
    vi.restoreAllMocks()
    expect(said).toEqual([])
  })
  return () => pages
}
