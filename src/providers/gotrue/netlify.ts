import type { AuthError } from '../../core/errors.js'
import type { Provider, RefreshContext, RequestContext, Tokens } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { checkOptions, HTTP_OPTIONS, type Kind } from '../shared/options.js'
import { checkUrl, invalid, partsOf } from '../shared/url.js'
import { isDeadToken } from './errors.js'
import { createActions } from './netlify-actions.js'
import type {
  NetlifyActions,
  NetlifyCredentials,
  NetlifyOptions,
  NetlifyUser,
} from './netlify-types.js'
import {
  createSend,
  grantOf,
  named,
  needGrantOf,
  signInRequest,
  tokenRequest,
} from './netlify-wire.js'
import { createRestore, createSignOut, type Refresh } from './sessions.js'
import type { AnyMetadata } from './types.js'
import { DEFAULT_LIFETIME, type Send } from './wire.js'

export type {
  NetlifyActions,
  NetlifyCredentials,
  NetlifyOptions,
  NetlifyRedirect,
  NetlifyUser,
} from './netlify-types.js'
export type { AnyMetadata } from './types.js'

/** The provider that `netlifyIdentity` makes. */
export type NetlifyProvider<Metadata extends object = AnyMetadata> = Provider<
  NetlifyCredentials,
  NetlifyUser<Metadata>,
  NetlifyActions<Metadata>
>

const OPTIONS: Readonly<Record<keyof NetlifyOptions, Kind>> = {
  ...HTTP_OPTIONS,
  now: 'function',
  acceptFragmentTokens: 'boolean',
}

/**
 * Whether an access token is worth nothing any more: it is told by the status alone. Who was deleted is not
 * found (netlify/gotrue, api/user.go).
 */
const refusesToken = (error: AuthError): boolean =>
  isDeadToken(error) || (error.code === 'rejected' && error.status === 404)

/** Makes `refresh`. Of the person the answer says what the token does; what was known besides is kept. */
const createRefresh =
  <M extends object>(send: Send) =>
  async (
    refresh_token: string,
    context: Pick<RefreshContext, 'signal' | 'throwIfDisposed' | 'session'>,
  ): Promise<Grant<NetlifyUser<M>> | null> => {
    const request = { ...tokenRequest('refresh_token', { refresh_token }), keepalive: true }
    return grantOf<M>(await send(request, context), context.session?.user)
  }

/** Makes `restore`. These tokens do not say when they were issued, so none is given more than the server's default life. */
function createRestoring<M extends object>(
  send: Send,
  refresh: Refresh<M>,
  now: () => number,
): (tokens: Tokens, context: RequestContext) => Promise<Grant<NetlifyUser<M>> | null> {
  const restore = createRestore(send, refresh, now)
  return async (tokens, context) => {
    const grant = await restore(tokens, context)
    return grant && { ...named(grant), lifetime: Math.min(grant.lifetime, DEFAULT_LIFETIME) }
  }
}

/**
 * Speaks to Netlify Identity, and to what it is made of, netlify/gotrue. `Metadata` is what the app keeps of
 * its users.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { netlifyIdentity } from 'holdfast/providers/gotrue/netlify'
 *
 * const url = 'https://site.example/.netlify/identity'
 * const auth = new AuthClient({ provider: netlifyIdentity({ url }) })
 * await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and an address that tokens must not
 *   go to.
 */
export function netlifyIdentity<Metadata extends object = AnyMetadata>(
  options: NetlifyOptions,
): NetlifyProvider<Metadata> {
  checkOptions('netlifyIdentity', options, OPTIONS)
  const base = checkUrl(options.url, options.dangerouslyAllowInsecureHttp)
  const { host, path } = partsOf(base)
  const { now = Date.now, acceptFragmentTokens = false } = options
  const send = createSend(options)
  const refresh = createRefresh<Metadata>(send)
  const end = createSignOut<Metadata>(send, refresh)
  const restore = createRestoring<Metadata>(send, refresh, now)
  const signIn = async (
    credentials: NetlifyCredentials,
    context: RequestContext,
  ): Promise<Grant<NetlifyUser<Metadata>>> => {
    const { request, event } = signInRequest(credentials)
    const grant = needGrantOf<Metadata>(await send(request, context))
    return event ? { ...grant, event } : grant
  }
  return {
    id: `netlify.${host}${path}`.replace(/[^\w.-]+/g, '-'),
    refresh,
    restore,
    refusesToken,
    // Anybody can write a link of theirs: see `handleRedirect`.
    mayYield: true,
    async signOut(session, scope, context) {
      if (scope === 'others') {
        invalid(
          'Netlify Identity ends all sessions of a person, this one too: use the scope `global`.',
        )
      }
      await end(session, scope, context)
    },
    signIn,
    actions: (its) =>
      createActions({ host: its, send, base, acceptFragmentTokens, signIn, restore }),
  }
}
