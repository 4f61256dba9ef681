import { askHook, field } from './context.js'
import { randomText } from './encoding.js'
import { json, refuse } from './errors.js'
import { addFactor, checkEnrolment, hasMfa } from './mfa-factors.js'
import { authenticatePerson, dropFactor, type MfaRoute, raise } from './mfa-people.js'
import type { AccountFactor } from './mfa-types.js'
import type { Account } from './types.js'

/** How many codes a set has, how long one is, and what becomes of guesses: GoTrue's defaults. */
const COUNT = 10
const LENGTH = 16
const MOST_GUESSES = 10
const LOCKED_FOR = 900_000

/** Wrong guesses at the codes of a factor, and until when no more are taken (ms since the epoch). */
interface Guesses {
  count: number
  until: number
}

const guesses = new WeakMap<AccountFactor, Guesses>()

const isCodes = ({ type }: AccountFactor): boolean => type === 'recovery_code'

/** The set of somebody. @throws GoTrueRefusal `mfa_factor_not_found` */
const codesOf = ({ factors }: Account): AccountFactor =>
  factors.find(isCodes) ??
  refuse(404, 'mfa_factor_not_found', 'The user has not enrolled recovery codes')

const newCodes = (random: () => number): readonly string[] =>
  Array.from({ length: COUNT }, () => randomText(random, LENGTH))

const shown = ({ id, type, friendlyName, codes }: AccountFactor): Response =>
  json(200, { id, type, friendly_name: friendlyName, total: COUNT, codes })

/** @throws GoTrueRefusal `insufficient_aal` */
function checkLevel(aal: string, what: string): void {
  if (aal !== 'aal2') refuse(403, 'insufficient_aal', `AAL2 required to ${what} recovery codes`)
}

const status: MfaRoute = async (context, call) => {
  const { account } = await authenticatePerson(context, call)
  const { id, type, codes } = codesOf(account)
  return json(200, { id, type, total: COUNT, remaining: codes.length })
}

const generate: MfaRoute = async (context, call) => {
  const { account, session } = await authenticatePerson(context, call)
  const { random, now, options } = context
  checkLevel(session.aal, 'generate')
  if (account.factors.some(isCodes)) {
    const message =
      'Recovery codes are already enrolled for this user, use regenerate to rotate them'
    refuse(422, 'mfa_verified_factor_exists', message)
  }
  const friendlyName = field(call.body, 'friendly_name') ?? 'Recovery codes'
  const { mfa = {} } = options
  checkEnrolment(account, { friendlyName }, { now: now(), aal: session.aal, options: mfa })
  if (!hasMfa(account)) {
    const message = 'At least one other verified factor is required to generate recovery codes'
    refuse(422, 'mfa_recovery_codes_sole_factor', message)
  }
  const factor = addFactor(account, { type: 'recovery_code', friendlyName }, { random, now: now() })
  factor.status = 'verified'
  factor.codes = newCodes(random)
  return shown(factor)
}

const regenerate: MfaRoute = async (context, call) => {
  const { account, session } = await authenticatePerson(context, call)
  checkLevel(session.aal, 'regenerate')
  const factor = codesOf(account)
  factor.codes = newCodes(context.random)
  guesses.delete(factor)
  return shown(factor)
}

const wrong = (): never => refuse(422, 'mfa_verification_failed', 'Invalid recovery code entered')

/** Counts a wrong guess. */
function miss(factor: AccountFactor, now: number): never {
  const { count, until } = guesses.get(factor) ?? { count: 0, until: 0 }
  const next = until > 0 ? 1 : count + 1
  guesses.set(factor, { count: next, until: next >= MOST_GUESSES ? now + LOCKED_FOR : 0 })
  return wrong()
}

const verify: MfaRoute = async (context, call) => {
  const { account, session } = await authenticatePerson(context, call)
  const code = (field(call.body, 'code') ?? '').replace(/[\s-]/g, '').toLowerCase()
  if (!code) return refuse(400, 'validation_failed', 'Code needs to be non-empty')
  const factor = account.factors.find(isCodes) ?? wrong()
  if ((guesses.get(factor)?.until ?? 0) > context.now()) {
    const message = 'Too many failed verification attempts, try again later'
    refuse(429, 'mfa_recovery_codes_locked', message)
  }
  if (!factor.codes.includes(code)) miss(factor, context.now())
  askHook(context)
  guesses.delete(factor)
  factor.codes = factor.codes.filter((one) => one !== code)
  return raise(context, { session, account, factor }, 'mfa/recovery_code')
}

const remove: MfaRoute = async (context, call) => {
  const { account, session } = await authenticatePerson(context, call)
  checkLevel(session.aal, 'delete')
  const factor = codesOf(account)
  dropFactor(context, account, factor)
  return json(200, { id: factor.id })
}

/** As a server that has none answers: it takes the path for the id of a factor. */
const known =
  (route: MfaRoute): MfaRoute =>
  async (context, call) => {
    if (context.options.mfa?.recoveryCodes) return route(context, call)
    await authenticatePerson(context, call)
    return refuse(404, 'validation_failed', 'factor_id must be an UUID')
  }

/** What is answered below `/factors/recovery-codes`. */
export const recoveryRoutes: Readonly<Record<string, MfaRoute>> = {
  'GET /factors/recovery-codes': known(status),
  'POST /factors/recovery-codes': known(generate),
  'DELETE /factors/recovery-codes': known(remove),
  'POST /factors/recovery-codes/regenerate': known(regenerate),
  'POST /factors/recovery-codes/verify': known(verify),
}
