import { AuthError, type RequiredStep } from '../../core/errors.js'
import type { Grant, SessionFacts, SessionUser } from '../../core/session.js'
import type {} from '../shared/claims.js'
import type { HttpAnswer } from '../shared/http.js'
import { HTTP_ONLY } from '../shared/http-only.js'
import { asObject, text, texts } from '../shared/json.js'
import { positive } from '../shared/jwt.js'
import { toPassing } from '../shared/passing.js'
import { readImpersonator, readOrganizations, readPageUrl } from '../shared/steps.js'

const isUser = <User extends SessionUser>(value: unknown): value is User =>
  text(asObject(value)?.id) !== undefined

/**
 * The session in an answer of the backend; `null` when it says that there is none. What stands for
 * the tokens are names, which are worth nothing.
 * @throws AuthError `bad_response` when it is not what a backend answers.
 */
export function toGrant<User extends SessionUser>(body: unknown): Grant<User> | null {
  const outer = asObject(body)
  if (outer?.session === null) return null
  const fields = asObject(outer?.session) ?? {}
  const { user } = fields
  const [handle, sessionId] = [text(fields.handle), text(fields.sessionId)]
  const lifetime = positive(fields.expiresIn)
  if (!handle || !sessionId || !lifetime || !isUser<User>(user)) {
    throw new AuthError('bad_response', 'The answer is not the session of a backend.')
  }
  return {
    accessToken: text(fields.accessToken) ?? HTTP_ONLY + handle,
    refreshToken: fields.endsWithToken ? undefined : HTTP_ONLY + sessionId,
    lifetime,
    user,
    sessionId,
    organizationId: text(fields.organizationId),
    role: text(fields.role),
    roles: texts(fields.roles),
    permissions: texts(fields.permissions),
    entitlements: texts(fields.entitlements),
    featureFlags: texts(fields.featureFlags),
    impersonator: readImpersonator(fields.impersonator),
    authenticationMethod: text(fields.authenticationMethod),
    authenticatedAt: positive(fields.authenticatedAt),
    claims: asObject(fields.claims) ?? undefined,
    limits: limitsIn(fields.limits),
  }
}

/** The limits that the backend's session has, as far as they are times. */
function limitsIn(value: unknown): SessionFacts['limits'] {
  const { idle, absolute } = asObject(value) ?? {}
  const limits = { idle: positive(idle), absolute: positive(absolute) }
  return limits.idle || limits.absolute ? limits : undefined
}

function stepOf(step: string, value: unknown): RequiredStep {
  const { email, organizations, connectionIds, redirectUrl } = asObject(value) ?? {}
  return {
    step,
    email: text(email),
    organizations: readOrganizations(organizations),
    connectionIds: texts(connectionIds),
    redirectUrl: readPageUrl(redirectUrl),
  }
}

/** The backend's word that the session is over, or another one: anything else may pass. */
const OVER: readonly string[] = ['401 session_missing', '409 session_changed']

/** The error that a refusal of the backend is. */
export function toError(answer: HttpAnswer): AuthError {
  const { status, body, retryAfter } = answer
  const fields = asObject(body) ?? {}
  const code = text(fields.code)
  const said = text(fields.message) ?? 'No reason given.'
  const serverCode = text(fields.serverCode) ?? code
  const options = { status, serverCode, retryAfter }
  if (OVER.includes(`${status} ${code}`)) return new AuthError('refresh_rejected', said, options)
  const passing = toPassing(answer, { message: said, serverCode })
  if (passing) return passing
  if (code === 'invalid_credentials') return new AuthError(code, said, options)
  if (code === 'step_required') {
    const details = stepOf(serverCode ?? code, fields.details)
    return new AuthError(code, said, { ...options, details })
  }
  return new AuthError(status >= 400 && code ? 'rejected' : 'bad_response', said, options)
}
