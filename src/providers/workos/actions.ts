import { AuthError } from '../../core/errors.js'
import { createPkce } from '../shared/pkce.js'
import { createRedirect, ownPage } from '../shared/redirect.js'
import { refusalIn } from '../shared/refusal.js'
import { parseUrl } from '../shared/url.js'
import type { ActionDeps } from './action-deps.js'
import { authorizeUrl } from './authorize.js'
import type { AuthorizeOptions, WorkOSActions } from './types.js'
import { signOutUrl } from './wire.js'

/** What WorkOS adds to an address. */
const OURS = ['code', 'state', 'error', 'error_description', 'error_uri']

/** Makes `auth.actions` for one client. */
export function createActions(deps: ActionDeps): WorkOSActions {
  const { host, base } = deps

  /** Where this app lives: the redirect URI, or else the page. */
  const home = (): string => deps.redirectUri ?? parseUrl(host.page.href() ?? '').origin

  async function signInUrl(options: AuthorizeOptions = {}): Promise<string> {
    const { state, returnTo, ...hints } = options
    const { verifier, challenge } = await createPkce(host.crypto)
    const url = authorizeUrl(base, {
      ...hints,
      clientId: deps.clientId,
      redirectUri: home(),
      // Nobody but the holder of the verifier can tell it beforehand, and every flow has its own.
      state: challenge,
      codeChallenge: challenge,
    })
    const kept = {
      id: challenge,
      state,
      returnTo: returnTo && ownPage(returnTo, host.page.href() ?? home()),
    }
    await host.saveFlow({ secret: verifier, purpose: JSON.stringify(kept) })
    return url
  }

  return {
    signInUrl,
    signUpUrl: async (options) => signInUrl({ ...options, screenHint: 'sign-up' }),
    handleRedirect: createRedirect({
      host,
      home,
      ours: OURS,
      refusal: (query) => (query.get('code') ? null : refusalIn((name) => query.get(name))),
      grant: ({ query, secret }, context) =>
        deps.grant(
          'authorization_code',
          { code: query.get('code'), code_verifier: secret },
          context,
        ),
    }),
    async signOutUrl(given, call) {
      const { returnTo } = { ...given }
      return host.withSession(async ({ sessionId }) => {
        if (!sessionId) throw new AuthError('rejected', 'This session has no id at WorkOS.')
        const target = returnTo && parseUrl(returnTo, host.page.href()).href
        deps.leaving.add(sessionId)
        return signOutUrl(base, sessionId, target)
      }, call)
    },
  }
}
