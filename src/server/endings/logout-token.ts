import { AuthError } from '../../core/errors.js'
import { asObject, text } from '../../providers/shared/json.js'
import type { EndedWhich } from '../sealed/shared-ends.js'
import type { KeySetLocation } from '../verification/key-set.js'
import { createStatementCheck, type Statement } from './statements.js'

/** Who sends logout tokens: an OpenID Connect server, as `createOidc` makes it. */
export interface LogoutTokenIssuer {
  readonly issuer: string
  /** What it calls this app: whom its tokens are meant for. */
  readonly clientId: string
  readonly keys: KeySetLocation
}

/** What a logout token says. */
export interface LogoutToken extends Pick<Statement, 'id' | 'life'> {
  readonly which: EndedWhich
}

/** What makes a token a logout token (Back-Channel Logout 1.0 §2.4). */
const EVENT = 'http://schemas.openid.net/event/backchannel-logout'

const refused = (why: string): AuthError =>
  new AuthError('rejected', `The token is no logout token: ${why}.`)

/** Which sessions are over. @throws AuthError `rejected` */
function whichOf({ claims }: Statement): EndedWhich {
  if (!asObject(asObject(claims.events)?.[EVENT])) throw refused('it tells of no logout')
  // An id token has one, and may be in anybody's hands.
  if ('nonce' in claims) throw refused('it has a nonce')
  for (const name of ['sid', 'sub'] as const) {
    if (claims[name] !== undefined && !text(claims[name])) throw refused(`its ${name} is no text`)
  }
  const [serverSessionId, userId] = [text(claims.sid), text(claims.sub)]
  if (serverSessionId) return { serverSessionId }
  if (userId) return { userId }
  throw refused('it names no session and no person')
}

/**
 * Makes what checks logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6). One with a `sid` ends that session,
 * one without all of the person's. Encrypted ones, and those signed by the client's secret, are not taken.
 * @throws AuthError `invalid_argument` for keys that cannot be; when used, as a check of statements does.
 */
export function createLogoutTokenCheck(
  { issuer, clientId, keys }: LogoutTokenIssuer,
  now: () => number,
): (token: string) => Promise<LogoutToken> {
  const check = createStatementCheck({
    issuer,
    audience: clientId,
    keys,
    type: 'logout+jwt',
    now,
  })
  return async (token) => {
    const statement = await check(token)
    const { id, life } = statement
    return { id, life, which: whichOf(statement) }
  }
}
