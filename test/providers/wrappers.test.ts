import { afterEach, describe, expect, it, vi } from 'vitest'
import { backend } from '../../src/providers/backend/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { oidc } from '../../src/providers/oidc/index.js'
import { supertokens } from '../../src/providers/supertokens/index.js'
import { workos } from '../../src/providers/workos/index.js'
import { workosServer } from '../../src/server/workos/index.js'
import { context } from '../support/wire.js'

/** What arrives at the far end, whoever stood in between. */
interface Arrived {
  readonly method: string
  readonly headers: Headers
  readonly text: string
}

type Fetch = typeof fetch

/** A platform's fetch as the standard has it: `keepalive` and a stream exclude each other (§5.4). */
function platform() {
  const arrived: Arrived[] = []
  const send: Fetch = async (input, init) => {
    const request = new Request(input, init)
    if (request.keepalive && init?.body instanceof ReadableStream) {
      throw new TypeError('keepalive and a stream exclude each other')
    }
    const { method, headers } = request
    arrived.push({ method, headers, text: await request.text() })
    return Response.json({})
  }
  return { arrived, send }
}

/** How apps and frameworks wrap `fetch`. */
const WRAPPERS: Readonly<Record<string, (send: Fetch) => Fetch>> = {
  'adds a header to the others by a spread': (send) => (input, init) =>
    send(input, { ...init, headers: { ...init?.headers, 'x-trace': 'trace' } }),
  'adds a header to a copy of the others': (send) => (input, init) => {
    const headers = new Headers(init?.headers)
    headers.set('x-trace', 'trace')
    return send(input, { ...init, headers })
  },
  'logs the request, which it takes for texts': (send) => (input, init) => {
    if (typeof input !== 'string') throw new TypeError('input.startsWith is not a function')
    const line = `${init?.method} ${input.slice(0, 8)} ${String(init?.body ?? '').length}`
    return send(input, { ...init, headers: { ...init?.headers, 'x-trace': line && 'trace' } })
  },
  'tries twice, and so reads the body twice': (send) => async (input, init) => {
    const again = { ...init, headers: { ...init?.headers, 'x-trace': 'trace' } }
    await send(input, again)
    return send(input, again)
  },
  'has a time limit of its own': (send) => (input, init) => {
    const signals = [AbortSignal.timeout(60_000), ...(init?.signal ? [init.signal] : [])]
    const headers = { ...init?.headers, 'x-trace': 'trace' }
    return send(input, { ...init, headers, signal: AbortSignal.any(signals) })
  },
  'takes it apart and passes the body on as a stream, as Next.js does': (send) => (input, init) => {
    const request = new Request(input, init)
    const { url, method, headers, keepalive, redirect, credentials, signal, body } = request
    headers.set('x-trace', 'trace')
    const rest = { method, headers, keepalive, redirect, credentials, signal }
    const streamed = { ...rest, body, duplex: 'half' }
    return send(url, body ? streamed : rest)
  },
}

const url = 'https://auth.example'

/** What each provider sends for a refresh, and what must be in it. */
const REFRESHES: Readonly<
  Record<string, readonly [(fetch: Fetch) => Promise<unknown>, Record<string, string>, RegExp]>
> = {
  GoTrue: [
    (fetch) => gotrue({ url, apiKey: 'public', fetch }).refresh('token', context()),
    { apikey: 'public', 'x-supabase-api-version': '2024-01-01' },
    /^\{"refresh_token":"token"\}$/,
  ],
  WorkOS: [
    (fetch) => workos({ url, clientId: 'client_1', fetch }).refresh('token', context()),
    {},
    /"refresh_token":"token"/,
  ],
  'WorkOS on a server': [
    (fetch) =>
      workosServer({ url, clientId: 'client_1', apiKey: 'sk_1', fetch }).refresh(
        'token',
        context(),
      ),
    { authorization: 'Bearer sk_1' },
    /"client_secret":"sk_1"/,
  ],
  'OpenID Connect': [
    (fetch) =>
      oidc({
        issuer: url,
        clientId: 'app',
        redirectUri: url,
        metadata: { authorization_endpoint: url, token_endpoint: `${url}/token` },
        fetch,
      }).refresh('token', context()),
    {},
    /refresh_token=token&/,
  ],
  SuperTokens: [
    (fetch) => supertokens({ url, transfer: 'header', fetch }).refresh('token', context()),
    { authorization: 'Bearer token', rid: 'session' },
    /^$/,
  ],
  'a backend': [
    (fetch) => backend({ url, fetch }).refresh('http-only.session_1', context()),
    { 'x-holdfast': '1' },
    /"sessionId":"session_1"/,
  ],
}

afterEach(() => void vi.unstubAllGlobals())

describe('a fetch that', () => {
  const cases = Object.entries(WRAPPERS).flatMap(([kind, wrap]) =>
    Object.keys(REFRESHES).map((name) => [kind, name, wrap] as const),
  )

  it.each(cases)('%s reaches %s with all that was sent', async (_kind, name, wrap) => {
    const [refresh, headers, text] = REFRESHES[name] ?? expect.fail('There is no such provider.')
    const { arrived, send } = platform()
    // What comes back is nobody's session; what went out is what this is about.
    await refresh(wrap(send)).catch(() => undefined)
    expect(arrived.length).toBeGreaterThan(0)
    for (const request of arrived) {
      expect(request.method).toBe('POST')
      expect(Object.fromEntries(request.headers)).toMatchObject({ ...headers, 'x-trace': 'trace' })
      expect(request.text).toMatch(text)
    }
  })
})

describe('keepalive', () => {
  const kept = async (): Promise<unknown> => {
    const inits: (RequestInit | undefined)[] = []
    const provider = gotrue({
      url,
      fetch: async (_, init) => {
        inits.push(init)
        return Response.json({ access_token: 'a' })
      },
    })
    await provider.refresh('token', context())
    return inits[0]?.keepalive
  }

  it('is for pages, which can die', async () => {
    vi.stubGlobal('document', {})
    expect(await kept()).toBe(true)
  })

  it('is not for servers, where frameworks make streams of bodies', async () => {
    expect(await kept()).toBeUndefined()
  })
})
