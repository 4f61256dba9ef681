/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import { createElement, type ReactNode } from 'react'
import { AuthClient } from '../../src/index.js'
import { gotrue } from '../../src/providers/gotrue/index.js'
import { createImpersonation, type ImpersonationProps } from '../../src/react/impersonation.js'
import { AuthProvider, createAuthHooks, useAuth, useSession } from '../../src/react/index.js'

const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })
const hooks = createAuthHooks<typeof auth>()

export function HooksOfOneClient(): ReactNode {
  const { signIn, status, session, user, client } = hooks.useAuth()
  signIn({ email: 'ada@example.com', password: 'x' })
  // @ts-expect-error GoTrue knows no user names.
  signIn({ username: 'ada', password: 'x' })
  client.actions.sendOtp({ email: 'ada@example.com' })
  // @ts-expect-error Perhaps nobody is signed in.
  const email: string | undefined = user.email
  const confirmed: string | null | undefined = user?.emailConfirmedAt
  if (status !== 'signed-in') return email ?? confirmed
  // @ts-expect-error What a server rendered holds no token.
  const token: string = session.accessToken
  const expiresAt: number | undefined = session.expiresAt
  return `${token}${expiresAt}`
}

export function Selectors(): ReactNode {
  const mail: string | undefined = hooks.useSession((state) => state.user?.email)
  // @ts-expect-error The state has no such part.
  const nothing: unknown = hooks.useSession((state) => state.nothing)
  return `${mail}${nothing}`
}

export function HooksOfAnyClient(): ReactNode {
  const { user, signIn } = useAuth()
  const id: string | undefined = useSession().user?.id
  // @ts-expect-error These hooks do not know what the client signs in with.
  signIn({ email: 'ada@example.com', password: 'x' })
  // @ts-expect-error These hooks know only what all users have.
  return `${id}${user?.emailConfirmedAt}`
}

/** What a server component knows may be passed on as it is. */
export const pages: readonly ReactNode[] = [
  createElement(AuthProvider, { client: auth }, 'children'),
  createElement(AuthProvider, { client: auth, initialSession: null }),
  createElement(AuthProvider, { client: auth, initialSession: { user: null } }),
  createElement(AuthProvider, { client: auth, initialSession: { user: { id: 'ada' }, role: 'x' } }),
  // @ts-expect-error A user has an id.
  createElement(AuthProvider, { client: auth, initialSession: { user: { email: 'a@b.c' } } }),
  // @ts-expect-error There must be a client.
  createElement(AuthProvider, {}),
]

export const BannerOfOneClient: (props: ImpersonationProps) => ReactNode = createImpersonation(
  hooks.useAuth,
)
