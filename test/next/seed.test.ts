import { describe, expect, it } from 'vitest'
import { createApp } from './app.js'
import { seed } from './seed.js'

const EMAIL = 'ada@example.test'

async function open() {
  const app = createApp()
  const ada = await app.signedIn()
  return { app, ada, actions: seed(app.auth, app.next.redirect) }
}

describe('the examples of WorkOS’s documentation', () => {
  it('refreshUserData', async () => {
    const { app, ada, actions } = await open()
    app.server.setMembership(EMAIL, 'org_1', { permissions: ['posts:delete'] })
    const { result } = await ada.act(actions.refreshUserData)
    expect(result).toEqual({ permissions: ['posts:delete'] })
    const stranger = await app.browser().act(actions.refreshUserData)
    expect(stranger.result).toEqual({ error: 'Not authenticated' })
  })

  it('switchOrganization', async () => {
    const { app, ada, actions } = await open()
    const there = await ada.act(() => actions.switchOrganization('org_2'))
    expect(there.result).toEqual({ success: true, organizationId: 'org_2' })
    const nowhere = await ada.act(() => actions.switchOrganization('org_none'))
    expect(nowhere.result).toEqual({ error: 'Failed to switch organization' })
    for (const { id } of app.server.sessions()) app.server.endSession(id)
    const over = await ada.act(() => actions.switchOrganization('org_2'))
    expect([over.result, over.redirected]).toEqual([nowhere.result, ''])
  })

  it('checkPermissionUpdates', async () => {
    const { app, ada, actions } = await open()
    const none = await ada.act(actions.checkPermissionUpdates)
    expect(none.result).toEqual({ hasNewPermissions: false, newPermissions: [] })
    app.server.setMembership(EMAIL, 'org_1', { permissions: ['posts:read', 'posts:delete'] })
    app.clock.time += 1
    const some = await ada.act(actions.checkPermissionUpdates)
    expect(some.result).toEqual({ hasNewPermissions: true, newPermissions: ['posts:delete'] })
  })

  it('handleOrgSwitch', async () => {
    const { ada, actions } = await open()
    const there = await ada.act(() => actions.handleOrgSwitch('org_2'))
    expect(there.redirected).toBe('/dashboard')
    const sso = await ada.act(() => actions.handleOrgSwitch('org_sso'))
    expect(sso.redirected).toBe('/auth/sso-required')
    const nowhere = await ada.act(() => actions.handleOrgSwitch('org_none'))
    expect(nowhere.error).toMatchObject({ name: 'TokenRefreshError' })
  })

  it('updateUserRoleAndRefresh', async () => {
    const { app, ada, actions } = await open()
    const change = async () => app.server.setMembership(EMAIL, 'org_1', { role: 'viewer' })
    const { result } = await ada.act(() => actions.updateUserRoleAndRefresh(change))
    expect(result).toEqual({ success: true, newRole: 'viewer' })
  })
})
