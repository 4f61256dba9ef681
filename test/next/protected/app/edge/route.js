import { auth } from '../../auth.js'

export const runtime = 'edge'

export async function GET() {
  const { user } = await auth.withAuth()
  return Response.json({ runtime: process.env.NEXT_RUNTIME, email: user?.email ?? null })
}
