/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import express from 'express'
import { backendHandler, createExpressSessions } from 'holdfast/express'
import { type NoUserInfo, TokenRefreshError, type UserInfo } from 'holdfast/next'
import { createNextAuth } from 'holdfast/next/workos'
import { createBackend, createRequestSessions } from 'holdfast/server'
import { createWorkOSSessions, workosServer } from 'holdfast/server/workos'

const keys = { clientId: 'client_1', apiKey: 'sk_1' }
const password = 'a password of more than thirty-two characters'
const sessions = createRequestSessions({
  sessions: createWorkOSSessions(keys),
  cookie: { password },
})

const { withAuth, refreshSession, signOut, handlers, proxy } = createNextAuth()

export async function nextPromisesSomebodyWhereItEnsuresIt(): Promise<unknown> {
  const perhaps: UserInfo | NoUserInfo = await withAuth()
  // @ts-expect-error Perhaps nobody is signed in.
  const early: string = perhaps.user.id
  // @ts-expect-error Nor is there a session then.
  const id: string = perhaps.sessionId
  if (!perhaps.user) return [early, id, perhaps.accessToken satisfies undefined]
  const known: string = perhaps.sessionId
  const somebody: UserInfo = await refreshSession({ organizationId: 'org_1', ensureSignedIn: true })
  // The lists are copies: an app may sort them, as with WorkOS's kit.
  return [known, somebody.permissions?.sort()]
}

export async function nextNarrowsWhatWentWrong(error: unknown): Promise<unknown> {
  if (!(error instanceof TokenRefreshError)) return signOut({ returnTo: '/' })
  const subject: readonly (string | undefined)[] = [error.userId, error.sessionId]
  const seed = error.message.includes('sso_required')
  // @ts-expect-error The list of codes is closed; a step's own is in `details`.
  if (error.code === 'sso_required') return subject
  return error.isTransient ? seed : error.code === 'step_required'
}

export async function nextTellsAnOutageFromASignOut(): Promise<unknown> {
  const who = await withAuth({ onOutage: 'return' })
  // @ts-expect-error Perhaps nobody is signed in, or nobody can tell.
  const early: string = who.user.id
  if (who.outage) return [early, who.outage.retryAfter, who.user satisfies undefined]
  if (!who.user) return who.user satisfies null
  const sure = await withAuth({ ensureSignedIn: true, onOutage: 'return' })
  return sure.outage ? null : [who.user.firstName, sure.user.firstName]
}

/** Next's own files take these as they are. */
export const { GET, POST } = handlers
export const guard: (request: Request) => Promise<Response> = proxy({ protect: [/^\/app/] })

export function nextTakesWhatItNeedsFromTheEnvironment(): void {
  createNextAuth({ cookiePassword: [password], cookie: { name: 'wos-session' } })
  // @ts-expect-error The password of the cookie is `cookiePassword`.
  createNextAuth({ cookie: { password } })
}

export function expressTakesTheHandlers(): void {
  const app = express()
  const auth = createExpressSessions({ sessions })
  const signIn = workosServer(keys)
  app.use(backendHandler(createBackend({ sessions, signIn, password: password })))
  app.use(auth.middleware)
  app.get('/me', auth.requireSession({ signInPath: '/auth/sign-in' }), (request, response) => {
    const firstName: string | null | undefined = auth.sessionOf(request).user.firstName
    // @ts-expect-error Perhaps nobody is signed in.
    const early: unknown = auth.of(request).session.user
    response.json([firstName, early])
  })
  // @ts-expect-error Sessions must be somewhere.
  createExpressSessions({})
}
