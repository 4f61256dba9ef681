import { AREA } from '../../providers/gotrue/area.js'
import type { AnyMetadata } from '../../providers/gotrue/types.js'
import { toUser as readUser } from '../../providers/gotrue/wire.js'
import type { AccountApi } from './api.js'
import { AuthInvalidTokenResponseError } from './errors.js'
import { type Face, run } from './face.js'
import type * as Params from './parameters.js'
import { toSent } from './sign-in.js'
import { toUser } from './translate.js'
import { NOBODY, type User, type UserIdentity } from './types.js'

// Loaded when somebody looks at an account, or changes it.

/** The user as the server knows them now: the one that is signed in, or that of a token. */
export async function getUser({ client }: Face, jwt?: string): Promise<{ user: User }> {
  const { actions } = client
  if (!jwt) return { user: toUser(await actions.getUser()) }
  const { host, send } = actions[AREA]
  const request = { path: '/user', method: 'GET', token: jwt } as const
  const user = readUser<AnyMetadata>(await host.request((context) => send(request, context)))
  if (!user) throw new AuthInvalidTokenResponseError()
  return { user: toUser(user) }
}

/** Changes the user that is signed in. */
async function updateUser(
  { client, flow }: Face,
  attributes: Params.UserAttributes,
  options?: { emailRedirectTo?: string | undefined },
): Promise<{ user: User }> {
  const { current_password: currentPassword, data, ...changes } = { ...attributes }
  const user = await client.actions.updateUser({
    ...changes,
    ...(data && { data: { ...data } }),
    ...(currentPassword && { currentPassword }),
    redirectTo: options?.emailRedirectTo,
    flow,
  })
  return { user: toUser(user) }
}

/** Sends a link to a new password, and a code. */
async function resetPasswordForEmail(
  { client, flow }: Face,
  email: string,
  options?: { redirectTo?: string; captchaToken?: string },
): Promise<object> {
  await client.actions.sendPasswordRecovery({ email, ...options, flow })
  return {}
}

/** The accounts that the user signs in with. */
async function getUserIdentities({ client }: Face): Promise<{ identities: UserIdentity[] }> {
  const { identities } = toUser(await client.actions.getUser())
  return { identities: identities ?? [] }
}

/** Sends a message again. */
async function resend(
  { client, flow }: Face,
  params: Params.ResendParams,
): Promise<{ user: null; session: null; messageId?: string }> {
  const given = { ...params }
  const { captchaToken }: { captchaToken?: string } = { ...given.options }
  if ('email' in given) {
    const { type, email, options } = given
    const way = { redirectTo: options?.emailRedirectTo, flow, captchaToken }
    return toSent(await client.actions.resend({ type, email, ...way }))
  }
  return toSent(await client.actions.resend({ type: given.type, phone: given.phone, captchaToken }))
}

/** Sends a code for a new password. */
async function reauthenticate({ client }: Face): Promise<{ user: null; session: null }> {
  await client.actions.reauthenticate()
  return { user: null, session: null }
}

/** What is done with an account. */
export const accounts = (face: Face): AccountApi => ({
  getUser: (jwt) => run(face, () => getUser(face, jwt), { user: null }),
  updateUser: (given, options) => run(face, () => updateUser(face, given, options), { user: null }),
  resetPasswordForEmail: (email, options) =>
    run(face, () => resetPasswordForEmail(face, email, options), null),
  resend: (given) => run(face, () => resend(face, given), NOBODY),
  reauthenticate: () => run(face, () => reauthenticate(face), NOBODY),
  getUserIdentities: () => run(face, () => getUserIdentities(face), null),
})
