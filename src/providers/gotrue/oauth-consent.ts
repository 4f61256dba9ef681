import { AuthError } from '../../core/errors.js'
import { guardAll } from '../../core/guarded.js'
import type { CallOptions } from '../../core/provider.js'
import type { HttpRequest } from '../shared/http.js'
import { asObject, camelCased, text, texts } from '../shared/json.js'
import { invalid } from '../shared/url.js'
import { depsOf, type GoTrueClient } from './area.js'

/** Another app, as it was registered with this server. */
export interface OAuthClient {
  readonly id: string
  /** What it calls itself: anybody may register any name. */
  readonly name?: string
  /** Its home page, where it is an address of http(s). */
  readonly uri?: string
  readonly logoUri?: string
}

/** What another app asks of the person. */
export interface ConsentRequest {
  readonly redirectUrl: null
  readonly authorizationId: string
  readonly client: OAuthClient
  /** Where the person goes with the answer: never a script. */
  readonly redirectUri: string
  /** The names of what it wants. */
  readonly scopes: readonly string[]
  readonly user: { readonly id: string; readonly email?: string }
}

/** Where the browser has to go next: back to the other app, with what it may know. */
export interface ConsentAnswer {
  readonly redirectUrl: string
}

/** An app that the person has let in. */
export interface OAuthGrant {
  readonly client: OAuthClient
  readonly scopes: readonly string[]
  /** Milliseconds since the epoch. */
  readonly grantedAt: number
}

/** The page of an app whose users sign in to other apps with it. All reject with AuthError. */
export interface OAuthConsent {
  /**
   * What is asked, by the `authorization_id` in the page's address. Where the person has agreed
   * before, there is nothing to ask: only a `redirectUrl` to go to.
   * @throws AuthError `rejected`, with the `serverCode` `oauth_authorization_not_found` for one that
   *   is unknown, over, or another person's.
   */
  details(
    options: { readonly authorizationId: string },
    call?: CallOptions,
  ): Promise<ConsentRequest | ConsentAnswer>
  /** The person agrees. Navigate to the `redirectUrl`. */
  approve(options: { readonly authorizationId: string }, call?: CallOptions): Promise<ConsentAnswer>
  /** The person does not agree. Navigate to the `redirectUrl`: the other app is told. */
  deny(options: { readonly authorizationId: string }, call?: CallOptions): Promise<ConsentAnswer>
  /** The apps that the person has let in. */
  grants(call?: CallOptions): Promise<readonly OAuthGrant[]>
  /** Shuts an app out: its sessions of this person end. */
  revoke(options: { readonly clientId: string }, call?: CallOptions): Promise<void>
}

const bad = (): never => {
  throw new AuthError('bad_response', 'The answer says nothing that GoTrue would say.')
}

/** An address to go to. An app of a device may have a scheme of its own, but no script runs in this page. */
function addressOf(value: unknown): string {
  const address = text(value) ?? ''
  const [, scheme = 'data'] = /^([a-z][a-z\d+.-]*):/i.exec(address) ?? []
  return /^(javascript|data|vbscript|blob)$/i.test(scheme) ? bad() : address
}

/** An object with the texts of another under camelCase names, and its id for certain. */
function identified(value: unknown): { readonly id: string } & Readonly<Record<string, string>> {
  const fields = Object.entries(camelCased(value)).flatMap(([name, said]) => {
    const known = text(said)
    // Anybody registers any address, and a page makes a link of it: only of one that runs no script.
    const odd = /^(uri|logoUri)$/.test(name) && !/^https?:\/\//i.test(known ?? '')
    return known && !odd ? [[name, known] as const] : []
  })
  const { id = bad(), ...rest } = Object.fromEntries(fields)
  return { ...rest, id }
}

function toRequest(body: unknown): ConsentRequest | ConsentAnswer {
  const { authorization_id, redirect_uri, client, user, scope, redirect_url } = asObject(body) ?? {}
  if (redirect_url !== undefined) return { redirectUrl: addressOf(redirect_url) }
  return {
    redirectUrl: null,
    authorizationId: text(authorization_id) ?? bad(),
    redirectUri: addressOf(redirect_uri),
    client: identified(client),
    user: identified(user),
    scopes: text(scope)?.split(' ') ?? [],
  }
}

function toGrant(value: unknown): OAuthGrant {
  const { client, scopes, granted_at } = asObject(value) ?? {}
  const grantedAt = Date.parse(text(granted_at) ?? '')
  return {
    client: identified(client),
    scopes: texts(scopes) ?? [],
    grantedAt: grantedAt >= 0 ? grantedAt : bad(),
  }
}

/** An id as a part of a path, which `..` would leave. */
function part(id: unknown): string {
  if (typeof id === 'string' && /^[\w-]+$/.test(id)) return id
  return invalid('Pass the `authorizationId` of the page’s address, or the `clientId` of a grant.')
}

/**
 * What the consent page of a client of `gotrue()` needs.
 * @example
 * ```ts
 * import { oauthConsent } from 'holdfast/providers/gotrue/oauth-consent'
 *
 * const consent = oauthConsent(auth)
 * const asked = await consent.details({ authorizationId })
 * if (asked.redirectUrl !== null) location.href = asked.redirectUrl // agreed to before
 * else if (confirm(`Let ${asked.client.name} in?`)) {
 *   location.href = (await consent.approve({ authorizationId })).redirectUrl
 * }
 * ```
 * @throws AuthError `invalid_argument` for anything else.
 */
export function oauthConsent<Metadata extends object>(auth: GoTrueClient<Metadata>): OAuthConsent {
  const { host, send } = depsOf('oauthConsent', auth)
  const ask = (request: HttpRequest, call?: CallOptions): Promise<unknown> =>
    host.withSession(
      ({ accessToken: token }, context) => send({ ...request, token }, context),
      call,
    )
  const path = (id: unknown): string => `/oauth/authorizations/${part(id)}`
  const decide =
    (action: string): OAuthConsent['approve'] =>
    async (options, call) => {
      const request = { path: `${path(options?.authorizationId)}/consent`, json: { action } }
      return { redirectUrl: addressOf(asObject(await ask(request, call))?.redirect_url) }
    }
  return guardAll({
    details: async (options, call) =>
      toRequest(await ask({ path: path(options?.authorizationId), method: 'GET' }, call)),
    approve: decide('approve'),
    deny: decide('deny'),
    async grants(call) {
      const body = await ask({ path: '/user/oauth/grants', method: 'GET' }, call)
      return Array.isArray(body) ? body.map(toGrant) : bad()
    },
    async revoke(options, call) {
      const query = { client_id: part(options?.clientId) }
      await ask({ path: '/user/oauth/grants', method: 'DELETE', query }, call)
    },
  })
}
