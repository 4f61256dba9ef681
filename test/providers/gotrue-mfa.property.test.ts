import { describe, expect, it } from 'vitest'
import { AuthClient, isAuthError, memoryStorage } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { mfa, recoveryCodes, webauthnFactors } from '../../src/providers/gotrue/mfa.js'
import { createFakeBrowser } from '../../src/testing/index.js'
import { anyAnswer } from '../support/any-answer.js'
import { fc } from '../support/fast-check.js'
import { jwt } from '../support/wire.js'

/** A client with a session, whose server answers everything but the sign-in like this. */
async function facing(answer: () => Response) {
  const tab = createFakeBrowser().tab()
  const token = (more: object) => jwt({ sub: 'ada', session_id: 's', iat: 0, exp: 3600, ...more })
  const grant = { access_token: token({}), refresh_token: 'first', expires_in: 3600 }
  const auth = new AuthClient({
    provider: gotrue({
      url: 'http://localhost/auth/v1',
      fetch: async (url) =>
        String(url).includes('grant_type=password')
          ? Response.json({ ...grant, user: { id: 'ada' } })
          : answer(),
    }),
    storage: memoryStorage(),
    environment: tab.environment,
    autoRefresh: false,
  })
  await auth.signIn({ email: 'ada@example.com', password: 'p' })
  const authenticator = { create: async () => ({}), get: async () => ({}) }
  return {
    auth,
    factors: mfa(auth),
    codes: recoveryCodes(auth),
    keys: webauthnFactors(auth, { authenticator }),
  }
}

const shape = fc.record(
  {
    id: fc.oneof(fc.constant('f'), fc.jsonValue()),
    type: fc.oneof(fc.constant('totp'), fc.jsonValue()),
    expires_at: fc.oneof(fc.constant(1), fc.jsonValue()),
    phone: fc.oneof(fc.constant('+1'), fc.jsonValue()),
    totp: fc.oneof(
      fc.jsonValue(),
      fc.record({
        qr_code: fc.oneof(fc.constant('<svg/>'), fc.string({ unit: 'binary' }), fc.jsonValue()),
        secret: fc.oneof(fc.constant('S'), fc.jsonValue()),
        uri: fc.oneof(fc.constant('otpauth://totp/x'), fc.jsonValue()),
      }),
    ),
    factors: fc.oneof(
      fc.jsonValue(),
      fc.array(
        fc.record(
          {
            id: fc.oneof(fc.constant('f'), fc.jsonValue()),
            factor_type: fc.oneof(fc.constant('totp'), fc.jsonValue()),
            status: fc.oneof(fc.constant('verified'), fc.jsonValue()),
            created_at: fc.jsonValue(),
          },
          { requiredKeys: [] },
        ),
      ),
    ),
    webauthn: fc.oneof(
      fc.jsonValue(),
      fc.record({
        type: fc.constantFrom('create', 'request', 'x'),
        credential_options: fc.oneof(
          fc.jsonValue(),
          fc.record({ publicKey: fc.oneof(fc.jsonValue(), fc.record({ challenge: fc.string() })) }),
        ),
      }),
    ),
    codes: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
    total: fc.jsonValue(),
    access_token: fc.oneof(fc.jsonValue(), fc.string()),
    code: fc.constantFrom('mfa_verification_failed', 'mfa_ip_address_mismatch', 'x', 7),
  },
  { requiredKeys: [] },
)
describe('any answer to anything about factors', () => {
  it('is a result or an AuthError, and loses no session', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer(shape), async (answer) => {
        const { auth, factors, codes, keys } = await facing(answer)
        const call = { factorId: 'f', code: '1' }
        const outcomes: PromiseSettledResult<unknown>[] = await Promise.allSettled([
          factors.enroll({ type: 'totp' }),
          factors.enroll({ type: 'phone', phone: '+1' }),
          factors.challenge({ factorId: 'f' }),
          factors.list(),
          codes.status(),
          codes.generate(),
          codes.regenerate(),
        ])
        expect(auth.getSnapshot().session?.refreshToken).toBe('first')
        for (const raised of [
          () => factors.verify({ ...call, challengeId: 'c' }),
          () => factors.challengeAndVerify(call),
          () => codes.verify({ code: '1' }),
          // After these the session is refreshed.
          () => factors.unenroll({ factorId: 'f' }),
          () => codes.remove(),
          () => keys.register(),
          () => keys.authenticate({ factorId: 'f' }),
        ]) {
          outcomes.push(...(await Promise.allSettled([raised()])))
        }
        for (const outcome of outcomes) {
          if (outcome.status === 'rejected') expect(isAuthError(outcome.reason)).toBe(true)
        }
        expect(auth.getSnapshot().status).toBe('signed-in')
        auth.dispose()
      }),
      { numRuns: 150 },
    )
  })

  it('that shows a code to scan can be shown by an <img>, whatever letters it holds', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', minLength: 1 }), async (svg) => {
        const totp = { qr_code: `${svg}\ud800`, secret: 'S', uri: 'otpauth://totp/x' }
        const { factors } = await facing(() => Response.json({ id: 'f', totp }))
        const enrolled = await factors.enroll({ type: 'totp' })
        expect(new URL(enrolled.totp.qrCode).href).toBe(enrolled.totp.qrCode)
      }),
      { numRuns: 50 },
    )
  })
})
