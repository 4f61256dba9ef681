import { base64url, utf8 } from '../server/encoding.js'
import { cheapHashes, realHashes } from '../server/hashes.js'
import type { Fields } from '../server/json.js'
import type { Signer } from '../server/signing.js'
import type { Manners, Refusal, Situation } from './manners/manners.js'
import type { Proofs } from './nonces.js'
import { type Held, isOffline, type OidcSession, type OidcSessions } from './sessions.js'
import type {
  OidcClientSeed,
  OidcPerson,
  ScriptedFactorCodes,
  ScriptedOidcOptions,
} from './types.js'

/** A sign-in that waits for its code, or has brought it. */
export interface Code {
  readonly clientId: string
  readonly redirectUri: string
  readonly person: OidcPerson
  readonly scope: string
  readonly nonce: string | undefined
  readonly challenge: string
  /** The thumbprint of the key that alone may redeem it (RFC 9449 §10). */
  readonly jkt: string | null
  /** What was begun with it; `null` as long as nobody has come with it. */
  session: OidcSession | null
}

/** A sign-in that was pushed, and waits for its browser. */
export interface PushedRequest {
  readonly form: ReadonlyMap<string, string>
  /** In ms since the epoch. */
  readonly expiresAt: number
}

/** A refresh that waits for a second factor. */
export interface FactorStep {
  readonly session: OidcSession
  /** The refresh token that it has spent. */
  readonly token: string
  readonly held: Held
  readonly scope: string
  /** In ms since the epoch. */
  readonly expiresAt: number
  /** Of the message that was sent last. */
  oobCode: string | null
}

/** All that the routes of one server share. */
export interface ServerContext {
  readonly issuer: string
  readonly manners: Manners
  readonly clients: ReadonlyMap<string, OidcClientSeed>
  readonly sessions: OidcSessions
  readonly signer: Signer
  /** Authorization codes by their text. */
  readonly codes: Map<string, Code>
  /** The ids of signed texts by which clients have said who they are: none counts twice. */
  readonly assertions: Set<string>
  /** Sign-ins that were pushed, by the name that each got. */
  readonly pushed: Map<string, PushedRequest>
  /** Refreshes that wait for a second factor, by the name that each got. */
  readonly factorSteps: Map<string, FactorStep>
  /** What proves it. */
  factorCodes: ScriptedFactorCodes
  readonly accessTokens: 'jwt' | 'opaque'
  /** Whole seconds, in ms. */
  accessTokenLifetime: number
  /** Who is signed in at the server; `null`: nobody. */
  person: OidcPerson | null
  readonly options: ScriptedOidcOptions
  readonly proofs: Proofs
  newToken(): string
  now(): number
}

/** One request, taken apart. */
export interface Call {
  readonly request: Request
  readonly url: URL
  /** The fields of its form; `null` where the body is none. */
  readonly form: ReadonlyMap<string, string> | null
  /** Those of a body that is JSON. */
  readonly fields: Fields
  /** Headers that the answer gets besides. */
  readonly reply: Headers
}

/** What serves a path. */
export type Route = (context: ServerContext, call: Call) => Promise<Response>

/** A refusal on its way to the answer. */
export class OidcRefusal extends Error {
  readonly refusal: Refusal
  constructor(refusal: Refusal) {
    super(refusal.error)
    this.refusal = refusal
  }
}

/** @throws OidcRefusal in the manner of the server. */
export function refuse({ manners }: ServerContext, situation: Situation): never {
  throw new OidcRefusal(manners.refusals[situation])
}

const seconds = (ms: number): number => Math.floor(ms / 1000)

/** Claims that servers put into id tokens beside the least ones, but for those about what comes with them. */
function further(session: OidcSession, now: number): Readonly<Record<string, unknown>> {
  return {
    acr: '1',
    amr: ['pwd'],
    auth_time: seconds(session.authTime),
    azp: session.clientId,
    client_id: session.clientId,
    jti: `jti-${session.id}-${now}`,
    rat: seconds(session.authTime),
    sid: session.id,
    typ: 'ID',
  }
}

/** What an id token says of what comes with it (OIDC Core §3.1.3.6): half of a hash. */
async function halves(
  { options }: ServerContext,
  beside: Readonly<Record<string, string | undefined>>,
): Promise<Readonly<Record<string, string>>> {
  const { hash } = options.signing === 'digest' ? cheapHashes : realHashes
  const made: Record<string, string> = {}
  for (const [name, value] of Object.entries(beside)) {
    if (value === undefined) continue
    const bytes = await hash(utf8(value))
    made[name] = base64url(bytes.subarray(0, bytes.length / 2))
  }
  return made
}

/** The answer that gives a session its next tokens. */
export async function tokenAnswer(
  context: ServerContext,
  session: OidcSession,
  given: {
    readonly scope: string
    readonly refreshToken: string | undefined
    readonly first: boolean
    /** What it is traded for. */
    readonly code?: string | undefined
    /** The thumbprint of the key that the request has proved to have. */
    readonly jkt: string | null
  },
): Promise<Readonly<Record<string, unknown>>> {
  const { issuer, manners, signer } = context
  const now = context.now()
  const iat = seconds(now)
  const exp = iat + seconds(context.accessTokenLifetime)
  const about = { iss: issuer, sub: session.person.sub, iat, exp }
  const names = manners.claims.filter((name) => given.first || !manners.missing.includes(name))
  const audience = context.clients.get(session.clientId)?.audience
  const nonce = given.first || !manners.missing.includes('nonce') ? session.nonce : undefined
  const { binds = 'all' } = context.options.dpop ?? {}
  const jkt = binds === 'all' ? given.jkt : null
  const accessToken =
    context.accessTokens === 'jwt'
      ? await signer.sign({
          ...about,
          ...(audience && { aud: audience }),
          scope: given.scope,
          jti: context.newToken(),
          ...(jkt !== null && { cnf: { jkt } }),
        })
      : context.newToken()
  context.sessions.keep(accessToken, { session, expiresAt: exp * 1000, jkt })
  const hashes = await halves(context, { at_hash: accessToken, c_hash: given.code })
  const all = { ...further(session, now), ...hashes }
  const idToken = {
    ...about,
    aud: session.clientId,
    ...Object.fromEntries(Object.entries(all).filter(([name]) => names.includes(name))),
    ...(nonce && { nonce }),
  }
  return {
    access_token: accessToken,
    token_type: jkt === null ? manners.tokenType : 'DPoP',
    expires_in: seconds(context.accessTokenLifetime),
    scope: given.scope,
    ...(given.refreshToken && { refresh_token: given.refreshToken }),
    ...(session.scope.split(' ').includes('openid') && { id_token: await signer.sign(idToken) }),
    ...(manners.lifetimes && {
      // None is that of one which outlives its browser.
      refresh_expires_in: isOffline(session) ? 0 : 1800,
      'not-before-policy': 0,
      session_state: session.id,
    }),
  }
}
