import { defineMiddleware } from 'astro:middleware'
import { applySession } from 'holdfast/server'
import { backend, sessions } from './auth'

export const onRequest = defineMiddleware(async ({ request, locals }, next) => {
  const answer = await backend.handle(request)
  if (answer) return answer
  const found = await sessions.getSession(request.headers.get('Cookie'))
  locals.found = found
  const response = await next()
  applySession(response.headers, found)
  return response
})
