export default defineEventHandler(({ context }) => {
  const { session, failure } = context.found ?? {}
  if (session) return { userId: session.user.id, name: session.user.name }
  // The auth server is down and the token is dead: nobody has signed out.
  throw createError({ statusCode: failure?.retryable ? 503 : 401 })
})
