import { AuthError } from '../../core/errors.js'
import type { Grant } from '../../core/session.js'
import { text } from '../shared/json.js'
import { numberOf, positive } from '../shared/jwt.js'
import { type FrontToken, parseFrontToken } from './front-token.js'
import { namesOf } from './names.js'
import type { SuperTokensProviderOptions, SuperTokensUser } from './types.js'

/** A session in the headers of an answer. */
export interface Granted<User extends SuperTokensUser> {
  readonly front: FrontToken
  readonly grant: Grant<User>
}

/** The headers of an answer. */
type Readable = Pick<Headers, 'get'>

/** What is known of a session already, and goes on where an answer does not have it. */
export interface Known {
  readonly antiCsrf?: string | undefined
  readonly accessToken?: string | undefined
  readonly refreshToken?: string | null | undefined
}

/** The access token's life as cores set it by default, in ms. */
const DEFAULT_LIFETIME = 3_600_000

/** An anti-CSRF token that can be sent again, in a header: visible ASCII. */
const FIT = /^[!-~]+$/

const isUser = <User extends SuperTokensUser>(user: SuperTokensUser): user is User => user.id !== ''

const wrong = (message: string): AuthError => new AuthError('bad_response', message)

/**
 * How long the access token lives, in ms: by its own dates, whatever this device's clock says, else
 * by the server's clock. This device's is asked last, and not believed that the token is dead.
 */
function lifetimeOf({ payload, expiry }: FrontToken, headers: Readable, now: number): number {
  const sent = positive(Date.parse(headers.get('Date') ?? ''))
  const minted = positive(numberOf(payload.iat) * 1000) ?? sent
  return minted ? expiry - minted : (positive(expiry - now) ?? DEFAULT_LIFETIME)
}

/** The tokens that an answer carries in headers. */
function tokensOf(
  headers: Readable,
  known: Known,
): { readonly accessToken: string; readonly refreshToken: string } {
  const accessToken = text(headers.get('st-access-token')) ?? known.accessToken
  const refreshToken = text(headers.get('st-refresh-token')) ?? known.refreshToken
  if (accessToken && refreshToken) return { accessToken, refreshToken }
  throw wrong('The answer has no tokens in headers, or Access-Control-Expose-Headers hides them.')
}

/**
 * The session in the headers of an answer. A token that the answer does not have, the anti-CSRF token
 * among them, goes on as it is known.
 * @throws AuthError `bad_response` when there is none, or half of one.
 */
export function toGrant<User extends SuperTokensUser>(
  headers: Readable,
  { transfer, now = Date.now }: Pick<SuperTokensProviderOptions, 'transfer' | 'now'>,
  known: Known = {},
): Granted<User> {
  const front = parseFrontToken(headers.get('front-token') ?? '')
  if (!front) throw wrong('The answer has no `front-token` that can be read.')
  const lifetime = lifetimeOf(front, headers, now())
  const { userId: id, handle, payload } = front
  const user = { id, email: text(payload.email), phone: text(payload.phone), payload }
  if (lifetime <= 0 || !isUser<User>(user)) throw wrong('The dates of the `front-token` are wrong.')
  const tokens =
    transfer === 'header'
      ? tokensOf(headers, known)
      : namesOf(front, headers.get('anti-csrf')?.match(FIT)?.[0] ?? known.antiCsrf)
  return { front, grant: { ...tokens, lifetime, user, sessionId: handle } }
}
