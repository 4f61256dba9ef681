import type { Fields } from '../server/json.js'
import { PROTECTED_CLAIMS } from './access-tokens.js'
import { refuse } from './answers.js'
import type { Dialect } from './versions.js'

/** @throws CoreRefusal 400 for a payload with claims of the core's own, where tokens are JWTs. */
export function checkClaims(payload: Fields, { jwt }: Dialect): void {
  if (jwt && Object.keys(payload).some((name) => PROTECTED_CLAIMS.has(name))) {
    refuse(400, 'The user payload contains protected field')
  }
}
