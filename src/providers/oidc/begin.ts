import type { Crypto } from '../../core/ports.js'
import type { RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { createPkce } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import { toParameters, toTexts, withQuery } from './authorize.js'
import { createRedeem, refusalOf } from './sign-in.js'
import type { Tokens } from './tokens.js'
import type { OidcSignInOptions, OidcUser } from './types.js'

/** How an answer comes back that is not for the page that asked: by a window, or by a frame. */
export type Carrier = 'popup' | 'frame'

/** A sign-in that was begun. */
export interface Begun {
  /** Where to go. */
  readonly url: string
  /** The PKCE verifier. */
  readonly secret: string
  /** What the answer is judged with. `id`: the state, which comes back with this answer and no other. */
  readonly kept: Readonly<Record<string, unknown>> & { readonly id: string }
}

/** With whose context and crypto, and by what the answer comes back; by a redirect, where that is not said. */
export interface Beginning {
  readonly context: RequestContext
  readonly carrier?: Carrier | undefined
  readonly crypto?: Crypto | undefined
}

/**
 * Begins a sign-in, with PKCE, a state and a nonce of its own. `given` has to be an object.
 * @throws AuthError `invalid_argument` for options that cannot be sent.
 */
export async function beginSignIn(
  { options, server, scope: usual }: Tokens,
  given: OidcSignInOptions,
  { context, carrier, crypto }: Beginning,
): Promise<Begun> {
  const { issuer, clientId, redirectUri, pushRequest: push } = options
  const asked: Readonly<Record<string, string>> = {
    scope: usual,
    ...toTexts(options.parameters),
    ...toParameters(given),
  }
  const open = asked.scope?.split(' ').includes('openid')
  const { verifier: secret, challenge } = await createPkce(crypto)
  // Nobody but the holder of the verifier can tell it beforehand, and every flow has its own.
  const state = carrier ? `${challenge}.${carrier}` : challenge
  const metadata = await server.find(context)
  const dpop = await server.binding?.begin(metadata)
  const parameters = {
    ...asked,
    client_id: clientId,
    redirect_uri: redirectUri,
    response_type: 'code',
    state,
    ...(open && { nonce: state }),
    ...(dpop && { dpop_jkt: dpop.jkt }),
    code_challenge: challenge,
    code_challenge_method: 'S256',
  }
  if (metadata.require_pushed_authorization_requests && !push) {
    invalid('This server wants sign-ins pushed: pass the option `pushRequest`.')
  }
  const url = push
    ? await push(parameters, { metadata, send: server.send, context })
    : withQuery(metadata.authorization_endpoint, parameters)
  // Wherever a window or a frame is sent is a request, too.
  context.throwIfDisposed?.()
  const { acr_values: acr, max_age: age, claims, resource, audience, organization, scope } = asked
  const about = { acr, claims, age, dpop, wish: { resource, audience, organization, scope } }
  return { url, secret, kept: { id: state, issuer, server: metadata, ...about } }
}

/** What came back, and with whose context it is traded. */
export interface Answered {
  readonly query: ReadonlyMap<string, string>
  readonly context: RequestContext
}

/**
 * Trades the fields of the address that came back for a session, where the page that asked is still
 * there.
 * @throws AuthError as `handleRedirect` does.
 */
export async function redeemAnswer(
  tokens: Tokens,
  { kept, secret }: Begun,
  { query, context }: Answered,
): Promise<Grant<OidcUser>> {
  const refusal = refusalOf(query, kept, tokens.options.issuer)
  if (refusal) throw refusal
  return createRedeem(tokens)({ query, kept, secret }, context)
}
