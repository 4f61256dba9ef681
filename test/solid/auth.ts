import { createAuthContext } from 'holdfast/solid'
import type { Client } from '../bindings/page.js'

export const { AuthProvider, useSession, useAuth, useAccessToken } = createAuthContext<Client>()
