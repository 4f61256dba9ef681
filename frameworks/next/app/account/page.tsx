import { auth } from '../../lib/auth'
import { SignOut } from './sign-out'

export default async function Account() {
  const { user } = await auth.withAuth({ ensureSignedIn: true })
  return (
    <>
      <p>Signed in as {user.name}.</p>
      <SignOut userId={user.id} />
    </>
  )
}
