import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'
import { createEventStreams } from '../../../src/server/endings/event-streams.js'
import { createManualClock } from '../../../src/testing/index.js'
import { createEndingsWorld } from './endings-stage.js'

const MINUTE = 60_000
const EVENTS = 'https://app.example/auth/events'

/** Ada with a page that may open event streams. */
async function createEventsWorld(events: object = {}, limits?: { readonly idle: number }) {
  const clock = createManualClock()
  const world = await createEndingsWorld({
    clock,
    backend: { events: { clock, ...events } },
    ...(limits && { sessions: { limits } }),
  })
  const cookieOf = (value: string): string => `__Host-holdfast=${value}`

  async function open(cookie: string | null, headers: object = {}, signal?: AbortSignal) {
    const request = new Request(EVENTS, {
      headers: {
        'X-Holdfast': '1',
        'Sec-Fetch-Site': 'same-origin',
        ...(cookie !== null && { Cookie: cookie }),
        ...headers,
      },
      ...(signal && { signal }),
    })
    const response = await world.backend.handle(request)
    if (!response) throw new Error('The backend has no events.')
    return response
  }

  /** A page that reads what comes. */
  function read(response: Response) {
    const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader()
    return {
      next: async (): Promise<string | null> => (await reader?.read())?.value ?? null,
      close: () => reader?.cancel(),
    }
  }
  return { ...world, clock, cookieOf, open, read }
}

const idIn = (text: string | null): string => /^id: (.+)$/m.exec(text ?? '')?.[1] ?? ''

/** What nobody holds is gone: of a request, the way from its signal to the one that it was made with, too. */
function collectGarbage(): void {
  setFlagsFromString('--expose-gc')
  runInNewContext('gc')()
}

describe('an event stream', () => {
  it('tells at once that the session was ended, by whomever, and ends with it', async () => {
    const { seal, open, read, cookieOf, sealed } = await createEventsWorld()
    const value = await seal('sid-1')
    const response = await open(cookieOf(value))
    expect([response.status, response.headers.get('Content-Type')]).toEqual([
      200,
      'text/event-stream',
    ])
    expect(response.headers.get('Cache-Control')).toBe('private, no-store, no-transform')
    expect(response.headers.getSetCookie()).toEqual([])
    const page = read(response)
    const id = idIn(await page.next())
    expect(id).not.toBe('')
    await sealed.endSessions({ userId: 'ada' })
    expect(await page.next()).toBe(`event: ended\nid: ${id}\ndata: {}\n\n`)
    expect(await page.next()).toBeNull()
  })

  it('tells so where that came to pass before anybody listened', async () => {
    const { seal, open, read, cookieOf, sealed } = await createEventsWorld()
    const cookie = cookieOf(await seal('sid-1'))
    const first = await open(cookie)
    await sealed.endSessions({ userId: 'ada' })
    const page = read(first)
    await page.next()
    expect(await page.next()).toContain('event: ended')
    expect((await open(cookie)).status).toBe(401)
  })

  it('is for whoever is signed in, and for pages of ours', async () => {
    const { seal, open, cookieOf } = await createEventsWorld()
    expect((await open(null)).status).toBe(401)
    expect((await open(cookieOf('garbage'))).status).toBe(401)
    const cookie = cookieOf(await seal('sid-1'))
    expect((await open(cookie, { 'X-Holdfast': '' })).status).toBe(403)
    expect((await open(cookie, { 'Sec-Fetch-Site': 'same-site' })).status).toBe(403)
    expect((await open(cookie)).status).toBe(200)
  })

  it('says when it is about another session than the page heard of last, and else nothing', async () => {
    const { seal, open, read, cookieOf } = await createEventsWorld()
    const [one, other] = [cookieOf(await seal('sid-1')), cookieOf(await seal('sid-2'))]
    const id = idIn(await read(await open(one)).next())
    const again = await read(await open(one, { 'Last-Event-ID': id })).next()
    expect(again).toBe(`id: ${id}\n\n`)
    const changed = await read(await open(other, { 'Last-Event-ID': id })).next()
    expect(changed).toContain('event: changed')
    expect(idIn(changed)).not.toBe(id)
  })

  it('is open to a session whose access token is over, and is no use of it', async () => {
    const { seal, open, cookieOf, clock, sealed, jar, server } = await createEventsWorld(
      {},
      { idle: 90 * MINUTE },
    )
    const value = await seal('sid-1')
    await clock.advance(61 * MINUTE)
    const before = server.requests.length
    const response = await open(cookieOf(value))
    expect(response.status).toBe(200)
    // Tokens that nobody could keep would be lost.
    expect([server.requests.length - before, response.headers.getSetCookie()]).toEqual([0, []])
    await clock.advance(30 * MINUTE)
    expect((await open(cookieOf(value))).status).toBe(401)
    expect(
      await sealed
        .openSession({ value, password: 'a password of more than 32 characters' })
        .getSession(),
    ).toMatchObject({ reason: 'session_expired' })
    expect(jar.cookies.size).toBe(0)
  })

  it('shows that it lives, and ends after its time', async () => {
    const { seal, open, read, cookieOf, clock } = await createEventsWorld({
      keepAlive: 1_000,
      maxAge: 2_500,
    })
    const page = read(await open(cookieOf(await seal('sid-1'))))
    await page.next()
    await clock.advance(1_000)
    expect(await page.next()).toBe(':\n\n')
    await clock.advance(1_000)
    expect(await page.next()).toBe(':\n\n')
    await clock.advance(1_000)
    expect(await page.next()).toBeNull()
  })

  it('has a bound for each session and one for all, and makes room when a page goes', async () => {
    const { seal, open, read, cookieOf } = await createEventsWorld({ perSession: 2, total: 3 })
    const [one, other] = [cookieOf(await seal('sid-1')), cookieOf(await seal('sid-2'))]
    const first = await open(one)
    const gone = new AbortController()
    const second = await open(one, {}, gone.signal)
    const refused = await open(one)
    expect([first.status, second.status, refused.status]).toEqual([200, 200, 429])
    expect(refused.headers.get('Retry-After')).toBe('60')
    const third = await open(other)
    const full = await open(other)
    expect([third.status, full.status, full.headers.get('Retry-After')]).toEqual([200, 503, '60'])
    await read(first).close()
    expect((await open(one)).status).toBe(200)
    collectGarbage()
    gone.abort()
    expect((await open(one)).status).toBe(200)
    await expect(read(second).next()).rejects.toMatchObject({ code: 'aborted' })
  })

  it('whose page leaves before it begins takes no room, and gives none away when it cannot be watched', async () => {
    const streams = createEventStreams({ total: 1, clock: createManualClock() })
    const fails: ((error: Error) => void)[] = []
    const watch = () => new Promise<() => void>((_, reject) => void fails.push(reject))
    const open = (signal = new AbortController().signal) =>
      streams.open({ session: 'ada', lastEventId: null, request: { signal }, watch })
    expect(await open(AbortSignal.abort())).not.toBe('total')
    expect(await open()).not.toBe('total')
    expect(await open()).toBe('total')
    // It has made room before, and no more than its own.
    fails[0]?.(new Error('The store does not answer.'))
    await Promise.resolve()
    await Promise.resolve()
    expect(await open()).toBe('total')
  })

  it('that nobody reads is closed, and holds no memory meanwhile', async () => {
    const clock = createManualClock()
    const { open } = createEventStreams({ clock, total: 1, keepAlive: 1_000 })
    let watching = 0
    const wanted = {
      session: 'one',
      lastEventId: null,
      request: { signal: new AbortController().signal },
      watch: async () => {
        watching += 1
        return () => {
          watching -= 1
        }
      },
    }
    const stream = await open(wanted)
    expect(await open(wanted)).toBe('total')
    await clock.advance(1_000)
    expect([watching, await open(wanted)]).toEqual([1, 'total'])
    await clock.advance(2_000)
    expect(watching).toBe(0)
    expect(await open(wanted)).not.toBe('total')
    if (typeof stream === 'string') throw new Error('There is no stream.')
    await expect(stream.getReader().read()).rejects.toMatchObject({ code: 'aborted' })
  })

  it('that cannot be told of an end is closed', async () => {
    const { open } = createEventStreams({ clock: createManualClock() })
    const stream = await open({
      session: 'one',
      lastEventId: null,
      request: { signal: new AbortController().signal },
      watch: () => Promise.reject(new Error('The store does not answer.')),
    })
    if (typeof stream === 'string') throw new Error('There is no stream.')
    const reader = stream.getReader()
    const drain = async (): Promise<void> => {
      while (!(await reader.read()).done);
    }
    await expect(drain()).rejects.toMatchObject({ code: 'aborted' })
  })

  it('is there where the app says so, with numbers that are some', async () => {
    const { backend } = await createEndingsWorld()
    expect(backend.owns('/auth/events')).toBe(false)
    for (const events of [
      { total: 0 },
      { perSession: Number.NaN },
      { keepAlive: -1 },
      { maxAge: 0 },
    ]) {
      await expect(createEndingsWorld({ backend: { events } })).rejects.toMatchObject({
        code: 'invalid_argument',
      })
    }
    expect(
      (await createEndingsWorld({ backend: { events: true } })).backend.owns('/auth/events'),
    ).toBe(true)
  })
})
