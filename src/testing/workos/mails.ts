import { field, json } from '../server/json.js'
import type { Route, ServerContext } from './context.js'
import { refuseCode, requireKey } from './errors.js'
import type { MailedCode } from './proofs.js'
import type { WorkOSMail } from './types.js'

/** How long a code in a mail counts, in ms (WorkOS's reference of Magic Auth). */
const LIFE = 600_000

const nameOf = (kind: WorkOSMail['kind'], to: string): string => `${kind} ${to.toLowerCase()}`

/** Sends six digits to an address, or a phone number. The ones before count no more. */
export function mailCode(
  { mailed, mails, random, newId, now }: ServerContext,
  to: string,
  kind: WorkOSMail['kind'],
): MailedCode {
  const code = Array.from({ length: 6 }, () => Math.floor(random() * 10)).join('')
  const mail = { id: newId(kind), to, kind, code, at: now() }
  mailed.set(nameOf(kind, to), mail)
  mails.push({ to, kind, code })
  return mail
}

/** Takes a code, which counts once. @throws WorkOSRefusal for another one than was mailed, or an old one. */
export function takeCode(
  { mailed, now }: ServerContext,
  { kind, to, code }: Omit<WorkOSMail, 'code'> & { readonly code: string | undefined },
): void {
  const name = nameOf(kind, to)
  const known = mailed.get(name)
  if (!known || known.code !== code || now() > known.at + LIFE) {
    refuseCode(400, { code: 'invalid_one_time_code', message: 'Invalid one-time code.' })
  }
  mailed.delete(name)
}

/** `POST /user_management/magic_auth`: mails a code to somebody, who may be new. */
export const sendMagicCode: Route = async (context, { request, body }) => {
  requireKey(context, request)
  const email = field(body, 'email')
  if (!email) {
    const message = 'The email is missing.'
    return refuseCode(422, { code: 'invalid_request_parameters', message })
  }
  const { directory } = context
  const person = directory.find(email) ?? directory.create({ email, emailVerified: false })
  const { id, code, at } = mailCode(context, person.email, 'magic_auth')
  const when = new Date(at).toISOString()
  return json(201, {
    object: 'magic_auth',
    id,
    user_id: person.id,
    email: person.email,
    expires_at: new Date(at + LIFE).toISOString(),
    code,
    created_at: when,
    updated_at: when,
  })
}
