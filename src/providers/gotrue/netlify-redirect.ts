import { type AuthError, isAuthSessionMissingError } from '../../core/errors.js'
import type { CallOptions, RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { cleanPage, readFields, splitAddress } from '../shared/address.js'
import { isFinal } from '../shared/passing.js'
import { refusalIn } from '../shared/refusal.js'
import { handleOnce } from './handle-once.js'
import type { NetlifyDeps } from './netlify-deps.js'
import type {
  NetlifyActions,
  NetlifyCredentials,
  NetlifyRedirect,
  NetlifyUser,
} from './netlify-types.js'
import { personNow } from './redirect.js'

/** What links and other providers put into the fragment (netlify/gotrue, mailer/template.go, api/external.go). */
const OURS = [
  ...['confirmation_token', 'recovery_token', 'invite_token', 'email_change_token'],
  ...['access_token', 'refresh_token', 'token_type', 'expires_in', 'expires_at'],
  ...['error', 'error_description'],
]

/** The length of an address's text that is told on: anybody can write one. */
const LONGEST = 200

/** What an address holds for this client. */
type Found<M extends object> =
  | { readonly kind: 'error'; readonly error: AuthError }
  | { readonly kind: 'ignored'; readonly what: 'error' | 'tokens' }
  | { readonly kind: 'answer'; take(call?: CallOptions): Promise<NetlifyRedirect<M>> }

/** Makes what looks at a fragment: `null` where it holds nothing that looks like an answer. */
function createFind<M extends object>(deps: NetlifyDeps<M>) {
  const { host, acceptFragmentTokens, restore, signIn, changeUser } = deps

  /**
   * Anybody can write a token of their own into a link:
   *
   *   Ada is signed in ──▶ opens Mallory's link ──▶ would go on, unseen, in Mallory's account
   */
  const givingWay = (
    request: (context: RequestContext) => Promise<Grant<NetlifyUser<M>> | null>,
  ): Found<M> => ({
    kind: 'answer',
    take: (call) =>
      host.signIn(async (context) => {
        const grant = await request(context)
        // A session that is dead ends here, and stands in nobody's way.
        await personNow(host, call)
        return grant && { ...grant, yields: true }
      }, call),
  })

  const byLink = (credentials: NetlifyCredentials): Found<M> =>
    givingWay((context) => signIn(credentials, context))

  const confirmEmail = (token: string): Found<M> => ({
    kind: 'answer',
    async take(call) {
      const user = await changeUser({ email_change_token: token }, call)
      return { session: await host.withSession(async (session) => session, call), user }
    },
  })

  return (fields: ReadonlyMap<string, string>): Found<M> | null => {
    const [confirmationToken, recoveryToken] = [
      fields.get('confirmation_token'),
      fields.get('recovery_token'),
    ]
    if (confirmationToken) return byLink({ confirmationToken })
    if (recoveryToken) return byLink({ recoveryToken })
    const inviteToken = fields.get('invite_token')
    if (inviteToken) {
      return { kind: 'answer', take: async () => ({ session: null, user: null, inviteToken }) }
    }
    const change = fields.get('email_change_token')
    if (change) return confirmEmail(change)
    const [accessToken, refreshToken] = [fields.get('access_token'), fields.get('refresh_token')]
    if (accessToken) {
      return acceptFragmentTokens && refreshToken
        ? givingWay((context) => restore({ accessToken, refreshToken }, context))
        : { kind: 'ignored', what: 'tokens' }
    }
    if (!fields.get('error')) return null
    // Nothing in the error of another provider shows that it is Netlify's. A `state` shows that it is not.
    return acceptFragmentTokens && !fields.has('state')
      ? { kind: 'error', error: refusalIn((name) => fields.get(name), LONGEST) }
      : { kind: 'ignored', what: 'error' }
  }
}

/** Makes `handleRedirect` of one client. */
export function createRedirect<M extends object>(
  deps: NetlifyDeps<M>,
): NetlifyActions<M>['handleRedirect'] {
  const { host } = deps
  const find = createFind(deps)
  return handleOnce(host, async (href, clean, call) => {
    const found = find(readFields(splitAddress(href).fragment))
    if (!found) return null
    if (found.kind === 'ignored') return { session: null, user: null, ignored: found.what }
    const end = (): void => {
      if (clean) cleanPage(host.page, href, { query: [], fragment: OURS })
    }
    if (found.kind === 'error') {
      end()
      throw found.error
    }
    try {
      const result = await found.take(call)
      end()
      return result
    } catch (error) {
      // After a passing failure a reload may still finish it, and after a sign-in too what took one.
      if (isFinal(error) && !isAuthSessionMissingError(error)) end()
      throw error
    }
  })
}
