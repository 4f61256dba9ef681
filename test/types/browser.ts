/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import { AuthClient } from 'holdfast'
import { backend } from 'holdfast/providers/backend'
import type { GoTrueCredentials, GoTrueUser } from 'holdfast/providers/gotrue'
import { hasSessionCookie, type WorkOSUser, workos } from 'holdfast/providers/workos'

const authkit = new AuthClient({
  provider: workos({
    clientId: 'client_1',
    cookies: true,
    hasSession: () => hasSessionCookie(document.cookie, 'client_1'),
  }),
})
const app = new AuthClient({ provider: backend<WorkOSUser>({ url: '/auth' }) })

export async function workosSignsInByRedirect(): Promise<unknown> {
  const url: string = await authkit.actions.signInUrl({ organizationId: 'org_1' })
  const back = await authkit.actions.handleRedirect()
  // @ts-expect-error Perhaps the address is no answer.
  const early: unknown = back.session
  await authkit.signIn({ code: 'c', codeVerifier: 'v' })
  // @ts-expect-error AuthKit asks for passwords on its own pages.
  await authkit.signIn({ email: 'ada@example.com', password: 'x' })
  const { session } = await authkit.refreshSession({ organizationId: 'org_1' })
  const facts: readonly (string | null | undefined)[] = [
    session.user?.firstName,
    session.organizationId,
    session.role,
    session.impersonator?.reason,
  ]
  // @ts-expect-error GoTrue's users are other ones.
  return [url, early, facts, session.user?.emailConfirmedAt]
}

export async function aBackendSignsInByRedirectToo(): Promise<unknown> {
  const url: string = await app.actions.signInUrl({ returnTo: '/dashboard' })
  const address: string = await app.actions.signOut({ returnTo: '/' })
  const session = await app.getSession()
  const firstName: string | null | undefined = session?.user?.firstName
  // @ts-expect-error There is nothing to type into a page.
  await app.signIn({ email: 'ada@example.com', password: 'x' })
  // @ts-expect-error Redirects are the backend's.
  await app.actions.handleRedirect()
  return [url, address, firstName]
}

export async function aBackendWithGotrueTakesItsCredentials(): Promise<unknown> {
  const auth = new AuthClient({ provider: backend<GoTrueUser, GoTrueCredentials>() })
  const { session } = await auth.signIn({ email: 'ada@example.com', password: 'x' })
  // @ts-expect-error It is no credential.
  await auth.signIn({ email: 'ada@example.com' })
  return session?.user?.userMetadata
}

export function whatMustNotBeLeftOut(): void {
  // @ts-expect-error WorkOS must know which application asks.
  workos({})
  // @ts-expect-error A page keeps no secret.
  workos({ clientId: 'client_1', apiKey: 'sk_1' })
  backend()
}

export async function pagesSeeTheClaimsOfTheApp(): Promise<unknown> {
  const session = await app.getSession()
  // Said once, in server.ts.
  const plan: 'free' | 'pro' | undefined = session?.claims?.plan
  const proved: number | undefined = session?.authenticatedAt
  // @ts-expect-error Of other claims nothing is known.
  const other: string | undefined = session?.claims?.other
  return [plan, proved, other, await app.actions.signInUrl({ state: 'mine' })]
}
