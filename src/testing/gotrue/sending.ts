import { field } from '../server/json.js'
import { type Challenge, checkFrequency } from './accounts.js'
import type { Call, ServerContext } from './context.js'
import { refuse } from './errors.js'
import { redirectTarget } from './link-routes.js'
import type { Account } from './types.js'

/** The PKCE flow that a request begins, if it does. */
function flowOf({ body }: Call): Challenge | null {
  const challenge = field(body, 'code_challenge')
  return challenge ? { challenge, method: field(body, 'code_challenge_method') ?? 's256' } : null
}

/** Sends messages whose links lead back to this server, which keeps the PKCE challenge. */
export function send(
  context: ServerContext,
  call: Call,
  message: { readonly account: Account; readonly type: string; readonly to: readonly string[] },
): void {
  const { mailInterval: interval = 0 } = context.options
  checkFrequency(message.account, message.type, { now: context.now(), interval })
  const redirectTo = redirectTarget(context, call.url).href
  const link = (token: string): string => {
    const query = new URLSearchParams({ token, type: message.type, redirect_to: redirectTo })
    return `${call.url.origin}${context.path}/verify?${query}`
  }
  const { mailLimit = Infinity } = context.options
  const isMail = (to: string): boolean => to.includes('@')
  const mails = context.accounts.messages.filter(({ to }) => isMail(to)).length
  if (message.to.some(isMail) && mails >= mailLimit) {
    refuse(429, 'over_email_send_rate_limit', 'email rate limit exceeded')
  }
  if (message.type === 'email_change') context.accounts.withdrawEmailChange(message.account)
  for (const to of message.to) context.accounts.send({ ...message, to, flow: flowOf(call), link })
}
