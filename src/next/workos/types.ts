import type { WorkOSUser } from '../../providers/workos/types.js'
import type { Organization } from '../../server/backend/choices.js'
import type { RefreshSessionOptions } from '../call-options.js'
import type { NextSessions } from '../types.js'
import type { UserInfo } from '../user-info.js'

/** What `createNextAuth` makes for WorkOS. */
export interface NextAuth extends NextSessions<WorkOSUser, RefreshSessionOptions> {
  /**
   * Switches to another organization, and goes to `returnTo` if there is one: a path as browsers see it. Where the
   * organization wants a step first, such as SSO, it redirects there.
   * @throws as `refreshSession` does.
   */
  switchToOrganization(
    organizationId: string,
    options?: { readonly returnTo?: string | undefined },
  ): Promise<UserInfo<WorkOSUser>>
  /**
   * The organizations that somebody is to choose from in the middle of a sign-in, for the `organizationPage`; each is
   * entered by `<basePath>/organization?id=…`. `null` when there is nothing to choose.
   */
  getOrganizations(): Promise<readonly Organization[] | null>
}
