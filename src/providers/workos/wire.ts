import { AuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { createHttp, type HttpOptions } from '../shared/http.js'
import { asObject, camelCased, text, texts } from '../shared/json.js'
import { numberOf, positive, readClaims } from '../shared/jwt.js'
import { isFine } from '../shared/passing.js'
import { readImpersonator } from '../shared/steps.js'
import { toError } from './errors.js'
import type { WorkOSUser } from './types.js'

/** Sends a grant with its fields to the token endpoint; `null` when no session came back. */
export type Authenticate = (
  grantType: string,
  fields: Readonly<Record<string, unknown>>,
  context: RequestContext,
) => Promise<Grant<WorkOSUser> | null>

/** What says which client asks. A confidential one adds its secret. */
export interface ClientFields {
  readonly client_id: string
  readonly client_secret?: string
}

/** The access token's life as WorkOS sets it by default, in ms. */
const DEFAULT_LIFETIME = 300_000

function toUser(value: unknown): WorkOSUser | null {
  const user = camelCased(value)
  const id = text(user.id)
  return id === undefined ? null : { ...user, id }
}

/**
 * A session out of an answer, `null` when it holds none. Its life is counted by the token's own
 * claims, whatever this device's clock says.
 * @throws AuthError `bad_response` when it is not what WorkOS sends, or of two people at once.
 */
export function toGrant(body: unknown): Grant<WorkOSUser> | null {
  const fields = asObject(body)
  const { access_token, refresh_token, user, ...rest } = fields ?? {}
  if (fields && (access_token === undefined || access_token === null)) return null
  const accessToken = text(access_token) ?? ''
  const known = readClaims(accessToken)
  const person = toUser(user)
  // A token that cannot be read came with one that replaces the spent one, which must be kept.
  if (!accessToken || !person || (known && person.id !== known.sub)) {
    throw new AuthError('bad_response', 'The answer is not the session of one person.')
  }
  const claims = known ?? {}
  const { organization_id, authentication_method, impersonator, ...extras } = rest
  const seconds = positive(numberOf(claims.exp) - numberOf(claims.iat))
  return {
    accessToken,
    refreshToken: text(refresh_token),
    lifetime: seconds ? seconds * 1000 : DEFAULT_LIFETIME,
    user: person,
    sessionId: text(claims.sid),
    organizationId: text(claims.org_id) ?? text(organization_id),
    role: text(claims.role),
    roles: texts(claims.roles),
    permissions: texts(claims.permissions),
    entitlements: texts(claims.entitlements),
    featureFlags: texts(claims.feature_flags),
    impersonator: readImpersonator(impersonator),
    authenticationMethod: text(authentication_method),
    extras,
  }
}

/** Makes the function through which every session of this provider comes. */
export function createAuthenticate(
  options: HttpOptions,
  client: ClientFields,
  refusal: typeof toError = toError,
): Authenticate {
  const http = createHttp(options)
  return async (grantType, fields, context) => {
    const refresh = grantType === 'refresh_token'
    const answer = await http(
      {
        path: '/user_management/authenticate',
        json: { ...client, grant_type: grantType, ...fields },
        // A rotated token must not be lost with the page.
        keepalive: refresh,
      },
      context,
    )
    if (isFine(answer)) return toGrant(answer.body)
    throw refusal(answer, refresh)
  }
}

/** The address that ends a session when the browser is sent there (it needs no secret). */
export function signOutUrl(base: string, sessionId: string, returnTo?: string): string {
  const query = { session_id: sessionId, ...(returnTo && { return_to: returnTo }) }
  return `${base}/user_management/sessions/logout?${new URLSearchParams(query)}`
}
