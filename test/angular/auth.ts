import { createAuthInjection } from 'holdfast/angular'
import type { Client } from '../bindings/page.js'

export const { provideAuth, injectSession, injectAuth, injectAccessToken } =
  createAuthInjection<Client>()
