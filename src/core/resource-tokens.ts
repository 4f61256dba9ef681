import { AuthError } from './errors.js'
import type { IssuedToken, ResourceTokens, TokenTarget } from './provider.js'
import { isLifetime, isObject, isText, lifeOf, type SessionRecord } from './record.js'
import type { SessionUser } from './session.js'
import { deadlineOf, type Held, type Moment, type Now, remaining, spread } from './timing.js'

/** An access token for one resource, beside the session's own. */
interface ResourceToken {
  readonly accessToken: string
  /** Milliseconds since the epoch, by the clock of the context that got it. */
  readonly expiresAt: number
  /** Its whole life in ms, from the moment it was requested. */
  readonly lifetime: number
}

/** How many tokens for resources a session keeps: each makes the stored text longer. */
const MOST = 8
/** Of how many the end is remembered: on a server the sessions of many people may share a provider. */
const KNOWN = 1_000

const isToken = (value: unknown): value is ResourceToken =>
  isObject(value) &&
  isText(value.accessToken) &&
  Number.isFinite(value.expiresAt) &&
  isLifetime(value.lifetime)

/** The name under which a session keeps the token for a target; empty for its own. */
function nameOf({ resource, audience, scope }: TokenTarget): string {
  const wanted = [resource, audience, scope]
  for (const text of wanted) {
    if (text !== undefined && !isText(text)) {
      throw new AuthError('invalid_argument', '`resource`, `audience` and `scope` are texts.')
    }
  }
  return wanted.some(isText) ? JSON.stringify(wanted.map((text) => text ?? null)) : ''
}

/**
 * For providers whose servers give one session access tokens for several resources (RFC 8707): each
 * has a life of its own, and lies in the session's record, so that all contexts share it.
 * @example
 * ```ts
 * import { AuthClient, resourceTokens } from 'holdfast'
 * import { oidc } from 'holdfast/providers/oidc'
 *
 * const own = { clientId: 'my-app', redirectUri: 'https://app.example/callback' }
 * const provider = oidc({ ...own, issuer: 'https://id.example', resourceTokens: resourceTokens() })
 * const auth = new AuthClient({ provider })
 * const token = await auth.getAccessToken({ resource: 'https://api.example/orders' })
 * ```
 */
export function resourceTokens(): ResourceTokens {
  /** When tokens are dead, as it was known when each was first looked for: records come and go. */
  const deadlines = new Map<string, Moment>()
  return {
    nameOf,
    find({ record, arrived }: Held<SessionUser>, name: string, now: Now) {
      const token = record.tokens?.[name]
      if (!isToken(token)) return null
      const { accessToken, expiresAt, lifetime } = token
      // A name that tells nothing of the token, which may be signed out of by now.
      const key = JSON.stringify([name, expiresAt, spread(accessToken)])
      const deadline = deadlines.get(key) ?? deadlineOf(token, arrived)
      deadlines.set(key, deadline)
      const [oldest = ''] = deadlines.keys()
      if (deadlines.size > KNOWN) deadlines.delete(oldest)
      return { accessToken, lifetime, left: remaining({ deadline }, now) }
    },
    add<User extends SessionUser>(
      base: SessionRecord<User>,
      { name, grant, requestedAt }: IssuedToken,
    ): SessionRecord<User> {
      const { accessToken } = grant
      if (!isText(accessToken)) {
        throw new AuthError('bad_response', 'The answer holds no access token.')
      }
      const lifetime = lifeOf(grant)
      const { [name]: _, ...others } = base.tokens ?? {}
      const kept = Object.entries(others).slice(1 - MOST)
      const token = { accessToken, expiresAt: Math.floor(requestedAt) + lifetime, lifetime }
      return { ...base, tokens: { ...Object.fromEntries(kept), [name]: token } }
    },
  }
}
