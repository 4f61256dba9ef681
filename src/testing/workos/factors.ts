import { field, json } from '../server/json.js'
import { isTotp, newSecret, totpUri } from '../server/totp.js'
import type { Route, ServerContext } from './context.js'
import { refuse, refuseCode, requireKey } from './errors.js'
import type { Factor } from './proofs.js'
import type { Answer } from './sessions.js'

/** How long a challenge says that it lasts, in ms. It does not for TOTP (WorkOS's reference). */
const LIFE = 600_000

/** The authenticators of somebody. */
export const factorsOf = ({ factors }: ServerContext, userId: string): readonly Factor[] =>
  [...factors.values()].filter((factor) => factor.userId === userId)

function challenge({ challenges, newId, now }: ServerContext, factorId: string): Answer {
  const id = newId('auth_challenge')
  challenges.set(id, factorId)
  const at = new Date(now()).toISOString()
  return {
    object: 'authentication_challenge',
    id,
    created_at: at,
    updated_at: at,
    expires_at: new Date(now() + LIFE).toISOString(),
    authentication_factor_id: factorId,
  }
}

/** The part of a path between its slashes, counted from 0. */
const partOf = ({ pathname }: URL, index: number): string =>
  decodeURIComponent(pathname.split('/')[index + 1] ?? '')

/** `POST /auth/factors/:id/challenge` */
export const challengeFactor: Route = async (context, { request, url }) => {
  requireKey(context, request)
  const id = partOf(url, 2)
  if (!context.factors.has(id)) return refuse(404, { message: `Factor not found: '${id}'.` })
  return json(201, challenge(context, id))
}

/** `POST /user_management/users/:id/auth_factors` */
export const enrollFactor: Route = async (context, { request, url, body }) => {
  requireKey(context, request)
  const userId = partOf(url, 2)
  const person = context.directory.people.get(userId)
  if (!person) return refuse(404, { message: `User not found: '${userId}'.` })
  if (field(body, 'type') !== 'totp') {
    const message = 'The type must be totp.'
    return refuseCode(422, { code: 'invalid_request_parameters', message })
  }
  const issuer = field(body, 'totp_issuer') ?? 'WorkOS'
  const user = field(body, 'totp_user') ?? person.email
  const secret = newSecret(context.random)
  const id = context.newId('auth_factor')
  context.factors.set(id, { id, userId, secret, proved: false })
  const at = new Date(context.now()).toISOString()
  return json(201, {
    authentication_factor: {
      object: 'authentication_factor',
      id,
      created_at: at,
      updated_at: at,
      type: 'totp',
      totp: {
        issuer,
        user,
        // No camera can read it: whoever tests takes the secret.
        qr_code: `data:image/png;base64,${btoa(secret)}`,
        secret,
        uri: totpUri(issuer, user, secret),
      },
      user_id: userId,
    },
    authentication_challenge: challenge(context, id),
  })
}

/** Takes the digits of an authenticator. @throws WorkOSRefusal unless they answer the challenge. */
export async function takeDigits(
  context: ServerContext,
  { body, userId }: { readonly body: Answer; readonly userId: string },
): Promise<void> {
  const id = field(body, 'authentication_challenge_id') ?? ''
  const factor = context.factors.get(context.challenges.get(id) ?? '')
  if (factor?.userId !== userId) {
    return refuse(404, { message: `Authentication challenge not found: '${id}'.` })
  }
  if (!(await isTotp(field(body, 'code') ?? '', factor.secret, context.now()))) {
    return refuseCode(400, { code: 'invalid_one_time_code', message: 'Invalid one-time code.' })
  }
  context.challenges.delete(id)
  factor.proved = true
}
