import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { HTTP_ONLY } from '../../src/providers/workos/index.js'
import { fc } from '../support/fast-check.js'
import { context, jwt } from '../support/wire.js'
import { CLAIMS, sessionBody, workosWire } from '../support/workos-wire.js'

const WORDS = [
  'invalid_grant',
  'sso_required',
  'mfa_enrollment',
  'invalid_client',
  'radar_challenge',
]

const word = fc.oneof(fc.constantFrom(...WORDS), fc.jsonValue())
const error = fc.record(
  {
    error: fc.oneof(word, fc.record({ code: word, error: word, message: fc.jsonValue() })),
    code: word,
    error_description: fc.jsonValue(),
    message: fc.jsonValue(),
    organizations: fc.jsonValue(),
    connection_ids: fc.jsonValue(),
    user: fc.jsonValue(),
    authkit_redirect_url: fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const claims = fc.record(
  {
    sub: fc.oneof(fc.constant('user_1'), fc.jsonValue()),
    sid: fc.jsonValue(),
    role: fc.jsonValue(),
    permissions: fc.jsonValue(),
    iat: fc.jsonValue(),
    exp: fc.jsonValue(),
  },
  { requiredKeys: [] },
)
const session = fc.record(
  {
    access_token: fc.oneof(
      claims.map((some) => jwt({ ...CLAIMS, ...some })),
      fc.jsonValue(),
    ),
    refresh_token: fc.jsonValue(),
    user: fc.oneof(fc.constant(sessionBody().user), fc.jsonValue()),
    impersonator: fc.jsonValue(),
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
const token = fc.constantFrom('token', `${HTTP_ONLY}session_1`)

const isWord = (body: string): boolean => body.includes('"invalid_grant"')

describe('any answer to a refresh', () => {
  it('is a sound grant, no session, or an AuthError; and a session ends only by the closed list', async () => {
    await fc.assert(
      fc.asyncProperty(text, status, token, async (body, code, held) => {
        const empty = [204, 205, 304].includes(code)
        const answer = new Response(empty ? null : body, { status: code })
        const { provider } = workosWire({ cookies: true }, answer)
        const outcome = await provider.refresh(held, context()).catch((e: unknown) => e)
        if (outcome === null) return
        if (!isAuthError(outcome)) {
          expect(outcome).toMatchObject({ accessToken: expect.stringMatching(/./s) })
          expect(outcome).toMatchObject({ user: { id: 'user_1' } })
          const { lifetime } = outcome as { lifetime: number }
          expect(lifetime > 0 && Number.isFinite(lifetime)).toBe(true)
          return
        }
        if (outcome.code !== 'refresh_rejected') return
        expect(outcome.retryable).toBe(false)
        // The definite word, or the session of another sign-in in this browser's cookies.
        if (code < 300) expect(held).toContain(HTTP_ONLY)
        else expect(isWord(body) && code >= 400 && code < 500).toBe(true)
      }),
      { numRuns: 1_000 },
    )
  })
})
