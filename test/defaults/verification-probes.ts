import { exportJWK, generateKeyPair, SignJWT } from 'jose'
import { vi } from 'vitest'
import { createOriginGuard } from '../../src/server/requests/origin-guard.js'
import {
  createIntrospection,
  type Introspection,
} from '../../src/server/verification/introspection.js'
import {
  createVerifier,
  type Verification,
  type Verified,
} from '../../src/server/verification/verify.js'
import { workosServer } from '../../src/server/workos/index.js'
import { createIssuer } from '../interop/issuer.js'
import type { Probe } from './documented.js'

const START = 1_700_000_000_000
const SECRET = 's'.repeat(64)
const JWKS = 'https://issuer.example/jwks'

/** A token that an HMAC signs, which begins now and lives for five minutes. */
function sign(algorithm = 'HS256', claims: object = {}): Promise<string> {
  const start = START / 1000
  return new SignJWT({ sub: 'u1', iat: start, exp: start + 300, ...claims })
    .setProtectedHeader({ alg: algorithm })
    .sign(new TextEncoder().encode(SECRET))
}

const isValid = ({ ok }: Verified): boolean => ok

/** Whether a token counts `ms` after its start. */
function check(token: string, options: Partial<Verification> = {}, ms = 0): Promise<boolean> {
  const now = () => START + ms
  return createVerifier({ secret: SECRET, audience: false, now, ...options })
    .verify(token)
    .then(isValid)
}

const CLAIMS = { sub: 'u1', iat: START / 1000, exp: START / 1000 + 300 }

/** Whether a token counts that a published key signs by this algorithm. */
async function checkPublished(
  algorithm: 'RS256' | 'ES256',
  options: { readonly algorithms?: readonly string[] } = {},
): Promise<boolean> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm)
  const keys = [{ ...(await exportJWK(publicKey)), kid: 'k1' }]
  const fetch = async (): Promise<Response> => Response.json({ keys })
  const now = () => START
  const token = await new SignJWT(CLAIMS)
    .setProtectedHeader({ alg: algorithm, kid: 'k1' })
    .sign(privateKey)
  const verifier = createVerifier({ jwksUrl: JWKS, fetch, audience: false, now, ...options })
  return isValid(await verifier.verify(token))
}

/** An introspection that is told nothing but what it must be told, and what its server saw. */
function introspected(options: Partial<Introspection> = {}) {
  const clock = { time: 0 }
  const seen: { readonly headers: Headers }[] = []
  const { ask } = createIntrospection(
    {
      introspectionUrl: 'https://issuer.example/introspect',
      clientId: 'app',
      clientSecret: 'secret',
      async fetch(_, init) {
        seen.push({ headers: new Headers(init?.headers) })
        return Response.json({ active: true })
      },
      ...options,
    },
    () => clock.time,
  )
  return { clock, seen, ask: (token: string) => ask(token, Number.MAX_SAFE_INTEGER) }
}

/** What verification does, where it is told nothing but what it must be told. */
export const verificationProbes: Readonly<Record<string, Probe>> = {
  'TokenChecks.algorithms': {
    says: "['RS256'] with a key set, ['HS256'] with a secret",
    async observe() {
      return (
        (await checkPublished('RS256')) &&
        !(await checkPublished('ES256')) &&
        (await checkPublished('ES256', { algorithms: ['ES256'] })) &&
        (await check(await sign('HS256'))) &&
        !(await check(await sign('HS512')))
      )
    },
  },
  'TokenChecks.issuer': {
    says: 'anybody with the key',
    async observe() {
      const theirs = await sign('HS256', { iss: 'https://anybody.example' })
      return (await check(theirs)) && (await check(await sign()))
    },
  },
  'TokenChecks.now': {
    says: 'Date.now',
    async observe() {
      const token = await sign()
      const at = async (ms: number): Promise<boolean> => {
        const now = vi.spyOn(Date, 'now').mockReturnValue(ms)
        return check(token, { now: undefined }).finally(() => now.mockRestore())
      }
      return (await at(START + 299_000)) && !(await at(START + 301_000))
    },
  },
  'TokenChecks.clockTolerance': {
    async observe() {
      const token = await sign()
      for (let ms = 0; ms < 600_000; ms += 250) {
        if (!(await check(token, {}, 299_750 + ms))) return ms - 250
      }
      return null
    },
  },
  'KeySetLocation.fetch': {
    says: "the platform's fetch",
    async observe() {
      const issuer = await createIssuer('k1')
      vi.stubGlobal('fetch', issuer.fetch)
      const verifier = createVerifier({ jwksUrl: JWKS, audience: false, now: () => START })
      return isValid(await verifier.verify(await issuer.sign(CLAIMS)))
    },
  },
  'KeySetLocation.jwksRefreshInterval': {
    async observe() {
      const issuer = await createIssuer('k1')
      const time = { now: START }
      let fetched = 0
      const fetch: typeof globalThis.fetch = (input, init) => {
        fetched += 1
        return issuer.fetch(input, init)
      }
      const verifier = createVerifier({
        jwksUrl: JWKS,
        fetch,
        audience: false,
        now: () => time.now,
      })
      const token = await issuer.sign(CLAIMS)
      for (; fetched < 2; time.now += 1_000) await verifier.verify(token)
      return time.now - 1_000 - START
    },
  },
  'OriginGuardOptions.origin': {
    says: 'the host that the request names',
    observe() {
      const isForeign = createOriginGuard()
      const from = (origin: string): boolean =>
        isForeign({
          method: 'POST',
          url: 'http://app.example/api',
          headers: new Headers({ Origin: origin }),
        })
      return !from('https://app.example') && from('https://other.example')
    },
  },
  'OriginGuardOptions.allowedOrigins': {
    says: 'none',
    observe() {
      const headers = new Headers({ Origin: 'https://b.app.example' })
      const request = { method: 'POST', url: 'https://app.example/api', headers }
      const allowedOrigins = ['https://b.app.example']
      return createOriginGuard()(request) && !createOriginGuard({ allowedOrigins })(request)
    },
  },
  'Introspection.clientAuthentication': {
    async observe() {
      const { seen, ask } = introspected()
      await ask('token')
      return /^Basic /.test(seen[0]?.headers.get('Authorization') ?? '')
        ? 'client_secret_basic'
        : 'another'
    },
  },
  'IntrospectionLimits.cacheFor': {
    async observe() {
      const { seen, ask, clock } = introspected()
      let ms = 0
      for (; seen.length < 2 && ms < 120_000; ms += 500) {
        clock.time = ms
        await ask('token')
      }
      return ms - 500
    },
  },
  'IntrospectionLimits.requestTimeout': {
    async observe() {
      vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
      try {
        const { ask } = introspected({ fetch: () => new Promise<Response>(() => {}) })
        const state = { isOver: false }
        const call = ask('token').then(() => {
          state.isOver = true
        })
        let ms = 0
        // Its name is made by WebCrypto, which takes real time.
        while (vi.getTimerCount() === 0) await new Promise((resolve) => setImmediate(resolve))
        for (; !state.isOver && ms < 60_000; ms += 500) await vi.advanceTimersByTimeAsync(500)
        await call
        return ms
      } finally {
        vi.useRealTimers()
      }
    },
  },
  'Introspection.fetch': {
    says: "the platform's fetch",
    async observe() {
      const fetch = vi.fn(async () => Response.json({ active: true }))
      vi.stubGlobal('fetch', fetch)
      await introspected({ fetch: undefined }).ask('token')
      return fetch.mock.calls.length === 1
    },
  },
  'WorkOSServerOptions.url': {
    async observe() {
      const sent: string[] = []
      const workos = workosServer({
        clientId: 'client_1',
        apiKey: 'sk_1',
        fetch: async (input) => {
          sent.push(new URL(String(input)).origin)
          return new Response(null, { status: 204 })
        },
      })
      await workos.revoke('session_1')
      return sent[0]
    },
  },
  'WorkOSServerOptions.requestTimeout': {
    async observe() {
      vi.useFakeTimers()
      try {
        const fetch = () => new Promise<Response>(() => {})
        const { revoke } = workosServer({ clientId: 'client_1', apiKey: 'sk_1', fetch })
        let isOver = false
        const call = revoke('session_1').catch(() => {
          isOver = true
        })
        let ms = 0
        for (; !isOver && ms < 60_000; ms += 500) await vi.advanceTimersByTimeAsync(500)
        await call
        return ms
      } finally {
        vi.useRealTimers()
      }
    },
  },
}
