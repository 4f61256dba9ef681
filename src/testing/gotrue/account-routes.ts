import { field, json, objectField } from '../server/json.js'
import { checkPassword, normalReach, type Reach } from './accounts.js'
import { authenticate, type Call, newSession, requireWay, type ServerContext } from './context.js'
import { refuse } from './errors.js'
import { hasMfa } from './mfa-factors.js'
import type { ServerSession } from './rotation.js'
import { send } from './sending.js'
import type { Account } from './types.js'
import { addIdentity, createAccount, describeUser } from './users.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

/** The address that a request names. */
export function reach({ body }: Call): Reach {
  const email = field(body, 'email')
  const phone = field(body, 'phone')
  return normalReach({ ...(email && { email }), ...(phone && { phone }) })
}

/** @throws GoTrueRefusal `validation_failed` */
function checkReach({ email, phone }: Reach): void {
  if (email && phone) {
    refuse(400, 'validation_failed', 'Only an email address or phone number should be provided')
  }
  if (email && !/^[^\s@]+@\S+$/.test(email)) {
    refuse(400, 'validation_failed', 'Unable to validate email address: invalid format')
  }
  if (phone && !/^[1-9]\d{1,14}$/.test(phone)) {
    refuse(400, 'validation_failed', 'Invalid phone number format (E.164 required)')
  }
}

/** Whom a stranger is told about who signs up with an address that is taken: somebody made up. */
function decoy({ random, now }: ServerContext, address: Reach): Response {
  const made = createAccount({ ...address, confirmed: false }, random, now())
  const told = { ...made, role: '', data: {}, identities: [], confirmationSentAt: now() }
  return json(200, describeUser(told))
}

const NO_SIGNUPS = 'Signups not allowed for this instance'

/** `POST /signup`: with an address and password, or anonymous. */
export const signup: Route = async (context, call) => {
  const { accounts, settings, options } = context
  const address = reach(call)
  const to = address.email ?? address.phone
  const data = objectField(call.body, 'data') ?? {}
  if (!to) {
    if (options.anonymous !== false) {
      const account = accounts.create({ data, anonymous: true })
      return newSession(context, account, { method: 'anonymous' })
    }
    return refuse(422, 'anonymous_provider_disabled', 'Anonymous sign-ins are disabled')
  }
  if (options.signups === false) refuse(422, 'signup_disabled', NO_SIGNUPS)
  requireWay(context, address.email ? 'email' : 'phone', 400, 'signups are disabled')
  const password = field(call.body, 'password')
  if (!password) return refuse(400, 'validation_failed', 'Signup requires a valid password')
  checkReach(address)
  checkPassword(password)
  const confirmed = settings.autoconfirm
  const existing = accounts.find(address)
  if (existing?.confirmed) {
    if (!confirmed) return decoy(context, address)
    return refuse(422, 'user_already_exists', 'User already registered')
  }
  const account =
    existing ?? accounts.create({ ...address, password, data, confirmed, registers: true })
  account.confirmed = confirmed
  if (confirmed) return newSession(context, account)
  send(context, call, { account, type: address.phone ? 'sms' : 'signup', to: [to] })
  return json(200, describeUser(account))
}

/** `POST /otp` and `/magiclink`. */
export const otp: Route = async (context, call) => {
  const address = reach(call)
  const to = address.email ?? address.phone
  if (!to) return refuse(400, 'validation_failed', 'One of email or phone must be set')
  if (address.email) requireWay(context, 'email', 422, 'logins are disabled')
  else if (context.options.phone === false) {
    return refuse(400, 'phone_provider_disabled', 'Unsupported phone provider')
  }
  checkReach(address)
  let account = context.accounts.find(address)
  if (!account && call.body.create_user === false) {
    return refuse(422, 'otp_disabled', 'Signups not allowed for otp')
  }
  if (!account && context.options.signups === false) refuse(422, 'signup_disabled', NO_SIGNUPS)
  const data = objectField(call.body, 'data') ?? {}
  account ??= context.accounts.create({ ...address, data, confirmed: false, registers: true })
  send(context, call, { account, type: address.phone ? 'sms' : 'magiclink', to: [to] })
  return json(200, {})
}

/** `POST /recover`. Says the same whether or not the address is known. */
export const recover: Route = async (context, call) => {
  const { email } = reach(call)
  if (!email) return refuse(400, 'validation_failed', 'Password recovery requires an email')
  requireWay(context, 'email', 400, 'logins are disabled')
  const account = context.accounts.find({ email })
  if (account) send(context, call, { account, type: 'recovery', to: [email] })
  return json(200, {})
}

/** `GET /user`. */
export const readUser: Route = async (context, call) =>
  json(200, describeUser((await authenticate(context, call)).account))

/** Gives somebody who was anonymous an address, and so an identity. */
function settle({ random, now }: ServerContext, account: Account, email: string): void {
  account.email = email
  account.anonymous = false
  account.data = { ...account.data, email_verified: true }
  addIdentity(account, { provider: 'email', random, now: now() })
}

/**
 * Takes a new address when its owner has confirmed it and, where that is wanted, the owner of the old
 * one. `autoconfirm` spares that only those who have had none.
 */
function changeAddress(context: ServerContext, call: Call, account: Account): void {
  const { email, phone } = reach(call)
  if (phone && phone !== account.phone) {
    if (context.settings.autoconfirm) account.phone = phone
    else {
      send(context, call, { account, type: 'phone_change', to: [phone] })
      account.newPhone = phone
    }
  }
  if (!email || email === account.email) return
  if (account.anonymous && context.settings.autoconfirm) {
    settle(context, account, email)
    return
  }
  const secure = context.options.secureEmailChange ?? true
  const old = secure && account.email !== null ? [account.email] : []
  send(context, call, { account, type: 'email_change', to: [...old, email] })
  account.newEmail = email
}

/** How old a session may be that sets a password without a code, in ms (GoTrue 2.196, user.go). */
const YOUNG = 86_400_000

/** @throws GoTrueRefusal `reauthentication_needed`, `reauthentication_not_valid` */
function checkNonce(context: ServerContext, session: ServerSession, nonce = ''): void {
  const { accounts, options, now } = context
  if (!options.reauthentication || now() <= session.createdAt + YOUNG) return
  if (!nonce) {
    refuse(400, 'reauthentication_needed', 'Password update requires reauthentication')
  }
  if (!accounts.spendNonce(session.userId, nonce)) {
    refuse(422, 'reauthentication_not_valid', 'Nonce has expired or is invalid')
  }
}

/** How somebody came who need not know their password: by a message (`IsRecovery` of GoTrue's factor.go). */
const RECOVERED = ['otp', 'magiclink', 'recovery']

/** @throws GoTrueRefusal `current_password_required`, `current_password_invalid` */
function checkCurrentPassword(
  { options }: ServerContext,
  { amr }: ServerSession,
  { password }: Account,
  body: Call['body'],
): void {
  if (!options.currentPassword || password === null) return
  if (amr.some(({ method }) => RECOVERED.includes(method))) return
  const told = field(body, 'current_password')
  // The real one has one sentence for both.
  const message = 'Current password required when setting new password.'
  if (!told) refuse(400, 'current_password_required', message)
  if (told !== password) refuse(400, 'current_password_invalid', message)
}

/** @throws GoTrueRefusal `weak_password`, `same_password`, and what the checks above do */
function changePassword(context: ServerContext, session: ServerSession, body: Call['body']): void {
  const account = context.accounts.all.get(session.userId)
  const password = field(body, 'password')
  if (!account || !password) return
  checkPassword(password)
  checkNonce(context, session, field(body, 'nonce'))
  checkCurrentPassword(context, session, account, body)
  if (account.password === password) {
    refuse(422, 'same_password', 'New password should be different from the old password.')
  }
  account.password = password
  endSessions(context, session, 'others')
}

/** `PUT /user`. A new password ends the other sessions; a datum of `null` is removed. */
export const updateUser: Route = async (context, call) => {
  const { account, session } = await authenticate(context, call)
  const { email, phone } = reach(call)
  if (email) checkReach({ email })
  if (phone) checkReach({ phone })
  const taken = (address: Reach): boolean => {
    const owner = context.accounts.find(address)
    return owner !== undefined && owner !== account
  }
  if (email && taken({ email })) {
    refuse(422, 'email_exists', 'A user with this email address has already been registered')
  }
  if (phone && taken({ phone })) {
    refuse(422, 'phone_exists', 'A user with this phone number has already been registered')
  }
  const password = field(call.body, 'password')
  const isNew = password || (email && email !== account.email) || (phone && phone !== account.phone)
  if (isNew && hasMfa(account) && session.aal !== 'aal2') {
    const message = 'AAL2 session is required to update email or password when MFA is enabled.'
    refuse(401, 'insufficient_aal', message)
  }
  changePassword(context, session, call.body)
  changeAddress(context, call, account)
  const data = Object.entries({ ...account.data, ...objectField(call.body, 'data') })
  account.data = Object.fromEntries(data.filter(([, value]) => value !== null))
  account.updatedAt = context.now()
  return json(200, describeUser(account))
}

const SCOPES = ['global', 'local', 'others']

function endSessions({ sessions }: ServerContext, session: ServerSession, scope: string): void {
  for (const other of [...sessions.values()]) {
    if (other.userId !== session.userId) continue
    const self = other.id === session.id
    if (scope === 'global' || self === (scope === 'local')) sessions.delete(other.id)
  }
}

/** `POST /logout?scope=`. */
export const logout: Route = async (context, call) => {
  const { session } = await authenticate(context, call)
  const scope = call.url.searchParams.get('scope') || 'global'
  if (!SCOPES.includes(scope)) {
    return refuse(400, 'validation_failed', `Unsupported logout scope "${scope}"`)
  }
  endSessions(context, session, scope)
  return json(204, null)
}
