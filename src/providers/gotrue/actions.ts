import type { ActionHost, CallOptions } from '../../core/provider.js'
import type { HttpRequest } from '../shared/http.js'
import { asObject, text } from '../shared/json.js'
import { createPkce } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import type { ActionDeps } from './action-deps.js'
import { needText, toQuery } from './arguments.js'
import { captcha } from './credentials.js'
import { createRedirect } from './redirect.js'
import type { GoTrueActions, GoTrueUser, LinkFlow, MessageReceipt } from './types.js'
import { holdsNo, toGrant, toUser } from './wire.js'

const redirect = (redirectTo: string | undefined): Pick<HttpRequest, 'query'> =>
  redirectTo ? { query: { redirect_to: redirectTo } } : {}

/** The user that an answer describes. @throws AuthError `bad_response` when it describes nobody. */
export const userOf = <M extends object>(body: unknown): GoTrueUser<M> =>
  toUser<M>(body) ?? holdsNo('user')

/** What the messages of one client take of PKCE. */
export type Prove = (
  purpose: 'sign-in' | 'recovery',
  flow: LinkFlow | undefined,
) => Promise<Readonly<Record<string, string>>>

/** Makes what keeps a verifier for the redirect to come, and tells its challenge. */
function createProve<M extends object>(deps: ActionDeps<M>): Prove {
  return async (purpose, flow) => {
    if (flow === 'implicit') {
      if (deps.acceptFragmentTokens) return {}
      invalid('The flow `implicit` takes gotrue({ acceptFragmentTokens: true }).')
    }
    if (flow === undefined) return {}
    if (flow !== 'pkce') invalid('`flow` is `pkce` or `implicit`.')
    const { verifier, challenge } = await createPkce(deps.host.crypto)
    await deps.host.saveFlow({ secret: verifier, purpose })
    return { code_challenge: challenge, code_challenge_method: 's256' }
  }
}

/** By default a link that leads back to the app is for this browser only. */
const flowOf = ({
  flow,
  redirectTo,
}: {
  flow?: LinkFlow | undefined
  redirectTo?: string | undefined
}): LinkFlow | undefined => flow ?? (redirectTo ? 'pkce' : undefined)

/** What all messages have in common. */
interface Message {
  readonly redirectTo?: string | undefined
  readonly captchaToken?: string | undefined
  readonly flow?: LinkFlow | undefined
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
    const wanted = email ? flowOf({ flow, redirectTo }) : undefined
    const proof = await prove(path === '/recover' ? 'recovery' : 'sign-in', wanted)
    const json = { ...message, ...proof, ...captcha(captchaToken) }
    const request = { path, ...redirect(redirectTo), json }
    const body = await host.request((context) => send(request, context), call)
    return { messageId: text(asObject(body)?.message_id) ?? null }
  }

  return {
    async signUp(given, call) {
      const { redirectTo, captchaToken, flow, ...account } = { ...given }
      let user: GoTrueUser<M> | null = null
      const wanted = 'email' in account ? flowOf({ flow, redirectTo }) : undefined
      const json = { ...account, ...(await prove('sign-in', wanted)), ...captcha(captchaToken) }
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
      const { flow = 'pkce', ...message } = { ...given }
      await post('/recover', { ...message, flow }, call)
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
      const proof = await prove('sign-in', flow)
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
      const wanted = changes.email ? flowOf({ flow, redirectTo }) : undefined
      const proof = await prove('sign-in', wanted)
      const json = { ...changes, current_password: currentPassword, ...proof }
      const request = { path: '/user', method: 'PUT', ...redirect(redirectTo), json } as const
      return host.updateUser(
        async ({ accessToken: token }, context) =>
          userOf<M>(await send({ ...request, token }, context)),
        call,
      )
    },
  }
}
