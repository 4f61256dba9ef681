import type { UserInfo } from 'holdfast/next'
import { createNextAuth } from 'holdfast/next/workos'
import type { WorkOSUser } from 'holdfast/providers/workos'

// Everything comes from the environment, under the names that WorkOS's own kit uses.
export const { withAuth, refreshSession, getSignInUrl, handlers, proxy } = createNextAuth()

/** Somebody who is signed in. */
export type Somebody = UserInfo<WorkOSUser>
