import { field, json } from '../server/json.js'
import { reach } from './account-routes.js'
import { checkFrequency } from './accounts.js'
import { authenticate, type Call, type ServerContext } from './context.js'
import { refuse } from './errors.js'
import { send } from './sending.js'
import type { Account } from './types.js'

type Route = (context: ServerContext, call: Call) => Promise<Response>

const known = (...addresses: readonly (string | null)[]): readonly string[] =>
  addresses.flatMap((address) => address ?? [])

/** Where each kind of message goes again: nowhere, where there is nothing to send. */
const AGAIN: Readonly<Record<string, (account: Account, secure: boolean) => readonly string[]>> = {
  signup: ({ confirmed, email }) => (confirmed ? [] : known(email)),
  // Both codes are new then, as both are for one change.
  email_change: ({ email, newEmail }, secure) =>
    newEmail && secure ? known(email, newEmail) : known(newEmail),
  sms: ({ confirmed, phone }) => (confirmed ? [] : known(phone)),
  phone_change: ({ newPhone }) => known(newPhone),
}

/**
 * `POST /resend`. Says the same whether or not there is anything to send again. Who has asked for
 * another address is found by the one that they have.
 */
export const resend: Route = async (context, call) => {
  const type = field(call.body, 'type') ?? ''
  const kinds = Object.keys(AGAIN)
  const whither = AGAIN[type]
  if (!whither || !kinds.includes(type)) {
    return refuse(400, 'validation_failed', `Missing one of these types: ${kinds.join(', ')}`)
  }
  const address = reach(call)
  if (!address.email && !address.phone) {
    return refuse(400, 'validation_failed', 'Type provided requires an email address or a phone')
  }
  const account = context.accounts.find(address)
  const to = account ? whither(account, context.options.secureEmailChange ?? true) : []
  if (account && to.length > 0) send(context, call, { account, type, to })
  return json(200, {})
}

/** `GET /reauthenticate`: sends a code for a new password. */
export const reauthenticate: Route = async (context, call) => {
  const { account } = await authenticate(context, call)
  const to = account.email ?? account.phone
  if (!to) {
    const message = 'Reauthentication requires the user to have an email or a phone number'
    return refuse(400, 'validation_failed', message)
  }
  const type = 'reauthentication'
  const { mailInterval: interval = 0 } = context.options
  checkFrequency(account, type, { now: context.now(), interval })
  context.accounts.send({ account, type, to, flow: null, link: () => '' })
  return json(200, {})
}
