import { auth } from '../../auth.js'

export async function POST() {
  const { user } = await auth.refreshSession()
  return Response.json({ email: user?.email ?? null })
}

export async function DELETE() {
  return auth.signOut({ returnTo: '/app' })
}
