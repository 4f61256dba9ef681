import { AuthClient } from 'holdfast'
import { backend } from 'holdfast/providers/backend'
import { createAuthHooks } from 'holdfast/react'

// Shared by all components of the page; nothing happens before one of them asks.
export const auth = new AuthClient({ provider: backend() })

export const { AuthProvider, useSession } = createAuthHooks<typeof auth>()
