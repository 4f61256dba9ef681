import { AuthError, isAuthError, isAuthSessionMissingError } from '../../core/errors.js'
import type { ActionHost, CallOptions, Flow, RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { cleanPage } from '../shared/address.js'
import { isFinal } from '../shared/passing.js'
import type { ActionDeps } from './action-deps.js'
import { signInRequest } from './credentials.js'
import { type Found, find, OURS } from './found.js'
import { handleOnce } from './handle-once.js'
import { isLink, linkPurpose, partsOf } from './link.js'
import type { GoTrueActions, GoTrueRedirect, GoTrueUser } from './types.js'
import { toGrant } from './wire.js'

type Of<Kind> = Extract<Found, { readonly kind: Kind }>

const inRecovery = <M extends object>(
  grant: Grant<GoTrueUser<M>> | null,
  recovery: boolean,
): Grant<GoTrueUser<M>> | null =>
  grant && recovery ? { ...grant, event: 'PASSWORD_RECOVERY' } : grant

/** Whether none of the verifiers that were tried is the one of this code. */
const isUnfit = (error: unknown): boolean =>
  isAuthError(error, 'invalid_credentials') &&
  (error.serverCode ?? 'bad_code_verifier') === 'bad_code_verifier'

/** Makes what trades a code by one of the verifiers kept; a wrong one consumes nothing at the server. */
const createTrade =
  <M extends object>({ host, send }: ActionDeps<M>, authCode: string) =>
  async (flows: readonly Flow[], context: RequestContext): Promise<Grant<GoTrueUser<M>> | null> => {
    let last: unknown = new AuthError(
      'invalid_credentials',
      'This browser did not begin that sign-in: open the link where it was asked for.',
    )
    for (const flow of flows) {
      try {
        const { request } = signInRequest({ authCode, codeVerifier: flow.secret })
        const grant = toGrant<M>(await send(request, context))
        // Storage that fails must not cost the session.
        await host.removeFlow(flow).catch(() => {})
        const answer = inRecovery(grant, partsOf(flow)[0] === 'recovery')
        return answer && { ...answer, yields: isLink(flow) }
      } catch (error) {
        if (!isUnfit(error)) throw error
        last = error
      }
    }
    throw last
  }

/** Whose session is current: `null` for nobody's. */
export async function personNow(
  host: Pick<ActionHost, 'withSession'>,
  call?: CallOptions,
): Promise<string | null> {
  try {
    return await host.withSession(async ({ user }) => user?.id ?? '', call)
  } catch (error) {
    if (isAuthSessionMissingError(error)) return null
    throw error
  }
}

/** Makes what takes the answer in an address. */
function createTake<M extends object>(deps: ActionDeps<M>) {
  const { host, restore } = deps

  /**
   * A code that links an identity brings another session of whoever began that, over their present one:
   *
   *   Ada begins to link ──▶ Grace signs in here ──▶ the code would put Ada in Grace's place
   */
  async function exchangeCode({ code }: Of<'code'>, call?: CallOptions) {
    const trade = createTrade(deps, code)
    const flows = await host.flows()
    const links = flows.filter(isLink)
    const person = links.length > 0 ? await personNow(host, call) : null
    if (person === null) return host.signIn((context) => trade(flows, context), call)
    const mine = links.filter((flow) => partsOf(flow)[0] === linkPurpose(person))
    try {
      const session = await host.exchange(
        {
          send: ({ user }, context) => trade(user?.id === person ? mine : [], context),
          event: 'USER_UPDATED',
          startsSession: true,
        },
        call,
      )
      return { session, user: session.user }
    } catch (error) {
      if (!isUnfit(error)) throw error
    }
    try {
      const others = flows.filter((flow) => !isLink(flow))
      return await host.signIn((context) => trade(others, context), call)
    } catch (error) {
      if (links.length === mine.length || !isUnfit(error)) throw error
      throw new AuthError('superseded', 'Somebody else has signed in since this link was begun.')
    }
  }

  /**
   * Anybody can write tokens of their own into a link:
   *
   *   Ada is signed in ──▶ opens Mallory's link ──▶ would go on, unseen, in Mallory's account
   */
  async function takeTokens({ tokens, recovery, extras }: Of<'tokens'>, call?: CallOptions) {
    return host.signIn(async (context) => {
      const grant = inRecovery(await restore(tokens, context), recovery)
      // A session that is dead ends here, and stands in nobody's way.
      await personNow(host, call)
      return grant && { ...grant, extras: { ...grant.extras, ...extras }, yields: true }
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

/** Makes `handleRedirect`. */
export function createRedirect<M extends object>(
  deps: ActionDeps<M>,
): GoTrueActions<M>['handleRedirect'] {
  const { host, acceptFragmentTokens } = deps
  const take = createTake(deps)
  const ignoring = (ignored: Of<'ignored'>['what']): GoTrueRedirect<M> => ({
    session: null,
    user: null,
    ignored,
  })

  return handleOnce(host, async (href, clean, call) => {
    const flows = await host.flows()
    const [begun, states] = [flows.length > 0, flows.map((flow) => partsOf(flow)[1])]
    const found = find(href, { begun, states, acceptFragmentTokens })
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
      if (found.kind === 'error' || isFinal(error)) end()
      throw error
    }
  })
}
