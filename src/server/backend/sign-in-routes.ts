import { AuthError, isAuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import { createPkce } from '../../providers/shared/pkce.js'
import { parseCookies } from '../cookies.js'
import { applyCookies } from '../request-sessions.js'
import { TIME_LIMIT, withinTime } from '../time-limit.js'
import { redirect, refuse } from './answers.js'
import type { SignInFlow, SignInFlows } from './flows.js'
import { safeReturnTo } from './paths.js'
import { problemOfSignIn } from './problems.js'
import type { BackendOptions, Call, Handler, SignInHints, SignInRequest } from './types.js'

/** What signing in works on. */
export interface SignInRoutesDeps<User extends SessionUser>
  extends Pick<BackendOptions<User>, 'sessions' | 'signIn' | 'onSignInError'> {
  readonly flows: SignInFlows
  /** Where the auth server sends people back to. */
  redirectUri(url: URL): string
  /** The origin of the pages. */
  appOrigin(url: URL): string
}

const HINTS = [
  'organizationId',
  'loginHint',
  'domainHint',
  'invitationToken',
  'prompt',
  'provider',
  'connectionId',
] as const

function hintsOf({ searchParams }: URL): SignInHints {
  const given = HINTS.map((name) => [name, searchParams.get(name) || undefined])
  const maxAge = searchParams.get('maxAge')
  return { ...Object.fromEntries(given), ...(maxAge !== null && { maxAge: Number(maxAge) }) }
}

/** What the auth server or the person refused. */
function refusalOf({ searchParams }: URL): AuthError {
  const message = searchParams.get('error_description')?.slice(0, 500) || 'The sign-in was refused.'
  const serverCode = searchParams.get('error')?.slice(0, 100) || undefined
  return new AuthError('rejected', message, { serverCode })
}

const unknown = (): AuthError =>
  new AuthError(
    'invalid_credentials',
    'This browser did not begin that sign-in, has finished it, or took too long: begin again.',
  )

/** Makes the routes that browsers navigate to for signing in. */
export function createSignInRoutes<User extends SessionUser>(
  deps: SignInRoutesDeps<User>,
): Readonly<Record<string, Handler>> {
  const { sessions, signIn, flows, onSignInError } = deps

  async function fail(
    { request }: Call,
    error: unknown,
    setCookies: readonly string[] = [],
  ): Promise<Response> {
    if (!isAuthError(error)) throw error
    if (!onSignInError) return refuse(problemOfSignIn(error), setCookies)
    const made = await onSignInError(error, request)
    // The headers of some responses cannot be changed, those of `Response.redirect` for one.
    const response = new Response(made.body, made)
    applyCookies(response.headers, setCookies)
    return response
  }

  async function begin(call: Call, screenHint?: SignInRequest['screenHint']): Promise<Response> {
    const { verifier, challenge } = await createPkce()
    const returnTo = safeReturnTo(call.url.searchParams.get('returnTo'))
    const flow: SignInFlow = { state: challenge, verifier, returnTo }
    try {
      const location = await signIn.authorizeUrl({
        ...hintsOf(call.url),
        redirectUri: deps.redirectUri(call.url),
        state: flow.state,
        codeChallenge: challenge,
        screenHint,
      })
      return redirect(location, await flows.keep(flow, parseCookies(call.cookie)))
    } catch (error) {
      return fail(call, error)
    }
  }

  async function finish(call: Call): Promise<Response> {
    const jar = parseCookies(call.cookie)
    const flow = await flows.find(call.url.searchParams.get('state'), jar)
    if (!flow) return fail(call, unknown())
    const used = flows.end(flow, jar)
    const code = call.url.searchParams.get('code')
    if (!code) return fail(call, refusalOf(call.url), used)
    try {
      const exchange = {
        code,
        codeVerifier: flow.verifier,
        redirectUri: deps.redirectUri(call.url),
      }
      const grant = await withinTime(TIME_LIMIT, (signal) =>
        signIn.exchangeCode(exchange, { signal }),
      )
      const { setCookies } = await sessions.establish(grant, call.cookie)
      return redirect(`${deps.appOrigin(call.url)}${flow.returnTo}`, [...used, ...setCookies])
    } catch (error) {
      // After an outage the same address may still do: the flow is kept.
      return fail(call, error, isAuthError(error) && error.retryable ? [] : used)
    }
  }

  const navigation = { methods: ['GET'], by: 'navigation' } as const
  return {
    '/sign-in': { ...navigation, run: (call) => begin(call) },
    '/sign-up': { ...navigation, run: (call) => begin(call, 'sign-up') },
    '/callback': { ...navigation, run: finish },
  }
}
