import { AuthError, isAuthError } from '../../core/errors.js'
import type { ActionHost } from '../../core/provider.js'
import { invalid } from '../shared/url.js'
import { userOf } from './actions.js'
import { needText, toQuery } from './arguments.js'
import type { NetlifyDeps } from './netlify-deps.js'
import { createRedirect } from './netlify-redirect.js'
import type { NetlifyActions, NetlifyUser } from './netlify-types.js'
import { grantOf } from './netlify-wire.js'
import type { Send } from './wire.js'

/** The parts of the client that the actions are made of. */
interface Parts<M extends object> extends Omit<NetlifyDeps<M>, 'changeUser'> {
  readonly send: Send
  /** The server's address. */
  readonly base: string
}

/** Makes what changes the user. */
const createChange =
  <M extends object>(
    host: Pick<ActionHost<NetlifyUser<M>>, 'updateUser'>,
    send: Send,
  ): NetlifyDeps<M>['changeUser'] =>
  (json, call) =>
    host.updateUser(async ({ accessToken: token }, context) => {
      try {
        return userOf<M>(await send({ path: '/user', method: 'PUT', json, token }, context))
      } catch (error) {
        // A wrong link has the status of a dead access token (netlify/gotrue, api/user.go): that one is alive.
        const wrong = isAuthError(error) && /^Email Change Token/.test(error.message)
        throw wrong
          ? new AuthError('invalid_credentials', error.message, { status: error.status })
          : error
      }
    }, call)

/** Makes `auth.actions` for one client. */
export function createActions<M extends object>(parts: Parts<M>): NetlifyActions<M> {
  const { host, send, base, acceptFragmentTokens, signIn } = parts
  const changeUser = createChange<M>(host, send)
  return {
    async signUp(given, call) {
      const { email, password, data } = { ...given }
      const account = { email: needText('email', email), password: needText('password', password) }
      let user: NetlifyUser<M> | null = null
      const result = await host.signIn(async (context) => {
        const body = await send({ path: '/signup', json: { ...account, data } }, context)
        const grant = grantOf<M>(body)
        if (grant) return grant
        const made: NetlifyUser<M> = userOf<M>(body)
        user = made
        // The answer holds no session, whether or not the address has to be confirmed (netlify/gotrue, api/signup.go).
        return made.confirmedAt ? signIn(account, context) : null
      }, call)
      return result.session ? result : { session: null, user }
    },

    async sendPasswordRecovery(given, call) {
      const json = { email: needText('email', given?.email) }
      await host.request((context) => send({ path: '/recover', json }, context), call)
    },

    async authorizeUrl(given) {
      if (!acceptFragmentTokens) {
        invalid(
          'It ends in an address with tokens: netlifyIdentity({ acceptFragmentTokens: true }).',
        )
      }
      const { provider, inviteToken } = { ...given }
      const query = { provider: needText('provider', provider), invite_token: inviteToken }
      return `${base}/authorize?${new URLSearchParams(toQuery(query))}`
    },

    handleRedirect: createRedirect({ ...parts, changeUser }),

    getUser: (call) =>
      host.withSession(
        async ({ accessToken: token }, context) =>
          userOf<M>(await send({ path: '/user', method: 'GET', token }, context)),
        call,
      ),

    async updateUser(given, call) {
      const { email, password, data } = { ...given }
      return changeUser({ email, password, data }, call)
    },
  }
}
