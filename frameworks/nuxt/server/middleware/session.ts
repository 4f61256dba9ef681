import { applySession } from 'holdfast/server'
import { sessions } from '../utils/auth'

export default defineEventHandler(async (event) => {
  // What a page asks its own server for while it is rendered comes with the context of its request.
  if (event.context.found || event.path.startsWith('/auth/')) return
  const found = await sessions.getSession(getHeader(event, 'Cookie') ?? null)
  event.context.found = found
  const headers = new Headers()
  applySession(headers, found)
  for (const [name, value] of headers) appendResponseHeader(event, name, value)
})
