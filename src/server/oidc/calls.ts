import { AuthError } from '../../core/errors.js'
import type { RequestContext } from '../../core/provider.js'
import { toTexts } from '../../providers/oidc/authorize.js'
import { toError, tokensIn } from '../../providers/oidc/errors.js'
import { toGrant } from '../../providers/oidc/grants.js'
import type { Server } from '../../providers/oidc/server.js'
import type { Tokens } from '../../providers/oidc/tokens.js'
import { asObject, text } from '../../providers/shared/json.js'
import { isFine } from '../../providers/shared/passing.js'
import { invalid } from '../../providers/shared/url.js'
import { checkObject } from '../shared/arguments.js'
import { isMarker } from './grants.js'
import type {
  OidcIntrospection,
  OidcTokenExchange,
  OidcTokenRequest,
  OidcTokens,
  OidcTokenType,
} from './types.js'

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange'
const TOKEN_TYPE = 'urn:ietf:params:oauth:token-type:'

type Fields = Readonly<Record<string, string | undefined>>

/** The whole name of a kind of token (RFC 8693 §3). @throws AuthError `invalid_argument` for none. */
function typeOf(name: string, type: OidcTokenType): string {
  const given = text(type) ?? invalid(`\`${name}\` is a kind of token, as a text.`)
  return given.includes(':') ? given : `${TOKEN_TYPE}${given}`
}

function tokenText(name: string, given: unknown): string {
  const token = text(given) ?? invalid(`Pass the \`${name}\`, as a text.`)
  return isMarker(token)
    ? invalid(`The \`${name}\` is none: the server gave this session no refresh token.`)
    : token
}

/** Sends fields to an endpoint that not every server has. @throws AuthError `rejected` where it has none. */
export async function ask(
  server: Server,
  { name, form }: { readonly name: string; readonly form: Fields },
  context: RequestContext,
): Promise<unknown> {
  const endpoint = text((await server.find(context))[name])
  if (!endpoint) throw new AuthError('rejected', `This server has no \`${name}\`.`)
  const answer = await server.send(endpoint, { form }, context)
  if (isFine(answer)) return answer.body
  throw toError(answer, 'sign-in')
}

/** Asks about a token. @throws AuthError `bad_response` for an answer that says nothing. */
export async function introspectToken(
  server: Server,
  { token, clientId }: { readonly token: string; readonly clientId: string },
  context: RequestContext,
): Promise<OidcIntrospection> {
  const form = {
    token: tokenText('token', token),
    token_type_hint: 'access_token',
    client_id: clientId,
  }
  const said = asObject(await ask(server, { name: 'introspection_endpoint', form }, context)) ?? {}
  const { active } = said
  if (typeof active === 'boolean') return { ...said, active }
  throw new AuthError('bad_response', 'The answer does not say whether the token is active.')
}

/** The fields of what tokens are wanted for. @throws AuthError `invalid_argument` for what is no text. */
function wished({ scope, resource, audience, parameters }: OidcTokenRequest): Fields {
  return { ...toTexts(parameters), ...toTexts({ scope, resource, audience }) }
}

/** The fields of a client's own tokens (RFC 6749 §4.4.2). */
export function credentialsForm(request: OidcTokenRequest): Fields {
  checkObject('request', request)
  return { ...wished(request), grant_type: 'client_credentials' }
}

/** The fields of a token exchange (RFC 8693 §2.1). */
export function exchangeForm(exchange: OidcTokenExchange): Fields {
  checkObject('exchange', exchange)
  const { subjectToken, subjectTokenType = 'access_token', requestedTokenType } = exchange
  const { actorToken, actorTokenType = 'access_token' } = exchange
  return {
    ...wished(exchange),
    grant_type: EXCHANGE,
    subject_token: tokenText('subjectToken', subjectToken),
    subject_token_type: typeOf('subjectTokenType', subjectTokenType),
    ...(actorToken !== undefined && {
      actor_token: tokenText('actorToken', actorToken),
      actor_token_type: typeOf('actorTokenType', actorTokenType),
    }),
    ...(requestedTokenType !== undefined && {
      requested_token_type: typeOf('requestedTokenType', requestedTokenType),
    }),
  }
}

/** Sends a grant that brings tokens and no session. @throws AuthError `bad_response` for none. */
export async function fetchTokens(
  tokens: Tokens,
  form: Fields,
  context: RequestContext,
): Promise<OidcTokens> {
  const answer = await tokens.post(await tokens.server.find(context), form, context)
  tokensIn(answer)
  const judged = { claims: null, user: undefined, kept: {}, session: null }
  const grant = toGrant(answer, judged)
  if (!grant) throw new AuthError('bad_response', 'The answer holds no token.')
  const { accessToken, refreshToken, lifetime, extras = {} } = grant
  return {
    accessToken,
    refreshToken,
    lifetime,
    tokenType: text(extras.token_type),
    scope: text(extras.scope),
    issuedTokenType: text(extras.issued_token_type),
  }
}
