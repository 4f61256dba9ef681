import { auth } from '../../auth.js'

export default async function Mine() {
  const { user } = await auth.withAuth({ ensureSignedIn: true })
  return <p>{user.email}</p>
}
