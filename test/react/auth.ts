import { createAuthHooks } from 'holdfast/react'
import type { Client } from '../bindings/page.js'

export const { AuthProvider, useSession, useAuth, useAccessToken } = createAuthHooks<Client>()
