import { AuthError, type RequiredStep } from '../../core/errors.js'
import type { Grant, Impersonator, SessionUser } from '../../core/session.js'
import type { HttpAnswer } from '../http.js'
import { HTTP_ONLY } from '../http-only.js'
import { asObject, text, texts } from '../json.js'
import { positive } from '../jwt.js'

const isUser = <User extends SessionUser>(value: unknown): value is User =>
  text(asObject(value)?.id) !== undefined

function toImpersonator(value: unknown): Impersonator | undefined {
  const { email, reason } = asObject(value) ?? {}
  return typeof email === 'string' ? { email, reason: text(reason) ?? null } : undefined
}

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
    refreshToken: HTTP_ONLY + sessionId,
    lifetime,
    user,
    sessionId,
    organizationId: text(fields.organizationId),
    role: text(fields.role),
    roles: texts(fields.roles),
    permissions: texts(fields.permissions),
    entitlements: texts(fields.entitlements),
    featureFlags: texts(fields.featureFlags),
    impersonator: toImpersonator(fields.impersonator),
    authenticationMethod: text(fields.authenticationMethod),
  }
}

function stepOf(step: string, value: unknown): RequiredStep {
  const { email, organizations, connectionIds, redirectUrl } = asObject(value) ?? {}
  const choices = Array.isArray(organizations) ? organizations : []
  return {
    step,
    email: text(email),
    organizations: choices.flatMap((choice: unknown) => {
      const id = text(asObject(choice)?.id)
      return id ? [{ id, name: text(asObject(choice)?.name) ?? id }] : []
    }),
    connectionIds: texts(connectionIds),
    redirectUrl: text(redirectUrl)?.match(/^https?:.+/)?.[0],
  }
}

/** The backend's word that the session is over, or another one: anything else may pass. */
const OVER: readonly string[] = ['401 session_missing', '409 session_changed']

/** The error that a refusal of the backend is. */
export function toError({ status, body, retryAfter }: HttpAnswer): AuthError {
  const { code, message = 'No reason given.', serverCode = code, details } = asObject(body) ?? {}
  const options = { status, serverCode: text(serverCode), retryAfter }
  const said = String(message)
  if (OVER.includes(`${status} ${code}`)) return new AuthError('refresh_rejected', said, options)
  if (status === 429) return new AuthError('rate_limited', said, options)
  if ([408, 409, 425].includes(status) || status >= 500) {
    return new AuthError('server_error', said, options)
  }
  if (code === 'step_required') {
    const step = stepOf(options.serverCode ?? code, details)
    return new AuthError(code, said, { ...options, details: step })
  }
  return new AuthError(status >= 400 && text(code) ? 'rejected' : 'bad_response', said, options)
}
