import { isAuthError } from '../../core/errors.js'
import type { GoTrueUser } from '../../providers/gotrue/index.js'
import { text } from '../../providers/shared/json.js'
import { answer, refuse } from '../backend/answers.js'
import { readFields, unreadable } from '../backend/fields.js'
import { problemOfSignIn } from '../backend/problems.js'
import type { Call, Handler, RouteTools } from '../backend/types.js'
import {
  addressOf,
  changesOf,
  companyOf,
  credentialsOf,
  dataOf,
  type Fields,
  messengerOf,
  resendOf,
  textsOf,
} from './asked.js'
import { withState } from './authorize.js'
import { createConfirm } from './confirm.js'
import type { GoTrueServer } from './types.js'

/** What the routes ask of GoTrue. */
export type RoutesServer<M extends object> = Pick<
  GoTrueServer<M>,
  | 'authorizeUrl'
  | 'updateUser'
  | 'signIn'
  | 'signUp'
  | 'sendOtp'
  | 'sendPasswordRecovery'
  | 'resend'
>

/** A route that a page calls with what it has in JSON. */
const called = (work: (fields: Fields, call: Call) => Promise<Response>): Handler => ({
  methods: ['POST'],
  by: 'page',
  async run(call) {
    const fields = await readFields(call)
    if (!fields) return unreadable()
    try {
      return await work(fields, call)
    } catch (error) {
      if (isAuthError(error)) return refuse(problemOfSignIn(error))
      throw error
    }
  },
})

/** The answer to a message that was sent; of whether there was somebody to send it to it says nothing. */
const sent = (setCookies: readonly string[] = []): Response => answer({}, setCookies)

/** Makes the ways to sign in that GoTrue has and not every auth server. */
export function createGotrueRoutes<M extends object>(
  server: RoutesServer<M>,
  tools: RouteTools<GoTrueUser<M>>,
  confirmPage?: string,
): Readonly<Record<string, Handler>> {
  /** A link back to this browser, where the message is a mail. */
  async function linkOf(fields: Fields, call: Call) {
    if (!('email' in addressOf(fields))) return { link: {}, setCookies: [] }
    const { redirectUri, state, ...begun } = await tools.begin(call, text(fields.returnTo))
    const { codeChallenge, setCookies } = begun
    return { link: { redirectTo: withState(redirectUri, state), codeChallenge }, setCookies }
  }

  return {
    '/credentials': called(async (fields, call) => {
      const grant = await server.signIn(credentialsOf(fields))
      return grant ? tools.welcome(grant, call) : answer({ session: null })
    }),
    '/register': called(async (fields, call) => {
      const { password = '' } = textsOf(fields, ['password'])
      const { link, setCookies } = await linkOf(fields, call)
      const options = { ...addressOf(fields), ...dataOf(fields), ...messengerOf(fields), ...link }
      const { grant } = await server.signUp({ ...options, password })
      return grant ? tools.welcome(grant, call) : answer({ session: null }, setCookies)
    }),
    '/otp': called(async (fields, call) => {
      const { link, setCookies } = await linkOf(fields, call)
      const account = { createUser: fields.createUser !== false, ...dataOf(fields) }
      await server.sendOtp({ ...addressOf(fields), ...account, ...messengerOf(fields), ...link })
      return sent(setCookies)
    }),
    '/recover': called(async (fields, call) => {
      const { email = '', ...security } = textsOf(fields, ['email', 'captchaToken'])
      const { link, setCookies } = await linkOf({ email, returnTo: fields.returnTo }, call)
      await server.sendPasswordRecovery({ email, ...security, ...link })
      return sent(setCookies)
    }),
    '/resend': called(async (fields, call) => {
      const { link, setCookies } = await linkOf(fields, call)
      await server.resend({ ...resendOf(fields), ...link })
      return sent(setCookies)
    }),
    // `GET /sign-in` does it too, where no captcha is asked for: its proof is for no address, which is logged.
    '/sso': called(async (fields, call) => {
      const { setCookies, ...begun } = await tools.begin(call, text(fields.returnTo))
      const url = await server.authorizeUrl({ ...companyOf(fields), ...begun })
      return answer({ url }, setCookies)
    }),
    '/user': called((fields, call) =>
      tools.as(call, fields.sessionId, async ({ accessToken }) => {
        const changes = changesOf(fields)
        // A new address is proven by a link.
        const { email } = changes
        const mails = email ? await linkOf({ email, returnTo: fields.returnTo }, call) : null
        await server.updateUser(accessToken, { ...changes, ...mails?.link })
        return mails?.setCookies ?? []
      }),
    ),
    '/confirm': createConfirm(server, tools, confirmPage),
  }
}
