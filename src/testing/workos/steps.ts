import type { Begun, ServerContext } from './context.js'
import { describeUser } from './directory.js'
import { refuseCode } from './errors.js'
import { factorsOf } from './factors.js'
import { mailCode } from './mails.js'
import { keepPending } from './pending.js'
import { doubt } from './radar.js'

function verifyAddress(context: ServerContext, begun: Begun): void {
  const { email } = begun.person
  const { id } = mailCode(context, email, 'email_verification')
  refuseCode(403, {
    code: 'email_verification_required',
    message: 'Email ownership must be verified before authentication.',
    pending_authentication_token: keepPending(context, begun, 'email_verification'),
    email,
    email_verification_id: id,
  })
}

function proveAgain(context: ServerContext, begun: Begun): void {
  const { person } = begun
  const factors = factorsOf(context, person.id).filter(({ proved }) => proved)
  const user = describeUser(person)
  if (factors.length === 0) {
    const message = 'The user must enroll in MFA to finish authenticating.'
    const pending_authentication_token = keepPending(context, begun, 'mfa_enrollment')
    refuseCode(403, { code: 'mfa_enrollment', message, pending_authentication_token, user })
  }
  refuseCode(403, {
    code: 'mfa_challenge',
    message: 'The user must complete an MFA challenge to finish authenticating.',
    pending_authentication_token: keepPending(context, begun, 'mfa_challenge'),
    authentication_factors: factors.map(({ id }) => ({ id, type: 'totp' })),
    user,
  })
}

/** Lets a sign-in go on that has proved enough. @throws WorkOSRefusal for one that has not. */
export function takeSteps(context: ServerContext, begun: Begun): void {
  const { emailVerification, mfa, radar = 'off' } = context.options
  // The pages of AuthKit have had all steps taken.
  if (begun.hosted) return
  if (radar !== 'off' && !begun.isTrusted) doubt(context, begun, radar)
  const isVerified = begun.person.profile.emailVerified ?? true
  if (emailVerification === 'required' && !isVerified) verifyAddress(context, begun)
  if (mfa === 'required' && !begun.hasFactor) proveAgain(context, begun)
}
