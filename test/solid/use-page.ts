import { describeState, describeToken, type PageProps } from '../bindings/page.js'
import { useAccessToken, useAuth, useSession } from './auth.js'

/** What the page reads, in the browser and on the server. */
export function usePage(page: PageProps) {
  const session = useSession()
  const email = useSession(({ user }) => user?.email ?? 'nobody')
  const auth = useAuth()
  const token = useAccessToken()
  page.found?.(auth, token)
  return {
    auth,
    who: () => page.tell('who', describeState(session())),
    email: () => page.tell('email', email()),
    token: () => page.tell('token', describeToken(token)),
    signIn: () => auth.signIn(page.credentials),
  }
}
