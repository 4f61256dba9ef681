import type { Grant } from '../../core/session.js'
import { decodeBase64 } from '../shared/base64.js'
import { asObject } from '../shared/json.js'
import { positive, readClaims } from '../shared/jwt.js'
import type { GoTrueUser } from './types.js'
import { toGrant } from './wire.js'

/** How `@supabase/ssr` marks a session that it encoded. */
const BASE64 = 'base64-'

function decode(text: string): unknown {
  if (!text.startsWith(BASE64)) return JSON.parse(text)
  return JSON.parse(decodeBase64(text.slice(BASE64.length)))
}

/**
 * Reads a session as `@supabase/auth-js` persists it, for `takeOver`; `null` when there is none.
 * `now` is in ms since the epoch. A dead token gets 1 ms to live, so that it is refreshed at once.
 */
export function parseAuthJsSession(text: string, now: number): Grant<GoTrueUser> | null {
  try {
    const body = asObject(decode(text))
    const grant = toGrant(body)
    if (!grant?.refreshToken) return null
    const { exp, iat } = readClaims(grant.accessToken) ?? {}
    const whole = positive(Number(exp) - Number(iat)) ?? grant.lifetime / 1000
    const left = Number(body?.expires_at ?? exp) * 1000 - now
    return { ...grant, lifetime: positive(Math.min(left, whole * 1000)) ?? 1 }
  } catch {
    return null
  }
}
