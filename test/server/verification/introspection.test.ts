import { describe, expect, it } from 'vitest'
import {
  createIntrospection,
  type Introspection,
} from '../../../src/server/verification/introspection.js'
import { createOpaqueStage, LIFE } from '../sealed/opaque-stage.js'
import { START, success } from '../sealed/sealed-sessions-stage.js'

const UNTIL = START + 3_600_000
const client = { clientId: 'the app', clientSecret: 'a+secret: 50%' }

type Answer = () => Response | Promise<Response>

const active =
  (is: unknown, more: object = {}): Answer =>
  () =>
    Response.json({ active: is, ...more })

/** An auth server's endpoint that answers by hand, with the requests that it saw. */
function createEndpoint(answer: Answer, options: Partial<Introspection> = {}) {
  const clock = { time: START, now: () => clock.time }
  const seen: { headers: Headers; form: URLSearchParams }[] = []
  const endpoint = { answer }
  const introspection = {
    introspectionUrl: 'https://auth.example/introspect',
    ...client,
    async fetch(_: unknown, init: RequestInit = {}) {
      seen.push({ headers: new Headers(init.headers), form: new URLSearchParams(`${init.body}`) })
      return endpoint.answer()
    },
    ...options,
  }
  return { clock, seen, endpoint, introspection, ...createIntrospection(introspection, clock.now) }
}

describe('asking an auth server about an access token', () => {
  it('says who asks and about what, as RFC 7662 has it', async () => {
    const { ask, seen } = createEndpoint(active(true))
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'active' })
    const [request] = seen
    expect(Object.fromEntries(request?.form ?? [])).toEqual({
      token: 'token-1',
      token_type_hint: 'access_token',
    })
    // Encoded as in a form before it is joined (RFC 6749 §2.3.1).
    const basic = Buffer.from('the+app:a%2Bsecret%3A+50%25').toString('base64')
    expect(request?.headers.get('Authorization')).toBe(`Basic ${basic}`)
    expect(request?.headers.get('Content-Type')).toMatch('application/x-www-form-urlencoded')
  })

  it.each(['true', 'false', 1, 0, null, undefined])(
    'takes no word but true or false of a function of the app’s: %j',
    async (said) => {
      const options = { introspect: async () => ({ active: said }) }
      const { ask } = Reflect.apply(createIntrospection, undefined, [options, () => START])
      expect(await ask('token-1', UNTIL)).toEqual({ type: 'unknown', reason: 'server_error' })
    },
  )

  it('says it in the body where the server wants that', async () => {
    const { ask, seen } = createEndpoint(active(true), {
      clientAuthentication: 'client_secret_post',
    })
    await ask('token-1', UNTIL)
    expect(seen[0]?.headers.get('Authorization')).toBeNull()
    expect(Object.fromEntries(seen[0]?.form ?? [])).toMatchObject({
      client_id: client.clientId,
      client_secret: client.clientSecret,
    })
  })

  it('is done once for many, and again when the answer has grown old', async () => {
    const { ask, seen, clock, endpoint } = createEndpoint(active(true))
    await Promise.all(Array.from({ length: 100 }, () => ask('token-1', UNTIL)))
    clock.time += 29_999
    await ask('token-1', UNTIL)
    expect(seen).toHaveLength(1)
    clock.time += 1
    endpoint.answer = active(false)
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'inactive' })
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'inactive' })
    expect(seen).toHaveLength(2)
  })

  it('is left alone for as long as the server that fails wants it', async () => {
    const outage = () => new Response(null, { status: 503, headers: { 'retry-after': '20' } })
    const { ask, seen, clock } = createEndpoint(outage)
    for (let second = 0; second < 20; second += 5) {
      expect(await ask(`token-${second}`, UNTIL)).toMatchObject({ type: 'unknown' })
      clock.time += 5_000
    }
    expect(seen).toHaveLength(1)
    await ask('token-1', UNTIL)
    expect(seen).toHaveLength(2)
  })

  it('is no longer believed where the clock was set back', async () => {
    const { ask, seen, clock } = createEndpoint(active(true))
    await ask('token-1', UNTIL)
    clock.time -= 3_600_000
    await ask('token-1', UNTIL)
    expect(seen).toHaveLength(2)
  })

  it('is not done for a token that the server has just given', async () => {
    const { ask, seen, trust, clock } = createEndpoint(active(false))
    await trust('token-1', clock.time)
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'active' })
    clock.time += 30_000
    const before = seen.length
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'inactive' })
    expect(seen).toHaveLength(before + 1)
  })

  it('is done as soon for a token that another request was given a while ago', async () => {
    const { ask, trust, clock } = createEndpoint(active(false))
    await trust('token-1', clock.time - 20_000)
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'active' })
    clock.time += 10_000
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'inactive' })
  })

  it('is done for a token that was given at a time which is yet to come', async () => {
    const { ask, trust, clock } = createEndpoint(active(false))
    // By the clock of before, which was an hour ahead.
    await trust('token-1', clock.time + 3_600_000)
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'inactive' })
  })

  it('is not done by what is no function', () => {
    for (const introspect of [undefined, 'https://auth.example/introspect', {}]) {
      const make = () =>
        Reflect.apply(createIntrospection, undefined, [{ introspect }, () => START])
      expect(make).toThrow(expect.objectContaining({ code: 'invalid_argument' }))
    }
  })

  it.each<[string, Answer, string]>([
    ['no connection', () => Promise.reject(new TypeError('offline')), 'network_error'],
    ['a dead server', () => new Response('', { status: 503 }), 'server_error'],
    [
      'another secret',
      () => Response.json({ error: 'invalid_client' }, { status: 401 }),
      'server_error',
    ],
    ['a gateway’s page', () => new Response('<html>', { status: 200 }), 'server_error'],
    [
      'a word with another status',
      () => Response.json({ active: false }, { status: 404 }),
      'server_error',
    ],
    ['no word of it', active(undefined), 'server_error'],
    ['a text for a word', active('true'), 'server_error'],
    ['no object', () => Response.json(null), 'server_error'],
    ['a list', () => Response.json([{ active: true }]), 'server_error'],
  ])('tells nothing by %s, and is not tried again at once', async (_, answer, reason) => {
    const { ask, seen, clock, endpoint } = createEndpoint(answer)
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'unknown', reason })
    expect(await ask('token-2', UNTIL)).toEqual({ type: 'unknown', reason })
    expect(seen).toHaveLength(1)
    clock.time += 2_000
    endpoint.answer = active(true)
    expect(await ask('token-2', UNTIL)).toEqual({ type: 'active' })
  })

  it('ends after its time', async () => {
    const { ask } = createEndpoint(() => new Promise(() => {}), { requestTimeout: 1 })
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'unknown', reason: 'timeout' })
  })

  it.each<[string, object]>([
    ['no address', { introspectionUrl: undefined }],
    ['an address without TLS', { introspectionUrl: 'http://auth.example/introspect' }],
    ['no client', { clientId: '' }],
    ['no secret', { clientSecret: undefined }],
    ['another way to say who one is', { clientAuthentication: 'private_key_jwt' }],
    ['no time', { requestTimeout: 0 }],
    ['a cache of no time', { cacheFor: Number.NaN }],
  ])('is refused with %s', (_, options) => {
    expect(() => createEndpoint(active(true), options)).toThrow(
      expect.objectContaining({ code: 'invalid_argument' }),
    )
  })
})

describe('a sealed session that asks its auth server', () => {
  it('is over when the server says that its token is, and a refresh decides', async () => {
    const { introspection, endpoint, seen, clock: other } = createEndpoint(active(true))
    const { signIn, load, clock } = createOpaqueStage({ verification: introspection })
    const session = load(await signIn())
    expect(await session.getSession()).toMatchObject({ signedIn: true })
    expect(seen).toHaveLength(1)
    endpoint.answer = active(false)
    clock.time += 30_000
    other.time = clock.time
    expect(await session.getSession()).toMatchObject({ reason: 'invalid_jwt', retryable: false })
    success(await session.refreshSession())
    // The server has just given this one, and is not asked about it.
    expect(await session.getSession()).toMatchObject({ signedIn: true })
    expect(seen).toHaveLength(2)
  })

  it('is over by the server’s word, whoever was given it again since', async () => {
    const { ask, trust, seen, clock } = createEndpoint(active(false))
    await trust('token-1', clock.time)
    expect(await ask('token-1', UNTIL)).toEqual({ type: 'active' })
    expect(await ask('token-2', UNTIL)).toEqual({ type: 'inactive' })
    await trust('token-2', clock.time)
    expect(await ask('token-2', UNTIL)).toEqual({ type: 'inactive' })
    expect(seen).toHaveLength(1)
  })

  it('stays over when somebody comes again with a cookie from before the last refresh', async () => {
    const { introspection } = createEndpoint(active(false))
    const { signIn, load, clock } = createOpaqueStage({ verification: introspection })
    const old = await signIn()
    const { sealed } = success(await load(old).refreshSession())
    // Revoked elsewhere meanwhile, which counts half a minute after the exchange, and no later.
    clock.time += 9_000
    success(await load(old).refreshSession())
    clock.time += 21_000
    expect(await load(sealed).getSession()).toMatchObject({ reason: 'invalid_jwt' })
  })

  it('is as good as before while the server cannot be asked', async () => {
    const { introspection } = createEndpoint(() => new Response('', { status: 503 }))
    const { signIn, load } = createOpaqueStage({ verification: introspection })
    expect(await load(await signIn()).getSession()).toEqual({
      signedIn: false,
      retryable: true,
      reason: 'server_error',
    })
  })

  it('is not asked about once its time is over', async () => {
    const { introspection, seen } = createEndpoint(active(true))
    const { signIn, load, clock } = createOpaqueStage({ verification: introspection })
    const sealed = await signIn()
    clock.time += LIFE
    expect(await load(sealed).getSession()).toMatchObject({ reason: 'invalid_jwt' })
    expect(seen).toEqual([])
  })
})
