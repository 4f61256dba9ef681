import { leaveFor } from '../../environment/page.js'
import { type OAuthClient, oauthConsent } from '../../providers/gotrue/oauth-consent.js'
import { type Face, run } from './face.js'
import type {
  OAuthApi,
  OAuthAuthorizationClient,
  OAuthAuthorizationDetails,
  OAuthGrant,
  OAuthRedirect,
  RedirectOptions,
} from './oauth-types.js'

// Loaded on the consent page of an app whose users sign in to other apps with it.

const toClient = ({ id, name, uri, logoUri }: OAuthClient): OAuthAuthorizationClient => ({
  id,
  name: name ?? '',
  uri: uri ?? '',
  logo_uri: logoUri ?? '',
})

/** What is asked; or where to go, where the person has agreed before. */
async function getAuthorizationDetails(
  { client }: Face,
  authorizationId: string,
): Promise<OAuthAuthorizationDetails | OAuthRedirect> {
  const asked = await oauthConsent(client).details({ authorizationId })
  if (asked.redirectUrl !== null) return { redirect_url: asked.redirectUrl }
  const { user, scopes } = asked
  return {
    authorization_id: asked.authorizationId,
    redirect_uri: asked.redirectUri,
    client: toClient(asked.client),
    user: { id: user.id, email: user.email ?? '' },
    scope: scopes.join(' '),
  }
}

/** The person agrees, or does not, and goes back to the other app. */
async function decide(
  { client }: Face,
  word: 'approve' | 'deny',
  { authorizationId, skipBrowserRedirect }: RedirectOptions & { authorizationId: string },
): Promise<OAuthRedirect> {
  const { redirectUrl } = await oauthConsent(client)[word]({ authorizationId })
  if (!skipBrowserRedirect) leaveFor(redirectUrl)
  return { redirect_url: redirectUrl }
}

/** The apps that the person has let in. */
async function listGrants({ client }: Face): Promise<OAuthGrant[]> {
  const grants = await oauthConsent(client).grants()
  return grants.map((grant) => ({
    client: toClient(grant.client),
    scopes: [...grant.scopes],
    granted_at: new Date(grant.grantedAt).toISOString(),
  }))
}

/** Shuts an app out. */
async function revokeGrant({ client }: Face, options: { clientId: string }): Promise<object> {
  await oauthConsent(client).revoke({ ...options })
  return {}
}

/** The consent page. */
export const oauthApi = (face: Face): OAuthApi => ({
  getAuthorizationDetails: (id) => run(face, () => getAuthorizationDetails(face, id), null),
  approveAuthorization: (authorizationId, options) =>
    run(face, () => decide(face, 'approve', { ...options, authorizationId }), null),
  denyAuthorization: (authorizationId, options) =>
    run(face, () => decide(face, 'deny', { ...options, authorizationId }), null),
  listGrants: () => run(face, () => listGrants(face), null),
  revokeGrant: (options) => run(face, () => revokeGrant(face, options), null),
})
