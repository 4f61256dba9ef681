import type { Provider } from '../../core/provider.js'
import { checkOptions, HTTP_OPTIONS, type Kind } from '../shared/options.js'
import { invalid } from '../shared/url.js'
import { createApi } from './api.js'
import { createReadAnswer } from './api-answers.js'
import { toGrant } from './grants.js'
import {
  carried,
  createRefresh,
  createResume,
  createSignOut,
  type Deps,
  signIn,
} from './sessions.js'
import type {
  SignInRequest,
  SuperTokensActions,
  SuperTokensProviderOptions,
  SuperTokensUser,
} from './types.js'

export { HTTP_ONLY } from '../shared/http-only.js'
export type {
  FailedClaim,
  SignInRequest,
  SuperTokensActions,
  SuperTokensProviderOptions,
  SuperTokensUser,
} from './types.js'

/** The provider that `supertokens` makes. */
export type SuperTokensProvider<User extends SuperTokensUser = SuperTokensUser> = Provider<
  SignInRequest,
  User,
  SuperTokensActions<User>
>

const OPTIONS: Readonly<Record<keyof SuperTokensProviderOptions, Kind>> = {
  ...HTTP_OPTIONS,
  apiBasePath: 'string',
  transfer: 'string',
  sessionExpiredStatusCode: 'number',
  invalidClaimStatusCode: 'number',
  lookForSession: 'boolean',
  now: 'function',
}

/**
 * Speaks to a backend with sessions of a SuperTokens core: one with Holdfast's helpers, or
 * supertokens-node. By default the browser holds the tokens, in cookies that no script can read: the
 * tokens of this client's sessions are names that are worth nothing, and requests to an API on
 * another origin take `auth.fetch(url, { credentials: 'include' })`.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { supertokens } from 'holdfast/providers/supertokens'
 *
 * const auth = new AuthClient({ provider: supertokens({ url: 'https://api.example' }) })
 * const session = await auth.getSession()
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and for a `url` that is neither
 *   a path nor fit for tokens.
 */
export function supertokens<User extends SuperTokensUser = SuperTokensUser>(
  options: SuperTokensProviderOptions = {},
): SuperTokensProvider<User> {
  checkOptions('supertokens', options, OPTIONS)
  const { transfer = 'cookie', lookForSession = true } = options
  const api = createApi(options)
  const deps: Deps = { api, options }
  const refresh = createRefresh<User>(deps)
  return {
    id: api.id,
    refresh,
    signOut: createSignOut<User>(deps, refresh),
    ...(transfer === 'cookie' && lookForSession && { resume: createResume<User>(deps, refresh) }),
    signIn: (request, context) => signIn<User>(deps, request, context),
    boundHeaders: ['anti-csrf'],
    authorize: (session) => ({
      rid: 'anti-csrf',
      'st-auth-mode': transfer,
      ...carried(session),
    }),
    readAnswer: createReadAnswer<User>(deps),
    actions: ({ signIn: establish }) => ({
      async adopt(response, call) {
        if (!response?.headers) invalid('Pass the answer that holds the session.')
        return establish(async () => toGrant<User>(response.headers, options).grant, call)
      },
    }),
  }
}
