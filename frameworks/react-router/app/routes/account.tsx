import { onUserChange } from 'holdfast'
import { useEffect } from 'react'
import { data, isRouteErrorResponse, redirectDocument } from 'react-router'
import { getAuth, signOut } from '../auth.client'
import { foundContext } from '../session'
import type { Route } from './+types/account'

export function loader({ context }: Route.LoaderArgs) {
  const { session, failure } = context.get(foundContext)
  if (session) return { userId: session.user.id, email: session.user.email }
  // The auth server is down and the token is dead: nobody has signed out.
  if (failure?.retryable) throw data('Try again in a moment.', 503)
  throw redirectDocument('/auth/sign-in?returnTo=/account')
}

export default function Account({ loaderData }: Route.ComponentProps) {
  const { userId, email } = loaderData
  // Somebody may sign out elsewhere, or in as another person, also before this page wakes up.
  useEffect(() => onUserChange(getAuth(), userId, () => location.assign('/')), [userId])
  return (
    <>
      <p>{`Signed in as ${email}.`}</p>
      <button type="button" onClick={signOut}>
        Sign out
      </button>
    </>
  )
}

export function ErrorBoundary({ error }: Route.ErrorBoundaryProps) {
  return <p>{isRouteErrorResponse(error) ? error.data : 'Something went wrong.'}</p>
}
