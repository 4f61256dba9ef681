import { authenticate, type Call, type ServerContext, sessionBody } from './context.js'
import { json, refuse } from './errors.js'
import { removeFactors } from './mfa-factors.js'
import type { AccountFactor } from './mfa-types.js'
import type { ServerSession } from './rotation.js'
import type { Account } from './types.js'

/** Answers one kind of request. */
export type MfaRoute = (context: ServerContext, call: Call) => Promise<Response>

/** Whose request it is. */
export interface Person {
  readonly session: ServerSession
  readonly account: Account
}

/** @throws GoTrueRefusal; `no_authorization` with 403 for somebody anonymous */
export async function authenticatePerson(context: ServerContext, call: Call): Promise<Person> {
  const person = await authenticate(context, call)
  if (!person.account.anonymous) return person
  return refuse(403, 'no_authorization', 'Anonymous user not allowed to perform these actions')
}

const UUID = /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i

/** The factor that an address names, of somebody. @throws GoTrueRefusal */
export async function locate(
  context: ServerContext,
  call: Call,
): Promise<Person & { readonly factor: AccountFactor }> {
  const person = await authenticatePerson(context, call)
  if (!UUID.test(call.id)) refuse(404, 'validation_failed', 'factor_id must be an UUID')
  const factor = person.account.factors.find(({ id }) => id === call.id.toLowerCase())
  return factor ? { ...person, factor } : refuse(404, 'mfa_factor_not_found', 'Factor not found')
}

const AAL2_METHOD = /^totp$|^mfa\//

/** Raises a session: its tokens so far are worth nothing, and the person's other ones go. */
export async function raise(
  context: ServerContext,
  { session, account, factor }: Person & { readonly factor: AccountFactor },
  method: string,
): Promise<Response> {
  const timestamp = Math.floor(context.now() / 1000)
  const others = session.amr.filter((entry) => entry.method !== method)
  session.amr = [...others, { method, timestamp }].sort((a, b) => b.timestamp - a.timestamp)
  session.aal = 'aal2'
  session.factorId = factor.id
  for (const { id, userId, aal } of [...context.sessions.values()]) {
    if (userId === account.id && aal !== 'aal2') context.sessions.delete(id)
  }
  const body = await sessionBody(context, session, await context.tokens.advance(session))
  removeFactors(account, ({ status, type }) => status === 'unverified' && type === factor.type)
  return json(200, body)
}

/** Takes a factor away; sessions that were raised by it are at `aal1` again from their next refresh on. */
export function dropFactor(
  { sessions }: ServerContext,
  account: Account,
  factor: AccountFactor,
): void {
  removeFactors(account, ({ id }) => id === factor.id)
  for (const session of sessions.values()) {
    if (session.factorId !== factor.id) continue
    session.factorId = null
    session.aal = 'aal1'
    session.amr = session.amr.filter(({ method }) => !AAL2_METHOD.test(method))
  }
}
