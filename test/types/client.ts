/** Compiled by `npm run typecheck`; never run. Each line that must not compile says why. */
import { createClient } from '@supabase/supabase-js'
import { AuthClient, type AuthError, isAuthError, type Provider } from 'holdfast'
import { gotrue, isWeakPassword } from 'holdfast/providers/gotrue'

const auth = new AuthClient({ provider: gotrue({ url: 'https://project.example/auth/v1' }) })

export async function credentialsAreTypedByTheProvider(): Promise<void> {
  await auth.signIn({ email: 'ada@example.com', password: 'x' })
  await auth.signIn({ phone: '+1555', code: '123456' })
  await auth.signIn({ anonymous: true })
  // @ts-expect-error GoTrue knows no user names.
  await auth.signIn({ username: 'ada', password: 'x' })
  // @ts-expect-error An address alone proves nothing.
  await auth.signIn({ email: 'ada@example.com' })
  const { session } = await auth.refreshSession()
  const confirmed: string | null | undefined = session.user?.emailConfirmedAt
  // @ts-expect-error A session is frozen data.
  session.accessToken = 'x'
  return void confirmed
}

export async function theAppSaysWhatItKeepsOfItsUsers(): Promise<unknown> {
  interface Kept {
    readonly name: string
  }
  const provider = gotrue<Kept>({ url: 'https://project.example/auth/v1' })
  const typed = new AuthClient({ provider })
  const name: string | undefined = (await typed.getSession())?.user?.userMetadata?.name
  const changed: string | undefined = (await typed.actions.getUser()).userMetadata?.name
  const back = await typed.actions.handleRedirect()
  const ignored: 'code' | 'error' | 'tokens' | undefined = back?.ignored
  // @ts-expect-error Nothing of that kind is kept.
  const age: unknown = back?.user?.userMetadata?.age
  const session = await auth.getSession()
  const anything: unknown = session?.user?.userMetadata?.age
  return [name, changed, ignored, age, anything]
}

export function eventsNarrowTheirDetail(): void {
  auth.onAuthStateChange((event, session, detail) => {
    if (event === 'SIGNED_OUT') {
      const reason:
        | 'user'
        | 'other-context'
        | 'refresh-rejected'
        | 'subject-changed'
        | 'key-lost'
        | 'expired'
        | 'storage-cleared'
        | 'idle'
        | 'absolute' = detail.reason
      const nobody: null = session
      return [reason, nobody]
    }
    if (event === 'REFRESH_FAILED') {
      const at: number = detail.nextAttemptAt
      const error: AuthError = detail.error
      return [at, error, session.accessToken]
    }
    if (event === 'PASSWORD_RECOVERY') return session.user?.email
    // @ts-expect-error Only a sign-out has a reason.
    return detail.reason
  })
  auth.onAuthStateChange((event, session) => [event, session?.user?.email])
  auth.onAuthStateChange((event) => event)
  auth.onAuthStateChange(() => {})
}

export function errorsNarrowByCode(error: unknown): readonly string[] {
  if (isWeakPassword(error)) return error.details?.reasons ?? []
  if (isAuthError(error) && error.code === 'rejected') return error.details?.reasons ?? []
  // @ts-expect-error The list of codes is closed.
  if (isAuthError(error, 'something_else')) return []
  // @ts-expect-error Only a refusal has reasons.
  if (isAuthError(error, 'network')) return error.details.reasons
  return []
}

export function aProviderOfYourOwn(): void {
  const provider: Provider<{ readonly pin: number }> = {
    id: 'mine',
    refresh: async () => ({ accessToken: 'a', lifetime: 1_000 }),
  }
  const own = new AuthClient({ provider })
  own.signIn({ pin: 1234 })
  // @ts-expect-error Its credentials are its own.
  own.signIn({ email: 'ada@example.com', password: 'x' })
  // @ts-expect-error It has no actions by that name.
  own.actions.updateUser({})
}

/** supabase-js takes Holdfast's tokens. */
export const supabase: unknown = createClient('https://project.example', 'public-anon-key', {
  accessToken: auth.getAccessToken,
})
