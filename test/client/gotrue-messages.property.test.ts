import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { answered, anyAnswer, signedIn } from '../support/any-answer.js'
import { fc } from '../support/fast-check.js'

describe('any answer', () => {
  it('to resend is an end, or an AuthError', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer(fc.record({ message_id: fc.jsonValue() })), async (answer) => {
        const { auth } = answered(answer())
        const call = auth.actions.resend({ type: 'sms', phone: '+1555' })
        const outcome = await call.catch((error: unknown) => error)
        if (isAuthError(outcome)) return
        const { messageId } = Object(outcome)
        expect(messageId === null || typeof messageId === 'string').toBe(true)
      }),
    )
  })

  it('to reauthenticate is an end, or an AuthError, and the session stays', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer(fc.constant({})), async (answer) => {
        const { auth } = await signedIn(answer())
        const outcome = await auth.actions.reauthenticate().catch((error: unknown) => error)
        expect(outcome === undefined || isAuthError(outcome)).toBe(true)
        expect(auth.getSnapshot().session).not.toBeNull()
        auth.dispose()
      }),
    )
  })
})
