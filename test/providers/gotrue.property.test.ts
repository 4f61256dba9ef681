import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { parseAuthJsSession } from '../../src/providers/gotrue/index.js'
import { fc } from '../support/fast-check.js'
import { context, wire } from '../support/wire.js'

const TERMINAL = [
  'refresh_token_not_found',
  'refresh_token_already_used',
  'session_not_found',
  'session_expired',
  'user_banned',
  'validation_failed',
]

const error = fc.record({
  code: fc.oneof(fc.constantFrom(...TERMINAL, 'conflict', 'bad_json'), fc.jsonValue()),
  error_code: fc.option(fc.constantFrom(...TERMINAL), { nil: undefined }),
  error: fc.option(fc.constantFrom('invalid_grant', ...TERMINAL), { nil: undefined }),
  message: fc.jsonValue(),
})
const session = fc.record(
  {
    access_token: fc.oneof(fc.string(), fc.jsonValue()),
    refresh_token: fc.jsonValue(),
    expires_in: fc.jsonValue(),
    expires_at: fc.jsonValue(),
    user: fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const text = fc.oneof(
  fc.oneof(fc.jsonValue(), error, session).map((value) => JSON.stringify(value)),
  fc.string(),
)
const status = fc.oneof(
  fc.constantFrom(200, 400, 401, 403, 404, 409, 422, 429, 500, 503),
  fc.integer({ min: 200, max: 599 }),
)
const type = fc.constantFrom('application/json', 'text/html', 'text/plain', '')

describe('any answer to a refresh', () => {
  it('is a sound grant, no session, or an AuthError; and a session ends only by the closed list', async () => {
    await fc.assert(
      fc.asyncProperty(text, status, type, async (body, code, contentType) => {
        const empty = [204, 205, 304].includes(code)
        const headers = { 'content-type': contentType }
        const { provider } = wire(new Response(empty ? null : body, { status: code, headers }))
        const outcome = await provider.refresh('token', context()).catch((e: unknown) => e)
        if (outcome === null) return
        if (isAuthError(outcome) && outcome.code === 'refresh_rejected') {
          expect([...TERMINAL, 'invalid_grant']).toContain(outcome.serverCode)
          expect(code).toBeLessThan(500)
          return
        }
        if (isAuthError(outcome)) {
          expect(outcome.retryable).toBe(true)
          return
        }
        expect(outcome).toMatchObject({ accessToken: expect.stringMatching(/./s) })
        expect(outcome).toHaveProperty('lifetime', expect.any(Number))
        expect(
          outcome &&
            typeof outcome === 'object' &&
            'lifetime' in outcome &&
            Number(outcome.lifetime) > 0,
        ).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})

describe('any text under auth-js’s key', () => {
  it('is a grant with a positive life, or nothing', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          text,
          fc.base64String().map((s) => `base64-${s}`),
        ),
        fc.integer(),
        (body, now) => {
          const grant = parseAuthJsSession(body, now)
          if (grant) expect(grant.lifetime).toBeGreaterThan(0)
        },
      ),
    )
  })
})
