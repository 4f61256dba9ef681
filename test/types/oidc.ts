/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import { AuthClient, indexedDBKeys, resourceTokens } from 'holdfast'
import { oidc, pushRequest, stepOf, stepUp, userinfo } from 'holdfast/providers/oidc'
import { dpop } from 'holdfast/providers/oidc/dpop'

const options = {
  issuer: 'https://id.example',
  clientId: 'app',
  redirectUri: 'https://app.example/',
}
const auth = new AuthClient({
  provider: oidc({
    ...options,
    loadUser: userinfo,
    stepUp,
    pushRequest,
    dpop,
    resourceTokens: resourceTokens(),
  }),
  keys: indexedDBKeys(),
})

export async function signsInByRedirect(): Promise<unknown> {
  const url: string = await auth.actions.signInUrl({ prompt: 'login', maxAge: 60_000 })
  const back = await auth.actions.handleRedirect()
  // @ts-expect-error Perhaps the address is no answer.
  const early: unknown = back.session
  const name: string | undefined = back?.user?.name
  const other: unknown = back?.user?.department
  // @ts-expect-error People type their passwords into the server's pages.
  await auth.signIn({ email: 'ada@example.com', password: 'x' })
  return [url, early, name, other]
}

export async function stepsUp(error: unknown): Promise<void> {
  const step = stepOf(error)
  if (step) location.href = await auth.actions.signInUrl(step)
}

export function whatMustNotBeLeftOut(): void {
  // @ts-expect-error The server must be known.
  oidc({ clientId: 'app', redirectUri: 'https://app.example/' })
  // @ts-expect-error A page keeps no secret.
  oidc({ ...options, clientSecret: 'x' })
}
