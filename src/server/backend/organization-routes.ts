import { AuthError, isAuthError } from '../../core/errors.js'
import type { Grant, SessionUser } from '../../core/session.js'
import { type CookieJar, parseCookies } from '../cookies/cookies.js'
import { TIME_LIMIT, withinTime } from '../shared/time-limit.js'
import { answer, redirect, refuse } from './answers.js'
import { type Choice, type Choices, createChoices, type Organization } from './choices.js'
import type { SignInFlow, SignInFlowsOptions } from './flows.js'
import { isOwnNavigation } from './guard.js'
import { safeReturnTo } from './paths.js'
import type { EndSignIn } from './sign-in-end.js'
import type { FailSignIn } from './sign-in-failure.js'
import type { BackendOptions, Call, Handler } from './types.js'

/** What choosing an organization works on. */
export interface OrganizationRoutesDeps<User extends SessionUser>
  extends Pick<BackendOptions<User>, 'signIn' | 'organizationPage'>,
    SignInFlowsOptions {
  readonly end: EndSignIn<User>
  readonly fail: FailSignIn
  readonly allowed: readonly string[]
  ownOrigin(url: URL): string
  /** The origin of the pages. */
  appOrigin(url: URL): string
  redirectUri(url: URL): string
}

/** The choice of an organization in the middle of a sign-in. */
export interface OrganizationChoice {
  /**
   * Sends somebody to choose whose sign-in was refused for that, with these cookies besides; `null` for
   * another refusal.
   */
  ask(
    call: Call,
    flow: SignInFlow,
    refusal: { readonly error: unknown; readonly setCookies: readonly string[] },
  ): Promise<Response | null>
  /** The organizations that this browser is to choose from; `null` when it is not to choose. */
  organizationsOf(call: Pick<Call, 'url' | 'cookie'>): Promise<readonly Organization[] | null>
  readonly routes: Readonly<Record<string, Handler>>
}

function checkPage(page: string): string {
  if (safeReturnTo(page) === page) return page
  throw new AuthError('invalid_argument', '`organizationPage` is a path of the app.')
}

const unknown = (): AuthError =>
  new AuthError(
    'invalid_credentials',
    'This browser has no organization to choose, or took too long: sign in again.',
  )

const strange = (): AuthError =>
  new AuthError('invalid_argument', 'This organization is not one of those to choose from.')

const FOREIGN = {
  status: 403,
  code: 'forbidden',
  message: 'Only a page of the app leads here: it may not be chosen for somebody.',
} as const

/**
 * Makes the choice of an organization, where the app has a page for it; else `null`.
 * @throws AuthError `invalid_argument` for a page that is none, and a `signIn` that cannot go on then.
 */
export function createOrganizationChoice<User extends SessionUser>(
  deps: OrganizationRoutesDeps<User>,
): OrganizationChoice | null {
  if (deps.organizationPage === undefined) return null
  const page = checkPage(deps.organizationPage)
  const { signIn, end, fail } = deps
  if (!signIn.selectOrganization) {
    throw new AuthError('invalid_argument', '`signIn` has no `selectOrganization` to go on with.')
  }
  const choices: Choices = createChoices(deps)

  /** One that was begun at another auth server is not finished at this one (RFC 9700 §4.4.2.2). */
  async function find(url: URL, jar: CookieJar): Promise<Choice | null> {
    const choice = await choices.find(jar)
    return choice?.redirectUri === deps.redirectUri(url) ? choice : null
  }

  async function exchange(choice: Choice, organizationId: string): Promise<Grant<User>> {
    const { pendingAuthenticationToken } = choice
    const selection = { pendingAuthenticationToken, organizationId }
    const { requestTimeout = TIME_LIMIT } = signIn
    const granted = await withinTime(requestTimeout, async (signal) =>
      signIn.selectOrganization?.(selection, { signal }),
    )
    return granted ?? Promise.reject(unknown())
  }

  async function choose(call: Call): Promise<Response> {
    const { request, url, cookie } = call
    const callers = { own: deps.ownOrigin(url), allowed: deps.allowed }
    if (!isOwnNavigation(request, callers)) return refuse(FOREIGN)
    const jar = parseCookies(cookie)
    const choice = await find(url, jar)
    if (!choice) return fail(call, unknown())
    const id = url.searchParams.get('id') ?? ''
    if (!choice.organizations.some((one) => one.id === id)) return fail(call, strange())
    const used = choices.end(jar)
    let grant: Grant<User>
    try {
      grant = await exchange(choice, id)
    } catch (error) {
      // Another one may do where this one does not: only a token that counts no more is given up.
      return fail(call, error, isAuthError(error, 'invalid_credentials') ? used : [])
    }
    try {
      const { returnTo, appState: state } = choice
      const ended = await end(grant, { call, returnTo, state })
      const location = `${deps.appOrigin(url)}${ended.returnTo}`
      return ended.finish(redirect(location, [...used, ...ended.setCookies]))
    } catch (error) {
      return fail(call, error, used)
    }
  }

  return {
    async ask(call, { returnTo, redirectUri, appState }, { error, setCookies }) {
      if (!isAuthError(error, 'step_required')) return null
      const { pendingAuthenticationToken, organizations } = error.details ?? {}
      if (!pendingAuthenticationToken || !organizations) return null
      const choice = { pendingAuthenticationToken, organizations, returnTo, redirectUri, appState }
      // More of them than cookies can hold are not to be chosen from here.
      const kept = await choices.keep(choice, parseCookies(call.cookie)).catch(() => null)
      return kept && redirect(`${deps.appOrigin(call.url)}${page}`, [...setCookies, ...kept])
    },
    organizationsOf: async ({ url, cookie }) =>
      (await find(url, parseCookies(cookie)))?.organizations ?? null,
    routes: {
      '/organizations': {
        methods: ['GET'],
        by: 'page',
        run: async ({ url, cookie }) => {
          const choice = await find(url, parseCookies(cookie))
          return answer({ organizations: choice?.organizations ?? null })
        },
      },
      '/organization': { methods: ['GET'], by: 'navigation', run: choose },
    },
  }
}
