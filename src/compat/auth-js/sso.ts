import { leaveFor } from '../../environment/page.js'
import { sso } from '../../providers/gotrue/sso.js'
import type { SsoApi } from './api.js'
import { type Face, run } from './face.js'
import type * as Params from './parameters.js'

// Loaded when somebody signs in by the provider of an organization.

/** Goes to the provider of an organization. */
async function signInWithSSO(
  { client }: Face,
  params: Params.SignInWithSSO,
): Promise<{ url: string }> {
  const { options, ...target } = { ...params }
  const { redirectTo, captchaToken, skipBrowserRedirect } = { ...options }
  const url = await sso(client).signInUrl(target, { redirectTo, captchaToken })
  if (!skipBrowserRedirect) leaveFor(url)
  return { url }
}

/** Signing in by the provider of an organization. */
export const ssoApi = (face: Face): SsoApi => ({
  signInWithSSO: (params) => run(face, () => signInWithSSO(face, params), null),
})
