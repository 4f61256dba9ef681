import { auth } from './auth.js'

export function register() {
  auth.assertConfigured()
}
