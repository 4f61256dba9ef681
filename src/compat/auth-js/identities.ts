import { leaveFor } from '../../environment/page.js'
import { identities } from '../../providers/gotrue/identities.js'
import type { IdentityApi } from './api.js'
import { type Face, run } from './face.js'
import type * as Params from './parameters.js'
import { signedIn } from './sign-in.js'
import { NOBODY, type Provider, type Session, type User, type UserIdentity } from './types.js'

// Loaded when somebody links an account.

async function linkByRedirect(
  { client }: Face,
  { provider, options }: Params.SignInWithOAuthCredentials,
): Promise<{ provider: Provider; url: string }> {
  const { skipBrowserRedirect, ...way } = { ...options }
  const url = await identities(client).linkUrl({ provider, ...way })
  if (!skipBrowserRedirect) leaveFor(url)
  return { provider, url }
}

async function linkByToken(
  { client }: Face,
  credentials: Params.SignInWithIdTokenCredentials,
): Promise<{ user: User; session: Session }> {
  const { provider, token: idToken, access_token: accessToken, nonce } = credentials
  return signedIn(await identities(client).link({ provider, idToken, accessToken, nonce }))
}

/** Accounts at other providers. */
export function identityApi(face: Face): IdentityApi {
  const linked = (given: Params.SignInWithIdTokenCredentials) =>
    run(face, () => linkByToken(face, given), NOBODY)
  const begun = (given: Params.SignInWithOAuthCredentials) =>
    run(face, () => linkByRedirect(face, { ...given }), { provider: given?.provider, url: null })
  function linkIdentity(given: Params.SignInWithOAuthCredentials): ReturnType<typeof begun>
  function linkIdentity(given: Params.SignInWithIdTokenCredentials): ReturnType<typeof linked>
  function linkIdentity(
    given: Params.SignInWithOAuthCredentials | Params.SignInWithIdTokenCredentials,
  ): ReturnType<typeof begun> | ReturnType<typeof linked> {
    const credentials = { ...given }
    return 'token' in credentials ? linked(credentials) : begun(credentials)
  }
  return {
    linkIdentity,
    unlinkIdentity: (identity: UserIdentity) =>
      run(
        face,
        async ({ client }) => {
          await identities(client).unlink({ identityId: identity?.identity_id })
          return {}
        },
        null,
      ),
  }
}
