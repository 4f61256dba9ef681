import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthClient } from '../../src/index.js'
import {
  type BackendEventsOptions,
  backendEvents,
  type EventsPage,
} from '../../src/providers/backend/events.js'
import { backend } from '../../src/providers/backend/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { ADA, APP, createBackendWorld, MINUTE } from '../server/backend/backend-world.js'

afterEach(() => void vi.unstubAllGlobals())

/** A browser whose tabs hear of ends by event streams, in front of a backend that has them. */
function createPages() {
  const browser = createFakeBrowser()
  const { clock } = browser
  const world = createBackendWorld({ clock, backend: { events: { clock, keepAlive: 25_000 } } })
  const streams: { readonly at: number; readonly lastId: string | null; status: number }[] = []
  const answers: (Response | 'drop')[] = []

  async function pageFetch(input: Request | string | URL, init?: RequestInit): Promise<Response> {
    const request = new Request(input, init)
    const { method, url, signal } = request
    const headers = new Headers(request.headers)
    headers.set('Sec-Fetch-Site', 'same-origin')
    const body = method === 'GET' ? null : await request.arrayBuffer()
    if (!url.endsWith('/events')) return world.send(url, { method, headers, body, signal })
    const stream = { at: clock.monotonic(), lastId: headers.get('Last-Event-ID'), status: 0 }
    streams.push(stream)
    const answer = answers.shift() ?? (await clock.track(world.send(url, { headers, signal })))
    if (answer === 'drop') throw new TypeError('The network is down.')
    stream.status = answer.status
    return answer
  }

  /** What waits for its turn, by the name of the work: one at a time, as the browser's locks do. */
  let turn = Promise.resolve()
  let holders = 0
  function createPage() {
    const handlers = { leave: () => {}, comeBack: () => {} }
    const page: EventsPage = {
      async alone(_name, signal, work) {
        const before = turn
        let release = (): void => {}
        turn = new Promise((resolve) => {
          release = resolve
        })
        await before
        holders += 1
        try {
          if (!signal.aborted) await work()
        } finally {
          holders -= 1
          release()
        }
      },
      watch(onLeave, onReturn) {
        Object.assign(handlers, { leave: onLeave, comeBack: onReturn })
        return () => Object.assign(handlers, { leave: () => {}, comeBack: () => {} })
      },
      schedule: clock.schedule,
      random: () => 0,
    }
    return { page, handlers }
  }

  function open(options: Partial<BackendEventsOptions> = {}) {
    const tab = browser.tab({ href: `${APP}/home` })
    const auth = new AuthClient({
      provider: backend({ url: `${APP}/auth`, fetch: tab.fetch(pageFetch) }),
      storage: tab.storage,
      environment: tab.environment,
      fetchOrigins: [APP],
    })
    const events: string[] = []
    auth.onAuthStateChange((event, _session, detail) => {
      events.push('reason' in detail ? `${event} ${detail.reason}` : event)
    })
    const { page, handlers } = createPage()
    const stop = backendEvents(auth, { url: `${APP}/auth`, fetch: pageFetch, page, ...options })
    return { auth, events, stop, ...handlers, handlers }
  }

  async function signedIn(count = 1) {
    const { auth, stop } = open()
    const href = await auth.actions.signInUrl({ loginHint: ADA, organizationId: 'org_1' })
    stop()
    auth.dispose()
    await clock.track(world.navigate(href))
    streams.splice(0)
    const pages = Array.from({ length: count }, () => open())
    await clock.settle()
    return pages
  }

  const endAll = async (): Promise<void> => {
    const { session } = await world.sessions.getSession(world.jar.header(), { refresh: 'never' })
    await world.sessions.endSessions({ userId: session?.user.id ?? '' })
  }
  return { ...world, clock, streams, answers, open, signedIn, endAll, holders: () => holders }
}

/** A tab that listens. */
async function createOne() {
  const world = createPages()
  const [page] = await world.signedIn()
  if (!page) throw new Error('There is no page.')
  return { ...world, page }
}

describe('a page that hears of ends by an event stream', () => {
  it('is signed out as soon as the session was ended elsewhere, in all tabs, by one stream', async () => {
    const { signedIn, endAll, clock, streams } = createPages()
    const pages = await signedIn(3)
    expect(streams).toMatchObject([{ lastId: null, status: 200 }])
    for (const { events } of pages) expect(events).toEqual(['INITIAL_SESSION'])
    await endAll()
    await clock.settle()
    await clock.advance(1_000)
    for (const { events } of pages) {
      expect(events.at(-1)).toMatch(/^SIGNED_OUT (refresh-rejected|other-context)$/)
    }
    // A tab that gets its turn before it has heard of the end hears of it itself.
    expect(streams.length).toBeLessThanOrEqual(3)
  })

  it('asks for nothing while nobody is signed in, and for nothing more when it was stopped', async () => {
    const { open, clock, streams, page, holders } = await createOne()
    expect(holders()).toBe(1)
    page.stop()
    page.auth.dispose()
    await clock.settle()
    expect(holders()).toBe(0)
    await clock.advance(60 * MINUTE)
    expect(streams).toHaveLength(1)
    const other = open()
    await other.auth.signOut()
    await clock.advance(MINUTE)
    const before = streams.length
    await clock.advance(60 * MINUTE)
    expect(streams).toHaveLength(before)
  })

  it('opens the next stream when one has ended, with what it heard last', async () => {
    const { clock, streams } = await createOne()
    await clock.advance(10 * MINUTE + 2_000)
    expect(streams.length).toBeGreaterThan(1)
    expect(streams.at(-1)?.lastId).toMatch(/^[\w-]{43}$/)
    expect(streams.at(-1)?.status).toBe(200)
  })

  it('waits ever longer while there is none to be had, up to a minute, and as long as it is told', async () => {
    const { signedIn, clock, streams, answers } = createPages()
    const inSixMinutes = {
      Date: 'Sat, 28 Nov 2026 12:00:00 GMT',
      'Retry-After': 'Sat, 28 Nov 2026 12:06:00 GMT',
    }
    answers.push(
      ...Array.from({ length: 10 }, () => 'drop' as const),
      new Response(null, { status: 503, headers: { 'Retry-After': '300' } }),
      new Response(null, { status: 503, headers: inSixMinutes }),
      new Response('<p>Sign in to this network.</p>', { headers: { 'Content-Type': 'text/html' } }),
    )
    await signedIn()
    // The first page of all took the first failure with it.
    await clock.advance(60 * MINUTE)
    const times = streams.map(({ at }) => at)
    const waits = times.slice(1).map((at, index) => at - (times[index] ?? 0))
    expect(waits.slice(0, 6)).toEqual([1_000, 2_000, 4_000, 8_000, 16_000, 32_000])
    expect(waits.slice(6, 10)).toEqual([60_000, 60_000, 60_000, 60_000])
    expect(waits[10]).toBe(300_000)
    expect(waits[11]).toBe(360_000)
    expect(waits[12]).toBe(60_000)
    expect(streams[13]?.status).toBe(200)
  })

  it('learns what it missed from a stream that is refused', async () => {
    const { clock, endAll, page, answers } = await createOne()
    page.handlers.leave()
    await clock.settle()
    await endAll()
    page.handlers.comeBack()
    await clock.settle()
    expect(page.events.at(-1)).toBe('SIGNED_OUT refresh-rejected')
    expect(answers).toEqual([])
  })

  it('holds nothing while the page is put away', async () => {
    const { clock, page, holders, streams } = await createOne()
    page.handlers.leave()
    await clock.settle()
    expect(holders()).toBe(0)
    await clock.advance(60 * MINUTE)
    expect(streams).toHaveLength(1)
    page.handlers.comeBack()
    page.handlers.comeBack()
    await clock.settle()
    expect([holders(), streams.length]).toEqual([1, 2])
  })

  it('gives up a stream that has gone silent, and one that is none', async () => {
    const { signedIn, clock, streams, answers } = createPages()
    let isCancelled = false
    const events = { 'Content-Type': 'text/event-stream' }
    const silent = new ReadableStream({
      cancel() {
        isCancelled = true
      },
    })
    const endless = new ReadableStream({
      pull: (controller) => controller.enqueue(new TextEncoder().encode('x'.repeat(1_000))),
    })
    answers.push(
      new Response(silent, { headers: events }),
      new Response(endless, { headers: events }),
    )
    await signedIn()
    await clock.advance(90_000)
    expect(streams).toHaveLength(1)
    await clock.advance(12_000)
    expect([streams.length, isCancelled]).toEqual([2, true])
    await clock.advance(61_000)
    expect(streams).toHaveLength(3)
  })

  it('keeps the session when what it heard is not so, or cannot be asked about', async () => {
    const { page, clock, answers, workos, streams } = await createOne()
    page.handlers.leave()
    const events = { 'Content-Type': 'text/event-stream' }
    answers.push(new Response('event: ended\nid: x\ndata: {}\n\n', { headers: events }))
    workos.fail({ type: 'status', status: 503 }, { times: 1 })
    page.handlers.comeBack()
    await clock.advance(MINUTE)
    expect(page.events.filter((event) => event.startsWith('SIGNED_OUT'))).toEqual([])
    expect(await page.auth.getSession()).toMatchObject({ user: { email: ADA } })
    expect(streams.map(({ lastId }) => lastId)).toContain('x')
    expect(streams.at(-1)?.status).toBe(200)
  })

  it('needs an address, and options that it knows', () => {
    const { open } = createPages()
    const { auth } = open()
    for (const options of [
      { url: 7 },
      { url: 'http://evil.example/auth' },
      { uri: '/auth' },
      'x',
    ]) {
      expect(() => Reflect.apply(backendEvents, null, [auth, options])).toThrow(
        expect.objectContaining({ code: 'invalid_argument' }),
      )
    }
    expect(() => backendEvents(auth)).toThrow(/absolute URL/)
  })
})
