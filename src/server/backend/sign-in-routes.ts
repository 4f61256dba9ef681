import { AuthError, isAuthError } from '../../core/errors.js'
import type { SessionUser } from '../../core/session.js'
import type { SignInHints } from '../../providers/backend/types.js'
import { isIssuer } from '../../providers/shared/issuer.js'
import { createPkce } from '../../providers/shared/pkce.js'
import { refusalIn } from '../../providers/shared/refusal.js'
import { parseCookies } from '../cookies/cookies.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'
import { redirect } from './answers.js'
import { AGAIN, type SignInFlow, type SignInFlows } from './flows.js'
import { hintsOf, refusedHints, stateOf } from './hints.js'
import type { OrganizationChoice } from './organization-routes.js'
import { safeReturnTo } from './paths.js'
import { createOncePerAddress } from './same-address.js'
import type { Ended, EndSignIn } from './sign-in-end.js'
import type { FailSignIn } from './sign-in-failure.js'
import type { AuthorizeRequest, BackendOptions, Call, Handler, SignInExchange } from './types.js'

/** What signing in works on. */
export interface SignInRoutesDeps<User extends SessionUser>
  extends Pick<BackendOptions<User>, 'signIn' | 'onSignInError'> {
  readonly flows: SignInFlows
  readonly end: EndSignIn<User>
  readonly fail: FailSignIn
  /** Where the app has a page for the choice of an organization. */
  readonly choice: Pick<OrganizationChoice, 'ask'> | null
  /** Where the auth server sends people back to. */
  redirectUri(url: URL): string
  /** The origin of the pages. */
  appOrigin(url: URL): string
  ownOrigin(url: URL): string
  /** The origins whose pages may call besides. */
  readonly allowed: readonly string[]
  readonly basePath: string
  /** The hints that anybody may give. */
  readonly crossSiteHints: readonly (keyof SignInHints)[]
  report(error: unknown): void
  /** Milliseconds since the epoch. */
  now(): number
}

/** What the auth server or the person refused; of another server nothing is repeated. */
function refusalOf({ searchParams }: URL, issuer: string | undefined): AuthError {
  const iss = searchParams.get('iss')
  if (iss !== null && issuer !== undefined && !isIssuer(iss, issuer)) {
    return new AuthError('invalid_credentials', 'The answer comes from another server than asked.')
  }
  if (!searchParams.has('error')) {
    // GoTrue sends people back so while its database is down: their link does later.
    const message =
      'The auth server said nothing of the sign-in: begin again, or open the link again.'
    return new AuthError('server_error', message)
  }
  return refusalIn((name) => searchParams.get(name))
}

/** What came of a code: an end of the sign-in, or an error, and whether the code is spent all the same. */
type Traded = { readonly ended: Ended } | { readonly error: unknown; readonly isSpent: boolean }

const unknown = (): AuthError =>
  new AuthError(
    'invalid_credentials',
    'This browser did not begin that sign-in, has finished it, or took too long: begin again.',
  )

/** Makes the routes that browsers navigate to for signing in. */
export function createSignInRoutes<User extends SessionUser>(
  deps: SignInRoutesDeps<User>,
): Readonly<Record<string, Handler>> {
  const { signIn, flows, end, fail, choice, onSignInError } = deps
  const told = new Set<string>()
  const once = createOncePerAddress<Traded>((traded) => 'ended' in traded, deps.now)

  /** Tells of each hint once: strangers write these addresses, and would fill a log. */
  function tellOfRefused(names: readonly string[]): void {
    const fresh = names.filter((name) => !told.has(name))
    for (const name of fresh) told.add(name)
    if (fresh.length > 0) deps.report(refusedHints(fresh))
  }

  async function begin(call: Call, screenHint?: AuthorizeRequest['screenHint']): Promise<Response> {
    const { verifier, challenge } = await createPkce()
    const { request, url } = call
    const returnTo = safeReturnTo(url.searchParams.get('returnTo'))
    const state = url.searchParams.has(AGAIN) ? `${challenge}.${AGAIN}` : challenge
    const redirectUri = deps.redirectUri(url)
    const callers = { own: deps.ownOrigin(url), allowed: deps.allowed }
    let refused: readonly string[] = []
    try {
      const found = hintsOf({ request, url, callers, anybody: deps.crossSiteHints })
      refused = found.refused
      const { hints } = found
      const { maxAge, acrValues, claims } = hints
      const proof = { maxAge, acrValues, claims }
      const appState = stateOf({ request, url, callers })
      const flow: SignInFlow = { state, verifier, returnTo, redirectUri, ...proof, appState }
      const location = await signIn.authorizeUrl({
        ...hints,
        redirectUri,
        state: flow.state,
        codeChallenge: challenge,
        screenHint,
      })
      const setCookies = await flows.keep(flow, parseCookies(call.cookie))
      tellOfRefused(refused)
      return redirect(location, setCookies)
    } catch (error) {
      const isMissing = refused.length > 0 && isAuthError(error, 'invalid_argument')
      return fail(call, isMissing ? refusedHints(refused, error) : error)
    }
  }

  /**
   * What to do with somebody whose sign-in this browser did not begin: an identity provider's page or
   * an impersonation did, or it was too long ago. A code that anybody could have put there is not
   * looked at. Whoever has signed in at the auth server comes back from there at once.
   */
  async function astray(call: Call): Promise<Response> {
    const { searchParams } = call.url
    // A browser that keeps no cookies would come back for ever.
    const hopeless = searchParams.get('state')?.endsWith(`.${AGAIN}`) || searchParams.has('error')
    if (onSignInError || hopeless) return fail(call, unknown())
    return redirect(`${deps.ownOrigin(call.url)}${deps.basePath}/sign-in?${AGAIN}=1`)
  }

  async function trade(
    call: Call,
    { returnTo, appState: state }: SignInFlow,
    exchange: SignInExchange,
  ): Promise<Traded> {
    let isSpent = false
    try {
      const { requestTimeout = TIME_LIMIT } = signIn
      const grant = await withinTime(requestTimeout, (signal) =>
        signIn.exchangeCode(exchange, { signal }),
      )
      isSpent = true
      return { ended: await end(grant, { call, returnTo, state }) }
    } catch (error) {
      return { error, isSpent }
    }
  }

  async function finish(call: Call): Promise<Response> {
    const jar = parseCookies(call.cookie)
    const flow = await flows.find(call.url.searchParams.get('state'), jar)
    // One that was begun at another auth server is not finished at this one (RFC 9700 §4.4.2.2).
    if (flow?.redirectUri !== deps.redirectUri(call.url)) return astray(call)
    const used = flows.end(flow, jar)
    const code = call.url.searchParams.get('code')
    // The first of two links, such as those to the former and the new address: the other is still to be opened.
    const isHalf = !code && call.url.searchParams.has('message')
    if (isHalf) return redirect(`${deps.appOrigin(call.url)}${flow.returnTo}`)
    if (!code) {
      const refusal = refusalOf(call.url, signIn.issuer)
      // Where nothing was said, the same link may do later.
      const again = refusal.retryable && !call.url.searchParams.has('error')
      return fail(call, refusal, again ? [] : used)
    }
    const exchange = {
      code,
      codeVerifier: flow.verifier,
      redirectUri: flow.redirectUri,
      issuer: call.url.searchParams.get('iss') ?? undefined,
      maxAge: flow.maxAge,
      acrValues: flow.acrValues,
      claims: flow.claims,
    }
    //   this request        the same browser, whose page is loaded anew
    //   spends the code
    //                       sends it as well: servers then end what came of it (RFC 6749 §4.1.2)
    const traded = await once(`${flow.state} ${code}`, () => trade(call, flow, exchange))
    if ('ended' in traded) {
      const { ended } = traded
      const location = `${deps.appOrigin(call.url)}${ended.returnTo}`
      return ended.finish(redirect(location, [...used, ...ended.setCookies]))
    }
    const { error, isSpent } = traded
    const asked = isSpent ? null : await choice?.ask(call, flow, { error, setCookies: used })
    if (asked) return asked
    // After an outage the same address may still do: the flow is kept.
    return fail(call, error, !isSpent && isAuthError(error) && error.retryable ? [] : used)
  }

  const navigation = { methods: ['GET'], by: 'navigation' } as const
  return {
    '/sign-in': { ...navigation, run: (call) => begin(call) },
    '/sign-up': { ...navigation, run: (call) => begin(call, 'sign-up') },
    '/callback': { ...navigation, run: finish },
  }
}
