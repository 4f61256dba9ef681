import { backend } from '../auth.server'
import type { Route } from './+types/auth'

const answer = async ({ request }: Route.LoaderArgs) =>
  (await backend.handle(request)) ?? new Response('There is no such page.', { status: 404 })

export { answer as action, answer as loader }
