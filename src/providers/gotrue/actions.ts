import { AuthError } from '../../core/errors.js'
import type { ActionHost, RequestContext, Tokens } from '../../core/ports.js'
import type { Grant } from '../../core/session.js'
import type { HttpRequest } from '../shared/http.js'
import { createPkce } from '../shared/pkce.js'
import { captcha } from './credentials.js'
import { createRedirect } from './redirect.js'
import type { GoTrueActions, GoTrueUser } from './types.js'
import { type Send, toGrant, toUser } from './wire.js'

/** What the actions of one client work on. */
export interface ActionDeps {
  readonly host: ActionHost<GoTrueUser>
  readonly send: Send
  /** The server's address. */
  readonly base: string
  restore(tokens: Tokens, context: RequestContext): Promise<Grant<GoTrueUser> | null>
}

const redirect = (redirectTo: string | undefined): Pick<HttpRequest, 'query'> =>
  redirectTo ? { query: { redirect_to: redirectTo } } : {}

function userOf(body: unknown): GoTrueUser {
  const user = toUser(body)
  if (!user) throw new AuthError('bad_response', 'The answer describes no user.')
  return user
}

/** Makes `auth.actions` for one client. */
export function createActions(deps: ActionDeps): GoTrueActions {
  const { host, send, base } = deps

  /** Keeps a verifier for the redirect to come, and tells its challenge. */
  async function challenge(purpose: 'sign-in' | 'recovery'): Promise<Record<string, string>> {
    const { verifier, challenge } = await createPkce()
    await host.saveFlow({ secret: verifier, purpose })
    return { code_challenge: challenge, code_challenge_method: 's256' }
  }

  return {
    async signUp({ redirectTo, captchaToken, ...json }, call) {
      let user: GoTrueUser | null = null
      const proof = redirectTo ? await challenge('sign-in') : {}
      const result = await host.signIn(async (context) => {
        const body = await send(
          {
            path: '/signup',
            ...redirect(redirectTo),
            json: { ...json, ...proof, ...captcha(captchaToken) },
          },
          context,
        )
        const grant = toGrant(body)
        if (!grant) user = userOf(body)
        return grant
      }, call)
      return result.session ? result : { session: null, user }
    },

    async sendOtp({ redirectTo, captchaToken, createUser = true, ...address }, call) {
      const proof = 'email' in address && redirectTo ? await challenge('sign-in') : {}
      const json = { ...address, create_user: createUser, ...proof, ...captcha(captchaToken) }
      await host.request(
        (context) => send({ path: '/otp', ...redirect(redirectTo), json }, context),
        call,
      )
    },

    async sendPasswordRecovery({ email, redirectTo, captchaToken }, call) {
      const json = { email, ...(await challenge('recovery')), ...captcha(captchaToken) }
      await host.request(
        (context) => send({ path: '/recover', ...redirect(redirectTo), json }, context),
        call,
      )
    },

    async authorizeUrl({ provider, redirectTo, scopes, queryParams }) {
      const query = new URLSearchParams({
        ...queryParams,
        provider,
        ...(redirectTo && { redirect_to: redirectTo }),
        ...(scopes && { scopes }),
        ...(await challenge('sign-in')),
      })
      return `${base}/authorize?${query}`
    },

    handleRedirect: createRedirect(deps),

    getUser: (call) =>
      host.withSession(
        async ({ accessToken: token }, context) =>
          userOf(await send({ path: '/user', method: 'GET', token }, context)),
        call,
      ),

    updateUser: (changes, call) =>
      host.updateUser(
        async ({ accessToken: token }, context) =>
          userOf(
            await send({ path: '/user', method: 'PUT', token, json: { ...changes } }, context),
          ),
        call,
      ),
  }
}
