import { createNextAuth } from 'holdfast/next'

// Everything comes from the environment, under the names that WorkOS's own kit uses.
export const { withAuth, refreshSession, getSignInUrl, handlers, proxy } = createNextAuth()
