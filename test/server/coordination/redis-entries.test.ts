import { afterEach, describe, expect, it, vi } from 'vitest'
import { AuthError } from '../../../src/core/errors.js'
import { redisRecords } from '../../../src/server/coordination/redis-records.js'
import { sealText } from '../../../src/server/sealed/seal.js'
import { fieldsOf } from '../../contracts/coordinator-contract.js'
import { createProcesses, PASSWORD } from '../../support/fake-redis.js'

const RESULT = 'holdfast:r:{key}'
const OTHER = 'another password of more than thirty-two characters'

afterEach(() => vi.unstubAllGlobals())

/** A result as a process with the password would have written it. */
const sealed = (fields: object): Promise<string> =>
  sealText(JSON.stringify({ name: RESULT, ...fields }), PASSWORD)

/** A process that has left a result for others, and what lies in Redis of it. */
async function withResult() {
  const world = createProcesses()
  await world.until(world.start().once('key', async () => 'the result'))
  const { value = '' } = world.redis.entries.get(RESULT) ?? {}
  const put = (text: string, name = RESULT): void => {
    world.redis.entries.set(name, { value: text, until: Number.POSITIVE_INFINITY })
  }
  /** What another process gets. */
  const ask = async (key = 'key', options = {}): Promise<string> => {
    const { once, reports } = world.start(options)
    const begin = world.clock.monotonic()
    const { text } = await world.until(once(key, async () => 'its own'))
    expect(reports).toEqual([])
    // What cannot be read keeps nobody waiting.
    expect(world.clock.monotonic() - begin).toBeLessThan(100)
    return text
  }
  return { ...world, value, put, ask }
}

describe('what lies in Redis', () => {
  it('tells no text, no failure and no session id, in keys and in values', async () => {
    const { clock, until, redis, start } = createProcesses()
    const { once, end } = start()
    const secret = 'refresh-token-of-ada'
    await until(once('hashed', async () => `{"refreshToken":"${secret}"}`))
    const failing = once('failing', async () => {
      throw new AuthError('rejected', secret, { serverCode: secret })
    })
    await until(failing.catch(() => {}))
    await until(end(`session-${secret}`, 60_000))
    await clock.settle()
    const dump = JSON.stringify([...redis.entries, ...redis.feed])
    expect([redis.entries.size, dump.includes('secret'), dump.includes(secret)]).toEqual([
      3,
      false,
      false,
    ])
  })

  it.each([
    ['one that the auth server has not heard of', 400 * 86_400_000 + 60_000, { confirmed: false }],
    ['one that it has heard of', 360_000, { confirmed: true }],
    ['one that is apart', 400 * 86_400_000 + 60_000, { apart: true }],
  ])('has a tombstone as long as it is to stand: %s', async (_, life, options) => {
    const { clock, until, redis, start } = createProcesses()
    const { end } = start()
    await until(end('session', life, options))
    const [entry] = [...redis.entries.values()]
    await clock.advance(life - 5_000)
    expect(await until(start().ended('session'))).toBe(true)
    await clock.advance(6_000)
    expect(await until(start().ended('session'))).toBe(false)
    expect(entry?.value).toMatch(/^at:\d+$/)
  })

  it('is believed when it is as it was written', async () => {
    const { ask } = await withResult()
    expect(await ask()).toBe('the result')
    const { put, ask: askAnew, clock } = await withResult()
    put(await sealed({ text: 'whole', startedAt: clock.now(), took: 0 }))
    expect(await askAnew()).toBe('whole')
  })

  it.each([
    ['nothing', () => ''],
    ['garbage', () => '\u0000\ud800 garbage'],
    ['a truncated seal', (value: string) => value.slice(0, -20)],
    ['a changed seal', (value: string) => value.replace(/\*[^*]+~2$/, `*${'A'.repeat(43)}~2`)],
    ['a huge text', () => 'Fe26.2*'.repeat(100_000)],
    ['JSON that is not sealed', () => JSON.stringify({ name: RESULT, text: 'forged' })],
    ['a seal by another password', () => sealText('{"text":"forged"}', OTHER)],
    ['a seal around no record', () => sealText('"forged"', PASSWORD)],
    ['a seal around no JSON', () => sealText('forged', PASSWORD)],
    ['half a record: its text alone', () => sealed({ text: 'forged' })],
    ['half a record: it does not say when it began', () => sealed({ text: 'forged', took: 0 })],
    ['half a record: nor how long it took', () => sealed({ text: 'forged', startedAt: 0 })],
    ['half a record: it has no text', () => sealed({ startedAt: 0, took: 0 })],
  ])('is ignored when it is %s', async (_, forge) => {
    const { value, put, ask, redis } = await withResult()
    put(await forge(value))
    expect(await ask()).toBe('its own')
    expect(redis.read('holdfast:l:{key}')).toBeNull()
    // It is replaced by what can be read.
    expect(await ask()).toBe('its own')
  })

  it('is ignored under another key: nobody gets the session of somebody else', async () => {
    const { value, put, ask } = await withResult()
    put(value, 'holdfast:r:{another}')
    expect(await ask('another')).toBe('its own')
  })

  it('is ignored when somebody puts it back after its time', async () => {
    const { clock, value, put, ask } = await withResult()
    put(value)
    await clock.advance(29_000)
    expect(await ask()).toBe('the result')
    await clock.advance(2_000)
    expect(await ask()).toBe('its own')
  })

  it('is ignored when it is a failure that was forged or is of another run', async () => {
    const { clock, until, redis, start } = createProcesses()
    const records = redisRecords(PASSWORD)
    start().once('key', () => new Promise(() => {}))
    await clock.settle()
    const owner = redis.read('holdfast:l:{key}')
    const error = new AuthError('refresh_rejected', 'Forged.')
    const forged = await records.sealFailure('holdfast:f:{another}:x', error)
    const name = `holdfast:f:{key}:${owner}`
    redis.entries.set(name, { value: forged ?? '', until: Number.POSITIVE_INFINITY })
    const begin = clock.monotonic()
    const { text } = await until(start().once('key', async () => 'its own'))
    expect(text).toBe('its own')
    expect(clock.monotonic() - begin).toBeLessThan(16_000)
  })

  it('is read by old passwords too while the password changes', async () => {
    const { ask } = await withResult()
    expect(await ask('key', { password: [OTHER, PASSWORD] })).toBe('the result')
    expect(await ask('key', { password: OTHER })).toBe('its own')
  })

  it('does not hold what is too large for a seal, which its winner has all the same', async () => {
    const { until, redis, start } = createProcesses()
    const text = 'x'.repeat(70_000)
    const { once, reports } = start()
    expect((await until(once('key', async () => text))).text).toBe(text)
    expect([redis.entries.size, reports.length]).toEqual([0, 0])
  })
})

describe('a failure on its way to another process', () => {
  const records = redisRecords(PASSWORD)
  const travel = async (error: unknown): Promise<AuthError | null> => {
    const sealed = await records.sealFailure('name', error)
    return sealed === null ? null : records.openFailure('name', sealed)
  }

  it.each([
    new AuthError('network', 'The server could not be reached.'),
    new AuthError('rate_limited', 'Slow down.', { status: 429, retryAfter: 1_500 }),
    new AuthError('refresh_rejected', 'Over.', { status: 400, serverCode: 'invalid_grant' }),
    new AuthError('server_error', 'No.', { retryable: false }),
    new AuthError('rejected', 'Weak.', { details: { reasons: ['length'] } }),
    new AuthError('step_required', 'SSO.', {
      details: {
        step: 'organization_selection_required',
        pendingAuthenticationToken: 'pending',
        organizations: [{ id: 'org_1', name: 'One' }],
      },
    }),
  ])('keeps all that callers look at: $code', async (error) => {
    const arrived = await travel(error)
    expect(arrived).toBeInstanceOf(AuthError)
    expect(fieldsOf(arrived)).toBe(fieldsOf(error))
  })

  it('leaves its cause behind: nobody knows what is in it', async () => {
    const error = new AuthError('network', 'Gone.', { cause: new Error('refresh-token') })
    expect((await travel(error))?.cause).toBeUndefined()
  })

  it.each([new TypeError('a bug'), 'a text', null, undefined, { code: 'network' }])(
    'is none when it is no AuthError: %o',
    async (error) => {
      expect(await travel(error)).toBeNull()
    },
  )

  it.each([
    [{}, null],
    [{ code: 'unheard_of' }, null],
    [{ code: 'toString' }, null],
    [{ code: 'network', message: 7, status: 'x', retryAfter: null, serverCode: {} }, 'network'],
    [{ code: 'step_required', details: { step: 7 } }, 'step_required'],
    [{ code: 'rejected', details: { reasons: [7] } }, 'rejected'],
    // The word of 0.1.
    [{ code: 'weak_password' }, 'rejected'],
  ])('is read with care: %o', async (fields, code) => {
    const sealed = await sealText(JSON.stringify({ name: 'name', ...fields }), PASSWORD)
    const error = await records.openFailure('name', sealed)
    expect(error?.code ?? null).toBe(code)
    expect([error?.status, error?.retryAfter, error?.serverCode, error?.details]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ])
  })
})
