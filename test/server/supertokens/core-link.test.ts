import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDesk, ONE, OPERATIONS, REFRESH, type Sent, THREE, TWO, text } from './core-desk.js'
import { failureOf } from './stage.js'

const HOST_ONE = new URL(ONE).host
const HOST_TWO = new URL(TWO).host
const BOTH = [ONE, TWO]
const ALL = [ONE, TWO, THREE]

const never = (): Promise<never> => new Promise(() => undefined)
const lost = (): Promise<never> => Promise.reject(new TypeError('fetch failed'))
const at =
  (host: string, answer: (sent: Sent) => unknown) =>
  (sent: Sent): unknown =>
    sent.host === host ? answer(sent) : undefined

/** A body that breaks off. */
const torn = (): Response =>
  new Response(
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{"status":'))
        controller.error(new TypeError('terminated'))
      },
    }),
  )

function endless(size: number): {
  readonly response: () => Response
  readonly cancelled: () => boolean
} {
  let cancelled = false
  const chunk = new TextEncoder().encode(' '.repeat(65_536))
  let left = size
  return {
    cancelled: () => cancelled,
    response: () =>
      new Response(
        new ReadableStream({
          pull(controller) {
            left -= chunk.byteLength
            if (left < 0) controller.close()
            else controller.enqueue(chunk)
          },
          cancel() {
            cancelled = true
          },
        }),
      ),
  }
}

describe('a host that fails', () => {
  it.each<[how: string, fault: () => unknown, code: string, status?: number]>([
    ['cannot be reached', lost, 'network'],
    ['breaks off in its answer', torn, 'network'],
    ['fails', () => text(500, 'Internal Error\n'), 'server_error', 500],
    ['is not there behind its gateway', () => text(502, '<html>'), 'server_error', 502],
    ['is being restarted', () => text(503, ''), 'server_error', 503],
    ['is too slow for its gateway', () => text(408, ''), 'server_error', 408],
    ['is not ready yet', () => text(425, ''), 'server_error', 425],
    ['is busy with the same', () => text(409, ''), 'server_error', 409],
    ['has had too many requests', () => text(429, 'Rate limit exceeded\n'), 'rate_limited', 429],
    ['answers with a page', () => text(200, '<html>Welcome'), 'bad_response'],
    ['answers with nothing', () => text(200, ''), 'bad_response'],
    ['answers with 204', () => new Response(null, { status: 204 }), 'bad_response', 204],
    ['answers with a list', () => text(200, '[]'), 'bad_response'],
    ['answers with another JSON', () => text(200, '{"message":"Log in"}'), 'bad_response'],
    ['answers too much', () => endless(2_000_000).response(), 'bad_response', 200],
    ['sends elsewhere', () => Response.redirect('https://evil.test/'), 'bad_response', 302],
    ['has no such path', () => text(404, 'Not found\n'), 'rejected', 404],
    ['takes no such method', () => text(405, 'Method not supported\n'), 'rejected', 405],
  ])('because it %s is passed over', async (_, fault, code, status) => {
    const desk = createDesk({ hosts: BOTH, answer: at(HOST_ONE, fault) })
    expect((await desk.core.refresh(REFRESH)).accessToken.token).toBe('at')
    expect(desk.hosts()).toEqual([HOST_ONE, HOST_TWO])

    const alone = createDesk({ answer: fault })
    const error = await failureOf(alone.core.refresh(REFRESH))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code, retryable: code !== 'rejected' })
    expect(Object(error).status).toBe(status)
    expect(alone.asked()).toHaveLength(status === 429 ? 6 : 1)
  })

  it.each<[how: string, fault: () => unknown, code: string]>([
    ['cannot be reached', lost, 'network'],
    ['fails', () => text(500, ''), 'server_error'],
    ['answers with a page', () => text(200, '<html>'), 'bad_response'],
    ['tells no versions', () => ({ hello: 1 }), 'bad_response'],
    ['tells versions that are no list', () => ({ versions: '5.4' }), 'bad_response'],
  ])('because it %s when asked for its version is passed over', async (_, fault, code) => {
    const desk = createDesk({ hosts: BOTH, tell: at(HOST_ONE, fault) })
    await desk.core.refresh(REFRESH)
    expect(desk.hosts()).toEqual([HOST_TWO])
    expect(await failureOf(createDesk({ tell: fault }).core.refresh(REFRESH))).toMatchObject({
      type: 'GENERAL_ERROR',
      code,
    })
  })

  it('is passed over for its keys as well', async () => {
    for (const fault of [lost, () => text(500, ''), () => text(200, '<html>')]) {
      const desk = createDesk({ hosts: BOTH, answer: at(HOST_ONE, fault) })
      expect((await desk.core.fetch(desk.core.jwksUrl)).status).toBe(200)
      expect(desk.hosts()).toEqual([HOST_ONE, HOST_TWO])
      const alone = createDesk({ answer: fault })
      expect(await failureOf(alone.core.fetch(alone.core.jwksUrl))).toMatchObject({
        type: 'GENERAL_ERROR',
        retryable: true,
      })
    }
  })

  it.each<[how: string, answer: () => unknown, type: string]>([
    ['refuses the request', () => text(400, "Field name 'x' is invalid"), 'GENERAL_ERROR'],
    ['refuses the key', () => text(401, 'Invalid API key'), 'GENERAL_ERROR'],
    ['forbids it', () => text(403, 'Forbidden'), 'GENERAL_ERROR'],
    ['says that the session is over', () => ({ status: 'UNAUTHORISED' }), 'UNAUTHORISED'],
    [
      'says that the token was stolen',
      () => ({ status: 'TOKEN_THEFT_DETECTED', session: { handle: 'h', userId: 'u' } }),
      'TOKEN_THEFT_DETECTED',
    ],
  ])('is not one that %s: no other is asked', async (_, answer, type) => {
    const desk = createDesk({ hosts: BOTH, answer })
    expect(await failureOf(desk.core.refresh(REFRESH))).toMatchObject({ type, retryable: false })
    expect(desk.hosts()).toEqual([HOST_ONE])
  })

  it('is named, and why, when all did', async () => {
    const answer = (sent: Sent) => (sent.host === HOST_TWO ? text(503, '') : lost())
    const { core } = createDesk({ hosts: BOTH, answer })
    const error = await failureOf(core.refresh(REFRESH))
    expect(error).toMatchObject({ code: 'server_error', status: 503, retryable: true })
    expect(String(error)).toContain(TWO)
  })

  it.each<[status: number, header: string, retryAfter: number | undefined]>([
    [429, '7', 7_000],
    [429, 'nonsense', undefined],
    [503, '7', 7_000],
    [409, '7', 7_000],
  ])('may say when to come again: %s, %s', async (status, header, retryAfter) => {
    const answer = () => new Response('', { status, headers: { 'retry-after': header } })
    const error = await failureOf(createDesk({ answer }).core.refresh(REFRESH))
    const code = status === 429 ? 'rate_limited' : 'server_error'
    expect(error).toMatchObject({ code, retryAfter })
  })

  it('because it has had too many requests for a moment is asked again, as the SDKs do', async () => {
    for (const times of [1, 3, 5]) {
      let refusals = 0
      const desk = createDesk({
        answer: () => (refusals++ < times ? text(429, 'Rate limit exceeded\n') : undefined),
      })
      expect((await desk.core.refresh(REFRESH)).accessToken.token).toBe('at')
      expect(desk.waits).toEqual([10, 260, 510, 760, 1_010].slice(0, times))
      // To tell the version anew would be another request too many.
      expect([desk.asked().length, desk.negotiations()]).toEqual([times + 1, 1])
    }
  })

  it('because it has had too many requests is asked six times at most', async () => {
    const desk = createDesk({ answer: () => text(429, 'Rate limit exceeded\n') })
    expect(await failureOf(desk.core.refresh(REFRESH))).toMatchObject({ code: 'rate_limited' })
    expect(desk.asked()).toHaveLength(6)
  })

  it('because it has had too many requests is waited for no longer than there is time', async () => {
    const answer = () => text(429, 'Rate limit exceeded\n')
    const desk = createDesk({ answer, requestTimeout: 500 })
    expect(await failureOf(desk.core.refresh(REFRESH))).toMatchObject({ code: 'rate_limited' })
    expect(desk.waits).toEqual([10, 260])
  })

  it('and says when to come again is not asked before', async () => {
    const headers = { 'retry-after': '1' }
    const desk = createDesk({ answer: () => new Response('', { status: 429, headers }) })
    expect(await failureOf(desk.core.refresh(REFRESH))).toMatchObject({ retryAfter: 1_000 })
    expect([desk.asked().length, desk.waits]).toEqual([1, []])
  })

  it('is told apart from a refused key and from a wrong path', async () => {
    const refused = createDesk({ answer: () => text(401, 'Invalid API key\n') }).core
    expect(String(await failureOf(refused.refresh(REFRESH)))).toContain('API key')
    const lostWay = createDesk({ answer: () => text(404, 'Not found\n') }).core
    expect(String(await failureOf(lostWay.refresh(REFRESH)))).toContain('`hosts`')
  })

  it('is not read on when it sends too much', async () => {
    const { response, cancelled } = endless(Number.POSITIVE_INFINITY)
    await failureOf(createDesk({ answer: response }).core.refresh(REFRESH))
    expect(cancelled()).toBe(true)
  })

  it('is not read at all when it says that it failed', async () => {
    const { response, cancelled } = endless(Number.POSITIVE_INFINITY)
    const answer = () => new Response(response().body, { status: 500 })
    await failureOf(createDesk({ answer }).core.refresh(REFRESH))
    expect(cancelled()).toBe(true)
  })

  it('is as good as any once it has answered again', async () => {
    const desk = createDesk({ hosts: BOTH, answer: at(HOST_ONE, lost) })
    await desk.core.refresh(REFRESH)
    desk.state.answer = at(HOST_TWO, lost)
    for (let call = 0; call < 3; call += 1) await desk.core.refresh(REFRESH)
    expect(desk.hosts().slice(2)).toEqual([HOST_TWO, HOST_ONE, HOST_ONE, HOST_ONE])
  })

  it('is as good as any once it has refused something, which is an answer too', async () => {
    const desk = createDesk({ hosts: BOTH, answer: at(HOST_ONE, lost) })
    await desk.core.refresh(REFRESH)
    await desk.core.refresh(REFRESH)
    // The other fails, so that this one is asked before its rest is over.
    desk.state.answer = ({ host }) =>
      host === HOST_TWO ? lost() : text(400, "Field name 'x' is invalid")
    await failureOf(desk.core.refresh(REFRESH))
    desk.state.answer = undefined
    await desk.core.refresh(REFRESH)
    expect(desk.hosts().slice(3)).toEqual([HOST_TWO, HOST_ONE, HOST_ONE])
  })

  it('is tried last for 10 s', async () => {
    const desk = createDesk({ hosts: BOTH, answer: at(HOST_ONE, lost) })
    for (let call = 0; call < 4; call += 1) await desk.core.refresh(REFRESH)
    expect(desk.hosts()).toEqual([HOST_ONE, HOST_TWO, HOST_TWO, HOST_TWO, HOST_TWO])
    desk.clock.time += 10_000
    await desk.core.refresh(REFRESH)
    expect(desk.hosts().slice(5)).toEqual([HOST_ONE, HOST_TWO])
  })

  it('is tried again at once when the clock was set back', async () => {
    const desk = createDesk({ hosts: BOTH, answer: at(HOST_ONE, lost) })
    await desk.core.refresh(REFRESH)
    await desk.core.refresh(REFRESH)
    desk.clock.time -= 86_400_000
    await desk.core.refresh(REFRESH)
    expect(desk.hosts()).toEqual([HOST_ONE, HOST_TWO, HOST_TWO, HOST_ONE, HOST_TWO])
  })

  it('is tried all the same when it is the only one, or when all failed', async () => {
    for (const hosts of [[ONE], BOTH]) {
      const desk = createDesk({ hosts, answer: lost })
      await failureOf(desk.core.refresh(REFRESH))
      desk.state.answer = undefined
      await desk.core.refresh(REFRESH)
    }
  })
})

describe('the hosts of a core', () => {
  it('take turns', async () => {
    const desk = createDesk({ hosts: ALL })
    for (let call = 0; call < 6; call += 1) await desk.core.refresh(REFRESH)
    const [one, two, three] = ALL.map((url) => new URL(url).host)
    expect(desk.hosts()).toEqual([one, two, three, one, two, three])
  })

  it('are asked for their versions once each in ten minutes', async () => {
    const desk = createDesk({ hosts: BOTH })
    await Promise.all(Array.from({ length: 100 }, () => desk.core.refresh(REFRESH)))
    desk.clock.time += 599_999
    await desk.core.refresh(REFRESH)
    await desk.core.refresh(REFRESH)
    expect(desk.negotiations()).toBe(2)
    desk.clock.time += 1
    await desk.core.refresh(REFRESH)
    expect(desk.negotiations()).toBe(3)
  })

  it('may speak different versions', async () => {
    const desk = createDesk({
      hosts: BOTH,
      tell: ({ host }) => ({ versions: host === HOST_ONE ? ['2.0', '2.3'] : ['5.4', '5.5'] }),
    })
    await desk.core.refresh(REFRESH)
    await desk.core.refresh(REFRESH)
    expect(desk.asked().map(({ line, headers }) => [line, headers['cdi-version']])).toEqual([
      ['POST /session/refresh', '2.3'],
      ['POST /recipe/session/refresh', '5.4'],
    ])
  })
})

describe('the version', () => {
  it.each<[told: readonly unknown[], spoken: string]>([
    [['5.2', '5.10', '5.3', '4.0', '2.21'], '5.3'],
    [['2.9', '2.21', '2.20'], '2.21'],
    [['2.7', '2.20'], '2.20'],
    [['2.9', '2.10'], '2.10'],
    [['2.4'], '2.4'],
    [['1.0', '2.0'], '2.0'],
    [['5.4', '5.5', '5.6', '6.0'], '5.4'],
    [['3.0', null, {}, 5.4], '3.0'],
  ])('is the newest that both know: of %j it is %s', async (versions, spoken) => {
    const desk = createDesk({ tell: () => ({ versions }) })
    await desk.core.refresh(REFRESH)
    expect(desk.asked()[0]?.headers['cdi-version']).toBe(spoken)
  })

  it('is 1.0 where nobody tells', async () => {
    const desk = createDesk({ tell: () => text(404, 'Not found\n') })
    await desk.core.refresh(REFRESH)
    expect(desk.asked()[0]?.line).toBe('POST /session/refresh')
    expect(desk.asked()[0]?.headers['cdi-version']).toBeUndefined()
  })

  it.each<[told: readonly unknown[]]>([
    [['2.22', '3.2']],
    [['5.5', '5.6']],
    [['6.0']],
    [[]],
    [[null, 'secret\r\nx']],
  ])('is an error that names both sides where there is none in common: %j', async (versions) => {
    const desk = createDesk({ tell: () => ({ versions }) })
    const error = await failureOf(desk.core.refresh(REFRESH))
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'rejected' })
    expect(String(error)).toContain('5.4')
    for (const version of versions.filter((one) => /^\d/.test(String(one)))) {
      expect(String(error)).toContain(version)
    }
    expect(String(error)).not.toContain('secret')
    expect(desk.asked()).toEqual([])
  })

  it.each<[asked: string, told: readonly string[], spoken: string]>([
    ['5.6', ['5.4', '5.5', '5.6', '6.0'], '5.6'],
    ['5.5', ['5.4', '5.5', '5.6'], '5.5'],
    ['5.5', ['5.4', '5.6'], '5.4'],
    ['3.0', ['2.21', '3.0', '5.4'], '3.0'],
    ['1.0', ['1.0', '2.3'], '1.0'],
  ])('is no newer than the app asks for: with %s, of %j it is %s', async (asked, told, spoken) => {
    const desk = createDesk({ interface: asked, versions: told })
    await desk.core.refresh(REFRESH)
    expect(desk.asked()[0]?.headers['cdi-version'] ?? '1.0').toBe(spoken)
  })

  it.each(['5.7', '2.22', '5', '', 5.4, null, {}, '__proto__'])(
    'cannot be %j: the app is told before anything is sent',
    (asked) => {
      const error = failureOf((async () => createDesk(Object({ interface: asked })))())
      return expect(error).resolves.toMatchObject({ code: 'invalid_argument' })
    },
  )

  it('that rotates at a refresh is spoken by all hosts or not at all: another one is asked', async () => {
    const tell = ({ host }: { readonly host: string }) => ({
      versions: host === HOST_ONE ? ['5.4', '5.5'] : ['5.4', '5.5', '5.6'],
    })
    const desk = createDesk({ hosts: BOTH, interface: '5.6', tell })
    for (let round = 0; round < 4; round += 1) await desk.core.refresh(REFRESH)
    expect(new Set(desk.asked().map(({ headers }) => headers['cdi-version']))).toEqual(
      new Set(['5.6']),
    )
    const alone = createDesk({ interface: '5.6', versions: ['5.4', '5.5'] })
    const error = await failureOf(alone.core.refresh(REFRESH))
    // After its update it will do.
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'server_error', retryable: true })
    expect(String(error)).toContain('5.6')
    expect(alone.asked()).toEqual([])
  })

  it('is asked for with the key of the app', async () => {
    const desk = createDesk({ apiKey: 'key' })
    await desk.core.publishesKeys()
    expect(desk.sent[0]?.headers['api-key']).toBe('key')
    expect(desk.sent[0]?.headers['cdi-version']).toBeUndefined()
  })

  it('is asked for again after a host failed, since it may be another one', async () => {
    const desk = createDesk({ versions: ['2.3'] })
    await desk.core.refresh(REFRESH)
    desk.state.answer = lost
    await failureOf(desk.core.refresh(REFRESH))
    desk.state.answer = undefined
    desk.state.versions = ['5.4']
    await desk.core.refresh(REFRESH)
    expect(desk.asked().map(({ line }) => line)).toEqual([
      'POST /session/refresh',
      'POST /session/refresh',
      'POST /recipe/session/refresh',
    ])
  })

  it.each<[how: string, status: number, body: string]>([
    ['says so', 400, 'cdi-version 5.3 not supported\n'],
    ['has lost its paths', 404, 'Not found\n'],
  ])('is asked for once more when a host that was replaced %s', async (_, status, body) => {
    const desk = createDesk({ versions: ['5.3'] })
    await desk.core.refresh(REFRESH)
    desk.state.versions = ['2.3']
    desk.state.answer = ({ headers }) =>
      headers['cdi-version'] === '5.3' ? text(status, body) : undefined
    expect((await desk.core.refresh(REFRESH)).idRefreshToken?.token).toBe('idrt')
    expect(desk.negotiations()).toBe(2)
    expect(desk.asked()).toHaveLength(3)
  })

  it('is asked for once more, and no oftener, by one that refuses all', async () => {
    const answer = () => text(400, 'cdi-version 5.4 not supported\n')
    const desk = createDesk({ answer })
    expect(await failureOf(desk.core.refresh(REFRESH))).toMatchObject({ code: 'rejected' })
    expect([desk.negotiations(), desk.asked().length]).toEqual([2, 2])
  })

  it('is not asked for again over another refusal', async () => {
    const desk = createDesk({
      answer: () => text(400, 'The user payload contains protected field'),
    })
    await failureOf(desk.core.refresh(REFRESH))
    await failureOf(desk.core.refresh(REFRESH))
    expect([desk.negotiations(), desk.asked().length]).toEqual([1, 2])
  })

  it('that one call waits for in vain is waited for by no other', async () => {
    const desk = createDesk({ tell: lost })
    const failures = Array.from({ length: 20 }, () => failureOf(desk.core.refresh(REFRESH)))
    for (const error of await Promise.all(failures))
      expect(error).toMatchObject({ code: 'network' })
    desk.state.tell = undefined
    await desk.core.refresh(REFRESH)
  })
})

describe('the time that a call takes', () => {
  beforeEach(() => void vi.useFakeTimers())
  afterEach(() => {
    vi.restoreAllMocks()
    vi.useRealTimers()
  })

  /** How long a call takes, and what it comes to. */
  async function time(call: Promise<unknown>): Promise<readonly [ms: number, result: unknown]> {
    const start = performance.now()
    let end = Number.NaN
    const settled = call.then(
      () => 'OK',
      (error: unknown) => Object(error).code,
    )
    void settled.then(() => {
      end = performance.now()
    })
    await vi.advanceTimersByTimeAsync(60_000)
    return [Math.round(end - start), await settled]
  }

  it.each<[hosts: readonly string[], starts: readonly number[]]>([
    [[ONE], [0]],
    [BOTH, [0, 4_500]],
    [ALL, [0, 3_000, 6_000]],
  ])('is shared by the hosts, all of which hang: %j', async (hosts, starts) => {
    const desk = createDesk({ hosts, requestTimeout: 9_000, answer: never })
    const zero = performance.now()
    expect(await time(desk.core.refresh(REFRESH))).toEqual([9_000, 'timeout'])
    expect(desk.asked().map((sent) => Math.round(sent.at - zero))).toEqual(starts)
  })

  it('is 10 s by default', async () => {
    const { core } = createDesk({ answer: never })
    expect(await time(core.refresh(REFRESH))).toEqual([10_000, 'timeout'])
  })

  it('is longer for those that come after one that failed at once', async () => {
    const desk = createDesk({
      hosts: ALL,
      requestTimeout: 9_000,
      answer: ({ host }) => (host === HOST_ONE ? lost() : never()),
    })
    const zero = performance.now()
    expect(await time(desk.core.refresh(REFRESH))).toEqual([9_000, 'timeout'])
    expect(desk.asked().map((sent) => Math.round(sent.at - zero))).toEqual([0, 0, 4_500])
  })

  it('is bounded with the negotiation, however long that hangs', async () => {
    for (const tell of [never, at(HOST_ONE, never)]) {
      const desk = createDesk({ hosts: BOTH, requestTimeout: 8_000, tell })
      const expected = tell === never ? [8_000, 'timeout'] : [4_000, 'OK']
      expect(await time(desk.core.refresh(REFRESH))).toEqual(expected)
    }
  })

  it('is bounded when the negotiation leaves little of it', async () => {
    const slowly = () => new Promise((resolve) => setTimeout(() => resolve(undefined), 7_000))
    const desk = createDesk({ requestTimeout: 8_000, tell: slowly, answer: never })
    expect(await time(desk.core.refresh(REFRESH))).toEqual([8_000, 'timeout'])
  })

  it('is short again once a host is known to hang', async () => {
    const desk = createDesk({ hosts: BOTH, requestTimeout: 8_000, answer: at(HOST_ONE, never) })
    expect(await time(desk.core.refresh(REFRESH))).toEqual([4_000, 'OK'])
    for (let call = 0; call < 3; call += 1) {
      expect(await time(desk.core.refresh(REFRESH))).toEqual([0, 'OK'])
    }
  })

  it('is bounded when a body never ends', async () => {
    const answer = () => new Response(new ReadableStream({ pull: never }))
    expect(await time(createDesk({ answer }).core.refresh(REFRESH))).toEqual([10_000, 'timeout'])
  })

  it.each(['publishesKeys', 'keys', 'revokeAll', 'handshake', 'verify'] as const)(
    'is bounded for %s',
    async (operation) => {
      const { core } = createDesk({ versions: ['1.0'], tell: never, answer: never })
      expect(await time(OPERATIONS[operation](core))).toEqual([10_000, 'timeout'])
    },
  )

  it('does not depend on the clock of the app', async () => {
    const desk = createDesk({ hosts: BOTH, requestTimeout: 8_000, answer: at(HOST_ONE, never) })
    const call = time(desk.core.refresh(REFRESH))
    desk.clock.time += 86_400_000
    expect(await call).toEqual([4_000, 'OK'])
  })

  it('is bounded even where the clock of the platform stands still', async () => {
    vi.spyOn(performance, 'now').mockReturnValue(5)
    const { core } = createDesk({ hosts: BOTH, requestTimeout: 8_000, answer: never })
    let error: unknown
    void failureOf(core.refresh(REFRESH)).then((thrown) => {
      error = thrown
    })
    await vi.advanceTimersByTimeAsync(7_999)
    expect(error).toBeUndefined()
    await vi.advanceTimersByTimeAsync(1)
    expect(error).toMatchObject({ type: 'GENERAL_ERROR', code: 'timeout' })
  })

  it('is not lengthened by a negotiation that was given up before', async () => {
    const desk = createDesk({ hosts: BOTH, requestTimeout: 8_000, tell: at(HOST_ONE, never) })
    const first = desk.core.refresh(REFRESH)
    await vi.advanceTimersByTimeAsync(4_000)
    await first
    desk.state.tell = undefined
    desk.clock.time += 10_000
    for (let call = 0; call < 2; call += 1) await desk.core.refresh(REFRESH)
    expect(desk.negotiations()).toBe(3)
    // The first one ends only now, and takes nothing with it.
    await vi.advanceTimersByTimeAsync(4_000)
    for (let call = 0; call < 2; call += 1) await desk.core.refresh(REFRESH)
    expect(desk.negotiations()).toBe(3)
  })

  it('ends the request that is given up', async () => {
    const signals: (AbortSignal | null | undefined)[] = []
    const { core } = createDesk({
      fetch: async (_, init) => {
        signals.push(init?.signal)
        return never()
      },
    })
    await time(core.refresh(REFRESH))
    expect(signals.map((signal) => signal?.aborted)).toEqual([true])
  })

  it('leaves no timer behind', async () => {
    const desk = createDesk({ hosts: BOTH, answer: at(HOST_ONE, lost) })
    await desk.core.refresh(REFRESH)
    await desk.core.handshake()
    expect(vi.getTimerCount()).toBe(0)
  })
})

describe('a request', () => {
  it('follows no redirect', async () => {
    const inits: (RequestInit | undefined)[] = []
    const { core } = createDesk({
      fetch: async (_, init) => {
        inits.push(init)
        return new Response('{"versions":["5.4"]}')
      },
    })
    await failureOf(core.refresh(REFRESH))
    expect(inits.map((init) => init?.redirect)).toEqual(['manual', 'manual'])
  })

  it('is made by the platform’s `fetch` of that moment when the app gives none', async () => {
    const fetch = vi.fn(async () => new Response('{"versions":["5.4"]}'))
    const { core } = createDesk({ fetch: undefined })
    vi.stubGlobal('fetch', fetch)
    try {
      expect(await core.publishesKeys()).toBe(true)
      expect(fetch).toHaveBeenCalledTimes(1)
    } finally {
      vi.unstubAllGlobals()
    }
  })
})
