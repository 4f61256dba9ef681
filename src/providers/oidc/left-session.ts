import type { Grant } from '../../core/session.js'
import { asObject, text } from '../shared/json.js'
import { numberOf, readClaims } from '../shared/jwt.js'
import type { Fields } from './fields.js'
import { toGrant } from './grants.js'
import { toUser } from './id-token.js'
import type { OidcUser } from './types.js'

/** One session as it was left, by the names of OAuth; `at`: when its token dies, in s. */
export interface Left extends Fields {
  readonly at: unknown
}

/** Stands for an access token that was removed, as libraries do with dead ones: a session has one, alive or not. */
const GONE = 'gone'

const when = ({ at }: Left): number => numberOf(at) || 0

/** Of several, the one that can be refreshed, and of those the newest. */
const better = (a: Left, b: Left): number =>
  Number(!text(a.refresh_token)) - Number(!text(b.refresh_token)) || when(b) - when(a)

/** A session out of what was left; a dead token gets a moment to live, so that it is refreshed at once. */
export function toSession(found: readonly Left[], now: number): Grant<OidcUser> | null {
  const usable = found.filter(
    ({ access_token, refresh_token, token_type }) =>
      // One that is bound to a key is worth nothing without it.
      (text(access_token) ?? text(refresh_token)) && /^bearer$/i.test(text(token_type) ?? 'bearer'),
  )
  const [best, other] = [...usable].sort(better)
  if (!best) return null
  const { refresh_token, id_token, scope } = best
  const access_token = text(best.access_token) ?? GONE
  // Of tokens for several APIs nobody knows which one is the session's own: it is asked for anew.
  const left = other || access_token === GONE ? 0 : when(best) - now / 1000
  if (left <= 0 && !text(refresh_token)) return null
  const claims = asObject(best.claims) ?? readClaims(text(id_token) ?? '')
  const expires_in = Math.max(left, 0.001)
  return toGrant(
    { body: { access_token, refresh_token, id_token, scope, expires_in } },
    {
      claims,
      user: claims ? toUser(claims) : undefined,
      kept: { subject: text(claims?.sub) },
      session: null,
    },
  )
}
