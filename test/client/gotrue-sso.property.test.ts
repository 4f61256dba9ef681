import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { sso } from '../../src/providers/gotrue/sso.js'
import { anyAnswer, signedIn } from '../support/any-answer.js'
import { fc } from '../support/fast-check.js'

describe('single sign-on', () => {
  it('takes any answer for an address or an AuthError, and keeps who is signed in', async () => {
    const likely = fc.record({ url: fc.oneof(fc.webUrl(), fc.jsonValue()) }, { requiredKeys: [] })
    await fc.assert(
      fc.asyncProperty(anyAnswer(likely), async (answer) => {
        const { auth } = await signedIn(answer())
        const call = sso(auth).signInUrl({ domain: 'corp.example' })
        const outcome = await call.catch((error: unknown) => error)
        expect(isAuthError(outcome) || /^https?:\/\//.test(String(outcome))).toBe(true)
        expect(auth.getSnapshot().session).not.toBeNull()
        auth.dispose()
      }),
    )
  })
})
