import { uuid } from '../server/encoding.js'
import { field, json } from '../server/json.js'
import type { Spent } from './accounts.js'
import { type Call, newSession, type ServerContext } from './context.js'
import { GoTrueRefusal, oauthWord, refuse } from './errors.js'
import { personAt } from './provider-people.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

const redirect = (target: URL, status = 303): Response =>
  new Response(null, { status, headers: { location: target.href } })

/** Whether an address is in an entry of the list: as it stands, or by its beginning where that ends in `**`. */
const isIn = (entry: string, address: string): boolean =>
  entry.endsWith('**') ? address.startsWith(entry.slice(0, -2)) : address === entry

/** Where a link leads in the end: to the site, where the address is none that people may be sent to. */
export function redirectTarget({ options }: ServerContext, url: URL): URL {
  const site = new URL(options.siteUrl ?? url.origin)
  const wanted = url.searchParams.get('redirect_to') ?? ''
  if (!URL.canParse(wanted)) return site
  const target = new URL(wanted)
  const { redirectUrls = [] } = options
  const allowed =
    target.hostname === site.hostname || redirectUrls.some((entry) => isIn(entry, wanted))
  return allowed ? target : site
}

/** What tells apps that a fragment is GoTrue's: since December 2025 (supabase/auth#2299). */
export const markOf = ({ options }: ServerContext): Readonly<Record<string, string>> =>
  options.errors === 'oauth' ? {} : { sb: '' }

/** Says something in the fragment and, where it is `twice`, in the query too, as GoTrue does. */
export function say(
  context: ServerContext,
  target: URL,
  said: Readonly<Record<string, string>>,
  twice: boolean,
): URL {
  for (const [name, value] of Object.entries(said)) {
    if (twice) target.searchParams.set(name, value)
  }
  target.hash = new URLSearchParams({ ...said, ...markOf(context) }).toString()
  return target
}

/** The code of a refusal as addresses have it: before there were words, its status. */
export const codeOf = (
  { options }: ServerContext,
  { status, code }: Pick<GoTrueRefusal, 'status' | 'code'>,
): string => (options.errors === 'oauth' ? String(status) : code)

const failure = (
  context: ServerContext,
  refusal: GoTrueRefusal,
): Readonly<Record<string, string>> => ({
  ...oauthWord(refusal),
  error_code: codeOf(context, refusal),
  error_description: refusal.message,
})

/** What became of the first of two addresses, in GoTrue's words. */
const HALF = 'Confirmation link accepted. Please proceed to confirm link sent to the other email'

/** How the session of a PKCE flow says that its person came. */
const amrOf = (type: string): string => (type === 'signup' ? 'email/signup' : type)

/** What a provider gave, which the app gets once. */
export const tokensOf = (provider: string): Readonly<Record<string, string>> => ({
  provider_token: `${provider}-access-token`,
  provider_refresh_token: `${provider}-refresh-token`,
})

/** Ends a sign-in by redirect: in `?code=` where there is a PKCE challenge, else in tokens. */
export async function arrive(context: ServerContext, url: URL, spent: Spent): Promise<Response> {
  const target = redirectTarget(context, url)
  const { account, flow, type: kind } = spent
  const isOAuth = kind === 'oauth'
  const status = isOAuth ? 302 : 303
  const extra = isOAuth ? tokensOf(url.searchParams.get('provider') ?? '') : {}
  if (flow) {
    const code = uuid(context.random)
    context.codes.set(code, { ...flow, account, amr: amrOf(kind), at: context.now(), extra })
    target.searchParams.set('code', code)
    return redirect(target, status)
  }
  const method = isOAuth || kind === 'sso/saml' ? kind : 'otp'
  const session = await newSession(context, account, { method, ...extra })
  const { user: _, ...body }: Record<string, unknown> = await session.json()
  const fragment = new URLSearchParams(markOf(context))
  for (const [name, value] of Object.entries(body)) fragment.set(name, String(value))
  const type = url.searchParams.get('type')
  if (type) fragment.set('type', type)
  target.hash = fragment.toString()
  return redirect(target, status)
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
  const { account, half } = context.accounts.spend(proof)
  if (half) return json(200, { code: '200', msg: HALF })
  if (account.banned) return refuse(403, 'user_banned', 'User is banned')
  return newSession(context, account, { method: 'otp' })
}

/** `GET /verify`: the link of a message. Failures are told to the page it leads to. */
export const verifyLink: Route = async (context, { url }) => {
  const target = redirectTarget(context, url)
  const { searchParams } = url
  const hash = searchParams.get('token') ?? ''
  // What a PKCE flow asked for has its answer in the query as well: that much the token tells.
  const twice = hash.startsWith('pkce_')
  try {
    const spent = context.accounts.spend({ type: searchParams.get('type') ?? '', hash })
    if (spent.half) return redirect(say(context, target, { message: HALF }, twice))
    if (spent.account.banned) refuse(403, 'user_banned', 'User is banned')
    return await arrive(context, url, spent)
  } catch (error) {
    if (!(error instanceof GoTrueRefusal)) throw error
    return redirect(say(context, target, failure(context, error), twice))
  }
}

/** The provider that an address names. @throws GoTrueRefusal `validation_failed` */
export function providerOf({ options: { providers } }: ServerContext, url: URL): string {
  const provider = url.searchParams.get('provider')
  if (!provider) return refuse(400, 'validation_failed', 'Unsupported provider: provider missing')
  if (!providers || providers.includes(provider)) return provider
  return refuse(400, 'validation_failed', 'Unsupported provider: provider is not enabled')
}

/** `GET /authorize`: the other provider consents at once, as if the person had clicked. */
export const authorize: Route = async (context, { url }) => {
  const query = url.searchParams
  const provider = providerOf(context, url)
  const target = redirectTarget(context, url)
  if (context.settings.denyNext) {
    context.settings.denyNext = false
    const said = { error: 'access_denied', error_description: 'The person said no' }
    return redirect(say(context, target, said, true), 302)
  }
  const email = query.get('login_hint') ?? `person@${provider}.example`
  const account =
    context.accounts.find({ email }) ??
    context.accounts.create({ email, provider, person: personAt({ provider, email }) })
  const challenge = query.get('code_challenge')
  const method = query.get('code_challenge_method') ?? 's256'
  query.set('redirect_to', target.href)
  const flow = challenge ? { challenge, method } : null
  return arrive(context, url, { account, type: 'oauth', flow, half: false })
}
