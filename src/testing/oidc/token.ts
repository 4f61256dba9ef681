import { base64url, sha256, utf8 } from '../server/encoding.js'
import { json } from '../server/json.js'
import { clientCredentials, tokenExchange } from './client-grants.js'
import { clientOf, isConfidential } from './clients.js'
import {
  type Call,
  OidcRefusal,
  type Route,
  refuse,
  type ServerContext,
  tokenAnswer,
} from './context.js'
import { proofOf, refuseProof } from './dpop.js'
import type { Manners } from './manners/manners.js'
import { askForFactor, FACTOR_GRANTS } from './second-factor.js'
import { isOffline } from './sessions.js'
import type { OidcClientSeed } from './types.js'

interface Asking {
  readonly form: ReadonlyMap<string, string>
  readonly client: OidcClientSeed
  /** The thumbprint of the key that the request has proved to have. */
  readonly jkt: string | null
}

type Grant = (context: ServerContext, asking: Asking) => Promise<Readonly<Record<string, unknown>>>

/** Whether a sign-in gets a refresh token. */
function getsRefreshToken(
  { refreshTokens }: Manners,
  client: OidcClientSeed,
  scope: string,
): boolean {
  if (refreshTokens === 'always') return true
  if (refreshTokens === 'confidential') return isConfidential(client)
  return scope.split(' ').includes('offline_access')
}

const authorizationCode: Grant = async (context, { form, client, jkt }) => {
  const text = form.get('code') ?? ''
  const code = context.codes.get(text)
  const challenge = base64url(await sha256(utf8(form.get('code_verifier') ?? '')))
  const fits =
    code?.clientId === client.id &&
    code.challenge === challenge &&
    code.redirectUri === form.get('redirect_uri') &&
    (code.jkt === null || code.jkt === jkt)
  if (!fits) return refuse(context, 'code')
  if (code.session) {
    // One of two who have a code has stolen it: what came of it ends (RFC 6749 §4.1.2).
    code.session.over ??= 'revoked'
    return refuse(context, 'code')
  }
  const { person, scope, nonce } = code
  const binds = !isConfidential(client) && context.options.dpop?.binds !== 'none'
  const start = {
    person,
    clientId: client.id,
    scope,
    nonce,
    authTime: context.now(),
    // Those of a client with a secret are bound to that (RFC 9449 §5).
    jkt: binds ? jkt : null,
  }
  const session = context.sessions.begin(start)
  code.session = session
  const renewable = getsRefreshToken(context.manners, client, scope)
  const refreshToken = renewable ? context.sessions.issue(session) : undefined
  return tokenAnswer(context, session, { scope, refreshToken, first: true, code: text, jkt })
}

const refreshToken: Grant = async (context, { form, client, jkt }) => {
  const { manners, sessions } = context
  const token = form.get('refresh_token')
  if (token === undefined) return refuse(context, 'no-token')
  if (token === '') return refuse(context, 'empty-token')
  const wanted = form.get('scope')
  let tooMuch: readonly string[] = []
  const claimed = sessions.claim(token, (session) => {
    if (session.clientId !== client.id) return 'foreign-token'
    if (session.jkt !== null && session.jkt !== jkt) {
      return refuseProof(context, jkt === null ? 'unproved' : 'other-key', 'token')
    }
    const names = session.scope.split(' ')
    tooMuch = wanted?.split(' ').filter((name) => !names.includes(name)) ?? []
    return tooMuch.length > 0 && !manners.ignoresWider ? 'wide-scope' : null
  })
  if ('refused' in claimed) {
    const { refused, session } = claimed
    if (refused === 'wide-scope' && manners.namesScope) {
      throw new OidcRefusal({ ...manners.refusals[refused], scope: tooMuch.join(' ') })
    }
    if (refused !== 'loser' && refused !== 'stale') {
      const own = session && isOffline(session) && manners.offline?.[refused]
      if (own) throw new OidcRefusal(own)
      return refuse(context, refused)
    }
    throw new OidcRefusal(manners[refused] ?? manners.refusals.spent)
  }
  const { session, held } = claimed
  const scope = manners.narrows ? (wanted ?? session.scope) : session.scope
  if (session.factorDue) {
    held.exchanging = false
    if (manners.step) throw new OidcRefusal(manners.step)
    throw askForFactor(context, { session, token, held, scope })
  }
  const next = sessions.next(token, held)
  // Whoever comes with the token while the answer is made is the loser.
  const answer = await tokenAnswer(context, session, {
    scope,
    refreshToken: next,
    first: false,
    jkt,
  })
  held.exchanging = false
  return answer
}

const GRANTS: Readonly<Record<string, Grant>> = {
  authorization_code: authorizationCode,
  refresh_token: refreshToken,
  client_credentials: clientCredentials,
  'urn:ietf:params:oauth:grant-type:token-exchange': tokenExchange,
  ...FACTOR_GRANTS,
}

/** `POST /token` */
export const token: Route = async (context, call: Call) => {
  const { form } = call
  if (!form) return refuse(context, 'no-form')
  const client = await clientOf(context, call)
  const name = form.get('grant_type') ?? ''
  const grant = Object.hasOwn(GRANTS, name) ? GRANTS[name] : undefined
  if (!grant) throw new OidcRefusal({ status: 400, error: 'unsupported_grant_type' })
  const jkt = await proofOf(context, call)
  if (client.boundAccessTokens && jkt === null) return refuseProof(context, 'missing', 'token')
  return json(200, await grant(context, { form, client, jkt }), { 'cache-control': 'no-store' })
}
