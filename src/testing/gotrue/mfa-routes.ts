import { field, json, objectField } from '../server/json.js'
import { isTotp } from '../server/totp.js'
import { askHook, type ServerContext } from './context.js'
import { refuse } from './errors.js'
import {
  addChallenge,
  endOf,
  findChallenge,
  tellChallenge,
  webauthnChallenge,
} from './mfa-challenges.js'
import { enrol } from './mfa-enrol.js'
import { hasMfa } from './mfa-factors.js'
import { dropFactor, locate, type MfaRoute, raise } from './mfa-people.js'
import { recoveryRoutes } from './mfa-recovery.js'
import type { AccountFactor, FactorChallenge } from './mfa-types.js'
import { checkKey, checkNewKey, type KeyProof } from './mfa-webauthn.js'
import type { Account } from './types.js'
import { Unreadable } from './webauthn.js'

/** Texts a code. @throws GoTrueRefusal `over_sms_send_rate_limit` */
function text(context: ServerContext, factor: AccountFactor): FactorChallenge {
  const { now, random, accounts, options } = context
  const left =
    (factor.lastChallengedAt ?? -Infinity) + (options.mfa?.phoneInterval ?? 60_000) - now()
  if (left >= 0) {
    const seconds = Math.floor(left / 1000)
    const message = `For security purposes, you can only request this after ${seconds} seconds.`
    refuse(429, 'over_sms_send_rate_limit', message)
  }
  const code = String(Math.floor(random() * 1_000_000)).padStart(6, '0')
  const message = { to: factor.phone, type: 'mfa', code, tokenHash: '', at: now(), link: '' }
  accounts.messages.push(message)
  return addChallenge(context, factor, { code })
}

/** `POST /factors/{id}/challenge`. */
const challengeFactor: MfaRoute = async (context, call) => {
  const { account, factor } = await locate(context, call)
  const { type } = factor
  const site = context.options.mfa?.webauthn
  const answer = (challenge: FactorChallenge, more = {}): Response =>
    json(200, { id: challenge.id, type, expires_at: endOf(challenge), ...more })
  if (type === 'totp') return answer(addChallenge(context, factor))
  if (type === 'phone') return answer(text(context, factor))
  if (type === 'webauthn' && site) {
    const { request, wire } = webauthnChallenge(context, { account, factor, site })
    return answer(addChallenge(context, factor, { webauthn: request }), { webauthn: wire })
  }
  return refuse(400, 'validation_failed', 'factor_type needs to be totp, phone, or webauthn')
}

/** Checks what a browser answered. @throws GoTrueRefusal */
async function checkWebAuthn(
  account: Account,
  challenge: FactorChallenge,
  given: Readonly<Record<string, unknown>> | undefined,
): Promise<KeyProof> {
  const { webauthn: request } = challenge
  const type = given?.type
  const answer = given?.credential_response
  if (!given || !request) return refuse(400, 'validation_failed', 'WebAuthn config required')
  if (type !== 'create' && type !== 'request') {
    return refuse(400, 'validation_failed', 'WebAuthn type must be create or request')
  }
  if (!answer) return refuse(400, 'validation_failed', 'credential_response required')
  try {
    const known = account.factors.flatMap(({ credential }) => credential ?? [])
    return type === 'create'
      ? await checkNewKey(answer, { ...request, type })
      : await checkKey(answer, { ...request, type }, known)
  } catch (error) {
    if (error instanceof Unreadable) {
      return refuse(400, 'validation_failed', 'Invalid credential_response')
    }
    return refuse(500, 'unexpected_failure', 'Failed to validate WebAuthn MFA response')
  }
}

const METHODS = { totp: 'totp', phone: 'mfa/phone', webauthn: 'mfa/webauthn' }

/** `POST /factors/{id}/verify`. */
const verifyFactor: MfaRoute = async (context, call) => {
  const { account, session, factor } = await locate(context, call)
  const { type } = factor
  const code = field(call.body, 'code')
  if (!code && type !== 'webauthn') refuse(400, 'validation_failed', 'Code needs to be non-empty')
  if (type === 'recovery_code') {
    return refuse(400, 'validation_failed', 'factor_type needs to be totp, phone, or webauthn')
  }
  const id = field(call.body, 'challenge_id')
  const challenge = findChallenge(context, factor, id)
  if (type === 'totp' && !(await isTotp(code ?? '', factor.secret, context.now()))) {
    refuse(422, 'mfa_verification_failed', 'Invalid TOTP code entered')
  }
  if (type === 'phone' && code !== challenge.code) {
    refuse(422, 'mfa_verification_failed', 'Invalid MFA Phone code entered')
  }
  const given = objectField(call.body, 'webauthn')
  const proof = type === 'webauthn' ? await checkWebAuthn(account, challenge, given) : null
  // Another request may have answered it while the proof was checked.
  findChallenge(context, factor, id)
  askHook(context)
  if (proof && challenge.webauthn) {
    const { credential, told } = proof
    const { type: asked } = challenge.webauthn
    const was = tellChallenge(account, challenge, challenge.webauthn)
    factor.lastChallenge = { challenge: was, type: asked, credential_response: told }
    factor.credential ??= credential
    context.challenges.delete(challenge.id)
  }
  challenge.used = true
  factor.updatedAt = context.now()
  factor.status = 'verified'
  return raise(context, { session, account, factor }, METHODS[type])
}

/** `DELETE /factors/{id}`. */
const unenrol: MfaRoute = async (context, call) => {
  const { account, session, factor } = await locate(context, call)
  if (factor.type === 'recovery_code') {
    const message =
      'Recovery codes cannot be unenrolled with this endpoint, use DELETE /factors/recovery-codes'
    refuse(422, 'validation_failed', message)
  }
  if (factor.status === 'verified' && session.aal !== 'aal2') {
    refuse(422, 'insufficient_aal', 'AAL2 required to unenroll verified factor')
  }
  const rest = account.factors.filter(({ id }) => id !== factor.id)
  const others = rest.filter(({ type }) => type !== 'recovery_code')
  if (factor.status === 'verified' && rest.length > others.length && !hasMfa({ factors: others })) {
    const message =
      'Recovery codes cannot be the only verified factor. Please enroll another factor before unenrolling this one or delete your recovery codes.'
    refuse(422, 'mfa_recovery_codes_sole_factor', message)
  }
  dropFactor(context, account, factor)
  return json(200, { id: factor.id })
}

/** Where there is a factor, but no such method. */
const noMethod: MfaRoute = async (context, call) => {
  await locate(context, call)
  return new Response(null, { status: 405 })
}

/** All that is answered below `/factors`. */
export const mfaRoutes: Readonly<Record<string, MfaRoute>> = {
  'POST /factors': enrol,
  'DELETE /factors/{id}': unenrol,
  'GET /factors/{id}': noMethod,
  'POST /factors/{id}': noMethod,
  'POST /factors/{id}/challenge': challengeFactor,
  'POST /factors/{id}/verify': verifyFactor,
  ...recoveryRoutes,
}
