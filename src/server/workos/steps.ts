import { AuthError, isAuthError, type RequiredStep } from '../../core/errors.js'
import type { HttpAnswer } from '../../providers/shared/http.js'
import { asObject, text } from '../../providers/shared/json.js'
import { toError } from '../../providers/workos/errors.js'

export type { RequiredStep } from '../../core/errors.js'

/** One of the means by which somebody can prove who they are a second time. */
export interface AuthenticationFactor {
  readonly id: string
  /** Such as `totp`. */
  readonly type: string
}

declare module '../../core/errors.js' {
  interface RequiredStep {
    /** Whose sign-in it is, at WorkOS: `enrollTotp` takes it. */
    readonly userId?: string | undefined
    /** The factors to choose from for `mfa_challenge`, at WorkOS: `challengeFactor` takes one. */
    readonly factors?: readonly AuthenticationFactor[] | undefined
    /** The challenge that WorkOS has made already, where it has. */
    readonly challengeId?: string | undefined
    /** What Radar's mail is about, for `radar_email_challenge`. */
    readonly radarChallengeId?: string | undefined
    /** The mail that WorkOS has sent, or would have the app send, for `email_verification_required`. */
    readonly emailVerificationId?: string | undefined
  }
}

/** Of a device sign-in: nobody has said yes or no (RFC 8628 §3.5). */
const WAITING = /^(authorization_pending|slow_down)$/

function readFactors(value: unknown): readonly AuthenticationFactor[] | undefined {
  if (!Array.isArray(value)) return undefined
  return value.flatMap((item: unknown) => {
    const { id, type } = asObject(item) ?? {}
    const known = text(id)
    return known ? [{ id: known, type: text(type) ?? 'totp' }] : []
  })
}

/** What a server needs for the next step: a page leaves that to AuthKit's. */
function moreOf(body: unknown): Partial<RequiredStep> {
  const fields = asObject(body) ?? {}
  return {
    userId: text(asObject(fields.user)?.id),
    factors: readFactors(fields.authentication_factors),
    challengeId: text(asObject(fields.authentication_challenge)?.id),
    emailVerificationId: text(fields.email_verification_id),
    radarChallengeId: text(fields.radar_challenge_id),
  }
}

/** The error that a refusal is to a server, which takes the steps itself that pages leave to AuthKit. */
export function toServerError(answer: HttpAnswer, refresh: boolean): AuthError {
  const error = toError(answer, refresh)
  const { message, status, serverCode, retryAfter } = error
  const known = { status, serverCode, retryAfter }
  if (isAuthError(error, 'step_required') && error.details) {
    const details = { ...error.details, ...moreOf(answer.body) }
    return new AuthError('step_required', message, { ...known, details })
  }
  if (error.code !== 'rejected' || !WAITING.test(serverCode ?? '')) return error
  return new AuthError('rejected', message, { ...known, retryable: true })
}
