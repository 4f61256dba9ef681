import type { RequestResult } from './types.js'

/** Another app, as it was registered. */
export interface OAuthAuthorizationClient {
  id: string
  name: string
  uri: string
  logo_uri: string
}

/** What another app asks of the person. */
export interface OAuthAuthorizationDetails {
  authorization_id: string
  redirect_uri: string
  client: OAuthAuthorizationClient
  user: { id: string; email: string }
  scope: string
}

/** Where the browser has to go next. */
export interface OAuthRedirect {
  redirect_url: string
}

/** An app that the person has let in. */
export interface OAuthGrant {
  client: OAuthAuthorizationClient
  scopes: string[]
  granted_at: string
}

/** How the answer of a consent page goes on. */
export interface RedirectOptions {
  /** Whether the page stays where it is. @default false */
  skipBrowserRedirect?: boolean
}

/** The consent page of an app whose users sign in to other apps with it. */
export interface OAuthApi {
  /** What is asked; or where to go, where the person has agreed before. */
  getAuthorizationDetails(
    authorizationId: string,
  ): Promise<RequestResult<OAuthAuthorizationDetails | OAuthRedirect>>
  approveAuthorization(
    authorizationId: string,
    options?: RedirectOptions,
  ): Promise<RequestResult<OAuthRedirect>>
  denyAuthorization(
    authorizationId: string,
    options?: RedirectOptions,
  ): Promise<RequestResult<OAuthRedirect>>
  listGrants(): Promise<RequestResult<OAuthGrant[]>>
  revokeGrant(options: { clientId: string }): Promise<RequestResult<object>>
}
