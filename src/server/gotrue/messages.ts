import type { RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { createMessages } from '../../providers/gotrue/actions.js'
import type { GoTrueUser } from '../../providers/gotrue/types.js'
import type { Send } from '../../providers/gotrue/wire.js'
import { checkObject } from '../shared/arguments.js'
import { proofOf } from './authorize.js'
import type { GoTrueServer, LinkProof } from './types.js'

/** Gives work the time of its caller, or that of the server. */
export type During = <T>(
  context: RequestContext | undefined,
  work: (context: RequestContext) => Promise<T>,
) => Promise<T>

type Names = 'signUp' | 'sendOtp' | 'sendPasswordRecovery' | 'resend'

/** Makes what registers people and sends them messages, in the words of the page's provider. */
export function createServerMessages<M extends object>(
  send: Send,
  during: During,
): Pick<GoTrueServer<M>, Names> {
  /** Messages as a page has them, with nobody's session: whoever asked gets what came. */
  function messagesOf(given: LinkProof, context: RequestContext | undefined) {
    checkObject('options', given)
    const { codeChallenge } = given
    const proof = codeChallenge === undefined ? {} : proofOf(codeChallenge)
    const came: Grant<GoTrueUser<M>>[] = []
    const host = {
      request: <T>(work: (call: RequestContext) => Promise<T>) => during(context, work),
      async signIn(work: (call: RequestContext) => Promise<Grant<GoTrueUser<M>> | null>) {
        const grant = await during(context, work)
        if (grant) came.push(grant)
        return { session: null, user: null }
      },
    }
    return { ...createMessages<M>({ host, send }, async () => proof), came }
  }

  return {
    async signUp(given, context) {
      const { signUp, came } = messagesOf(given, context)
      const { codeChallenge: _, ...options } = given
      const { user } = await signUp(options)
      const [grant = null] = came
      return { grant, user: grant?.user ?? user }
    },
    async sendOtp(given, context) {
      const { sendOtp } = messagesOf(given, context)
      const { codeChallenge: _, ...options } = given
      return sendOtp(options)
    },
    async sendPasswordRecovery(given, context) {
      const { sendPasswordRecovery } = messagesOf(given, context)
      const { codeChallenge: _, ...options } = given
      await sendPasswordRecovery(options)
    },
    async resend(given, context) {
      const { resend } = messagesOf(given, context)
      const { codeChallenge: _, ...options } = given
      return resend(options)
    },
  }
}
