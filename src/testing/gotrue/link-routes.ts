import { type Call, field, newSession, type ServerContext } from './context.js'
import { randomText } from './encoding.js'
import { GoTrueRefusal, refuse } from './errors.js'
import type { Account } from './types.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

const redirect = (target: URL): Response =>
  new Response(null, { status: 303, headers: { location: target.href } })

/** Where a link leads in the end. @throws GoTrueRefusal */
export function redirectTarget(url: URL): URL {
  const wanted = url.searchParams.get('redirect_to') ?? url.origin
  if (!URL.canParse(wanted)) refuse(400, 'validation_failed', 'redirect_to is no absolute URL')
  return new URL(wanted)
}

/** Says what went wrong in the query and in the fragment, as GoTrue does. */
function redirectError(target: URL, error: { readonly code: string; readonly text: string }): URL {
  const said = {
    error: 'access_denied',
    error_code: error.code,
    error_description: error.text,
  }
  for (const [name, value] of Object.entries(said)) target.searchParams.set(name, value)
  target.hash = new URLSearchParams(said).toString()
  return target
}

/** Ends a sign-in by redirect: in `?code=` where there is a PKCE challenge, else in tokens. */
async function arrive(context: ServerContext, url: URL, account: Account): Promise<Response> {
  const target = redirectTarget(url)
  const challenge = url.searchParams.get('code_challenge')
  if (challenge) {
    const code = randomText(context.random, 24)
    const method = url.searchParams.get('code_challenge_method') ?? 's256'
    context.codes.set(code, { challenge, method, account, at: context.now() })
    target.searchParams.set('code', code)
    return redirect(target)
  }
  const session = await newSession(context, account, 'otp')
  const body: Record<string, unknown> = await session.json()
  const fragment = new URLSearchParams({ sb: '' })
  for (const name of ['access_token', 'refresh_token', 'expires_in', 'expires_at', 'token_type']) {
    fragment.set(name, String(body[name]))
  }
  const type = url.searchParams.get('type')
  if (type) fragment.set('type', type)
  target.hash = fragment.toString()
  return redirect(target)
}

/** `POST /verify` with a code or a hash. */
export const verify: Route = async (context, { body }) => {
  const type = field(body, 'type')
  const code = field(body, 'token')
  const hash = field(body, 'token_hash')
  const email = field(body, 'email')
  const phone = field(body, 'phone')
  if (!type) return refuse(400, 'validation_failed', 'Verify requires a verification type')
  if (!code && !hash) {
    return refuse(400, 'validation_failed', 'Verify requires a token or a token hash')
  }
  if (hash && (email || phone)) {
    return refuse(400, 'validation_failed', 'Only the token_hash and type should be provided')
  }
  if (!hash && !email === !phone) {
    const message = 'Only an email address or phone number should be provided on verify'
    return refuse(400, 'validation_failed', message)
  }
  const reach = { ...(email && { email }), ...(phone && { phone }) }
  const proof = { type, ...(code && { code }), ...(hash && { hash }), ...reach }
  const account = context.accounts.spend(proof)
  if (account.banned) return refuse(403, 'user_banned', 'User is banned')
  return newSession(context, account, 'otp')
}

/** `GET /verify`: the link of a message. Failures are told to the page it leads to. */
export const verifyLink: Route = async (context, { url }) => {
  const target = redirectTarget(url)
  const { searchParams } = url
  const proof = { type: searchParams.get('type') ?? '', hash: searchParams.get('token') ?? '' }
  try {
    const account = context.accounts.spend(proof)
    if (account.banned) refuse(403, 'user_banned', 'User is banned')
    return await arrive(context, url, account)
  } catch (error) {
    if (!(error instanceof GoTrueRefusal)) throw error
    const text = 'Email link is invalid or has expired'
    const code = error.code
    return redirect(
      redirectError(target, { code, text: code === 'otp_expired' ? text : error.message }),
    )
  }
}

/** `GET /authorize`: the other provider consents at once, as if the person had clicked. */
export const authorize: Route = async (context, { url }) => {
  const provider = url.searchParams.get('provider')
  if (!provider) return refuse(400, 'validation_failed', 'Unsupported provider: provider missing')
  const target = redirectTarget(url)
  const state = url.searchParams.get('state')
  if (state) target.searchParams.set('state', state)
  if (context.settings.denyNext) {
    context.settings.denyNext = false
    return redirect(redirectError(target, { code: 'access_denied', text: 'The person said no.' }))
  }
  const email = url.searchParams.get('login_hint') ?? `person@${provider}.example`
  const account = context.accounts.find({ email }) ?? context.accounts.create({ email })
  url.searchParams.set('redirect_to', target.href)
  return arrive(context, url, account)
}
