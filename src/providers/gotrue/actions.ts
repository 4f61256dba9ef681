import type { ActionHost, CallOptions } from '../../core/provider.js'
import type { HttpRequest } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { createPkce } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import type { ActionDeps } from './action-deps.js'
import { needText, toQuery } from './arguments.js'
import { captcha } from './credentials.js'
import { purposeOf } from './link.js'
import { createRedirect } from './redirect.js'
import type { GoTrueActions, GoTrueUser, LinkFlow, MessageReceipt } from './types.js'
import { holdsNo, toGrant, toUser } from './wire.js'

const redirect = (redirectTo: string | undefined): Pick<HttpRequest, 'query'> =>
  redirectTo ? { query: { redirect_to: redirectTo } } : {}

/** The user that an answer describes. @throws AuthError `bad_response` when it describes nobody. */
export const userOf = <M extends object>(body: unknown): GoTrueUser<M> =>
  toUser<M>(body) ?? holdsNo('user')

/** What links take of the caller's. */
interface LinkOptions {
  readonly flow?: LinkFlow | undefined
  readonly redirectTo?: string | undefined
}

/** What the messages of one client take of PKCE. */
export type Prove = (
  purpose: 'sign-in' | 'recovery',
  link: LinkOptions,
) => Promise<Readonly<Record<string, string>>>

/** Makes what keeps a verifier for the redirect to come, and tells its challenge. */
function createProve<M extends object>({ host, acceptFragmentTokens }: ActionDeps<M>): Prove {
  return async (purpose, { flow, redirectTo }) => {
    if (flow === 'implicit') {
      if (acceptFragmentTokens) return {}
      invalid('The flow `implicit` takes gotrue({ acceptFragmentTokens: true }).')
    }
    if (flow && flow !== 'pkce') invalid('`flow` is `pkce` or `implicit`.')
    try {
      const { verifier, challenge } = await createPkce(host.crypto)
      await host.saveFlow({ secret: verifier, purpose: purposeOf(purpose, redirectTo) })
      return { code_challenge: challenge, code_challenge_method: 's256' }
    } catch (error) {
      if (flow || redirectTo) throw error
      // The mail may be for its code, which works without the secret that its link takes.
      return {}
    }
  }
}

/** What all messages have in common. */
interface Message extends LinkOptions {
  readonly captchaToken?: string | undefined
}

/** What sends messages; on servers too, where nobody's session is kept. */
export interface MessageDeps<M extends object> extends Pick<ActionDeps<M>, 'send'> {
  readonly host: Pick<ActionHost<GoTrueUser<M>>, 'request' | 'signIn'>
}

/** Makes the actions that send messages. */
export function createMessages<M extends object>(
  { host, send }: MessageDeps<M>,
  prove: Prove,
): Pick<GoTrueActions<M>, 'signUp' | 'sendOtp' | 'sendPasswordRecovery' | 'resend'> {
  async function post<Its extends Message>(
    path: string,
    { redirectTo, captchaToken, flow, ...message }: Its,
    call?: CallOptions,
  ): Promise<MessageReceipt> {
    const email = 'email' in message && message.email
    if (!text(email || ('phone' in message && message.phone))) {
      invalid('Pass an `email` or a `phone`, as a text.')
    }
    const purpose = path === '/recover' ? 'recovery' : 'sign-in'
    const proof = email ? await prove(purpose, { flow, redirectTo }) : {}
    const json = { ...message, ...proof, ...captcha(captchaToken) }
    const request = { path, ...redirect(redirectTo), json }
    const body = await host.request((context) => send(request, context), call)
    return { messageId: text(asObject(body)?.message_id) ?? null }
  }

  return {
    async signUp(given, call) {
      const { redirectTo, captchaToken, flow, ...account } = { ...given }
      let user: GoTrueUser<M> | null = null
      const proof = 'email' in account ? await prove('sign-in', { flow, redirectTo }) : {}
      const json = { ...account, ...proof, ...captcha(captchaToken) }
      const result = await host.signIn(async (context) => {
        const body = await send({ path: '/signup', ...redirect(redirectTo), json }, context)
        const grant = toGrant<M>(body)
        if (!grant) user = userOf<M>(body)
        return grant
      }, call)
      return result.session ? result : { session: null, user }
    },

    async sendOtp(given, call) {
      const { createUser = true, ...message } = { ...given }
      return post('/otp', { ...message, create_user: createUser }, call)
    },

    async sendPasswordRecovery(given, call) {
      await post('/recover', { ...given }, call)
    },

    async resend(message, call) {
      if (!['signup', 'email_change', 'sms', 'phone_change'].includes(message?.type)) {
        invalid('`type` is `signup`, `email_change`, `sms` or `phone_change`.')
      }
      return post('/resend', message, call)
    },
  }
}

/** Makes `auth.actions` for one client. */
export function createActions<M extends object>(deps: ActionDeps<M>): GoTrueActions<M> {
  const { host, send, base } = deps
  const prove = createProve(deps)
  return {
    ...createMessages(deps, prove),

    async authorizeUrl(given) {
      const { provider, redirectTo, scopes, queryParams, flow = 'pkce' } = { ...given }
      const query = toQuery({
        ...queryParams,
        provider: needText('provider', provider),
        redirect_to: redirectTo || undefined,
        scopes: scopes || undefined,
      })
      const proof = await prove('sign-in', { flow, redirectTo })
      return `${base}/authorize?${new URLSearchParams({ ...query, ...proof })}`
    },

    handleRedirect: createRedirect(deps),

    getUser: (call) =>
      host.withSession(
        async ({ accessToken: token }, context) =>
          userOf<M>(await send({ path: '/user', method: 'GET', token }, context)),
        call,
      ),

    async reauthenticate(call) {
      await host.withSession(
        ({ accessToken: token }, context) =>
          send({ path: '/reauthenticate', method: 'GET', token }, context),
        call,
      )
    },

    async updateUser(given, call) {
      const { redirectTo, flow, currentPassword, ...changes } = { ...given }
      let proof: Awaited<ReturnType<Prove>> | undefined
      // The proof waits for storage: by then somebody else may have signed in, whose change this is not.
      return host.updateUser(async ({ accessToken: token }, context) => {
        proof ??= changes.email ? await prove('sign-in', { flow, redirectTo }) : {}
        const json = { ...changes, current_password: currentPassword, ...proof }
        const request = {
          path: '/user',
          method: 'PUT',
          ...redirect(redirectTo),
          json,
          token,
        } as const
        return userOf<M>(await send(request, context))
      }, call)
    },
  }
}
