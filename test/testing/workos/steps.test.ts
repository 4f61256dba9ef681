import { describe, expect, it } from 'vitest'
import { type Answer, choosing, createDesk, said, selected, strict } from './desk.js'

describe('a required step', () => {
  it('tells with sso_required how to go on', async () => {
    const { body } = await strict('sso').password()
    expect(body).toEqual({
      error: 'sso_required',
      error_description: expect.any(String),
      connection_ids: ['conn_org_a'],
      email: 'ada@example.com',
      pending_authentication_token: expect.any(String),
    })
  })

  it.each([
    ['code', { code: 'mfa_enrollment', message: expect.any(String) }],
    ['error', { error: 'mfa_enrollment', error_description: expect.any(String) }],
  ] as const)('tells with mfa_enrollment how to go on, by { %s }', async (envelope, words) => {
    const { body } = await strict('mfa_enrollment', envelope).password()
    expect(body).toEqual({
      ...words,
      pending_authentication_token: expect.any(String),
      user: expect.objectContaining({ email: 'ada@example.com' }),
    })
  })

  it('names the page of AuthKit, the organization and its connections where it is told them', async () => {
    const desk = createDesk()
    desk.server.setOrganization('org_a', {
      requires: 'sso',
      connectionIds: ['conn_1', 'conn_2'],
      redirectUrl: 'https://authkit.example/sso',
    })
    expect((await desk.password()).body).toMatchObject({
      connection_ids: ['conn_1', 'conn_2'],
      authkit_redirect_url: 'https://authkit.example/sso',
    })
  })

  it('is over when the organization no longer requires it', async () => {
    const desk = strict('sso')
    desk.server.setOrganization('org_a', { requires: undefined })
    expect(said(await desk.password())).toBe('200')
  })
})

describe('a choice of organization', () => {
  it('is asked for with the list of them, and once made, it is kept', async () => {
    const desk = choosing()
    desk.server.setOrganization('org_b', { name: 'Bee' })
    const { body } = await desk.password()
    expect(body).toMatchObject({
      organizations: [
        { id: 'org_a', name: 'org_a' },
        { id: 'org_b', name: 'Bee' },
      ],
      user: { email: 'ada@example.com' },
    })
    const token = body.pending_authentication_token
    const choose = (id: string): Promise<Answer> =>
      selected(desk, { pending_authentication_token: token, organization_id: id })
    expect(said(await choose('org_z'))).toBe('400 error:organization_not_found')
    expect((await choose('org_b')).body.organization_id).toBe('org_b')
    expect(said(await choose('org_b'))).toBe('400 code:invalid_pending_authentication_token')
  })

  it('is asked for after a code too, which is spent by that', async () => {
    const desk = choosing()
    const code = await desk.code()
    expect(said(await desk.exchange(code))).toBe('403 code:organization_selection_required')
    expect(said(await desk.exchange(code))).toBe('400 error:invalid_grant')
  })

  it('is not asked of those with one or none', async () => {
    const desk = choosing()
    desk.server.removeMembership('ada@example.com', 'org_a')
    expect((await desk.password()).body.organization_id).toBe('org_b')
    const bob = await desk.password({ email: 'bob@example.com', password: 'hunter22' })
    expect(said(bob)).toBe('200')
    expect(bob.body).not.toHaveProperty('organization_id')
  })
})
