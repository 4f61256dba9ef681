import { AREA } from '../../providers/gotrue/area.js'
import type { AnyMetadata } from '../../providers/gotrue/types.js'
import { toUser as readUser } from '../../providers/gotrue/wire.js'
import { AuthInvalidTokenResponseError } from './errors.js'
import type { Face } from './face.js'
import type * as Params from './parameters.js'
import { toUser } from './translate.js'
import type { User, UserIdentity } from './types.js'

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
export async function updateUser(
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
export async function resetPasswordForEmail(
  { client, flow }: Face,
  email: string,
  options?: { redirectTo?: string; captchaToken?: string },
): Promise<object> {
  await client.actions.sendPasswordRecovery({ email, ...options, flow })
  return {}
}

/** The accounts that the user signs in with. */
export async function getUserIdentities({ client }: Face): Promise<{ identities: UserIdentity[] }> {
  const { identities } = toUser(await client.actions.getUser())
  return { identities: identities ?? [] }
}
