import { createAuthContext } from 'holdfast/svelte'
import type { Client } from '../bindings/page.js'

export const { provideAuth, useSession, useAuth, useAccessToken } = createAuthContext<Client>()
