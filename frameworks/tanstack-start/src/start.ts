import { createMiddleware, createStart } from '@tanstack/react-start'
import { applySession } from 'holdfast/server'
import { backend, sessions } from './auth.server'

const session = createMiddleware().server(async ({ request, next }) => {
  const answer = await backend.handle(request)
  if (answer) return answer
  const found = await sessions.getSession(request.headers.get('Cookie'))
  const result = await next({ context: { found } })
  applySession(result.response.headers, found)
  return result
})

export const startInstance = createStart(() => ({ requestMiddleware: [session] }))
