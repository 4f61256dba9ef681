import { describe, expect, it } from 'vitest'
import { ADA, claim, createStage, success } from './sealed-sessions-stage.js'

describe('another organization', () => {
  it('is an exchange of its own', async () => {
    const { cookie, load, server } = createStage({ replayGrace: 0 })
    const [one, two] = [await cookie(), await cookie()]
    const results = await Promise.all([
      load(one).refreshSession({ organizationId: 'org_2' }),
      load(one).refreshSession({ organizationId: 'org_2' }),
      load(two).refreshSession(),
    ])
    expect(results.map((result) => success(result).organizationId)).toEqual([
      'org_2',
      'org_2',
      'org_1',
    ])
    expect(success(results[0]).role).toBe('member')
    expect(server.count('refresh_token')).toBe(2)
  })

  it('is switched to also when the server gives an older answer again', async () => {
    const { cookie, load, exchanges } = createStage()
    const sealed = await cookie()
    await load(sealed).refreshSession()
    const result = success(await load(sealed).refreshSession({ organizationId: 'org_2' }))
    expect(result).toMatchObject({ organizationId: 'org_2', permissions: ['posts:read'] })
    // The old token again, then its successor.
    expect(exchanges()).toBe(3)
    // A request from before the switch does not undo it.
    expect(success(await load(result.sealed).refreshSession()).organizationId).toBe('org_2')
  })

  it.each<[string, 'error' | 'code']>([
    ['sso', 'error'],
    ['mfa_enrollment', 'error'],
    ['mfa_enrollment', 'code'],
  ])(
    'that wants %s first (%s) says how to go on, and the session lives on',
    async (step, mfaEnvelope) => {
      const { cookie, load, server } = createStage({ mfaEnvelope })
      const requires = step === 'sso' ? 'sso' : 'mfa_enrollment'
      server.setOrganization('org_2', { requires, redirectUrl: 'https://auth.example/go' })
      const session = load(await cookie())
      const reason = step === 'sso' ? 'sso_required' : step
      expect(await session.refreshSession({ organizationId: 'org_2' })).toEqual({
        signedIn: false,
        retryable: false,
        reason,
        error: expect.objectContaining({
          code: 'step_required',
          details: expect.objectContaining({
            step: reason,
            email: ADA.email,
            pendingAuthenticationToken: expect.any(String),
            redirectUrl: 'https://auth.example/go',
          }),
        }),
      })
      expect(await session.refreshSession()).toMatchObject({ organizationId: 'org_1' })
    },
  )

  it.each(['organization_not_authorized', 'organization_membership_not_found'] as const)(
    'that refuses with %s leaves the session as it was',
    async (membershipError) => {
      const { cookie, load } = createStage({ membershipError })
      const session = load(await cookie())
      const refused = {
        signedIn: false,
        retryable: false,
        reason: 'rejected',
      }
      expect(await session.refreshSession({ organizationId: 'org_3' })).toMatchObject(refused)
      expect(await session.refreshSession()).toMatchObject({ signedIn: true })
    },
  )

  it('that is refused after the token has changed gives the changed session along', async () => {
    const { cookie, load, server } = createStage()
    const sealed = await cookie()
    await load(sealed).refreshSession()
    server.setOrganization('org_2', { requires: 'sso' })
    const session = load(sealed)
    const result = await session.refreshSession({ organizationId: 'org_2' })
    expect(result).toMatchObject({ signedIn: false, reason: 'sso_required' })
    expect(await claim(result.sealed, 'org_id')).toBe('org_1')
    expect(await session.refreshSession()).toMatchObject({
      signedIn: true,
      organizationId: 'org_1',
    })
  })
})
