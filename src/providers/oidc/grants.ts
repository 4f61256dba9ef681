import { AuthError } from '../../core/errors.js'
import type { Grant, Session } from '../../core/session.js'
import { asObject, text, texts } from '../shared/json.js'
import { numberOf, positive, readClaims } from '../shared/jwt.js'
import type { OidcAnswer } from './answer.js'
import type { OidcClaims, OidcMetadata, OidcUser } from './types.js'

/** What a session keeps of its sign-in, in `session.extras.oidc`. */
export interface Kept {
  /** Where the endpoints are, so that no refresh has to ask. */
  readonly server?: unknown
  /** The subject as the server calls it: answers for another one are not this session's. */
  readonly subject?: string | undefined
  /** How the person proved who they are, as the sign-in said. */
  readonly acr?: string | undefined
  /** When they did, in ms since the epoch by the server's clock. */
  readonly authTime?: number | undefined
  /** What the session's own token is for. */
  readonly resource?: string | undefined
  /** What else its sign-in asked for: a renewal that is one more sign-in asks for it again. */
  readonly audience?: string | undefined
  readonly organization?: string | undefined
  readonly scope?: string | undefined
}

/** An access token of which nobody says how long it lives, in ms. */
const DEFAULT_LIFETIME = 3_600_000

/** Those fields of an object that are texts; whoever wrote them. */
export const textsIn = (value: unknown): Record<string, string> =>
  Object.fromEntries(
    Object.entries(asObject(value) ?? {}).filter(
      (pair): pair is [string, string] => !!text(pair[1]),
    ),
  )

/** What a session keeps of its sign-in; nothing for one held elsewhere. */
export function keptIn(session: Pick<Grant, 'extras'> | null | undefined): Kept {
  const { id_token, oidc } = session?.extras ?? {}
  const kept = asObject(oidc) ?? {}
  // Another library's session, which was taken over, does not say where the server is, but may say which.
  const { iss } = readClaims(text(id_token) ?? '') ?? {}
  const server = (kept.server ?? iss) && { issuer: iss, ...asObject(kept.server) }
  return { ...textsIn(kept), server, authTime: positive(kept.authTime) }
}

const seconds = (value: unknown): number | undefined =>
  positive(typeof value === 'string' ? Number(value) : value)

/** The life of an access token in ms: of what the answer and the token itself say, the shorter. */
function lifetimeOf(accessToken: string, expiresIn: unknown): number {
  const { exp, iat } = readClaims(accessToken) ?? {}
  const said = [seconds(expiresIn), positive(numberOf(exp) - numberOf(iat))]
  const lives = said.flatMap((life) => positive(Number(life) * 1000) ?? [])
  return lives.length > 0 ? Math.min(...lives) : DEFAULT_LIFETIME
}

/** What an answer is judged with. */
export interface Judged {
  /** Of an id token that fits; `null` where there is none. */
  readonly claims: OidcClaims | null
  readonly user: OidcUser | undefined
  readonly kept: Kept
  /** The session before it; `null` at a sign-in. */
  readonly session: Session | null | undefined
}

/**
 * A session out of an answer, `null` where that holds none. However odd the rest is, the tokens are
 * taken: they may be the only copy.
 * @throws AuthError `bad_response` when it is no object, or its token no text.
 */
export function toGrant(
  { body, dpop }: Pick<OidcAnswer, 'body' | 'dpop'>,
  { claims, user, kept, session }: Judged,
): Grant<OidcUser> | null {
  const fields = asObject(body)
  const {
    access_token,
    refresh_token,
    expires_in,
    scope,
    id_token,
    dpop: _,
    ...rest
  } = fields ?? {}
  const refreshToken = text(refresh_token)
  const accessToken = text(access_token) ?? (session && refreshToken ? '' : undefined)
  if (accessToken === undefined && fields && (access_token ?? null) === null) return null
  if (accessToken === undefined)
    throw new AuthError('bad_response', 'The answer holds no access token.')
  // A sign-in whose answer names none got what it asked for (RFC 6749 §5.1); a refresh changes nothing.
  const granted = text(scope) ?? text(texts(scope)?.join(' ')) ?? (session ? undefined : kept.scope)
  const keyId = text(asObject(dpop)?.key)
  return {
    accessToken,
    // An answer that names no key must not take the session's away.
    ...(keyId && { keyId }),
    refreshToken,
    lifetime: lifetimeOf(accessToken, expires_in),
    user,
    sessionId: text(claims?.sid) ?? session?.sessionId,
    organizationId: text(claims?.org_id) ?? session?.organizationId,
    amr: texts(claims?.amr)?.map((method) => ({ method })) ?? session?.amr,
    extras: {
      ...rest,
      ...(granted && { scope: granted }),
      // Of a refresh without one, or with one that does not fit, the one before stays.
      ...(claims && { id_token }),
      // The last: no field of the answer may pass for them.
      ...(dpop && { dpop }),
      oidc: kept,
    },
  }
}

/** What a sign-in is remembered by, which asked for `wish`. */
export function toKept(
  claims: OidcClaims | null,
  server: OidcMetadata,
  wish: Readonly<Record<string, string>>,
): Kept {
  const authTime = positive(claims?.auth_time)
  return {
    ...wish,
    server,
    subject: text(claims?.sub),
    acr: text(claims?.acr),
    authTime: authTime && authTime * 1000,
  }
}
