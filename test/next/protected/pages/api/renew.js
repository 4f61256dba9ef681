import { auth } from '../../auth.js'

export default async function renew(req, res) {
  const { user } = await auth.pages(req, res).refreshSession()
  res.json({ email: user?.email ?? null })
}
