import { describe, expect, it } from 'vitest'
import { withIdleLimit } from '../../../src/server/backend/idle-limit.js'
import { createHeaderPolicy, upstreamHeaders } from '../../../src/server/backend/proxy-headers.js'
import { createBackendWorld } from './backend-world.js'

async function signedIn() {
  const world = createBackendWorld()
  await world.signIn()
  return world
}

const PATH = '/auth/proxy/api/posts'

describe('the body of a request to an upstream', () => {
  it('of more than is kept for a second attempt goes there once, whatever its length', async () => {
    const { call, arrivals, upstream, workos } = await signedIn()
    upstream.answer = () => new Response(null, { status: 401 })
    const body = 'x'.repeat(65_537)
    const headers = { 'Content-Length': `${body.length}` }
    expect((await call(PATH, { method: 'POST', body, headers })).status).toBe(401)
    expect(arrivals.map((arrived) => arrived.body)).toEqual([body])
    expect(workos.count('refresh_token')).toBe(0)
  })

  it('that is longer than it says is refused, and goes nowhere', async () => {
    const { call, arrivals } = await signedIn()
    const headers = { 'Content-Length': '3' }
    const answer = await call(PATH, { method: 'POST', body: 'x'.repeat(65_537), headers })
    expect([answer.status, (await answer.json()).code]).toEqual([413, 'invalid_request'])
    expect(arrivals).toEqual([])
  })

  it('may be none, though its length is said', async () => {
    const { call, arrivals } = await signedIn()
    expect((await call(PATH, { headers: { 'Content-Length': '0' } })).status).toBe(200)
    expect(arrivals).toMatchObject([{ method: 'GET', body: '' }])
  })

  it('tells who waits for it of each piece, and of its end', async () => {
    const said: string[] = []
    const body = new Blob(['one']).stream()
    const limited = withIdleLimit(body, {
      limit: Number.POSITIVE_INFINITY,
      onWait: () => said.push('wait'),
      onPiece: () => said.push('piece'),
    })
    expect(await new Response(limited).text()).toBe('one')
    expect(said).toEqual(['wait', 'piece', 'wait', 'piece'])
  })
})

it('the answer that refused a token is not held open beside the one to the next token', async () => {
  const { call, upstream } = await signedIn()
  const closed: number[] = []
  let attempt = 0
  upstream.answer = () => {
    attempt += 1
    const own = attempt
    const body = new ReadableStream({ cancel: () => void closed.push(own) })
    return own === 1 ? new Response(body, { status: 401 }) : Response.json({ fine: true })
  }
  expect((await call(PATH)).status).toBe(200)
  expect(closed).toEqual([1])
})

it('a header that `Connection` names is for this hop, though upstreams know it', () => {
  const headers = new Headers({ Connection: 'close, Prefer', Prefer: 'a', 'If-Match': '"1"' })
  const passed = upstreamHeaders(headers, createHeaderPolicy(), { accessToken: 'token' })
  expect(Object.fromEntries(passed)).toEqual({ authorization: 'Bearer token', 'if-match': '"1"' })
})

it.each(['X-Forwarded-For', 'Cookie', 'Host', 'x_api_key', 'a b', ''])(
  'an upstream cannot be given the header %j of pages',
  (name) => {
    const refusal = expect.objectContaining({ code: 'invalid_argument' })
    expect(() => createHeaderPolicy([name])).toThrow(refusal)
    expect(() => createHeaderPolicy([], [name])).toThrow(refusal)
  },
)
