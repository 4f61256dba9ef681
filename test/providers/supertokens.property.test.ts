import { describe, expect, it } from 'vitest'
import { AuthClient, isAuthError, memoryStorage } from '../../src/index.js'
import { HTTP_ONLY, supertokens } from '../../src/providers/supertokens/index.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { frontToken } from '../client/supertokens-world.js'
import { fc } from '../support/fast-check.js'
import { context } from '../support/wire.js'

const IAT = 1_800_000_000
const PAYLOAD = { iat: IAT, sessionHandle: 'h1', refreshTokenHash1: 'abc' }

const anything = fc.oneof(fc.jsonValue(), fc.string({ unit: 'binary' }), fc.double())
/** The right value, or anything. */
const almost = <T>(right: T) => fc.oneof({ weight: 8, arbitrary: fc.constant(right) }, anything)
const payload = fc.record(
  {
    iat: almost(IAT),
    exp: anything,
    sessionHandle: almost('h1'),
    refreshTokenHash1: anything,
    email: anything,
    phone: anything,
    ['__proto__']: anything,
  },
  { requiredKeys: [] },
)
const front = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      uid: almost('user_1'),
      ate: almost(IAT * 1000 + 1),
      up: fc.oneof(payload, almost(PAYLOAD)),
    }),
  },
  anything,
)
/** Texts that a header can hold. */
const line = fc.string({
  unit: fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code)),
})
const header = fc.oneof(
  { weight: 4, arbitrary: front.map((value) => frontToken(JSON.stringify(value) ?? '')) },
  fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('base64')),
  fc.constant('remove'),
  line,
)
const message = fc.oneof(
  fc.constantFrom('unauthorised', 'try refresh token', 'token theft detected'),
  fc.jsonValue(),
)
const status = fc.oneof(
  fc.constantFrom(200, 200, 200, 401, 403, 409, 429, 500),
  fc.integer({ min: 200, max: 599 }),
)
const answer = fc.record({ status, header, message, antiCsrf: line, dated: line })
type Answer = typeof answer extends fc.Arbitrary<infer T> ? T : never

function toResponse({ status, header, message, antiCsrf, dated }: Answer): Response {
  const headers = { 'front-token': header, 'anti-csrf': antiCsrf, Date: dated, ...IN_HEADERS }
  const empty = [204, 205, 304].includes(status)
  return new Response(empty ? null : JSON.stringify({ message }), { status, headers })
}
const IN_HEADERS = { 'st-access-token': 'at', 'st-refresh-token': 'rt' }

const provider = (transfer: 'cookie' | 'header', reply: () => Response) =>
  supertokens({ url: 'https://api.example', transfer, fetch: async () => reply() })

/** A request of the app's to its API. */
const REQUEST = { url: 'https://api.example/me', method: 'GET' }

describe('whatever a backend answers', () => {
  it.each(['cookie', 'header'] as const)(
    'a refresh brings a session or an AuthError, and only a definite word ends one (%s)',
    async (transfer) => {
      let granted = 0
      const check = async (given: Answer) => {
        const { refresh, authorize } = provider(transfer, () => toResponse(given))
        const token = transfer === 'cookie' ? `${HTTP_ONLY}h1` : 'r1'
        try {
          const grant = await refresh(token, context())
          granted += 1
          expect(given.status).toBeLessThan(300)
          expect(grant?.lifetime).toBeGreaterThan(0)
          expect(grant?.user?.id).toMatch(/./s)
          const { accessToken = '', refreshToken = null } = grant ?? {}
          const session = { accessToken, refreshToken, expiresAt: 0, user: null, extras: {} }
          expect(new Headers(await authorize?.(session, REQUEST)).get('rid')).toBe('anti-csrf')
          // What was granted can be refreshed again.
          const again = await refresh(refreshToken ?? '', context())
          expect(again?.refreshToken).toBe(refreshToken)
          if (refreshToken && transfer === 'cookie')
            expect(refreshToken.startsWith(token)).toBe(true)
        } catch (error) {
          if (!isAuthError(error)) throw error
          const word = given.message === 'unauthorised' || given.message === 'token theft detected'
          const over =
            (given.status === 401 && (word || given.header === 'remove')) ||
            (given.status < 300 && given.header.trim() !== '')
          if (error.code === 'refresh_rejected') expect(over).toBe(true)
          else expect(error.code).toMatch(/^(bad_response|rejected|rate_limited|server_error)$/)
        }
      }
      await fc.assert(fc.asyncProperty(answer, check), { numRuns: 500 })
      expect(granted).toBeGreaterThan(0)
    },
  )

  it.each(['cookie', 'header'] as const)(
    'an answer of the API is news of this session, failed claims, or just the answer (%s)',
    async (transfer) => {
      const seen = new Set<string>()
      const claims = fc.array(fc.record({ id: almost('st-role'), reason: anything }), {
        maxLength: 3,
      })
      const body = fc.record({ claimValidationErrors: fc.oneof(claims, anything) })
      const token = transfer === 'cookie' ? `${HTTP_ONLY}h1` : 'r1'
      const session = {
        accessToken: 'old',
        refreshToken: token,
        expiresAt: 0,
        user: { id: 'user_1', payload: PAYLOAD },
        sessionId: 'h1',
        extras: {},
      }
      const check = async (given: Answer, json: unknown) => {
        const { readAnswer } = provider(transfer, () => toResponse(given))
        const { headers } = toResponse(given)
        headers.set('content-type', 'application/json')
        const { status } = given
        const empty = [204, 205, 304].includes(status)
        const copy = () => new Response(empty ? null : JSON.stringify(json), { status })
        const meaning = await readAnswer?.({ ...REQUEST, status, headers, copy }, session)
        seen.add(meaning?.kind ?? 'none')
        const grant = meaning && 'grant' in meaning ? meaning.grant : undefined
        // Where accounts are linked, a session may become one of another id.
        if (grant) expect(grant.sessionId === 'h1' || grant.user?.id === 'user_1').toBe(true)
        if (meaning?.kind === 'refresh') expect(status).toBe(401)
        if (meaning?.kind !== 'step') return
        expect(status).toBe(403)
        const { claimValidationErrors: failed = [] } = meaning.step
        expect(failed.length).toBeGreaterThan(0)
        for (const { id } of failed) expect(id).toMatch(/./s)
        expect(JSON.stringify(failed)).not.toContain('"__proto__":')
      }
      await fc.assert(fc.asyncProperty(answer, body, check), { numRuns: 1_000 })
      expect([...seen].sort()).toEqual(['none', 'refresh', 'step', 'update'])
    },
  )

  it('a client signs in, or throws an AuthError, and stays usable', async () => {
    const check = async (given: Answer) => {
      const { environment } = createFakeBrowser().tab()
      const auth = new AuthClient({
        provider: provider('cookie', () => toResponse(given)),
        storage: memoryStorage(),
        environment,
      })
      const stop = auth.onAuthStateChange(() => {})
      for (const call of [
        () => auth.signIn({ path: '/login' }),
        () => auth.actions.adopt(toResponse(given)),
        () => auth.getSession(),
        () => auth.signOut(),
      ]) {
        await call().catch((error: unknown) => {
          if (!isAuthError(error)) throw error
        })
      }
      stop()
      auth.dispose()
    }
    await fc.assert(fc.asyncProperty(answer, check), { numRuns: 200 })
  })
})
