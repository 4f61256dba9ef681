import { randomText, uuid } from '../server/encoding.js'
import { json } from '../server/json.js'
import type { Signer } from '../server/signing.js'
import type { Accounts } from './accounts.js'
import { refuse } from './errors.js'
import type { FactorChallenge } from './mfa-types.js'
import type { RefreshTokens, ServerSession } from './rotation.js'
import type { AccessTokenHook, Account, ScriptedGoTrueOptions } from './types.js'
import { describeUser } from './users.js'
import type { StoredCredential } from './webauthn-types.js'

/** A PKCE flow that waits for its code. */
export interface FlowState {
  readonly challenge: string
  /** `plain` or `s256` (RFC 7636 §4.2), in any case. */
  readonly method: string
  readonly account: Account
  /** How the person came here, for the `amr` claim. */
  readonly amr: string
  /** When the code was issued, in ms since the epoch. */
  readonly at: number
  /** What the answer has besides. */
  readonly extra?: Readonly<Record<string, string>>
}

/** Somebody who went to another provider to link their account there. */
export interface PendingLink {
  readonly account: Account
  readonly provider: string
  /** Where they come back to. */
  readonly target: string
  readonly flow: { readonly challenge: string; readonly method: string } | null
}

/** A passkey of a person. */
export interface StoredPasskey {
  readonly id: string
  readonly userId: string
  readonly credential: StoredCredential
  friendlyName: string
  /** Milliseconds since the epoch. */
  readonly createdAt: number
  /** As `createdAt`; `null` until somebody has signed in by it. */
  lastUsedAt: number | null
}

/** What somebody is to sign; `userId` is whose new passkey it is for, `null` for a sign-in. */
export interface PasskeyChallenge {
  readonly challenge: string
  readonly userId: string | null
  /** Milliseconds since the epoch. */
  readonly expiresAt: number
}

/** What can be turned while a server runs. */
export interface Settings {
  /** Milliseconds. */
  accessTokenLifetime: number
  autoconfirm: boolean
  denyNext: boolean
  hook: AccessTokenHook | null
}

/** All that the routes of one server share. */
export interface ServerContext {
  readonly accounts: Accounts
  readonly sessions: Map<string, ServerSession>
  readonly tokens: RefreshTokens
  readonly signer: Signer
  /** Authorization codes by their text. */
  readonly codes: Map<string, FlowState>
  /** Challenges of second factors by id. */
  readonly challenges: Map<string, FactorChallenge>
  /** Links of identities under way, by their state. */
  readonly links: Map<string, PendingLink>
  /** Passkeys by their id. */
  readonly passkeys: Map<string, StoredPasskey>
  readonly passkeyChallenges: Map<string, PasskeyChallenge>
  readonly settings: Settings
  readonly options: ScriptedGoTrueOptions
  readonly path: string
  random(): number
  now(): number
}

/** One request, taken apart. */
export interface Call {
  readonly request: Request
  readonly url: URL
  /** The part of the path that is an id; empty where the route has none. */
  readonly id: string
  readonly body: Readonly<Record<string, unknown>>
}

/** @throws GoTrueRefusal `unknown`, in the hook's words; before anything is spent */
export function askHook({ settings: { hook } }: ServerContext): void {
  if (hook && 'refuse' in hook) refuse(hook.refuse.status, 'unknown', hook.refuse.message)
}

/** @throws GoTrueRefusal where people do not sign in by an address of this kind; `what` says so after its name. */
export function requireWay(
  { options }: ServerContext,
  way: 'email' | 'phone',
  status: number,
  what: string,
): void {
  if (options[way] !== false) return
  refuse(status, `${way}_provider_disabled`, `${way === 'email' ? 'Email' : 'Phone'} ${what}`)
}

/** The body of a session, with a fresh access token. */
export async function sessionBody(
  context: ServerContext,
  session: ServerSession,
  refreshToken: string,
): Promise<Record<string, unknown>> {
  const account = context.accounts.all.get(session.userId)
  if (!account)
    return refuse(400, 'refresh_token_not_found', 'Invalid Refresh Token: User Not Found')
  const issuedAt = Math.floor(context.now() / 1000)
  const expiresIn = Math.floor(context.settings.accessTokenLifetime / 1000)
  const user = describeUser(account)
  const { hook } = context.settings
  const { issuer = `https://scripted.example${context.path}` } = context.options
  // No `jti`, as with the real one: what signs deterministically gives two grants of one session
  // within a second the same access token.
  const claims = {
    ...(issuer !== null && { iss: issuer }),
    sub: account.id,
    aud: 'authenticated',
    exp: issuedAt + expiresIn,
    iat: issuedAt,
    email: user.email,
    phone: user.phone,
    app_metadata: account.appMetadata,
    user_metadata: account.data,
    role: account.role,
    aal: session.aal,
    amr: session.amr,
    session_id: session.id,
    is_anonymous: account.anonymous,
    ...(session.client && { client_id: session.client.id, scope: session.client.scope }),
    ...(hook && 'claims' in hook && hook.claims),
  }
  return {
    access_token: await context.signer.sign(claims),
    token_type: 'bearer',
    expires_in: expiresIn,
    expires_at: issuedAt + expiresIn,
    refresh_token: refreshToken,
    user,
  }
}

/** Begins a session; `method` is for the `amr` claim, `client` the app that it is given to. */
export function beginSession(
  context: ServerContext,
  account: Account,
  { method, client = null }: { readonly method: string; readonly client?: ServerSession['client'] },
): ServerSession {
  if (account.banned) refuse(400, 'user_banned', 'User is banned')
  askHook(context)
  const session: ServerSession = {
    id: uuid(context.random),
    userId: account.id,
    createdAt: context.now(),
    aal: 'aal1',
    factorId: null,
    client,
    amr: [{ method, timestamp: Math.floor(context.now() / 1000) }],
    expired: null,
    locked: false,
    counter: 0,
    refreshedAt: context.now(),
    key: randomText(context.random, 32),
  }
  context.sessions.set(session.id, session)
  account.lastSignInAt = context.now()
  return session
}

/** Signs somebody in on a new device; `method` is for the `amr` claim, `extra` for the answer. */
export async function newSession(
  context: ServerContext,
  account: Account,
  {
    method = 'password',
    ...extra
  }: { readonly method?: string; readonly [name: string]: string | null | undefined } = {},
): Promise<Response> {
  const session = beginSession(context, account, { method })
  const body = await sessionBody(context, session, await context.tokens.issue(session))
  return json(200, { ...body, ...extra })
}

/** The session and user of a bearer. @throws GoTrueRefusal */
export async function authenticate(
  context: ServerContext,
  { request }: Call,
): Promise<{ readonly session: ServerSession; readonly account: Account }> {
  const [, token] = /^[Bb]earer (\S+)$/.exec(request.headers.get('authorization') ?? '') ?? []
  if (!token) return refuse(401, 'no_authorization', 'This endpoint requires a valid Bearer token')
  const claims = await context.signer.verify(token)
  const wrong = !claims
    ? 'token signature is invalid'
    : Number(claims.exp) * 1000 <= context.now()
      ? 'token has invalid claims: token is expired'
      : null
  if (!claims || wrong !== null) {
    const message = `invalid JWT: unable to parse or verify signature, ${wrong}`
    return refuse(403, 'bad_jwt', message)
  }
  const account = context.accounts.all.get(String(claims.sub))
  if (!account) return refuse(403, 'user_not_found', 'User from sub claim in JWT does not exist')
  const session = context.sessions.get(String(claims.session_id))
  if (!session) {
    return refuse(403, 'session_not_found', 'Session from session_id claim in JWT does not exist')
  }
  if (account.banned) return refuse(403, 'user_banned', 'User is banned')
  return { session, account }
}
