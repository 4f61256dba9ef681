/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import { isAuthError, type Provider, type SessionUser } from 'holdfast'
import { gotrue } from 'holdfast/providers/gotrue'
import {
  applyCookies,
  createBackend,
  createRequestSessions,
  createSealedSessions,
  isRecentlyAuthenticated,
  memoryCoordinator,
  type SealedData,
  type SealedRefreshResult,
  type SealedSessionResult,
} from 'holdfast/server'
import { createGotrue, createGotrueSessions, supabaseSsr } from 'holdfast/server/gotrue'
import { createOidc, createOidcSessions } from 'holdfast/server/oidc'
import { createWorkOSSessions, workosServer } from 'holdfast/server/workos'

const keys = { clientId: 'client_1', apiKey: 'sk_1' }
const password = 'a password of more than thirty-two characters'
const sessions = createWorkOSSessions({ ...keys, coordinator: memoryCoordinator() })

export async function resultsNarrowByWhetherSomebodyIsSignedIn(): Promise<unknown> {
  const session = sessions.openSession({ value: null, password: [password] })
  const found = await session.getSession()
  // @ts-expect-error Perhaps nobody is signed in.
  const early: unknown = found.user
  if (!found.signedIn) {
    // @ts-expect-error A cookie that is nobody's has no token.
    return [early, found.accessToken]
  }
  const firstName: string | null | undefined = found.user.firstName
  const permissions: readonly string[] | undefined = found.permissions
  const result = await session.refreshSession({ organizationId: 'org_1', fresh: true })
  // @ts-expect-error There is no session where the refresh failed.
  const sealed: string = result.sealed
  if (!result.signedIn) return [firstName, permissions, sealed]
  const data: SealedData = result.session
  const renewed: string = result.sealed
  // @ts-expect-error The tokens of a refresh are in the `session`.
  return [data, renewed, result.accessToken]
}

export function failuresNarrowByWhetherToTryAgain(result: SealedRefreshResult): unknown {
  if (result.signedIn) return null
  if (result.retryable) {
    const reason: 'rate_limit_exceeded' | 'timeout' | 'server_error' | 'network_error' =
      result.reason
    const wait: number | undefined = result.retryAfter
    return [reason, wait]
  }
  // Those that are the same everywhere, and the steps, of which a server may yet invent some.
  const final: string = result.reason
  if (result.reason === 'rejected') return final
  // @ts-expect-error What will never succeed is not waited for.
  if (result.retryAfter) return final
  return isAuthError(result.error, 'step_required') && result.error.details?.organizations
}

export function getSessionGivesNoReasonsOfARefresh(result: SealedSessionResult): unknown {
  if (result.signedIn) return null
  // @ts-expect-error Only a refresh is refused by the server.
  return result.reason === 'invalid_grant'
}

interface Member extends SessionUser {
  readonly team: string
}

export function theUserIsTheProviders(own: Provider<{ readonly pin: number }, Member>): unknown {
  const verification = { secret: 'a shared secret of 32 bytes, or more', audience: 'app' }
  const mine = createSealedSessions({ provider: own, verification })
  const team = async (): Promise<string | null> => {
    const cookie = { value: 'x', password }
    const found = await mine.openSession(cookie).getSession()
    return found.signedIn ? found.user.team : null
  }
  const grant = { accessToken: 'a', refreshToken: 'b', lifetime: 1_000 }
  mine.sealSession({ ...grant, user: { id: 'ada', team: 'engine' } }, { password })
  // @ts-expect-error Members have a team.
  mine.sealSession({ ...grant, user: { id: 'ada' } }, { password })
  const jwksUrl = 'https://project.example/auth/v1/.well-known/jwks.json'
  const supabase = gotrue({ url: 'https://project.example/auth/v1' })
  createSealedSessions({
    provider: supabase,
    verification: { jwksUrl, algorithms: ['ES256'], audience: 'authenticated' },
  })
  return team
}

export function whatMustNotBeLeftOut(): void {
  // @ts-expect-error A server has a secret.
  workosServer({ clientId: 'client_1' })
  // @ts-expect-error A session in a cookie has a password.
  sessions.openSession({ value: 'x' })
  // @ts-expect-error Tokens must be checked.
  createSealedSessions({ provider: workosServer(keys) })
  // @ts-expect-error Something must seal the cookie.
  createRequestSessions({ sessions, cookie: {} })
  const cookie = { password, sameSite: 'lax' } as const
  const requests = createRequestSessions({ sessions, cookie })
  // @ts-expect-error Browsers know no such value.
  createRequestSessions({ sessions, cookie: { password, sameSite: 'sometimes' } })
  // @ts-expect-error Somebody must be able to sign in.
  createBackend({ sessions: requests, password })
  createBackend({ sessions: requests, password, signIn: workosServer(keys) })
}

export async function cookiesGoIntoTheHeadersOfAnyResponse(request: Request): Promise<Response> {
  const requests = createRequestSessions({ sessions, cookie: { password } })
  const { session, failure, setCookies } = await requests.getSession(request.headers.get('cookie'))
  const response = Response.json({ name: session?.user.firstName, until: session?.expiresAt })
  applyCookies(response.headers, setCookies)
  // @ts-expect-error A failure is no error to throw: `failure.error` may be one.
  if (failure) throw failure.message
  return response
}

export function clientsOfOpenIDConnectSayWhoTheyAreAndWhomTokensAreFor(): unknown {
  const issuer = { issuer: 'https://id.example', clientId: 'app' }
  const server = createOidc({ ...issuer, clientSecret: 'secret' })
  // @ts-expect-error Nobody says who they are like this.
  createOidc({ ...issuer, clientAuthentication: 'password' })
  // @ts-expect-error Where the server is must be said.
  createOidc({ clientId: 'app', clientSecret: 'secret' })
  createOidcSessions({ server, verification: { type: 'introspection', cacheFor: 5_000 } })
  // @ts-expect-error Whom a JWT is for must be said.
  createOidcSessions({ server, verification: { type: 'jwt' } })
  // @ts-expect-error A sign-in needs a proof of its own.
  void server.authorizeUrl({ redirectUri: 'https://app.example/callback', state: 'state' })
  const sessions = createRequestSessions({
    sessions: createOidcSessions({ server }),
    cookie: { password },
  })
  return createBackend({ sessions, signIn: server, password })
}

declare module 'holdfast/server' {
  interface SessionClaims {
    readonly plan?: 'free' | 'pro'
  }
}

export async function claimsAreWhatTheAppSaysTheyAre(): Promise<unknown> {
  const own = createWorkOSSessions({ ...keys, claims: ['plan', 'seats'] })
  const requests = createRequestSessions({ sessions: own, cookie: { password } })
  const { session } = await requests.getSession(null)
  const plan: 'free' | 'pro' | undefined = session?.claims?.plan
  // @ts-expect-error Of other claims nothing is known.
  const seats: number | undefined = session?.claims?.seats
  return [plan, seats, isRecentlyAuthenticated(session, { maxAge: 300_000 })]
}

export function anAppHearsOfSignInsInItsOwnTypes(): unknown {
  const requests = createRequestSessions({ sessions, cookie: { password } })
  return createBackend({
    sessions: requests,
    signIn: workosServer(keys),
    password,
    onSignIn({ session, state }) {
      const firstName: string | null | undefined = session.user?.firstName
      // @ts-expect-error WorkOS knows no such name.
      const nickname: unknown = session.user?.nickname
      return firstName || nickname ? `/welcome?plan=${state}` : undefined
    },
  })
}

export async function stepsSayWhatTheyTake(): Promise<unknown> {
  const workos = workosServer(keys)
  try {
    return await workos.exchangePassword({ email: 'ada@example.com', password })
  } catch (error) {
    if (!isAuthError(error, 'step_required')) throw error
    const { pendingAuthenticationToken = '', factors = [] } = error.details ?? {}
    const [factor] = factors
    // @ts-expect-error Perhaps there is none.
    const early: string = factor.id
    const { challengeId } = await workos.challengeFactor(factor?.id ?? early)
    return workos.exchangeTotp({ code: '123456', challengeId, pendingAuthenticationToken })
  }
}

export async function gotrueKnowsWhatTheAppKeepsOfItsUsers(): Promise<unknown> {
  const server = createGotrue<{ name: string }>({ url: 'https://project.example/auth/v1' })
  const requests = createRequestSessions({
    sessions: createGotrueSessions({ server }),
    cookie: { password },
    takeOver: supabaseSsr({ server }),
  })
  createBackend({ sessions: requests, signIn: server, password })
  const { session } = await requests.getSession(null)
  const name: string | undefined = session?.user.userMetadata?.name
  // @ts-expect-error Nothing else is kept.
  const age: unknown = session?.user.userMetadata?.age
  const grant = await server.signIn({ email: 'ada@example.com', password: 'x' })
  // @ts-expect-error Perhaps a step is missing yet.
  await requests.setSession(grant, null)
  // @ts-expect-error A password is of somebody.
  await server.signIn({ password: 'x' })
  // @ts-expect-error Which secret it is must be said.
  createGotrueSessions({ server, verification: { type: 'secret' } })
  return [name, age]
}
