import { AuthError, isAuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { isIssuer } from '../shared/issuer.js'
import { asObject, text } from '../shared/json.js'
import { numberOf } from '../shared/jwt.js'
import type { Returned } from '../shared/redirect.js'
import type { OidcAnswer } from './answer.js'
import { essentialAcr } from './authorize.js'
import { claimsIn, stepError, tokensIn, toRefusal } from './errors.js'
import { textsIn, toGrant, toKept } from './grants.js'
import { readIdToken, toUser } from './id-token.js'
import type { Tokens } from './tokens.js'
import type { OidcClaims, OidcOptions, OidcUser, OidcUserSource } from './types.js'

/** How much longer ago than asked somebody may have proved who they are, in s: it was a while till here. */
const LEEWAY = 60

/** Why an answer brings no session: it is another server's (RFC 9207 §2.4), or a refusal. */
export function refusalOf(
  query: Returned['query'],
  kept: Returned['kept'],
  issuer: string,
): AuthError | null {
  const iss = query.get('iss')
  const says = asObject(kept.server)?.authorization_response_iss_parameter_supported === true
  if (kept.issuer !== issuer || (iss === undefined ? says : !isIssuer(iss, issuer))) {
    return new AuthError('invalid_credentials', 'The answer comes from another server than asked.')
  }
  return query.get('code') ? null : toRefusal(query)
}

/**
 * Whether somebody proved who they are as was asked (RFC 9470 §5, OIDC Core §3.1.3.7, 12 and 13, §5.5.1.1).
 * @throws AuthError `step_required` when they did not.
 */
function checkProof(claims: OidcClaims | null, { acr, age, ...kept }: Returned['kept']): void {
  const wish = claimsIn(kept.claims)
  const { auth_time, iat } = claims ?? {}
  const since = numberOf(iat) - numberOf(auth_time)
  const fits = [text(acr)?.split(' '), essentialAcr(wish)].every(
    (wanted) => !wanted || wanted.includes(text(claims?.acr) ?? ''),
  )
  // Both times are by the server's clock.
  const isNew = age === undefined || since <= Number(age) + LEEWAY
  if (fits && isNew) return
  throw stepError(
    {
      step: 'insufficient_user_authentication',
      acrValues: text(acr),
      ...(age !== undefined && { maxAge: Number(age) * 1000 }),
      claims: wish,
    },
    'The server did not ask for the proof that was wanted.',
  )
}

/**
 * The user, from wherever the options say; nobody for a server that says nothing.
 * @throws AuthError `rejected` when the app's own way fails, or names nobody.
 */
export async function whoIs(
  load: OidcOptions['loadUser'],
  source: OidcUserSource,
): Promise<OidcUser | undefined> {
  if (!load) return source.claims ? toUser(source.claims) : undefined
  try {
    const user = await load(source)
    if (text(user?.id)) return user
  } catch (cause) {
    if (isAuthError(cause)) throw cause
    throw new AuthError('rejected', '`loadUser` has failed; see the cause.', { cause })
  }
  throw new AuthError('rejected', '`loadUser` must return a user with an `id`.')
}

/** By the verifier, the answers to codes that are spent while nobody knows yet whose session it is. */
export interface Unfinished {
  get(verifier: string): OidcAnswer | undefined
  set(verifier: string, answer: OidcAnswer): unknown
  delete(verifier: string): unknown
}

/** Makes what trades the code of a redirect for a session. */
export function createRedeem(
  tokens: Tokens,
  unfinished: Unfinished = new Map(),
): (returned: Returned, context: RequestContext) => Promise<Grant<OidcUser>> {
  const { options, server } = tokens
  const { issuer, clientId, redirectUri } = options

  return async ({ query, kept, secret }, context) => {
    const metadata = await server.find(context, kept.server)
    const wish = textsIn(kept.wish)
    const { resource, scope } = wish
    const form = {
      grant_type: 'authorization_code',
      code: query.get('code'),
      redirect_uri: redirectUri,
      code_verifier: secret,
      resource,
    }
    const its = { ...context, kept }
    const answer = unfinished.get(secret) ?? (await tokens.post(metadata, form, its))
    const { access_token, token_type, id_token } = tokensIn(answer)
    const taken = options.dpop ? /^(bearer|dpop)$/i : /^bearer$/i
    if (!taken.test(text(token_type) ?? 'bearer')) {
      throw new AuthError('rejected', 'This client takes bearer tokens, and no others.')
    }
    const isOpen = scope?.split(' ').includes('openid')
    const expected = { issuer, clientId, said: query.get('iss'), nonce: text(kept.id) }
    const claims = isOpen ? readIdToken(id_token, expected) : null
    checkProof(claims, kept)
    const source = { accessToken: text(access_token) ?? '', claims, metadata, send: server.send }
    // Whoever tries again asks for what failed alone: the code would be refused.
    if (source.accessToken) unfinished.set(secret, answer)
    // The code is spent: also for a client that was disposed of, its session has to be saved.
    const user = await whoIs(options.loadUser, { ...source, ...its, throwIfDisposed: undefined })
    const judged = { claims, user, kept: toKept(claims, metadata, wish), session: null }
    const grant = toGrant(answer, judged)
    await server.binding?.keep(grant?.keyId)
    unfinished.delete(secret)
    if (grant) return grant
    throw new AuthError('bad_response', 'The answer holds no session.')
  }
}
