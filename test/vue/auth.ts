import { createAuthComposables } from 'holdfast/vue'
import type { Client } from '../bindings/page.js'

export const { authPlugin, provideAuth, useSession, useAuth, useAccessToken } =
  createAuthComposables<Client>()
