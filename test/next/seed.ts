// The examples of WorkOS's documentation of `refreshSession`, as they are there.
import type { NextAuth } from '../../src/next/workos/types.js'

export function seed({ refreshSession, withAuth }: NextAuth, redirect: (url: string) => never) {
  async function refreshUserData() {
    const session = await refreshSession()

    if (!session.user) {
      return { error: 'Not authenticated' }
    }

    return { permissions: session.permissions }
  }

  async function switchOrganization(organizationId: string) {
    try {
      const session = await refreshSession({
        organizationId,
        ensureSignedIn: true,
      })

      return { success: true, organizationId: session.organizationId }
    } catch {
      return { error: 'Failed to switch organization' }
    }
  }

  async function checkPermissionUpdates() {
    const currentSession = await withAuth()
    const refreshedSession = await refreshSession({ ensureSignedIn: true })

    const newPermissions = refreshedSession.permissions?.filter(
      (p) => !currentSession.permissions?.includes(p),
    )

    return {
      hasNewPermissions: (newPermissions?.length ?? 0) > 0,
      newPermissions,
    }
  }

  async function handleOrgSwitch(organizationId: string) {
    try {
      await refreshSession({
        organizationId,
        ensureSignedIn: true,
      })
    } catch (error) {
      // Handle SSO or MFA requirements
      if (error instanceof Error && error.message.includes('sso_required')) {
        redirect('/auth/sso-required')
      }
      throw error
    }

    redirect('/dashboard')
  }

  async function updateUserRoleAndRefresh(updateUserRole: () => Promise<void>) {
    await updateUserRole()

    const session = await refreshSession({ ensureSignedIn: true })

    return {
      success: true,
      newRole: session.role,
    }
  }

  return {
    refreshUserData,
    switchOrganization,
    checkPermissionUpdates,
    handleOrgSwitch,
    updateUserRoleAndRefresh,
  }
}
