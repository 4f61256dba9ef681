import { AuthError, isAuthError } from '../../core/errors.js'
import type { RefreshContext, RequestContext } from '../../core/provider.js'
import type { Grant } from '../../core/session.js'
import { asObject, text } from '../shared/json.js'
import { readClaims } from '../shared/jwt.js'
import type { OidcAnswer } from './answer.js'
import { type Asked, refusedIn, toError } from './errors.js'
import { keptIn, toGrant } from './grants.js'
import { readIdToken, toUser } from './id-token.js'
import type { Server } from './server.js'
import { SPENT } from './spent.js'
import type { OidcClaims, OidcMetadata, OidcOptions, OidcUser } from './types.js'

/** What all parts of one client's provider work with. */
export interface Tokens {
  readonly options: OidcOptions
  readonly scope: string
  readonly server: Server
  /** Sends fields to the token endpoint. */
  post(
    server: OidcMetadata,
    form: Readonly<Record<string, string | undefined>>,
    context: RequestContext,
  ): Promise<OidcAnswer>
  /** Trades what a session has for its next tokens. @throws AuthError */
  trade(
    form: Readonly<Record<string, string | undefined>>,
    context: RefreshContext,
  ): Promise<Grant<OidcUser> | null>
}

/** How what stands for a refresh token begins, of a session that `silentRenewal` renews in a frame. */
export const MARK = 'frame.'

/** Whether a refresh token is one that no server knows. */
export const isMark = (token: string | null | undefined): boolean =>
  token?.startsWith(MARK) === true

/** The subject changed: the tokens are another person's, and the old ones are spent. */
export const subjectChanged = (): AuthError =>
  new AuthError('refresh_rejected', 'The answer is the session of another person.', {
    serverCode: 'subject_changed',
  })

/** Whether two access tokens say that they are of two people. */
function areOfTwo(...tokens: readonly unknown[]): boolean {
  const [own, first] = tokens.map((token) => readClaims(text(token) ?? ''))
  // Servers may call one person differently for another API (OIDC Core §8).
  const isSameApi = JSON.stringify([own?.aud].flat()) === JSON.stringify([first?.aud].flat())
  return !!own?.sub && !!first?.sub && isSameApi && own.sub !== first.sub
}

/** What a request is for. A refusal of a resource or a scope is about that wish alone. */
function askedBy(
  { grant_type }: Readonly<Record<string, string | undefined>>,
  { resource, audience, scope }: RefreshContext,
): Asked {
  if (grant_type !== 'refresh_token') return 'sign-in'
  return (resource ?? audience ?? scope) ? 'token' : 'refresh'
}

/** Notes what a refresh was for that was refused by a step, for whoever finishes that. */
function note(
  error: AuthError,
  refreshToken: string | undefined,
  { resource, audience, scope }: RefreshContext,
): void {
  if (!refreshToken || !isAuthError(error, 'step_required') || !error.details?.spent) return
  SPENT.set(error.details, { refreshToken, target: { resource, audience, scope } })
}

/** Makes what the parts of one client's provider share. */
export function createTokens(options: OidcOptions, server: Server): Tokens {
  const { issuer, clientId, scope = 'openid profile email offline_access' } = options

  const post: Tokens['post'] = (metadata, form, context) =>
    // A rotated token must not be lost with the page.
    server.send(
      metadata.token_endpoint,
      { form: { ...form, client_id: clientId }, keepalive: true },
      context,
    )

  /** @throws `error`, after which the address is doubted where nobody there speaks this protocol, or is heard. */
  function doubt(error: unknown): never {
    const unheard = isAuthError(error, 'network')
    if (unheard || isAuthError(error, 'bad_response')) server.moved(unheard)
    throw error
  }

  /** The claims of an id token that fits; whatever is wrong with it costs no session. */
  function claimsIn(token: unknown): OidcClaims | null {
    try {
      return readIdToken(token, { issuer, clientId })
    } catch {
      return null
    }
  }

  return {
    options,
    scope,
    server,
    post,
    async trade(form, context) {
      const { session } = context
      // Without it the server would say that the session is over, also for pages that have it.
      const lacks = isMark(form.refresh_token)
        ? 'silentRenewal'
        : session?.keyId && !options.dpop && 'dpop'
      if (lacks) throw new AuthError('storage', `This session needs \`${lacks}\`: pass it.`)
      const kept = keptIn(session)
      const metadata = await server.find(context, kept.server)
      const answer = await post(metadata, form, context).catch(doubt)
      const refused = refusedIn(answer)
      if (refused) {
        const error = toError(refused, askedBy(form, context))
        note(error, form.refresh_token, context)
        doubt(error)
      }
      const { id_token: token, access_token } = asObject(answer.body) ?? {}
      const named = text(readClaims(text(token) ?? '')?.sub)
      const another = named && kept.subject && named !== kept.subject
      if (another || areOfTwo(access_token, session?.accessToken)) throw subjectChanged()
      const claims = claimsIn(token)
      const subject = kept.subject ?? text(claims?.sub)
      return toGrant(answer, {
        claims,
        user: options.loadUser || !claims ? undefined : toUser(claims),
        kept: { ...kept, server: metadata, subject },
        session,
      })
    },
  }
}
