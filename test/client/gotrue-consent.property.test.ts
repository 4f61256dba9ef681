import { describe, expect, it } from 'vitest'
import { isAuthError } from '../../src/index.js'
import { oauthConsent } from '../../src/providers/gotrue/oauth-consent.js'
import { anyAnswer, signedIn } from '../support/any-answer.js'
import { fc } from '../support/fast-check.js'

describe('any answer to the page of consent', () => {
  const client = fc.record({ id: fc.uuid(), name: fc.jsonValue() }, { requiredKeys: [] })
  const likely = fc.oneof(
    fc.record(
      {
        authorization_id: fc.string(),
        redirect_uri: fc.jsonValue(),
        redirect_url: fc.oneof(fc.webUrl(), fc.jsonValue()),
        client,
        user: client,
        scope: fc.jsonValue(),
      },
      { requiredKeys: [] },
    ),
    fc.array(fc.record({ client, scopes: fc.jsonValue(), granted_at: fc.jsonValue() })),
  )

  it('is what was asked for, or an AuthError, and the session stays', async () => {
    await fc.assert(
      fc.asyncProperty(anyAnswer(likely), fc.nat(4), async (answer, which) => {
        const { auth } = await signedIn(answer())
        const { details, approve, deny, grants, revoke } = oauthConsent(auth)
        const id = { authorizationId: 'a1', clientId: 'c1' }
        const calls = [
          () => details(id),
          () => approve(id),
          () => deny(id),
          () => grants(),
          () => revoke(id),
        ]
        const outcome: unknown = await calls[which]?.().catch((error: unknown) => error)
        if (!isAuthError(outcome)) {
          if (which < 3) expect(outcome).toHaveProperty('redirectUrl')
          if (which === 3) expect(outcome).toBeInstanceOf(Array)
          if (which === 4) expect(outcome).toBeUndefined()
        }
        expect(auth.getSnapshot().session).not.toBeNull()
        auth.dispose()
      }),
    )
  })
})
