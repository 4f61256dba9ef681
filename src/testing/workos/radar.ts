import { field, json } from '../server/json.js'
import type { Begun, Route, ServerContext } from './context.js'
import { describeUser } from './directory.js'
import { refuseCode, requireKey } from './errors.js'
import { mailCode, takeCode } from './mails.js'
import { findPending, keepPending } from './pending.js'
import type { Answer } from './sessions.js'

/** Who goes on with a sign-in that Radar held up. */
interface Proof {
  readonly body: Answer
  readonly clientId: string
}

/** Holds a sign-in up. @throws WorkOSRefusal */
export function doubt(context: ServerContext, begun: Begun, by: 'email' | 'sms'): void {
  const step = `radar_${by}_challenge` as const
  const { person } = begun
  const mail = by === 'email' ? mailCode(context, person.email, 'radar_challenge') : null
  refuseCode(403, {
    code: step,
    message: 'The user must complete a Radar challenge to finish authenticating.',
    pending_authentication_token: keepPending(context, begun, step),
    ...(mail && { radar_challenge_id: mail.id }),
    user: describeUser(person),
  })
}

/** Whoever has read the mail. @throws WorkOSRefusal for another code than was mailed. */
export function provenByMail(context: ServerContext, { body, clientId }: Proof): Begun {
  const token = field(body, 'pending_authentication_token')
  const begun = findPending(context, { token, clientId }, 'radar_email_challenge')
  const { email } = begun.person
  const name = `radar_challenge ${email.toLowerCase()}`
  // Of a mail that was never sent there is no code either.
  const isSent = context.mailed.get(name)?.id === field(body, 'radar_challenge_id')
  const code = isSent ? field(body, 'code') : undefined
  takeCode(context, { kind: 'radar_challenge', to: email, code })
  context.pending.delete(token ?? '')
  return { ...begun, isTrusted: true }
}

/** Whoever has read the text message. @throws WorkOSRefusal for another code than was sent. */
export function provenBySms(context: ServerContext, { body, clientId }: Proof): Begun {
  const token = field(body, 'pending_authentication_token')
  const begun = findPending(context, { token, clientId }, 'radar_sms_challenge')
  const to = field(body, 'phone_number') ?? ''
  takeCode(context, { kind: 'radar_challenge', to, code: field(body, 'code') })
  context.pending.delete(token ?? '')
  return { ...begun, isTrusted: true }
}

/** `POST /user_management/radar_challenges`: sends a text message. */
export const sendSms: Route = async (context, { request, body }) => {
  const client = requireKey(context, request)
  const token = field(body, 'pending_authentication_token')
  const { person } = findPending(context, { token, clientId: client.id }, 'radar_sms_challenge')
  const to = field(body, 'phone_number')
  if (!to || field(body, 'user_id') !== person.id) {
    const message = 'The phone_number or the user_id is not the one of this sign-in.'
    return refuseCode(422, { code: 'invalid_request_parameters', message })
  }
  const { id } = mailCode(context, to, 'radar_challenge')
  return json(201, { verification_id: id, phone_number: to })
}
