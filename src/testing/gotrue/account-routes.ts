import { checkPassword, describeUser } from './accounts.js'
import {
  authenticate,
  type Call,
  field,
  newSession,
  objectField,
  type ServerContext,
} from './context.js'
import { randomText } from './encoding.js'
import { json, refuse } from './errors.js'
import type { Account } from './types.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

const present = <T>(name: string, value: T | undefined): Record<string, T> =>
  value === undefined ? {} : { [name]: value }

function reach({ body }: Call): { readonly email?: string; readonly phone?: string } {
  return { ...present('email', field(body, 'email')), ...present('phone', field(body, 'phone')) }
}

/** Sends a message whose link leads back to this server, and keeps its PKCE challenge. */
function send(
  context: ServerContext,
  call: Call,
  message: { account: Account; type: string },
): void {
  const redirectTo = call.url.searchParams.get('redirect_to') ?? call.url.origin
  const challenge = field(call.body, 'code_challenge')
  context.accounts.send(message.account, message.type, (token) => {
    const query = new URLSearchParams({ token, type: message.type, redirect_to: redirectTo })
    if (challenge) query.set('code_challenge', challenge)
    return `${call.url.origin}${context.path}/verify?${query}`
  })
}

/** `POST /signup`: with an address and password, or anonymous. */
export const signup: Route = async (context, call) => {
  const { email, phone } = reach(call)
  const data = objectField(call.body, 'data') ?? {}
  if (!email && !phone)
    return newSession(context, context.accounts.create({ data, anonymous: true }))
  const password = field(call.body, 'password') ?? ''
  checkPassword(password)
  const existing = context.accounts.find({ ...present('email', email), ...present('phone', phone) })
  if (existing?.confirmed) return refuse(422, 'user_already_exists', 'User already registered')
  const confirmed = context.settings.autoconfirm
  const account = existing ?? context.accounts.create({ ...reach(call), password, data, confirmed })
  if (confirmed) return newSession(context, account)
  send(context, call, { account, type: 'signup' })
  return json(200, describeUser(account))
}

/** `POST /otp` and `/magiclink`. */
export const otp: Route = async (context, call) => {
  const address = reach(call)
  if (!address.email && !address.phone) {
    return refuse(400, 'validation_failed', 'One of email or phone must be set')
  }
  let account = context.accounts.find(address)
  if (!account && call.body.create_user === false) {
    return refuse(422, 'otp_disabled', 'Signups not allowed for otp')
  }
  account ??= context.accounts.create({ ...address, confirmed: false })
  send(context, call, { account, type: address.phone ? 'sms' : 'magiclink' })
  return json(200, {})
}

/** `POST /recover`. Says the same whether or not the address is known. */
export const recover: Route = async (context, call) => {
  const { email } = reach(call)
  if (!email) return refuse(400, 'validation_failed', 'Password recovery requires an email')
  const account = context.accounts.find({ email })
  if (account) send(context, call, { account, type: 'recovery' })
  return json(200, {})
}

/** `POST /resend`. */
export const resend: Route = async (context, call) => {
  const account = context.accounts.find(reach(call))
  if (account) send(context, call, { account, type: field(call.body, 'type') ?? 'signup' })
  return json(200, {})
}

/** `POST /verify` with a code or a hash. */
export const verify: Route = async (context, call) => {
  const { email, phone } = reach(call)
  const hash = field(call.body, 'token_hash')
  const spent = context.accounts.spend(
    hash ? { hash } : { to: email ?? phone ?? '', code: field(call.body, 'token') ?? '' },
  )
  return newSession(context, spent.account)
}

const redirect = (target: URL): Response =>
  new Response(null, { status: 303, headers: { location: target.href } })

/** `GET /verify`: the link of a message. Ends in `?code=`, or in tokens in the fragment. */
export const verifyLink: Route = async (context, { url }) => {
  const target = new URL(url.searchParams.get('redirect_to') ?? url.origin)
  const { account } = context.accounts.spend({ hash: url.searchParams.get('token') ?? '' })
  const challenge = url.searchParams.get('code_challenge')
  if (challenge) {
    target.searchParams.set(
      'code',
      issueCode(context, { challenge, account, redirectTo: target.href }),
    )
    return redirect(target)
  }
  const body: Record<string, unknown> = await (await newSession(context, account)).json()
  const fragment = new URLSearchParams()
  for (const name of ['access_token', 'refresh_token', 'expires_in', 'expires_at', 'token_type']) {
    fragment.set(name, String(body[name]))
  }
  fragment.set('type', url.searchParams.get('type') ?? '')
  target.hash = fragment.toString()
  return redirect(target)
}

function issueCode(
  context: ServerContext,
  flow: {
    readonly challenge: string | null
    readonly account: Account
    readonly redirectTo: string
  },
): string {
  const code = randomText(context.random, 24)
  context.codes.set(code, flow)
  return code
}

/** `GET /authorize`: the other provider consents at once, as if the person had clicked. */
export const authorize: Route = async (context, { url }) => {
  const provider = url.searchParams.get('provider')
  if (!provider) return refuse(400, 'validation_failed', 'Unsupported provider: provider missing')
  const redirectTo = url.searchParams.get('redirect_to') ?? url.origin
  const target = new URL(redirectTo)
  if (context.settings.denyNext) {
    context.settings.denyNext = false
    target.searchParams.set('error', 'access_denied')
    target.searchParams.set('error_description', 'The person said no.')
    return redirect(target)
  }
  const email = url.searchParams.get('login_hint') ?? `person@${provider}.example`
  const account = context.accounts.find({ email }) ?? context.accounts.create({ email })
  const challenge = url.searchParams.get('code_challenge')
  target.searchParams.set('code', issueCode(context, { challenge, account, redirectTo }))
  return redirect(target)
}

/** `GET /user`. */
export const readUser: Route = async (context, call) =>
  json(200, describeUser((await authenticate(context, call)).account))

/** `PUT /user`. */
export const updateUser: Route = async (context, call) => {
  const { account } = await authenticate(context, call)
  const { email, phone } = reach(call)
  const password = field(call.body, 'password')
  if (password !== undefined) checkPassword(password)
  if (email && context.accounts.find({ email }) && email !== account.email) {
    return refuse(422, 'email_exists', 'A user with this email address has already been registered')
  }
  account.email = email ?? account.email
  account.phone = phone ?? account.phone
  account.password = password ?? account.password
  account.data = { ...account.data, ...objectField(call.body, 'data') }
  account.updatedAt = context.now()
  return json(200, describeUser(account))
}

/** `POST /logout?scope=`. */
export const logout: Route = async (context, call) => {
  const { session } = await authenticate(context, call)
  const scope = call.url.searchParams.get('scope') ?? 'global'
  if (!['global', 'local', 'others'].includes(scope)) {
    return refuse(400, 'validation_failed', `Unsupported logout scope "${scope}"`)
  }
  for (const other of [...context.sessions.values()]) {
    if (other.userId !== session.userId) continue
    const self = other.id === session.id
    if (scope === 'global' || self === (scope === 'local')) context.sessions.delete(other.id)
  }
  return json(204, null)
}
