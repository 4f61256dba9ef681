import type { Handle } from '@sveltejs/kit/hooks'
import { applySession } from 'holdfast/server'
import { backend, sessions } from '#lib/server/auth'

export const handle: Handle = async ({ event, resolve }) => {
  const answer = await backend.handle(event.request)
  if (answer) return answer
  const found = await sessions.getSession(event.request.headers.get('Cookie'))
  event.locals.found = found
  const response = await resolve(event)
  applySession(response.headers, found)
  return response
}
