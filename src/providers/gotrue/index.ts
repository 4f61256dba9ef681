import type { Provider } from '../../core/provider.js'
import { checkKey, checkOptions, HTTP_OPTIONS, type Kind } from '../shared/options.js'
import { checkUrl, invalid, partsOf } from '../shared/url.js'
import { createActions } from './actions.js'
import { AREA, type WithArea } from './area.js'
import { isDeadToken } from './errors.js'
import { createRefresh, createRestore, createSignIn, createSignOut } from './sessions.js'
import type {
  AnyMetadata,
  GoTrueActions,
  GoTrueCredentials,
  GoTrueOptions,
  GoTrueUser,
} from './types.js'
import { createSend } from './wire.js'

export type { GoTrueClient } from './area.js'
export { parseAuthJsSession, readAuthJsCookies } from './auth-js.js'
export { type AuthJsStorages, authJsStorage } from './auth-js-storage.js'
export { isWeakPassword } from './errors.js'
export type {
  Address,
  AnyMetadata,
  GoTrueActions,
  GoTrueCredentials,
  GoTrueOptions,
  GoTrueRedirect,
  GoTrueUser,
  LinkFlow,
  MessageReceipt,
  OtpOptions,
  OtpType,
  ResendOptions,
  SignUpOptions,
  UserChanges,
} from './types.js'

/** The provider that `gotrue` makes. */
export type GoTrueProvider<Metadata extends object = AnyMetadata> = Provider<
  GoTrueCredentials,
  GoTrueUser<Metadata>,
  GoTrueActions<Metadata> & WithArea<Metadata>
>

const OPTIONS: Readonly<Record<keyof GoTrueOptions, Kind>> = {
  ...HTTP_OPTIONS,
  apiKey: 'string',
  now: 'function',
  terminal: 'function',
  acceptFragmentTokens: 'boolean',
}

/** A path with dashes for slashes, as 0.1 had it; what was a dash itself, or a `~`, says so. */
const plainPath = (path: string): string => path.replace(/[-~]/g, '~$&').replaceAll('/', '-')

/**
 * Speaks to GoTrue (Supabase Auth). `Metadata` is what the app keeps of its users.
 * @example
 * ```ts
 * import { AuthClient } from 'holdfast'
 * import { gotrue } from 'holdfast/providers/gotrue'
 *
 * const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1', apiKey }) })
 * await auth.signIn({ email: 'ada@example.com', password: 'correct horse' })
 * ```
 * @throws AuthError `invalid_argument` for options that cannot work, and an address that tokens must not
 *   go to.
 */
export function gotrue<Metadata extends object = AnyMetadata>(
  options: GoTrueOptions,
): GoTrueProvider<Metadata> {
  checkOptions('gotrue', options, OPTIONS)
  checkKey('apiKey', options.apiKey)
  const base = checkUrl(options.url, options.dangerouslyAllowInsecureHttp)
  const { host, path } = partsOf(base)
  if (/\.supabase\.co$/.test(host) && path !== '/auth/v1') {
    invalid('The url of a Supabase project is `https://….supabase.co/auth/v1`.')
  }
  const { now = Date.now, acceptFragmentTokens = false } = options
  const send = createSend(options)
  const refresh = createRefresh<Metadata>(send)
  const restore = createRestore(send, refresh, now)
  return {
    id: `gotrue.${host.replace(/[^\w.-]+/g, '-')}${plainPath(path)}`,
    refresh,
    restore,
    refusesToken: isDeadToken,
    mayYield: acceptFragmentTokens,
    signOut: createSignOut(send, refresh),
    signIn: createSignIn<Metadata>(send),
    actions(host) {
      const deps = { host, send, base, restore, acceptFragmentTokens, now }
      return { ...createActions(deps), [AREA]: deps }
    },
  }
}
