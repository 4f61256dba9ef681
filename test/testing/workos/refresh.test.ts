import { describe, expect, it } from 'vitest'
import { claimsOf, createDesk, said } from './desk.js'

const ALREADY = 'Refresh token already exchanged.'

describe('a refresh', () => {
  it('rotates the token and keeps session, person and organization', async () => {
    const desk = createDesk()
    const first = await desk.signIn()
    await desk.clock.advance(10_000)
    const { body: second } = await desk.refresh(first.refresh_token)
    expect(second.refresh_token).not.toBe(first.refresh_token)
    expect(second.access_token).not.toBe(first.access_token)
    const [before, after] = [claimsOf(first.access_token), claimsOf(second.access_token)]
    const { sid, sub, org_id, auth_time } = before
    expect(after).toMatchObject({ sid, sub, org_id, auth_time, iat: Number(before.iat) + 10 })
    expect(after.jti).not.toBe(before.jti)
    expect(second).toMatchObject({ organization_id: 'org_a', authentication_method: 'Password' })
  })

  it('shares one exchange among all who ask at once', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    const answers = await Promise.all([1, 2, 3].map(() => desk.refresh(refresh_token)))
    expect(new Set(answers.map(({ text }) => text)).size).toBe(1)
  })

  it('gives the same pair again for 30 seconds, and refuses afterwards', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    const first = await desk.refresh(refresh_token)
    await desk.clock.advance(29_900)
    expect((await desk.refresh(refresh_token)).body).toEqual(first.body)
    await desk.clock.advance(200)
    const late = await desk.refresh(refresh_token)
    expect(said(late)).toBe('400 error:invalid_grant')
    expect(late.body.error_description).toBe(ALREADY)
    expect(said(await desk.refresh(first.body.refresh_token))).toBe('200')
  })

  it('does not grant more time by a replay', async () => {
    const desk = createDesk({ replayGrace: 1_000 })
    const { refresh_token } = await desk.signIn()
    await desk.refresh(refresh_token)
    await desk.clock.advance(900)
    await desk.refresh(refresh_token)
    await desk.clock.advance(900)
    expect((await desk.refresh(refresh_token)).body.error_description).toBe(ALREADY)
  })

  it.each([
    ['that was ended', 'Session has already ended.', {}, 'end'],
    ['past its greatest length', 'Refresh token has expired.', { sessionLifetime: 60_000 }, 'wait'],
    ['that slept too long', 'Refresh token has expired.', { inactivityTimeout: 60_000 }, 'wait'],
  ] as const)('of a session %s says: %s', async (_, words, options, what) => {
    const desk = createDesk(options)
    const { refresh_token } = await desk.signIn()
    if (what === 'end') desk.server.endSession(desk.sessionId())
    else await desk.clock.advance(60_000)
    const answer = await desk.refresh(refresh_token)
    expect(said(answer)).toBe('400 error:invalid_grant')
    expect(answer.body.error_description).toBe(words)
  })

  it('starts the clock of inactivity again, but not that of the greatest length', async () => {
    const desk = createDesk({ inactivityTimeout: 60_000, sessionLifetime: 100_000 })
    const { refresh_token } = await desk.signIn()
    await desk.clock.advance(50_000)
    const { body } = await desk.refresh(refresh_token)
    await desk.clock.advance(49_000)
    const { body: third } = await desk.refresh(body.refresh_token)
    expect(third).toHaveProperty('access_token')
    await desk.clock.advance(1_000)
    expect(said(await desk.refresh(third.refresh_token))).toBe('400 error:invalid_grant')
  })

  it('of an ended session is refused even within the grace', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    await desk.refresh(refresh_token)
    desk.server.endSession(desk.sessionId())
    const { body } = await desk.refresh(refresh_token)
    expect(body.error_description).toBe('Session has already ended.')
    expect(desk.server.sessions()).toEqual([])
  })

  it('brings what has changed about the person', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    await desk.clock.advance(1_000)
    desk.server.updateUser('ADA@example.com', { firstName: 'Countess', metadata: { a_b: 'c' } })
    const { body } = await desk.refresh(refresh_token)
    expect(body.user).toMatchObject({
      first_name: 'Countess',
      last_name: 'Lovelace',
      metadata: { a_b: 'c' },
      updated_at: '2023-11-14T22:13:21.000Z',
    })
  })
})

describe('an organization switch', () => {
  it('takes the session to another organization, where it stays as long as each refresh names it', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    const { body } = await desk.refresh(refresh_token, { organization_id: 'org_b' })
    expect(body.organization_id).toBe('org_b')
    expect(claimsOf(body.access_token)).toMatchObject({ org_id: 'org_b', role: 'member' })
    const again = { organization_id: 'org_b' }
    const { body: next } = await desk.refresh(body.refresh_token, again)
    expect(claimsOf(next.access_token)).toMatchObject({ org_id: 'org_b' })
    expect(desk.server.sessions()).toMatchObject([{ organizationId: 'org_b' }])
    const { body: chosen } = await desk.refresh(next.refresh_token)
    expect(claimsOf(chosen.access_token)).toMatchObject({ org_id: 'org_a' })
  })

  it('that is a replay gets the organization of the exchange', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    const { body } = await desk.refresh(refresh_token)
    const { body: replayed } = await desk.refresh(refresh_token, { organization_id: 'org_b' })
    expect(replayed).toEqual(body)
  })

  it.each([
    ['unknown', {}, 'org_z', '400 error:organization_not_found'],
    ['of others', {}, 'org_c', '400 error:organization_membership_not_found'],
    [
      'of others, in the older word',
      { membershipError: 'organization_not_authorized' },
      'org_c',
      '400 error:organization_not_authorized',
    ],
    ['with single sign-on', {}, 'org_sso', '400 error:sso_required'],
    ['with a second factor', {}, 'org_mfa', '403 code:mfa_enrollment'],
  ] as const)('to one %s is refused and costs nothing', async (_, options, id, expected) => {
    const desk = createDesk({
      organizations: [
        { id: 'org_c' },
        { id: 'org_sso', requires: 'sso' },
        { id: 'org_mfa', requires: 'mfa_enrollment' },
      ],
      ...options,
    })
    for (const one of ['org_sso', 'org_mfa']) desk.server.setMembership('ada@example.com', one, {})
    const { refresh_token } = await desk.signIn()
    expect(said(await desk.refresh(refresh_token, { organization_id: id }))).toBe(expected)
    const { body } = await desk.refresh(refresh_token)
    expect(body.organization_id).toBe('org_a')
  })

  it('needs no further step when the hosted pages have taken it', async () => {
    const desk = createDesk({ organizations: [{ id: 'org_a', requires: 'sso' }] })
    const { body } = await desk.exchange(await desk.code({ organization_id: 'org_a' }))
    expect(body).toMatchObject({ organization_id: 'org_a', authentication_method: 'SSO' })
    const { body: away } = await desk.refresh(body.refresh_token, { organization_id: 'org_b' })
    const back = await desk.refresh(away.refresh_token, { organization_id: 'org_a' })
    expect(said(back)).toBe('200')
  })

  it('no longer works for somebody who has been removed', async () => {
    const desk = createDesk()
    const { refresh_token } = await desk.signIn()
    desk.server.removeMembership('ada@example.com', 'org_a')
    const answer = await desk.refresh(refresh_token, { organization_id: 'org_a' })
    expect(said(answer)).toBe('400 error:organization_membership_not_found')
  })
})
