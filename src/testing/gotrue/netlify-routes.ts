import { field, json, objectField } from '../server/json.js'
import { beginSession, type Call, type ServerContext } from './context.js'
import { GoTrueRefusal, refuse, refuseOAuth } from './errors.js'
import { describeNetlifyUser, mail, pageOf, spendMailToken } from './netlify-people.js'
import { personAt } from './provider-people.js'
import type { Account } from './types.js'
import { takeNewEmail } from './users.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

/** The tokens of an answer, which names nobody (netlify/gotrue, api/token.go). */
async function tokens(context: ServerContext, account: Account, refreshToken: string) {
  const expiresIn = Math.floor(context.settings.accessTokenLifetime / 1000)
  const { id: sub, email, appMetadata: app_metadata, data } = account
  const exp = Math.floor(context.now() / 1000) + expiresIn
  const user_metadata = Object.keys(data).length > 0 ? data : null
  return {
    access_token: await context.signer.sign({ exp, sub, email, app_metadata, user_metadata }),
    token_type: 'bearer',
    expires_in: expiresIn,
    refresh_token: refreshToken,
  }
}

async function newTokens(context: ServerContext, account: Account) {
  const session = beginSession(context, account, { method: 'password' })
  return tokens(context, account, await context.tokens.issue(session))
}

async function password(context: ServerContext, { body }: Call): Promise<Response> {
  const email = field(body, 'username')
  const account = email === undefined ? undefined : context.accounts.find({ email })
  const unknown = 'No user found with that email, or password invalid.'
  if (!account) return refuseOAuth('invalid_grant', unknown)
  if (!account.confirmed) return refuseOAuth('invalid_grant', 'Email not confirmed')
  const right = account.password !== null && account.password === field(body, 'password')
  if (!right) return refuseOAuth('invalid_grant', unknown)
  return json(200, await newTokens(context, account))
}

/** A token that was traded is refused from then on, and ends nothing else. */
async function refreshToken(context: ServerContext, { body }: Call): Promise<Response> {
  const presented = field(body, 'refresh_token')
  if (!presented) return refuseOAuth('invalid_request', 'refresh_token required')
  const traded = await context.tokens
    .trade(presented, () => {})
    .catch((error: unknown) => {
      if (error instanceof GoTrueRefusal) return null
      throw error
    })
  const account = traded && context.accounts.all.get(traded.session.userId)
  if (!account) return refuseOAuth('invalid_grant', 'Invalid Refresh Token')
  return json(200, await tokens(context, account, traded.token))
}

/** `POST /token`, of a form: the fields of a query count too. */
const token: Route = async (context, call) => {
  requireEmail(context)
  const body = { ...Object.fromEntries(call.url.searchParams), ...call.body }
  const grant = field(body, 'grant_type')
  if (grant === 'password') return password(context, { ...call, body })
  if (grant === 'refresh_token') return refreshToken(context, { ...call, body })
  return refuseOAuth('unsupported_grant_type', '')
}

function requireEmail({ options }: ServerContext): void {
  if (options.email === false) refuse(400, '', 'Unsupported email provider')
}

function checkEmail(email: string | undefined): string {
  if (!email) return refuse(422, '', 'An email address is required')
  if (/^[^\s@]+@\S+$/.test(email)) return email
  return refuse(422, '', 'Unable to validate email address: invalid format')
}

/** `POST /signup`, which signs nobody in, whether or not the address is to be confirmed (api/signup.go). */
const signup: Route = async (context, call) => {
  requireEmail(context)
  const { accounts, settings, options } = context
  if (options.signups === false) refuse(403, '', 'Signups not allowed for this instance')
  const secret = field(call.body, 'password')
  if (!secret) return refuse(422, '', 'Signup requires a valid password')
  const email = checkEmail(field(call.body, 'email'))
  const existing = accounts.find({ email })
  if (existing?.confirmed) {
    refuse(400, '', 'A user with this email address has already been registered')
  }
  const data = objectField(call.body, 'data') ?? {}
  if (existing) existing.data = { ...existing.data, ...data }
  const account = existing ?? accounts.create({ email, password: secret, data, confirmed: false })
  if (settings.autoconfirm) account.confirmed = true
  else mail(context, call, { account, kind: 'confirmation_token', to: email })
  return json(200, describeNetlifyUser(account))
}

/** `POST /verify`: a token of a mail (api/verify.go). */
const verify: Route = async (context, { body }) => {
  const secret = field(body, 'token')
  const type = field(body, 'type')
  if (!secret) return refuse(422, '', 'Verify requires a token')
  if (type !== 'signup' && type !== 'recovery') {
    return refuse(422, '', 'Verify requires a verification type')
  }
  const kind = type === 'signup' ? 'confirmation_token' : 'recovery_token'
  const found = spendMailToken(context, secret, kind)
  if (!found) return refuse(404, '', 'User not found')
  const { account, invited } = found
  if (invited && account.password === null) {
    const chosen = field(body, 'password')
    if (!chosen) return refuse(422, '', 'Invited users must specify a password')
    account.password = chosen
  }
  found.spend()
  account.confirmed = true
  return json(200, await newTokens(context, account))
}

/** `POST /recover`, which says whether there is such an address (api/recover.go). */
const recover: Route = async (context, call) => {
  requireEmail(context)
  const email = field(call.body, 'email')
  if (!email) return refuse(422, '', 'Password recovery requires an email')
  const account = context.accounts.find({ email })
  if (!account) return refuse(404, '', 'User not found')
  mail(context, call, { account, kind: 'recovery_token', to: email })
  return json(200, {})
}

/** Whose bearer it is; a sign-out does not change that (api/auth.go). `null`: of nobody any more. */
async function bearer(context: ServerContext, { request }: Call): Promise<Account | null> {
  const [, text] = /^[Bb]earer (\S+)$/.exec(request.headers.get('authorization') ?? '') ?? []
  if (!text) return refuse(401, '', 'This endpoint requires a Bearer token')
  const claims = await context.signer.verify(text)
  if (!claims) return refuse(401, '', 'Invalid token: signature is invalid')
  if (Number(claims.exp) * 1000 <= context.now()) {
    return refuse(401, '', 'Invalid token: token is expired')
  }
  return context.accounts.all.get(String(claims.sub)) ?? null
}

const needPerson = async (context: ServerContext, call: Call): Promise<Account> =>
  (await bearer(context, call)) ?? refuse(404, '', 'User not found')

const readUser: Route = async (context, call) =>
  json(200, describeNetlifyUser(await needPerson(context, call)))

/** What `PUT /user` makes of an address, or of the link to a new one. */
function changeEmail(context: ServerContext, call: Call, account: Account): void {
  const change = field(call.body, 'email_change_token')
  const email = field(call.body, 'email')
  if (change) {
    const found = spendMailToken(context, change, 'email_change_token')
    const right = found?.account === account ? found : null
    if (!right) throw new GoTrueRefusal(401, '', "Email Change Token didn't match token on file")
    right.spend()
    takeNewEmail(account)
  } else if (email && email !== account.email) {
    checkEmail(email)
    if (context.accounts.find({ email })) {
      refuse(422, '', 'Email address already registered by another user')
    }
    mail(context, call, { account, kind: 'email_change_token', to: email })
    account.newEmail = email
  }
}

/** `PUT /user`. A new password ends no session; a datum of `null` is removed (api/user.go). */
const updateUser: Route = async (context, call) => {
  const account = await needPerson(context, call)
  changeEmail(context, call, account)
  account.password = field(call.body, 'password') ?? account.password
  const data = Object.entries({ ...account.data, ...objectField(call.body, 'data') })
  account.data = Object.fromEntries(data.filter(([, value]) => value !== null))
  account.updatedAt = context.now()
  return json(200, describeNetlifyUser(account))
}

/** `POST /logout` ends all refresh tokens of the person; access tokens live on (api/logout.go). */
const logout: Route = async (context, call) => {
  const account = (await bearer(context, call)) ?? refuse(401, '', 'Invalid user')
  for (const { id, userId } of [...context.sessions.values()]) {
    if (userId === account.id) context.sessions.delete(id)
  }
  return json(204, null)
}

const redirect = (page: URL, said: Readonly<Record<string, unknown>>): Response => {
  const fields = new URLSearchParams(
    Object.entries(said).map(([name, value]) => [name, `${value}`]),
  )
  fields.sort()
  page.hash = fields.toString()
  return new Response(null, { status: 302, headers: { location: page.href } })
}

/** `GET /authorize`: the other provider consents at once, as if the person had clicked (api/external.go). */
const authorize: Route = async (context, call) => {
  const query = call.url.searchParams
  const provider = query.get('provider') ?? ''
  const { providers = ['bitbucket', 'facebook', 'github', 'gitlab', 'google'] } = context.options
  if (!providers.includes(provider)) {
    const why = `Provider ${provider} could not be found`
    return refuse(400, '', `Unsupported provider: ${why}`)
  }
  const page = pageOf(context, call)
  if (context.settings.denyNext) {
    context.settings.denyNext = false
    return redirect(page, { error: 'access_denied', error_description: 'The person said no' })
  }
  const email = `person@${provider}.example`
  const account =
    context.accounts.find({ email }) ??
    context.accounts.create({ email, provider, person: personAt({ provider, email }) })
  return redirect(page, await newTokens(context, account))
}

/** `POST /invite`, by an admin of the site. */
const invite: Route = async (context, call) => {
  if ((await bearer(context, call))?.role !== 'admin') refuse(401, '', 'User not allowed')
  const email = checkEmail(field(call.body, 'email'))
  const existing = context.accounts.find({ email })
  if (existing?.confirmed) refuse(422, '', 'Email address already registered by another user')
  const data = objectField(call.body, 'data') ?? {}
  const account = existing ?? context.accounts.create({ email, data, confirmed: false })
  mail(context, call, { account, kind: 'invite_token', to: email })
  return json(200, describeNetlifyUser(account))
}

const settings: Route = async ({ options, settings: { autoconfirm } }) => {
  const { providers = [], email = true, signups = true } = options
  const names = ['bitbucket', 'facebook', 'github', 'gitlab', 'google']
  const external = Object.fromEntries(names.map((name) => [name, providers.includes(name)]))
  return json(200, { external: { ...external, email }, disable_signup: !signups, autoconfirm })
}

/** All that Netlify's server answers to pages, by method and path (api/api.go). */
export const NETLIFY_ROUTES: Readonly<Record<string, Route>> = {
  'POST /token': token,
  'POST /signup': signup,
  'POST /verify': verify,
  'POST /recover': recover,
  'POST /logout': logout,
  'POST /invite': invite,
  'GET /user': readUser,
  'PUT /user': updateUser,
  'GET /authorize': authorize,
  'GET /settings': settings,
}
