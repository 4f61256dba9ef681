import { assertConfigured } from './lib/auth'

/** Names a variable that is missing when the server starts, before anybody asks for a page. */
export function register() {
  assertConfigured()
}
