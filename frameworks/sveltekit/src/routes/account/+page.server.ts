import { error, redirect } from '@sveltejs/kit'
import type { PageServerLoad } from './$types'

export const load: PageServerLoad = ({ locals }) => {
  const { session, failure } = locals.found
  if (session) return { userId: session.user.id, email: session.user.email }
  // The auth server is down and the token is dead: nobody has signed out.
  if (failure?.retryable) error(503, 'Try again in a moment.')
  redirect(303, '/auth/sign-in?returnTo=/account')
}
