import { auth } from '../../auth.js'

export default async function leave(req, res) {
  res.json({ url: await auth.pages(req, res).signOut({ returnTo: '/app' }) })
}
