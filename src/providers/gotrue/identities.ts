import { AuthError } from '../../core/errors.js'
import { guardAll } from '../../core/guarded.js'
import type { CallOptions, RequestContext, SignInResult } from '../../core/provider.js'
import { asObject, text } from '../shared/json.js'
import { createPkce } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import { userOf } from './actions.js'
import { depsOf, type GoTrueClient } from './area.js'
import { needId, needText, toQuery } from './arguments.js'
import { beginRedirect } from './begin-redirect.js'
import { linkPurpose, purposeOf } from './link.js'
import type { AnyMetadata, GoTrueUser } from './types.js'
import { holdsNo, needGrant } from './wire.js'

/** One way in which a person is known: an address, or an account elsewhere. Times in ms since the epoch. */
export interface GoTrueIdentity {
  /** What `unlink` takes. */
  readonly identityId: string
  /** The name that the provider has for the person; of an address, the id of the user. */
  readonly id: string
  readonly userId: string
  /** Such as `email`, `phone` or `github`. */
  readonly provider: string
  readonly email?: string | undefined
  /** What the provider says of the person, under its own names. */
  readonly identityData: Readonly<Record<string, unknown>>
  readonly createdAt?: number | undefined
  readonly updatedAt?: number | undefined
  readonly lastSignInAt?: number | undefined
}

/** Where to send the person, and what to ask there. */
export interface LinkUrlOptions {
  readonly provider: string
  /** Where the person comes back to; the server must allow it. Left out: the server's own page. */
  readonly redirectTo?: string | undefined
  /** More rights at the provider, with blanks between them. */
  readonly scopes?: string | undefined
  /** Passed on to the provider. */
  readonly queryParams?: Readonly<Record<string, string>> | undefined
}

/** What a provider gave on this device. */
export interface LinkOptions {
  readonly provider: string
  readonly idToken: string
  /** Where the id token has an `at_hash`. */
  readonly accessToken?: string | undefined
  /** The one whose hash is in the id token. */
  readonly nonce?: string | undefined
}

/**
 * Identities of whoever is signed in. All reject with AuthError: `session_missing` when nobody is,
 * `rejected` with the `serverCode` when the server refuses: `manual_linking_disabled`,
 * `identity_already_exists`, `identity_not_found`, `single_identity_not_deletable`, ….
 *
 * A link makes another session of the same person at the server. It takes the place of the present
 * one, which is then ended there: one event, `USER_UPDATED`, with the new tokens.
 */
export interface Identities<Metadata extends object = AnyMetadata> {
  /** The identities as the server knows them now. */
  list(call?: CallOptions): Promise<readonly GoTrueIdentity[]>
  /** The address to navigate to; `actions.handleRedirect()` finishes it where the person comes back. */
  linkUrl(options: LinkUrlOptions, call?: CallOptions): Promise<string>
  /**
   * Links an account of which the app has an id token.
   * @throws AuthError `bad_response`, not retryable, where the server is too old for that: the session
   *   that it makes of the id token instead is ended.
   */
  link(options: LinkOptions, call?: CallOptions): Promise<SignInResult<GoTrueUser<Metadata>>>
  /** Takes an identity from the person, who must have another one: `USER_UPDATED`. */
  unlink(
    options: { readonly identityId: string },
    call?: CallOptions,
  ): Promise<GoTrueUser<Metadata>>
}

/** A time of the wire in ms; nothing where there is none. */
function timeOf(value: unknown): number | undefined {
  const time = Date.parse(text(value) ?? '')
  return Number.isNaN(time) ? undefined : time
}

function toIdentity(value: unknown): GoTrueIdentity {
  const fields = asObject(value) ?? {}
  const [identityId, id] = [text(fields.identity_id), text(fields.id)]
  const [userId, provider] = [text(fields.user_id), text(fields.provider)]
  if (!identityId || !id || !userId || !provider) return holdsNo('identity')
  return {
    identityId,
    id,
    userId,
    provider,
    email: text(fields.email),
    identityData: asObject(fields.identity_data) ?? {},
    createdAt: timeOf(fields.created_at),
    updatedAt: timeOf(fields.updated_at),
    lastSignInAt: timeOf(fields.last_sign_in_at),
  }
}

function toIdentities({ identities }: GoTrueUser): readonly GoTrueIdentity[] {
  // Nobody's list is left out by some versions.
  if (Array.isArray(identities ?? [])) return (identities ?? []).map(toIdentity)
  return holdsNo('identities')
}

const without = (list: unknown, identityId: string): readonly unknown[] =>
  Array.isArray(list) ? list.filter((one) => asObject(one)?.identity_id !== identityId) : []

/**
 * Identities for a client of `gotrue()`.
 * @example
 * ```ts
 * import { identities } from 'holdfast/providers/gotrue/identities'
 *
 * const own = identities(auth)
 * await own.list() // [{ identityId, provider, email, … }]
 * location.href = await own.linkUrl({ provider: 'github', redirectTo: location.href })
 * await auth.actions.handleRedirect() // where the person comes back
 * ```
 * @throws AuthError `invalid_argument` for anything else.
 */
export function identities<Metadata extends object = AnyMetadata>(
  auth: GoTrueClient<Metadata>,
): Identities<Metadata> {
  const { host, send } = depsOf('identities', auth)

  const userNow = async (token: string, context: RequestContext): Promise<GoTrueUser<Metadata>> =>
    userOf<Metadata>(await send({ path: '/user', method: 'GET', token }, context))

  /** Ends a session that nobody will hold. */
  function end(token: string): void {
    const request = { path: '/logout', query: { scope: 'local' }, token, keepalive: true }
    host.request((context) => send(request, context)).catch(() => {})
  }

  return guardAll({
    list: (call) =>
      host.withSession(
        async ({ accessToken }, context) => toIdentities(await userNow(accessToken, context)),
        call,
      ),

    async linkUrl(options, call) {
      const { provider, redirectTo: redirect_to, scopes, queryParams } = { ...options }
      const more = toQuery({ ...queryParams })
      const wanted = toQuery({ provider: needText('provider', provider), redirect_to, scopes })
      return host.withSession(async ({ accessToken: token, user }, context) => {
        const { verifier: secret, challenge } = await createPkce(host.crypto)
        const proof = { code_challenge: challenge, code_challenge_method: 's256' }
        const query = { ...more, ...wanted, ...proof, skip_http_redirect: 'true' }
        const what = linkPurpose(user?.id ?? invalid('Nobody knows whose session this is.'))
        const flow = { secret, purpose: purposeOf(what, redirect_to) }
        const path = '/user/identities/authorize'
        return beginRedirect(host, flow, () => send({ path, method: 'GET', query, token }, context))
      }, call)
    },

    async link(options, call) {
      const { provider, idToken, accessToken, nonce } = { ...options }
      const json = {
        provider: needText('provider', provider),
        id_token: needText('idToken', idToken),
        ...toQuery({ access_token: accessToken, nonce }),
        link_identity: true,
      }
      const request = { path: '/token', query: { grant_type: 'id_token' }, json }
      const session = await host.exchange(
        {
          event: 'USER_UPDATED',
          startsSession: true,
          async send({ accessToken: token, user: own }, context) {
            const grant = needGrant<Metadata>(await send({ ...request, token }, context))
            if (own && grant.user && grant.user.id !== own.id) {
              // It knows no links: it has signed in whoever the id token is of.
              end(grant.accessToken)
              throw new AuthError('bad_response', 'This server links no accounts by an id token.', {
                retryable: false,
              })
            }
            // The user in this answer lacks the very identity (seen at 2.196).
            const user = await userNow(grant.accessToken, context).catch(() => grant.user)
            return { ...grant, user }
          },
        },
        call,
      )
      return { session, user: session.user }
    },

    async unlink(options, call) {
      const identityId = needId('identityId', options?.identityId)
      const path = `/user/identities/${identityId}`
      let gone = false
      return host.updateUser(async ({ accessToken: token, user }, context) => {
        if (!gone) await send({ path, method: 'DELETE', token }, context)
        gone = true
        return userNow(token, context).catch((error: unknown) => {
          // It is done. What is known of the person, without it, serves until the next answer.
          if (!user) throw error
          return { ...user, identities: without(user.identities, identityId) }
        })
      }, call)
    },
  })
}
