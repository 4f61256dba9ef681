import { field, json } from '../server/json.js'
import { newSecret, totpUri } from '../server/totp.js'
import { normalReach } from './accounts.js'
import { refuse } from './errors.js'
import { addFactor, checkEnrolment, removeFactors } from './mfa-factors.js'
import { authenticatePerson, type MfaRoute } from './mfa-people.js'
import { picture } from './mfa-picture.js'
import type { AccountFactor } from './mfa-types.js'
import type { Account } from './types.js'

const enrolTotp: MfaRoute = async (context, call) => {
  const { account, session } = await authenticatePerson(context, call)
  const { random, options, now } = context
  const friendlyName = field(call.body, 'friendly_name') ?? ''
  const issuer = field(call.body, 'issuer') ?? 'app.example.test'
  const { mfa = {} } = options
  checkEnrolment(account, { friendlyName }, { now: now(), aal: session.aal, options: mfa })
  const secret = newSecret(random)
  const what = { type: 'totp', friendlyName, secret } as const
  const { id, type } = addFactor(account, what, { random, now: now() })
  const uri = totpUri(issuer, account.email ?? '', secret)
  const shown = { qr_code: picture(uri), secret, uri }
  return json(200, { id, type, friendly_name: friendlyName, totp: shown })
}

/** @throws GoTrueRefusal `validation_failed`, `mfa_verified_factor_exists` */
function checkPhone(account: Account, given: string | undefined): string {
  if (!given)
    return refuse(400, 'validation_failed', 'Phone number required to enroll Phone factor')
  const { phone = '' } = normalReach({ phone: given })
  if (!/^[1-9]\d{1,14}$/.test(phone)) {
    refuse(400, 'validation_failed', 'Invalid phone number format (E.164 required)')
  }
  const isSame = (factor: AccountFactor): boolean => factor.phone === phone
  if (account.factors.some((factor) => isSame(factor) && factor.status === 'verified')) {
    const message =
      'A verified phone factor already exists, unenroll the existing factor to continue'
    refuse(422, 'mfa_verified_factor_exists', message)
  }
  removeFactors(account, isSame)
  return phone
}

const enrolPlain: MfaRoute = async (context, call) => {
  const { account, session } = await authenticatePerson(context, call)
  const { random, options, now } = context
  const friendlyName = field(call.body, 'friendly_name') ?? ''
  const type = field(call.body, 'factor_type') === 'phone' ? 'phone' : 'webauthn'
  const given = field(call.body, 'phone')
  const phone = type === 'phone' ? checkPhone(account, given) : ''
  const { mfa = {} } = options
  checkEnrolment(account, { friendlyName }, { now: now(), aal: session.aal, options: mfa })
  const { id } = addFactor(account, { type, friendlyName, phone }, { random, now: now() })
  return json(200, { id, type, friendly_name: friendlyName, ...(phone && { phone: given }) })
}

/** `POST /factors`. */
export const enrol: MfaRoute = async (context, call) => {
  await authenticatePerson(context, call)
  const { totp = true, phone = false, webauthn } = context.options.mfa ?? {}
  switch (field(call.body, 'factor_type')) {
    case 'totp':
      if (totp) return enrolTotp(context, call)
      return refuse(422, 'mfa_totp_enroll_not_enabled', 'MFA enroll is disabled for TOTP')
    case 'phone':
      if (phone) return enrolPlain(context, call)
      return refuse(422, 'mfa_phone_enroll_not_enabled', 'MFA enroll is disabled for Phone')
    case 'webauthn':
      if (webauthn) return enrolPlain(context, call)
      return refuse(422, 'mfa_webauthn_enroll_not_enabled', 'MFA enroll is disabled for WebAuthn')
    default:
      return refuse(400, 'validation_failed', 'factor_type needs to be totp, phone, or webauthn')
  }
}
