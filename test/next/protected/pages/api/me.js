import { auth } from '../../auth.js'

export default async function me(req, res) {
  const { user } = await auth.pages(req, res).withAuth()
  res.json({ user })
}
