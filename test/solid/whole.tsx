import { type JSX, Show, Suspense } from 'solid-js'
import { describeState, describeToken, type PageProps } from '../bindings/page.js'
import { AuthProvider, useAccessToken, useAuth, useSession } from './auth.js'

/** What a page is given. */
interface Props {
  readonly page: PageProps
}

/** What reads. */
export function Who({ page }: Props): JSX.Element {
  const session = useSession()
  const person = useSession(({ user }) => user)
  const auth = useAuth()
  const token = useAccessToken()
  page.found?.(auth, token)
  const signIn = (): void => void auth.signIn(page.credentials)
  const signOut = (): void => void auth.signOut()
  return (
    <section>
      <p class="who">{page.tell('who', describeState(session()))}</p>
      <p class="person">{page.tell('person', person()?.email ?? 'nobody')}</p>
      <p class="token">{page.tell('token', describeToken(token))}</p>
      <Show
        when={auth.user}
        fallback={
          <button type="button" title={auth.status} onClick={signIn}>
            Sign in
          </button>
        }
      >
        <button type="button" title={auth.status} onClick={signOut}>
          Sign out {auth.user?.email}
        </button>
      </Show>
      {page.inner && <Whole page={page.inner} />}
    </section>
  )
}

/** The page, which the server sends a part of when that has its data, if it is late. */
export const Whole = ({ page }: Props): JSX.Element => (
  <AuthProvider client={page.client} {...page.options}>
    {page.late ? (
      <Suspense>
        <Who page={page} />
      </Suspense>
    ) : (
      <Who page={page} />
    )}
  </AuthProvider>
)
