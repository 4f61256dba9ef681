import { AuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import { needText, toQuery } from '../../providers/gotrue/arguments.js'
import { captcha } from '../../providers/gotrue/credentials.js'
import type { Send } from '../../providers/gotrue/wire.js'
import { holdsNo } from '../../providers/gotrue/wire.js'
import { asObject, text } from '../../providers/shared/json.js'
import { invalid, parseUrl } from '../../providers/shared/url.js'
import { AGAIN } from '../backend/flows.js'
import { checkChallenge } from '../shared/arguments.js'
import type { GoTrueSignInRequest } from './types.js'

/** Hints of a sign-in that GoTrue has nothing for. */
const UNKNOWN = [
  'organizationId',
  'invitationToken',
  'maxAge',
  'uiLocales',
  'acrValues',
  'claims',
] as const

/** What GoTrue itself reads of an address; the rest is the other provider's. */
const OWN = ['provider', 'redirect_to', 'scopes', 'code_challenge', 'code_challenge_method']

/** What an address works with. */
export interface AuthorizeDeps {
  readonly base: string
  readonly send: Send
  /** Where somebody signs in who names no provider. */
  readonly provider: string | undefined
}

/** What GoTrue is told of PKCE. @throws AuthError `invalid_argument` for what is no challenge. */
export function proofOf(codeChallenge: string): Readonly<Record<string, string>> {
  checkChallenge(codeChallenge)
  return { code_challenge: codeChallenge, code_challenge_method: 's256' }
}

/**
 * The address with the state in its query: GoTrue has no parameter of its own that comes back.
 * @throws AuthError `invalid_argument` for what is no absolute URL, or no state.
 */
export function withState(redirectUri: string, state: string): string {
  const url = parseUrl(redirectUri)
  url.searchParams.set('state', needText('state', state))
  return url.href
}

function nameProvider({ state }: GoTrueSignInRequest): never {
  // Nobody began it here, so that the way to begin is not known either.
  if (state.endsWith(`.${AGAIN}`)) {
    throw new AuthError(
      'invalid_credentials',
      'This browser did not begin that sign-in, has finished it, or took too long: open the link where it was asked for, or begin again.',
    )
  }
  return invalid('Name the `provider` to sign in with, such as `google`.')
}

/** The address at the identity provider of a company. */
async function ssoAddress(
  { send }: Pick<AuthorizeDeps, 'send'>,
  {
    domainHint,
    connectionId,
    redirectUri,
    state,
    codeChallenge,
    captchaToken,
  }: GoTrueSignInRequest,
  context: RequestContext,
): Promise<string> {
  const json = {
    ...(connectionId ? { provider_id: connectionId } : { domain: domainHint }),
    redirect_to: withState(redirectUri, state),
    skip_http_redirect: true,
    ...proofOf(codeChallenge),
    ...captcha(captchaToken),
  }
  const address = text(asObject(await send({ path: '/sso', json }, context))?.url)
  return address && /^https?:\/\//i.test(address) ? address : holdsNo('address')
}

/** Makes the address of a sign-in. @throws AuthError `invalid_argument` for what cannot be asked for. */
export async function signInAddress(
  deps: AuthorizeDeps,
  request: GoTrueSignInRequest,
  context: RequestContext,
): Promise<string> {
  const { loginHint, prompt, scopes, parameters, domainHint, connectionId } = request
  const odd = UNKNOWN.find((hint) => request[hint] !== undefined)
  if (odd) invalid(`GoTrue has nothing for \`${odd}\`.`)
  if (domainHint || connectionId) return ssoAddress(deps, request, context)
  const own = Object.keys(parameters ?? {}).find((name) => OWN.includes(name))
  if (own) invalid(`\`${own}\` is none of the \`parameters\` of the other provider.`)
  const query = toQuery({
    ...parameters,
    login_hint: loginHint || undefined,
    prompt: prompt || undefined,
    scopes: scopes || undefined,
    provider: text(request.provider) ?? deps.provider ?? nameProvider(request),
    redirect_to: withState(request.redirectUri, request.state),
    ...proofOf(request.codeChallenge),
  })
  return `${deps.base}/authorize?${new URLSearchParams(query)}`
}
