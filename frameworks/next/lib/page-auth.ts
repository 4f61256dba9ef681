import { AuthClient } from 'holdfast'
import { backend } from 'holdfast/providers/backend'

const createAuth = () => new AuthClient({ provider: backend() })
let client: ReturnType<typeof createAuth> | undefined

/** The client of this page. Call it in browsers only: on a server it would be everybody's. */
export function getAuth() {
  client ??= createAuth()
  return client
}

/** Signs out in all tabs, and at the auth server. */
export async function signOut() {
  const next = await getAuth().actions.signOut({ returnTo: '/' })
  await getAuth().signOut()
  location.href = next
}
