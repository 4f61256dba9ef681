import { describeState, describeToken, type PageProps } from '../bindings/page.js'
import { useAccessToken, useAuth, useSession } from './auth.js'

/** What the page reads, in the browser and on the server. */
export function usePage(page: PageProps) {
  const session = useSession()
  const person = useSession(({ user }) => user)
  const auth = useAuth()
  const token = useAccessToken()
  page.found?.(auth, token)
  return {
    auth,
    who: () => page.tell('who', describeState(session())),
    person: () => page.tell('person', person()?.email ?? 'nobody'),
    token: () => page.tell('token', describeToken(token)),
    signIn: () => auth.signIn(page.credentials),
  }
}
