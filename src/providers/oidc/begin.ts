import { asObject } from '../shared/json.js'
import { createPkce } from '../shared/pkce.js'
import { invalid } from '../shared/url.js'
import { toParameters, toTexts, withQuery } from './authorize.js'
import { createRedeem, refusalOf } from './sign-in.js'
import type { Tokens } from './tokens.js'
import type { OidcBegin } from './types.js'

/** Makes what begins a sign-in: PKCE, a state and a nonce of its own, and the address to go to. */
export function createBegin(tokens: Tokens): OidcBegin {
  const { options, server } = tokens
  const { issuer, clientId, redirectUri, pushRequest: push } = options
  const redeem = createRedeem(tokens)

  return async (given, { context, carrier }) => {
    if (!asObject(given)) invalid('Pass the options as an object.')
    const asked: Readonly<Record<string, string>> = {
      scope: tokens.scope,
      ...toTexts(options.parameters),
      ...toParameters(given),
    }
    const open = asked.scope?.split(' ').includes('openid')
    const { verifier: secret, challenge } = await createPkce()
    // Nobody but the holder of the verifier can tell it beforehand, and every flow has its own.
    const state = carrier ? `${challenge}.${carrier}` : challenge
    const metadata = await server.find(context)
    const parameters = {
      ...asked,
      client_id: clientId,
      redirect_uri: redirectUri,
      response_type: 'code',
      state,
      ...(open && { nonce: state }),
      code_challenge: challenge,
      code_challenge_method: 'S256',
    }
    if (metadata.require_pushed_authorization_requests && !push) {
      invalid('This server wants sign-ins pushed: pass the option `pushRequest`.')
    }
    const url = push
      ? await push(parameters, { metadata, send: server.send, context })
      : withQuery(metadata.authorization_endpoint, parameters)
    const { acr_values: acr, max_age: age, resource, scope } = asked
    const kept = { id: state, issuer, server: metadata, acr, age, resource, scope }
    return {
      url,
      state,
      secret,
      kept,
      async redeem(query, its) {
        const refusal = refusalOf(query, kept, issuer)
        if (refusal) throw refusal
        return redeem({ query, kept, secret }, its)
      },
    }
  }
}
