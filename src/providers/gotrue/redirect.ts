import { AuthError, isAuthError, isAuthSessionMissingError } from '../../core/errors.js'
import type { CallOptions } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { cleanPage } from '../shared/address.js'
import { invalid } from '../shared/url.js'
import type { ActionDeps } from './action-deps.js'
import { signInRequest } from './credentials.js'
import { type Found, find, OURS } from './found.js'
import type { GoTrueActions, GoTrueRedirect, GoTrueUser } from './types.js'
import { toGrant } from './wire.js'

type Of<Kind> = Extract<Found, { readonly kind: Kind }>

/** Whether a sign-in that failed so can never succeed. */
const isFinal = (error: unknown): boolean =>
  !isAuthError(error) || (!error.retryable && error.code !== 'aborted')

const inRecovery = <M extends object>(
  grant: Grant<GoTrueUser<M>> | null,
  recovery: boolean,
): Grant<GoTrueUser<M>> | null =>
  grant && recovery ? { ...grant, event: 'PASSWORD_RECOVERY' } : grant

/** Makes what takes the answer in an address. */
function createTake<M extends object>({ host, send, restore }: ActionDeps<M>) {
  /** The verifier is one of those kept; a wrong one consumes nothing at the server. */
  async function exchangeCode({ code: authCode }: Of<'code'>, call?: CallOptions) {
    const flows = await host.flows()
    return host.signIn(async (context): Promise<Grant<GoTrueUser<M>> | null> => {
      let last: AuthError = new AuthError(
        'invalid_credentials',
        'This browser did not begin that sign-in: open the link where it was asked for.',
      )
      for (const flow of flows) {
        try {
          const { request } = signInRequest({ authCode, codeVerifier: flow.secret })
          const grant = toGrant<M>(await send(request, context))
          await host.removeFlow(flow)
          return inRecovery(grant, flow.purpose === 'recovery')
        } catch (error) {
          if (!isAuthError(error) || error.serverCode !== 'bad_code_verifier') throw error
          last = error
        }
      }
      throw last
    }, call)
  }

  /** Whose session is current: `null` for nobody's. */
  async function personNow(call?: CallOptions): Promise<string | null> {
    try {
      return await host.withSession(async ({ user }) => user?.id ?? '', call)
    } catch (error) {
      if (isAuthSessionMissingError(error)) return null
      throw error
    }
  }

  /**
   * Anybody can write tokens of their own into a link:
   *
   *   Ada is signed in ──▶ opens Mallory's link ──▶ would go on, unseen, in Mallory's account
   */
  async function takeTokens({ tokens, recovery }: Of<'tokens'>, call?: CallOptions) {
    const person = await personNow(call)
    return host.signIn(async (context) => {
      const grant = await restore(tokens, context)
      if (person !== null && grant?.user?.id !== person) {
        invalid('This address holds another person’s session: sign out first.')
      }
      return inRecovery(grant, recovery)
    }, call)
  }

  return async (
    found: Exclude<Found, Of<'ignored'>>,
    call?: CallOptions,
  ): Promise<GoTrueRedirect<M>> => {
    if (found.kind === 'error') throw found.error
    if (found.kind === 'message') return { session: null, user: null, message: found.message }
    return found.kind === 'code' ? exchangeCode(found, call) : takeTokens(found, call)
  }
}

/** Makes `handleRedirect`. Calls for one address at a time share one exchange. */
export function createRedirect<M extends object>(
  deps: ActionDeps<M>,
): GoTrueActions<M>['handleRedirect'] {
  const { host, acceptFragmentTokens } = deps
  const take = createTake(deps)
  const running = new Map<string, Promise<GoTrueRedirect<M> | null>>()
  const ignoring = (ignored: Of<'ignored'>['what']): GoTrueRedirect<M> => ({
    session: null,
    user: null,
    ignored,
  })

  async function run(href: string, clean: boolean, call?: CallOptions) {
    const begun = (await host.flows()).length > 0
    const found = find(href, { begun, acceptFragmentTokens })
    if (!found) return null
    if (found.kind === 'ignored') return ignoring(found.what)
    const end = (): void => {
      if (clean) cleanPage(host.page, href, OURS[found.kind])
    }
    try {
      const result = await take(found, call)
      end()
      return result
    } catch (error) {
      const foreign = found.kind === 'code' && !found.certain
      if (foreign && isAuthError(error, 'invalid_credentials')) return ignoring('code')
      // After a passing failure a reload may still finish it.
      if (isFinal(error)) end()
      throw error
    }
  }

  return async ({ url } = {}, call) => {
    const href = url ?? host.page.href()
    if (href === null) return null
    const shared = running.get(href)
    if (shared) return shared
    const work = run(href, url === undefined, call).finally(() => running.delete(href))
    running.set(href, work)
    return work
  }
}
