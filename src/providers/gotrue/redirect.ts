import { AuthError, isAuthError } from '../../core/errors.js'
import type { CallOptions, SignInResult } from '../../core/ports.js'
import type { Grant } from '../../core/session.js'
import { cleanPage, readFields, splitAddress } from '../shared/address.js'
import type { ActionDeps } from './actions.js'
import { signInRequest } from './credentials.js'
import type { GoTrueActions, GoTrueUser } from './types.js'
import { toGrant } from './wire.js'

/** What GoTrue adds to an address; nothing else is touched when it is cleaned. */
const OURS = ['code', 'error', 'error_code', 'error_description', 'sb']
const FRAGMENT = [
  ...OURS,
  'access_token',
  'refresh_token',
  'expires_in',
  'expires_at',
  'token_type',
  'type',
  'provider_token',
  'provider_refresh_token',
]

const NAMES = { query: OURS, fragment: FRAGMENT }

type Fields = ReadonlyMap<string, string>

function refusal(query: Fields): AuthError | null {
  const error = query.get('error_code') ?? query.get('error')
  if (!error) return null
  const message = query.get('error_description') ?? 'The sign-in was refused.'
  return new AuthError('rejected', message, { serverCode: error })
}

/** Makes `handleRedirect`. Calls for one address at a time share one exchange. */
export function createRedirect({
  host,
  send,
  restore,
}: ActionDeps): GoTrueActions['handleRedirect'] {
  const running = new Map<string, Promise<SignInResult<GoTrueUser>>>()

  /** The verifier is one of those kept; a wrong one consumes nothing at the server. */
  async function exchangeCode(
    authCode: string,
    call: CallOptions | undefined,
  ): Promise<SignInResult<GoTrueUser>> {
    const flows = await host.flows()
    return host.signIn(async (context): Promise<Grant<GoTrueUser> | null> => {
      let last: AuthError = new AuthError(
        'invalid_credentials',
        'This browser did not begin that sign-in.',
      )
      for (const flow of flows) {
        try {
          const { request } = signInRequest({ authCode, codeVerifier: flow.secret })
          const grant = toGrant(await send(request, context))
          await host.removeFlow(flow)
          return grant && flow.purpose === 'recovery'
            ? { ...grant, event: 'PASSWORD_RECOVERY' }
            : grant
        } catch (error) {
          if (!isAuthError(error) || error.serverCode !== 'bad_code_verifier') throw error
          last = error
        }
      }
      throw last
    }, call)
  }

  function finish(href: string, call?: CallOptions): Promise<SignInResult<GoTrueUser>> | null {
    const address = splitAddress(href)
    const [query, fragment] = [readFields(address.query), readFields(address.fragment)]
    const refused = refusal(query) ?? refusal(fragment)
    if (refused) return Promise.reject(refused)
    const code = query.get('code')
    if (code) return exchangeCode(code, call)
    const accessToken = fragment.get('access_token')
    const refreshToken = fragment.get('refresh_token')
    if (!accessToken || !refreshToken) return null
    return host.signIn(async (context) => {
      const grant = await restore({ accessToken, refreshToken }, context)
      return grant && fragment.get('type') === 'recovery'
        ? { ...grant, event: 'PASSWORD_RECOVERY' }
        : grant
    }, call)
  }

  return async ({ url } = {}, call) => {
    const href = url ?? host.page.href()
    if (href === null) return null
    const shared = running.get(href)
    if (shared) return shared
    const work = finish(href, call)
    if (!work) return null
    running.set(href, work)
    try {
      const result = await work
      cleanPage(host.page, href, NAMES)
      return result
    } catch (error) {
      // After a passing failure a reload may still finish it.
      if (!isAuthError(error) || !error.retryable) cleanPage(host.page, href, NAMES)
      throw error
    } finally {
      running.delete(href)
    }
  }
}
